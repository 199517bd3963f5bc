"""Open actions of an earlier plan that go on in the plan of a later round, by choice."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from assessment.domain import conventions as c
from assessment.domain.plans.basis import PlanBasis
from assessment.domain.plans.choices import MOVE, ActionChoice, ActionStatus, PillarChoice, PlanChoices
from assessment.domain.plans.chosen import OWN_DUE_DAYS
from assessment.domain.plans.edits import offered_pillars
from assessment.domain.plans.faults import InvalidPlan, PlanFault, PlanProblem, is_within_plan
from assessment.domain.plans.library import known_actions
from assessment.domain.plans.meetings import MEETING_DAYS
from assessment.domain.plans.proposal import MOST_ACTIONS, due_on


class Obstacle(StrEnum):
    """Why an action cannot go on in a plan, whatever else is taken out of it."""

    NO_RESULT = "no-result"
    """This round says nothing of the pillar that it serves."""
    OTHER_POINT = "other-point"
    """The plan attends to another perception point, or to none."""


SOON_DAYS = 14


@dataclass(frozen=True, slots=True)
class EarlierAction:
    """An open action of the plan before. `heading` is its pillar, or `MOVE` with the perception point `point`.

    `in_words` is the same as one of the team's own, where the library no longer has it for this plan.
    """

    action: ActionChoice
    heading: str
    point: str
    in_words: ActionChoice

    @property
    def id(self) -> uuid.UUID:
        return self.action.id


@dataclass(frozen=True, slots=True)
class Offer:
    """An action that may go on: what prevents it, or whether its pillar would come along; `same_as` is the action of
    the plan in whose place it comes, since it is the same one of the library, or the plan's only move."""

    earlier: EarlierAction
    obstacle: Obstacle | None
    brings_pillar: bool
    same_as: uuid.UUID | None
    is_advised: bool
    """Whether it finds its place without anything being taken out or taken on that somebody has decided about."""


def offers(basis: PlanBasis, choices: PlanChoices, open_actions: Sequence[EarlierAction]) -> tuple[Offer, ...]:
    """What may be done with each, in the order given."""
    room, offered = MOST_ACTIONS - len(choices.actions), []
    for earlier in open_actions:
        obstacle = _obstacle(basis, choices, earlier)
        brings = obstacle is None and earlier.heading != MOVE and earlier.heading not in choices.pillar_ids
        same = None if obstacle else _same_as(choices, earlier)
        is_advised = obstacle is None and not brings and (_is_untouched(same, earlier) if same else room > 0)
        if is_advised and same is None:
            room -= 1
        offered.append(Offer(earlier, obstacle, brings, same.id if same else None, is_advised))
    return tuple(offered)


def with_carried(
    basis: PlanBasis,
    choices: PlanChoices,
    *,
    kept: Collection[uuid.UUID],
    taken: Sequence[EarlierAction],
    today: dt.date,
) -> tuple[PlanChoices, Mapping[uuid.UUID, uuid.UUID]]:
    """The plan with only those of its actions that are kept, and those of the earlier plan that go on; and the earlier
    action of each that came.

    A pillar whose actions all leave goes with them; one that comes along without being proposed has them as its reason.
    An action keeps its day where that lies within this plan; else it gets one that has not passed. Raises `InvalidPlan`
    for too many actions or pillars, or one that cannot come.
    """
    came: dict[uuid.UUID, uuid.UUID] = {}
    had = {pillar.pillar: bool(pillar.actions) for pillar in choices.pillars}
    under = {
        heading: [action for action in choices.actions_under(heading) if action.id in kept]
        for heading in choices.headings
    }
    for earlier in taken:
        if _obstacle(basis, choices, earlier):
            raise InvalidPlan(PlanFault(PlanProblem.UNKNOWN_ACTION, earlier.heading))
        new = _as_of_now(basis, choices, earlier, today)
        came[new.id] = earlier.id
        actions = under.setdefault(earlier.heading, [])
        at = next((at for at, action in enumerate(actions) if _is_same(action, new, earlier.heading)), None)
        if at is None:
            actions.append(new)
        else:
            actions[at] = new
    move = next(iter(under.pop(MOVE, [])), None)
    reasons = {pillar.pillar: pillar.reason for pillar in choices.pillars}
    proposed = {pillar.result.pillar for pillar in basis.proposal.pillars}
    pillars = tuple(
        PillarChoice(pillar, reasons.get(pillar, "" if pillar in proposed else None), tuple(actions))
        for pillar, actions in under.items()
        if actions or not had.get(pillar, False)
    )
    changed = replace(choices, pillars=pillars, move=move)
    if len(changed.pillars) > c.MOST_PRIORITIES:
        raise InvalidPlan(PlanFault(PlanProblem.TOO_MANY_PILLARS))
    if len(changed.actions) > MOST_ACTIONS:
        raise InvalidPlan(PlanFault(PlanProblem.TOO_MANY_ACTIONS))
    return changed, came


def _obstacle(basis: PlanBasis, choices: PlanChoices, earlier: EarlierAction) -> Obstacle | None:
    if earlier.heading == MOVE:
        is_same = choices.move is not None and choices.point == earlier.point
        return None if is_same else Obstacle.OTHER_POINT
    free = {pillar.pillar for pillar in offered_pillars(basis, choices)}
    return None if earlier.heading in {*choices.pillar_ids, *free} else Obstacle.NO_RESULT


def _same_as(choices: PlanChoices, earlier: EarlierAction) -> ActionChoice | None:
    there = choices.actions_under(earlier.heading)
    return next((action for action in there if _is_same(action, earlier.action, earlier.heading)), None)


def _is_untouched(action: ActionChoice, earlier: EarlierAction) -> bool:
    """Whether an action of the plan is the same as the earlier one, and nobody has given it to anybody or begun it."""
    is_new = action.status is ActionStatus.TODO and not action.note and action.owner is None
    return is_new and not action.is_own and action.library_id == earlier.action.library_id


def _is_same(action: ActionChoice, other: ActionChoice, heading: str) -> bool:
    """Whether there is place for only one of the two: a plan has one move, and each action of the library once."""
    return heading == MOVE or (bool(action.library_id) and action.library_id == other.library_id)


def _as_of_now(basis: PlanBasis, choices: PlanChoices, earlier: EarlierAction, today: dt.date) -> ActionChoice:
    known = known_actions(basis, earlier.heading)
    action = earlier.action
    if not action.is_own and action.library_id not in known:
        action = earlier.in_words
    days = OWN_DUE_DAYS if action.is_own else known[action.library_id].due_days
    is_day_kept = action.due_on is not None and is_within_plan(action.due_on, choices.drawn_on)
    day = action.due_on if is_day_kept else _day_to_come(choices.drawn_on, days, today)
    return replace(action, due_on=day, id=uuid.uuid4())


def _day_to_come(drawn_on: dt.date, days: int, today: dt.date) -> dt.date:
    """So many days after the plan was drawn up; where that has passed, in two weeks, or on the plan's last day."""
    proposed = due_on(drawn_on, days)
    if proposed >= today:
        return proposed
    return min(due_on(today, SOON_DAYS), due_on(drawn_on, MEETING_DAYS[-1]))
