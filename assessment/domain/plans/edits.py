"""What can be done to a plan, one function an act: choices → other choices. Nothing is written here."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, replace

from assessment.domain import conventions as c
from assessment.domain.actions import Action
from assessment.domain.plans.basis import PlanBasis
from assessment.domain.plans.choices import MOVE, ActionChoice, ActionStatus, PillarChoice, PlanChoices
from assessment.domain.plans.chosen import OWN_DUE_DAYS, proposed_choices
from assessment.domain.plans.faults import InvalidPlan, PlanFault, PlanProblem
from assessment.domain.plans.library import fitting_actions, known_actions
from assessment.domain.plans.proposal import MOST_ACTIONS, due_on, first_actions
from assessment.domain.result import PillarResult

ACTIONS_OF_NEW_PILLAR = 2


class UnknownHeading(LookupError):
    """The plan has no such pillar, or no such action in it."""


@dataclass(frozen=True, slots=True)
class OfferedAction:
    """An action of the library that may be chosen."""

    action: Action
    fits: bool
    """Whether it is for the pillar's level as it is today."""
    is_taken: bool


def offered_actions(basis: PlanBasis, choices: PlanChoices, heading: str) -> tuple[OfferedAction, ...]:
    """All that may be chosen under a heading: what fits first. Raises `UnknownHeading`."""
    _require_heading(choices, heading)
    known, fitting = known_actions(basis, heading), fitting_actions(basis, heading)
    taken = {action.library_id for action in choices.actions_under(heading)}
    ordered = [*fitting.values(), *(action for action in known.values() if action.id not in fitting)]
    return tuple(OfferedAction(action, action.id in fitting, action.id in taken) for action in ordered)


def offered_pillars(basis: PlanBasis, choices: PlanChoices) -> tuple[PillarResult, ...]:
    """The pillars that are not in the plan: the candidates in their order, then the others in theirs."""
    order = {entry.pillar: at for at, entry in enumerate(basis.result.priorities)}
    free = [
        pillar
        for pillar in basis.result.pillars
        if not pillar.is_withheld and pillar.level is not None and pillar.pillar not in choices.pillar_ids
    ]
    return tuple(sorted(free, key=lambda pillar: order.get(pillar.pillar, len(order))))


def room_of(choices: PlanChoices) -> int:
    """How many more actions page 1 holds."""
    return MOST_ACTIONS - len(choices.actions)


def with_action(
    basis: PlanBasis, choices: PlanChoices, *, heading: str, at: int | None, library_id: str
) -> PlanChoices:
    """With an action of the library (or an own one, to be written: an empty id) instead of the `at`-th under a heading;
    with one more where `at` is `None`.

    An owner that somebody wrote stays. Raises `UnknownHeading`, or `InvalidPlan` for an action of elsewhere, one that
    is there already, or one too many.
    """
    actions = list(choices.actions_under(heading))
    if heading != MOVE:
        _require_heading(choices, heading)
    known = known_actions(basis, heading)
    if library_id and library_id not in known:
        raise InvalidPlan(PlanFault(PlanProblem.UNKNOWN_ACTION, heading, at))
    if library_id and library_id in {action.library_id for action in actions}:
        raise InvalidPlan(PlanFault(PlanProblem.ACTION_TWICE, heading, at))
    days = known[library_id].due_days if library_id else OWN_DUE_DAYS
    new = ActionChoice(library_id=library_id, due_on=due_on(choices.drawn_on, days))
    if at is None:
        if room_of(choices) < 1:
            raise InvalidPlan(PlanFault(PlanProblem.TOO_MANY_ACTIONS, heading))
        return _with_actions(choices, heading, [*actions, new])
    if not 0 <= at < len(actions):
        raise UnknownHeading(heading)
    actions[at] = replace(new, owner=actions[at].owner or None)
    return _with_actions(choices, heading, actions)


def without_action(choices: PlanChoices, *, heading: str, at: int) -> PlanChoices:
    """Raises `UnknownHeading`."""
    actions = list(choices.actions_under(heading))
    if not 0 <= at < len(actions):
        raise UnknownHeading(heading)
    del actions[at]
    return _with_actions(choices, heading, actions)


