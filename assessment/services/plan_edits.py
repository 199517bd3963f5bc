"""What can be done to a plan, one function an act: choices → other choices. Nothing is written here."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from assessment.catalogue.catalogue import load_action_library
from assessment.domain import conventions as c
from assessment.domain.actions import Action
from assessment.domain.planning import MOST_ACTIONS, due_on, first_actions
from assessment.domain.result import PillarResult
from assessment.services.chosen_plan import OWN_DUE_DAYS, choices_of_proposal
from assessment.services.plan_choices import MOVE, ActionChoice, PillarChoice, PlanChoices
from assessment.services.plan_faults import InvalidPlan, PlanFault, PlanProblem
from assessment.services.plan_library import fitting_actions, known_actions
from assessment.services.plans import RoundPlan

ACTIONS_OF_NEW_PILLAR = 2


class UnknownPlace(LookupError):
    """The plan has no such pillar, or no such action in it."""


@dataclass(frozen=True, slots=True)
class OfferedAction:
    """An action of the library for one place in the plan."""

    action: Action
    fits: bool
    """Whether it is for the pillar's level as it is today."""
    is_taken: bool


def offered_actions(found: RoundPlan, place: str) -> tuple[OfferedAction, ...]:
    """All that may be chosen for a place: what fits first. Raises `UnknownPlace`."""
    _require_place(found.choices, place)
    library = load_action_library()
    known = known_actions(library, found.proposal, place)
    fitting = fitting_actions(library, found.proposal, found.results.result, found.results.questionnaire.scale, place)
    taken = {action.action_id for action in found.choices.actions_at(place)}
    ordered = [*fitting.values(), *(action for action in known.values() if action.id not in fitting)]
    return tuple(OfferedAction(action, action.id in fitting, action.id in taken) for action in ordered)


def offered_pillars(found: RoundPlan) -> tuple[PillarResult, ...]:
    """The pillars that are not in the plan: the candidates in their order, then the others in theirs."""
    result = found.results.result
    order = {entry.pillar: at for at, entry in enumerate(result.priorities)}
    free = [
        pillar
        for pillar in result.pillars
        if not pillar.is_withheld and pillar.level is not None and pillar.pillar not in found.choices.pillar_ids
    ]
    return tuple(sorted(free, key=lambda pillar: order.get(pillar.pillar, len(order))))


def room_of(choices: PlanChoices) -> int:
    """How many more actions page 1 holds."""
    return MOST_ACTIONS - len(choices.actions)


def with_action(found: RoundPlan, choices: PlanChoices, *, place: str, at: int | None, action_id: str) -> PlanChoices:
    """With an action of the library (or an own one, to be written: an empty id) in a place, or one more (`at` is None).

    An owner that somebody wrote stays. Raises `UnknownPlace`, or `InvalidPlan` for an action of elsewhere, one that is
    there already, or one too many.
    """
    actions = list(choices.actions_at(place))
    if place != MOVE:
        _require_place(choices, place)
    known = known_actions(load_action_library(), found.proposal, place)
    if action_id and action_id not in known:
        raise InvalidPlan(PlanFault(PlanProblem.UNKNOWN_ACTION, place, at))
    if action_id and action_id in {action.action_id for action in actions}:
        raise InvalidPlan(PlanFault(PlanProblem.ACTION_TWICE, place, at))
    days = known[action_id].due_days if action_id else OWN_DUE_DAYS
    made = ActionChoice(action_id=action_id, due_on=due_on(choices.drawn_on, days))
    if at is None:
        if room_of(choices) < 1:
            raise InvalidPlan(PlanFault(PlanProblem.TOO_MANY_ACTIONS, place))
        return _placed(choices, place, [*actions, made])
    if not 0 <= at < len(actions):
        raise UnknownPlace(place)
    actions[at] = made.model_copy(update={"owner": actions[at].owner})
    return _placed(choices, place, actions)


