"""The plan that a team made of the proposal, as the documents take it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace

from assessment.domain.actions import OWN_ACTION, Action
from assessment.domain.plans.basis import PlanBasis
from assessment.domain.plans.choices import MOVE, ActionChoice, PillarChoice, PlanChoices
from assessment.domain.plans.library import fitting_actions, known_actions
from assessment.domain.plans.proposal import ActionPlan, PlannedAction, PlannedPillar, due_on
from assessment.domain.questionnaire import Text

OWN_DUE_DAYS = 30
"""When an action of the team's own is due, until they say a day."""


def proposed_choices(basis: PlanBasis) -> PlanChoices:
    """The proposal as choices: everything as the library says it. Asked again, its actions have the same ids."""
    proposal = basis.proposal

    def choice(heading: str, planned: PlannedAction) -> ActionChoice:
        library_id = planned.action.id
        return ActionChoice(
            library_id=library_id, due_on=planned.due_on, id=uuid.uuid5(basis.round_id, f"{heading}:{library_id}")
        )

    return PlanChoices(
        drawn_on=proposal.drawn_on,
        pillars=tuple(
            PillarChoice(
                pillar=pillar.result.pillar,
                actions=tuple(choice(pillar.result.pillar, action) for action in pillar.actions),
            )
            for pillar in proposal.pillars
        ),
        move=choice(MOVE, proposal.point.move) if proposal.point else None,
        point=proposal.point.result.point if proposal.point else "",
    )


def chosen_plan(choices: PlanChoices, basis: PlanBasis) -> ActionPlan:
    """The plan as chosen; of a draft, with what it lacks left empty."""
    proposal, point = basis.proposal, None
    if basis.point and choices.move:
        moves = known_actions(basis, MOVE)
        point = replace(basis.point, move=_planned(choices.move, moves, choices.drawn_on))
    return ActionPlan(
        team=proposal.team,
        drawn_on=choices.drawn_on,
        kind=proposal.kind,
        pillars=tuple(
            _pillar(chosen, choices.dropped_under(chosen.pillar), choices.drawn_on, basis) for chosen in choices.pillars
        ),
        point=point,
    )


def _pillar(
    chosen: PillarChoice, dropped: Sequence[ActionChoice], drawn_on: dt.date, basis: PlanBasis
) -> PlannedPillar:
    result = basis.result
    known = known_actions(basis, chosen.pillar)
    conversation = basis.library.conversation(chosen.pillar)
    taken = {action.library_id for action in chosen.actions}
    given_up = {action.library_id for action in dropped}
    proposed = next((one.actions for one in basis.proposal.pillars if one.result.pillar == chosen.pillar), ())
    return PlannedPillar(
        result=result.pillar(chosen.pillar),
        target=basis.targets.get(chosen.pillar, basis.scale.target),
        priority=next((entry for entry in result.priorities if entry.pillar == chosen.pillar), None),
        focus_share=result.focus.get(chosen.pillar) if result.mode == "individual" else None,
        actions=tuple(
            replace(
                _planned(action, known, drawn_on),
                is_conversation=conversation is not None and action.library_id == conversation.id,
            )
            for action in chosen.actions
        ),
        later=tuple(
            action for action in fitting_actions(basis, chosen.pillar).values() if action.id not in taken | given_up
        ),
        reason=chosen.reason,
        declined=frozenset(one.action.id for one in proposed) - taken,
        is_given_up=bool(dropped) and not chosen.actions,
    )


def _planned(choice: ActionChoice, known: Mapping[str, Action], drawn_on: dt.date) -> PlannedAction:
    """A chosen action with the team's own owner and measure, in whatever language they wrote them."""
    action = known.get(choice.library_id) or _own_action(choice)
    if choice.owner is not None:
        action = replace(action, owner=Text(choice.owner, choice.owner))
    if choice.measure is not None:
        action = replace(action, measure=Text(choice.measure, choice.measure))
    due = choice.due_on or due_on(drawn_on, action.due_days)
    if due != due_on(drawn_on, action.due_days):
        action = replace(action, due_days=max(1, min((due - drawn_on).days, 90)))
    return PlannedAction(action, due, has_proposed_owner=choice.owner is None, is_done=choice.is_done)


def _own_action(choice: ActionChoice) -> Action:
    title = Text(choice.title, choice.title)
    nothing = Text("", "")
    return Action(
        id=OWN_ACTION,
        title=title,
        what=Text(choice.what, choice.what),
        why=nothing,
        first_step=title,
        owner=nothing,
        measure=nothing,
        effort="small",
        due_days=OWN_DUE_DAYS,
    )
