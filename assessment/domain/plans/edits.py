"""What can be done to a plan, one function an act: choices → other choices. Nothing is written here."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from assessment.domain import conventions as c
from assessment.domain.actions import Action
from assessment.domain.plans.basis import PlanBasis
from assessment.domain.plans.choices import MOVE, ActionChoice, ActionStatus, PillarChoice, PlanChoices
from assessment.domain.plans.chosen import OWN_DUE_DAYS, proposed_choices
from assessment.domain.plans.faults import MOST_REMEMBERED, InvalidPlan, PlanFault, PlanProblem, is_within_plan
from assessment.domain.plans.library import fitting_actions, known_actions
from assessment.domain.plans.proposal import MOST_ACTIONS, due_on, first_actions
from assessment.domain.result import PillarResult

ACTIONS_OF_NEW_PILLAR = 2


class UnknownHeading(LookupError):
    """The plan has no such pillar, or no such action in it."""


class ReasonMissing(ValueError):
    """An action is given up without a word of why."""


class NoRoom(ValueError):
    """An action that was given up finds no place in the plan any more."""


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
    return min(MOST_ACTIONS - len(choices.actions), MOST_REMEMBERED - len(choices.remembered))


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


def with_written(
    choices: PlanChoices, written: ActionChoice, *, pillar: str = "", instead_of: uuid.UUID | None = None
) -> PlanChoices:
    """With an action in the team's own words: one more of a pillar, or in the place of another action of one.

    A day that is not within the plan becomes the usual one. Raises `UnknownHeading`, or `InvalidPlan` without room.
    """
    if written.due_on is None or not is_within_plan(written.due_on, choices.drawn_on):
        written = replace(written, due_on=due_on(choices.drawn_on, OWN_DUE_DAYS))
    if pillar:
        if pillar not in choices.pillar_ids:
            raise UnknownHeading(pillar)
        if room_of(choices) < 1:
            raise InvalidPlan(PlanFault(PlanProblem.TOO_MANY_ACTIONS, pillar))
        return _with_actions(choices, pillar, [*choices.actions_under(pillar), written])
    for one in choices.pillar_ids:
        actions = list(choices.actions_under(one))
        for at, action in enumerate(actions):
            if action.id == instead_of:
                return _with_actions(choices, one, [*actions[:at], written, *actions[at + 1 :]])
    raise UnknownHeading(str(instead_of))


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


def with_pillars(basis: PlanBasis, choices: PlanChoices, *, pillars: Sequence[str], reason: str) -> PlanChoices:
    """With exactly these pillars, in this order. Those that are there keep their actions and their own reason; each of
    the others gets its first actions, for which actions that nobody has touched make room.

    Raises `InvalidPlan` for a pillar without a result, a fourth, or where nothing may make room.
    """
    able = {*choices.pillar_ids, *(free.pillar for free in offered_pillars(basis, choices))}
    for pillar in pillars:
        if pillar not in able:
            raise InvalidPlan(PlanFault(PlanProblem.UNKNOWN_PILLAR, pillar))
    if len(pillars) > c.MOST_PRIORITIES:
        raise InvalidPlan(PlanFault(PlanProblem.TOO_MANY_PILLARS))
    there = {one.pillar: one for one in choices.pillars}
    taken = (there.get(pillar, PillarChoice(pillar)) for pillar in pillars)
    changed = replace(choices, pillars=tuple(replace(one, reason=reason) if one.reason == "" else one for one in taken))
    new = [pillar for pillar in pillars if pillar not in there and known_actions(basis, pillar)]
    while room_of(changed) < len(new):
        changed = _without_an_untouched_one(changed)
    for left, pillar in zip(reversed(range(len(new))), new, strict=True):
        room = min(room_of(changed) - left, ACTIONS_OF_NEW_PILLAR)
        changed = _with_actions(changed, pillar, list(_first_actions(basis, pillar, choices.drawn_on, room)))
    return changed


def _without_an_untouched_one(choices: PlanChoices) -> PlanChoices:
    """Without the last action, of the pillar with most of them, that still stands as the library says it. Each pillar
    keeps one. Raises `InvalidPlan` where there is none."""
    for pillar in sorted(choices.pillars, key=lambda one: -len(one.actions)):
        for at in reversed(range(1, len(pillar.actions))):
            action = pillar.actions[at]
            if action == ActionChoice(library_id=action.library_id, due_on=action.due_on) and not action.is_own:
                return without_action(choices, heading=pillar.pillar, at=at)
    raise InvalidPlan(PlanFault(PlanProblem.TOO_MANY_ACTIONS))


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


def with_progress(
    choices: PlanChoices,
    action_id: uuid.UUID,
    *,
    status: ActionStatus,
    note: str,
    evidence: str | None = None,
    due_on: dt.date | None = None,
) -> PlanChoices:
    """With how far one action is, and what there is to say about it; evidence and day stay where none is given.

    What is given up leaves its place, and takes the last one of its heading where it is taken up again. Raises
    `UnknownHeading`, `ReasonMissing` for one that is given up without a note, and `NoRoom`.
    """
    changes: dict[str, Any] = {"status": status, "note": note}
    changes |= {} if evidence is None else {"evidence": evidence}
    changes |= {} if due_on is None else {"due_on": due_on}
    for heading in choices.headings:
        actions = list(choices.actions_under(heading))
        for at, action in enumerate(actions):
            if action.id == action_id:
                _require_reason(action, status, note)
                actions[at] = replace(action, **changes)
                return _with_actions(choices, heading, actions)
    for at, one in enumerate(choices.dropped):
        if one.action.id == action_id:
            _require_reason(one.action, status, note)
            return _with_dropped(choices, at, replace(one.action, **changes))
    raise UnknownHeading(str(action_id))


def is_explained(before: ActionStatus, note_before: str, status: ActionStatus, note: str) -> bool:
    """Whether enough is said about a change: whoever gives an action up says why. Of before that was asked, it may be
    given up without a word."""
    is_same = (before, note_before) == (status, note)
    is_old = before is not ActionStatus.DROPPED and note.strip() == note_before.strip()  # written about something else
    return is_same or status is not ActionStatus.DROPPED or (bool(note.strip()) and not is_old)


def _require_reason(action: ActionChoice, status: ActionStatus, note: str) -> None:
    """Raises `ReasonMissing`."""
    if not is_explained(action.status, action.note, status, note):
        raise ReasonMissing(str(action.id))


def without_dropped(choices: PlanChoices, action_id: uuid.UUID) -> PlanChoices:
    """Without an action that was given up, and nothing remembered of it. Raises `UnknownHeading`."""
    left = tuple(one for one in choices.dropped if one.action.id != action_id)
    if len(left) == len(choices.dropped):
        raise UnknownHeading(str(action_id))
    return replace(choices, dropped=left)


def as_proposed(basis: PlanBasis, choices: PlanChoices) -> PlanChoices:
    """The proposal again; what was given up besides is still remembered."""
    proposed = proposed_choices(basis)
    ids = {action.id for action in proposed.actions}
    return replace(proposed, dropped=tuple(one for one in choices.dropped if one.action.id not in ids))


def _with_dropped(choices: PlanChoices, at: int, action: ActionChoice) -> PlanChoices:
    """With something else said about the `at`-th of the actions that were given up, or with it back in the plan."""
    one, others = choices.dropped[at], (*choices.dropped[:at], *choices.dropped[at + 1 :])
    if action.is_dropped:
        dropped = (*choices.dropped[:at], replace(one, action=action), *choices.dropped[at + 1 :])
        return replace(choices, dropped=dropped)
    if len(choices.actions) >= MOST_ACTIONS:
        raise NoRoom(one.heading)
    if one.heading == MOVE:
        if choices.move is not None:
            raise NoRoom(MOVE)
        return replace(choices, move=action, point=one.point, dropped=others)
    taken = {chosen.library_id for chosen in choices.actions_under(one.heading)} - {""}
    if action.library_id in taken:
        raise NoRoom(one.heading)
    left = replace(choices, dropped=others)
    return _with_actions(left, one.heading, [*left.actions_under(one.heading), action])


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