def without_action(choices: PlanChoices, *, place: str, at: int) -> PlanChoices:
    """Raises `UnknownPlace`."""
    actions = list(choices.actions_at(place))
    if not 0 <= at < len(actions):
        raise UnknownPlace(place)
    del actions[at]
    return _placed(choices, place, actions)


def with_pillar(
    found: RoundPlan, choices: PlanChoices, *, pillar: str, reason: str, instead_of: str = ""
) -> PlanChoices:
    """With another pillar, at the end or in the place of one; its first actions of the library come with it while there
    is room for them. Raises `UnknownPlace`, or `InvalidPlan` for a pillar without a result, one twice, or a fourth.
    """
    if instead_of:
        _require_place(choices, instead_of)
    if pillar not in {free.pillar for free in offered_pillars(found)} | ({instead_of} - {""}):
        raise InvalidPlan(PlanFault(PlanProblem.UNKNOWN_PILLAR, pillar))
    kept = [chosen for chosen in choices.pillars if chosen.pillar != instead_of]
    if len(kept) >= c.MOST_PRIORITIES:
        raise InvalidPlan(PlanFault(PlanProblem.TOO_MANY_PILLARS, pillar))
    room = room_of(choices.model_copy(update={"pillars": tuple(kept)}))
    actions = _first_actions(found, pillar, choices.drawn_on, min(room, ACTIONS_OF_NEW_PILLAR))
    made = PillarChoice(pillar=pillar, reason=reason, actions=actions)
    at = choices.pillar_ids.index(instead_of) if instead_of else len(kept)
    return choices.model_copy(update={"pillars": (*kept[:at], made, *kept[at:])})


def without_pillar(choices: PlanChoices, *, pillar: str) -> PlanChoices:
    """Raises `UnknownPlace`."""
    _require_place(choices, pillar)
    kept = tuple(chosen for chosen in choices.pillars if chosen.pillar != pillar)
    return choices.model_copy(update={"pillars": kept})


def with_proposed_move(found: RoundPlan, choices: PlanChoices) -> PlanChoices:
    """With the proposal's move again. Raises `InvalidPlan` where there is no room, `UnknownPlace` without a point."""
    proposed = choices_of_proposal(found.proposal).move
    if proposed is None:
        raise UnknownPlace(MOVE)
    if room_of(choices) < 1:
        raise InvalidPlan(PlanFault(PlanProblem.TOO_MANY_ACTIONS, MOVE))
    return choices.model_copy(update={"move": proposed})


def as_proposed(found: RoundPlan) -> PlanChoices:
    """Everything as it was proposed, on the day that the plan was drawn."""
    return choices_of_proposal(found.proposal)


def _require_place(choices: PlanChoices, place: str) -> None:
    """Raises `UnknownPlace`."""
    if place not in choices.pillar_ids and not (place == MOVE and choices.move):
        raise UnknownPlace(place)


def _first_actions(found: RoundPlan, pillar: str, drawn_on: dt.date, how_many: int) -> tuple[ActionChoice, ...]:
    """What the method itself would propose for the pillar: where the team is split, a conversation first."""
    if how_many < 1:
        return ()
    result = found.results.result.pillar(pillar)
    planned, _later = first_actions(
        load_action_library(),
        result,
        found.proposal.kind,
        drawn_on,
        scale=found.results.questionnaire.scale,
        how_many=how_many,
    )
    return tuple(ActionChoice(action_id=one.action.id, due_on=one.due_on) for one in planned)


def _placed(choices: PlanChoices, place: str, actions: list[ActionChoice]) -> PlanChoices:
    if place == MOVE:
        return choices.model_copy(update={"move": actions[0] if actions else None})
    pillars = tuple(
        chosen.model_copy(update={"actions": tuple(actions)}) if chosen.pillar == place else chosen
        for chosen in choices.pillars
    )
    return choices.model_copy(update={"pillars": pillars})
