"""The plan of a published round: what the method proposes, and what the team decides over it."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, replace
from enum import StrEnum

from sqlalchemy.orm import Session

from assessment.catalogue.catalogue import load_action_library
from assessment.domain import conventions as c
from assessment.domain import planning
from assessment.domain.actions import Action, ActionLibrary
from assessment.domain.planning import MOST_ACTIONS, ActionPlan, PlannedAction, PlannedPillar, PlannedPoint, due_on
from assessment.domain.questionnaire import PerceptionPoint, Text
from assessment.services.plan_choices import ActionChoice, PillarChoice, PlanChoices
from assessment.services.results import RoundResults, results
from assessment.services.rounds import hold_round
from assessment.store.plans import Plan, find_plan

LONGEST_SPAN = 92
"""Days from the drawing of a plan to its last action: ninety, and a weekend."""


class PlanProblem(StrEnum):
    """What is wrong with a choice."""

    NO_PILLAR = "no-pillar"
    PILLAR_TWICE = "pillar-twice"
    UNKNOWN_PILLAR = "unknown-pillar"
    REASON_MISSING = "reason-missing"
    NO_ACTION = "no-action"
    TOO_MANY_ACTIONS = "too-many-actions"
    UNKNOWN_ACTION = "unknown-action"
    ACTION_WITHOUT_TITLE = "action-without-title"
    DATE_OUT_OF_PLAN = "date-out-of-plan"


class InvalidPlan(ValueError):
    """Choices that make no plan; `place` is the pillar (or `move`) and `action` counts its actions from 0."""

    def __init__(self, problem: PlanProblem, place: str = "", action: int | None = None) -> None:
        super().__init__(f"{problem} {place}")
        self.problem = problem
        self.place = place
        self.action = action


@dataclass(frozen=True, slots=True)
class RoundPlan:
    """A round's plan: the proposal, what was chosen over it, and the plan that results. `plan` is `None` in a preview
    of the proposal that nobody has taken up yet."""

    results: RoundResults
    proposal: ActionPlan
    choices: PlanChoices
    chosen: ActionPlan
    plan: Plan | None


def draft_plan(
    session: Session, *, organisation_id: uuid.UUID, round_id: uuid.UUID, drawn_on: dt.date, now: dt.datetime
) -> Plan:
    """The plan of a published round, begun with the proposal; a plan that exists is left as it is.

    `drawn_on` is today where the organisation is. Raises `UnknownRound`, `RoundNotPublished`, `QuestionnaireChanged`
    or `NothingToPlan`.
    """
    hold_round(session, organisation_id=organisation_id, round_id=round_id)
    if kept := find_plan(session, organisation_id, round_id):
        return kept
    source = results(session, organisation_id=organisation_id, round_id=round_id)
    choices = choices_of_proposal(_proposal(source, drawn_on, load_action_library()))
    plan = Plan(
        organisation_id=organisation_id, round_id=round_id, choices=choices.model_dump(mode="json"), changed_at=now
    )
    session.add(plan)
    session.flush()
    return plan


def change_plan(
    session: Session, *, organisation_id: uuid.UUID, round_id: uuid.UUID, choices: PlanChoices, now: dt.datetime
) -> Plan:
    """Keeps what the team decided. The day the plan was drawn stays what it was.

    Raises `UnknownRound`, `RoundNotPublished`, `QuestionnaireChanged`, `NothingToPlan` or `InvalidPlan`.
    """
    plan = draft_plan(session, organisation_id=organisation_id, round_id=round_id, drawn_on=choices.drawn_on, now=now)
    kept = PlanChoices.model_validate(plan.choices)
    decided = choices.model_copy(update={"drawn_on": kept.drawn_on})
    source = results(session, organisation_id=organisation_id, round_id=round_id)
    library = load_action_library()
    proposal = _proposal(source, kept.drawn_on, library)
    _check(decided, source, proposal, library)
    document = decided.model_dump(mode="json")
    if document != plan.choices:
        plan.choices, plan.changed_at = document, now
        session.flush()
    return plan


def read_plan(session: Session, *, organisation_id: uuid.UUID, round_id: uuid.UUID, drawn_on: dt.date) -> RoundPlan:
    """The round's plan as it stands; before anybody has begun it, the proposal of `drawn_on`.

    Raises `UnknownRound`, `RoundNotPublished`, `QuestionnaireChanged` or `NothingToPlan`.
    """
    source = results(session, organisation_id=organisation_id, round_id=round_id)
    plan = find_plan(session, organisation_id, round_id)
    library = load_action_library()
    if plan is None:
        proposal = _proposal(source, drawn_on, library)
        return RoundPlan(source, proposal, choices_of_proposal(proposal), proposal, None)
    choices = PlanChoices.model_validate(plan.choices)
    proposal = _proposal(source, choices.drawn_on, library)
    return RoundPlan(source, proposal, choices, _chosen(choices, source, proposal, library), plan)


def choices_of_proposal(proposal: ActionPlan) -> PlanChoices:
    """The proposal as choices: everything as the library says it."""

    def choice(planned: PlannedAction) -> ActionChoice:
        return ActionChoice(action_id=planned.action.id, due_on=planned.due_on)

    return PlanChoices(
        drawn_on=proposal.drawn_on,
        pillars=tuple(
            PillarChoice(pillar=pillar.result.pillar, actions=tuple(choice(action) for action in pillar.actions))
            for pillar in proposal.pillars
        ),
        move=choice(proposal.point.move) if proposal.point else None,
    )


def _proposal(source: RoundResults, drawn_on: dt.date, library: ActionLibrary) -> ActionPlan:
    points = {
        point["id"]: PerceptionPoint(
            point["id"], point["phase"], Text(point["name"], point["name"]), Text(point["name"], point["name"])
        )
        for point in source.round.points
    }
    return planning.draft_plan(
        source.result, library, drawn_on=drawn_on, known_points=points, targets=source.round.targets
    )


def _check(choices: PlanChoices, source: RoundResults, proposal: ActionPlan, library: ActionLibrary) -> None:
    """Raises `InvalidPlan` for the first thing that is wrong."""
    if not choices.pillars:
        raise InvalidPlan(PlanProblem.NO_PILLAR)
    proposed = {pillar.result.pillar for pillar in proposal.pillars}
    judged = {pillar.pillar for pillar in source.result.pillars if not pillar.is_withheld}
    seen: set[str] = set()
    for pillar in choices.pillars:
        if pillar.pillar not in judged:
            raise InvalidPlan(PlanProblem.UNKNOWN_PILLAR, pillar.pillar)
        if pillar.pillar in seen:
            raise InvalidPlan(PlanProblem.PILLAR_TWICE, pillar.pillar)
        seen.add(pillar.pillar)
        if pillar.pillar not in proposed and not pillar.reason:
            raise InvalidPlan(PlanProblem.REASON_MISSING, pillar.pillar)
        if not pillar.actions:
            raise InvalidPlan(PlanProblem.NO_ACTION, pillar.pillar)
        known = pillar_actions(library, pillar.pillar)
        for at, action in enumerate(pillar.actions):
            _check_action(action, known, choices.drawn_on, pillar.pillar, at)
    if choices.move:
        _check_action(choices.move, point_moves(library, proposal), choices.drawn_on, "move", 0)
    if len(choices.actions) > MOST_ACTIONS:
        raise InvalidPlan(PlanProblem.TOO_MANY_ACTIONS)


def _check_action(action: ActionChoice, known: dict[str, Action], drawn_on: dt.date, place: str, at: int) -> None:
    if action.action_id and action.action_id not in known:
        raise InvalidPlan(PlanProblem.UNKNOWN_ACTION, place, at)
    if not action.action_id and not action.title:
        raise InvalidPlan(PlanProblem.ACTION_WITHOUT_TITLE, place, at)
    if not 0 <= (action.due_on - drawn_on).days <= LONGEST_SPAN:
        raise InvalidPlan(PlanProblem.DATE_OUT_OF_PLAN, place, at)


def pillar_actions(library: ActionLibrary, pillar: str) -> dict[str, Action]:
    """All that the library has for a pillar, at whatever level: the conversation first."""
    own = library.pillars[pillar]
    actions = [own.conversation, *(action for level in sorted(own.by_level) for action in own.by_level[level])]
    return {action.id: action for action in actions}


def point_moves(library: ActionLibrary, proposal: ActionPlan) -> dict[str, Action]:
    """The moves that fit the plan's perception point."""
    if proposal.point is None:
        return {}
    return {move.id: move for move in library.moves_from(proposal.point.step, proposal.point.phase)}