def with_pillar(
    basis: PlanBasis, choices: PlanChoices, *, pillar: str, reason: str, instead_of: str = ""
) -> PlanChoices:
    """With another pillar, at the end or in the place of one; its first actions of the library come with it while there
    is room for them. Raises `UnknownHeading`, or `InvalidPlan` for a pillar without a result, one twice, or a fourth.
    """
    if instead_of:
        _require_heading(choices, instead_of)
    if pillar not in {free.pillar for free in offered_pillars(basis, choices)} | ({instead_of} - {""}):
        raise InvalidPlan(PlanFault(PlanProblem.UNKNOWN_PILLAR, pillar))
    others = tuple(chosen for chosen in choices.pillars if chosen.pillar != instead_of)
    if len(others) >= c.MOST_PRIORITIES:
        raise InvalidPlan(PlanFault(PlanProblem.TOO_MANY_PILLARS, pillar))
    room = room_of(replace(choices, pillars=others))
    if room < 1 and known_actions(basis, pillar):
        raise InvalidPlan(PlanFault(PlanProblem.TOO_MANY_ACTIONS, pillar))  # it could hold none, and none be printed
    actions = _first_actions(basis, pillar, choices.drawn_on, min(room, ACTIONS_OF_NEW_PILLAR))
    new = PillarChoice(pillar=pillar, reason=reason, actions=actions)
    at = choices.pillar_ids.index(instead_of) if instead_of else len(others)
    return replace(choices, pillars=(*others[:at], new, *others[at:]))


def without_pillar(choices: PlanChoices, *, pillar: str) -> PlanChoices:
    """Raises `UnknownHeading`."""
    _require_heading(choices, pillar)
    return replace(choices, pillars=tuple(chosen for chosen in choices.pillars if chosen.pillar != pillar))


def with_proposed_move(basis: PlanBasis, choices: PlanChoices) -> PlanChoices:
    """With the proposal's move again. Raises `InvalidPlan` where there is no room, `UnknownHeading` without a point."""
    proposed = proposed_choices(basis)
    if proposed.move is None:
        raise UnknownHeading(MOVE)
    if room_of(choices) < 1:
        raise InvalidPlan(PlanFault(PlanProblem.TOO_MANY_ACTIONS, MOVE))
    return replace(choices, move=proposed.move, point=proposed.point)


def with_point(basis: PlanBasis, choices: PlanChoices, *, point: str) -> PlanChoices:
    """With another of the perception points that are level, and its move. Raises `UnknownHeading`."""
    if choices.move is None or point not in basis.points:
        raise UnknownHeading(point)
    move = basis.points[point].move
    return replace(choices, move=ActionChoice(library_id=move.action.id, due_on=move.due_on), point=point)


def with_progress(choices: PlanChoices, action_id: uuid.UUID, *, status: ActionStatus, note: str) -> PlanChoices:
    """With how far one action is, and what there is to say about it. Raises `UnknownHeading`."""
    for heading in choices.headings:
        actions = list(choices.actions_under(heading))
        for at, action in enumerate(actions):
            if action.id == action_id:
                actions[at] = replace(action, status=status, note=note)
                return _with_actions(choices, heading, actions)
    raise UnknownHeading(str(action_id))


def _require_heading(choices: PlanChoices, heading: str) -> None:
    """Raises `UnknownHeading`."""
    if heading not in choices.pillar_ids and not (heading == MOVE and choices.move):
        raise UnknownHeading(heading)


def _first_actions(basis: PlanBasis, pillar: str, drawn_on: dt.date, how_many: int) -> tuple[ActionChoice, ...]:
    """What the method itself would propose for the pillar: where the team is split, a conversation first."""
    if how_many < 1:
        return ()
    result = basis.result.pillar(pillar)
    planned, _later = first_actions(
        basis.library, result, basis.proposal.kind, drawn_on, scale=basis.scale, how_many=how_many
    )
    return tuple(ActionChoice(library_id=one.action.id, due_on=one.due_on) for one in planned)


def _with_actions(choices: PlanChoices, heading: str, actions: list[ActionChoice]) -> PlanChoices:
    """With these actions under a heading instead of those that stand there."""
    if heading == MOVE:
        return replace(choices, move=actions[0] if actions else None)
    pillars = tuple(
        replace(chosen, actions=tuple(actions)) if chosen.pillar == heading else chosen for chosen in choices.pillars
    )
    return replace(choices, pillars=pillars)