def _chosen(choices: PlanChoices, source: RoundResults, proposal: ActionPlan, library: ActionLibrary) -> ActionPlan:
    """The plan that a team made of the proposal, ready to be printed."""
    ranked = {entry.pillar: entry for entry in source.result.priorities}

    def planned(choice: ActionChoice, known: dict[str, Action], conversation: str = "") -> PlannedAction:
        is_conversation = bool(conversation) and choice.action_id == conversation
        return replace(_planned(choice, known, choices.drawn_on), is_conversation=is_conversation)

    pillars = []
    for chosen in choices.pillars:
        known = pillar_actions(library, chosen.pillar)
        result = source.result.pillar(chosen.pillar)
        fitting = library.for_pillar(chosen.pillar, result.level) if result.level else ()
        taken = {action.action_id for action in chosen.actions}
        pillars.append(
            PlannedPillar(
                result=result,
                target=source.round.targets.get(chosen.pillar, c.TARGET),
                priority=ranked.get(chosen.pillar),
                focus_share=(source.result.focus.get(chosen.pillar) if source.result.mode == "individual" else None),
                actions=tuple(
                    planned(action, known, library.conversation(chosen.pillar).id) for action in chosen.actions
                ),
                later=tuple(action for action in fitting if action.id not in taken),
                reason=chosen.reason,
            )
        )
    point: PlannedPoint | None = None
    if proposal.point and choices.move:
        point = replace(proposal.point, move=planned(choices.move, point_moves(library, proposal)))
    return ActionPlan(proposal.team, choices.drawn_on, proposal.kind, tuple(pillars), point)


def _planned(choice: ActionChoice, known: dict[str, Action], drawn_on: dt.date) -> PlannedAction:
    """A chosen action with the team's own owner and measure, in whatever language they wrote them."""
    action = known.get(choice.action_id) or _own_action(choice)
    if choice.owner:
        action = replace(action, owner=Text(choice.owner, choice.owner))
    if choice.measure:
        action = replace(action, measure=Text(choice.measure, choice.measure))
    days = (choice.due_on - drawn_on).days
    if choice.due_on != due_on(drawn_on, action.due_days):
        action = replace(action, due_days=max(1, min(days, 90)))
    return PlannedAction(action, choice.due_on)


def _own_action(choice: ActionChoice) -> Action:
    title = Text(choice.title, choice.title)
    nothing = Text("", "")
    what = choice.what or choice.title
    return Action(
        id="own",
        title=title,
        what=Text(what, what),
        why=nothing,
        first_step=title,
        owner=nothing,
        measure=nothing,
        effort="small",
        due_days=1,
    )
