"""The plan of a published round: what the method proposes, and what the team decides over it."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from assessment.catalogue.catalogue import load_action_library
from assessment.domain import planning
from assessment.domain.actions import ActionLibrary
from assessment.domain.planning import ActionPlan
from assessment.domain.questionnaire import PerceptionPoint, Text
from assessment.services.chosen_plan import choices_of_proposal, chosen_plan
from assessment.services.plan_choices import PlanChoices
from assessment.services.plan_faults import PlanFault, plan_faults, require_structure
from assessment.services.results import RoundResults, results
from assessment.services.rounds import hold_round
from assessment.store.plans import Plan, find_plan


class PlanChangedMeanwhile(Exception):
    """Another page has changed the plan since this one was opened; nothing was written."""


class NothingToUndo(Exception):
    """The plan has been changed since something was taken out of it, or nothing ever was."""


@dataclass(frozen=True, slots=True)
class RoundPlan:
    """A round's plan: the proposal, what was chosen over it, and the plan that results, with what it still lacks.

    `plan` is `None` in a preview of the proposal that nobody has taken up yet.
    """

    results: RoundResults
    proposal: ActionPlan
    choices: PlanChoices
    chosen: ActionPlan
    faults: tuple[PlanFault, ...]
    plan: Plan | None

    @property
    def version(self) -> int:
        """Counts the changes; 0 while it is the proposal."""
        return self.plan.version if self.plan else 0

    @property
    def can_be_undone(self) -> bool:
        return self.plan is not None and self.plan.before is not None

    @property
    def is_proposal(self) -> bool:
        """Whether it would be printed as it was proposed."""
        return self.choices.in_print == choices_of_proposal(self.proposal)


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
        organisation_id=organisation_id,
        round_id=round_id,
        choices=choices.model_dump(mode="json"),
        changed_at=now,
        version=0,
    )
    session.add(plan)
    session.flush()
    return plan


def change_plan(
    session: Session,
    *,
    organisation_id: uuid.UUID,
    round_id: uuid.UUID,
    choices: PlanChoices,
    now: dt.datetime,
    seen: int | None = None,
    editor: str = "",
    may_undo: bool = False,
) -> Plan:
    """Keeps what the team decided, finished or not. The day the plan was drawn stays what it was.

    `seen` is the version that the change starts from and `editor` the open page that makes it: its own earlier changes
    are no surprise to it. With `may_undo` the state before is kept. Raises `UnknownRound`, `RoundNotPublished`,
    `QuestionnaireChanged`, `NothingToPlan`, `PlanChangedMeanwhile`, or `InvalidPlan` for what no page offers.
    """
    hold_round(session, organisation_id=organisation_id, round_id=round_id)
    begun = find_plan(session, organisation_id, round_id)
    if begun:
        choices = choices.model_copy(update={"drawn_on": PlanChoices.model_validate(begun.choices).drawn_on})
    document = choices.model_dump(mode="json")
    if begun and document == begun.choices:
        return begun
    _require_seen(begun, seen, editor)
    require_structure(choices, results(session, organisation_id=organisation_id, round_id=round_id).result)
    plan = begun or draft_plan(
        session, organisation_id=organisation_id, round_id=round_id, drawn_on=choices.drawn_on, now=now
    )
    plan.before = dict(plan.choices) if may_undo else None
    _write(plan, document, editor, now)
    session.flush()
    return plan


def undo_change(
    session: Session, *, organisation_id: uuid.UUID, round_id: uuid.UUID, now: dt.datetime, seen: int, editor: str = ""
) -> Plan:
    """Puts back what the last change took out.

    Raises `UnknownRound`, `PlanChangedMeanwhile` or `NothingToUndo`.
    """
    hold_round(session, organisation_id=organisation_id, round_id=round_id)
    plan = find_plan(session, organisation_id, round_id)
    _require_seen(plan, seen, editor)
    if plan is None or plan.before is None:
        raise NothingToUndo
    _write(plan, plan.before, editor, now)
    plan.before = None
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
        return RoundPlan(source, proposal, choices_of_proposal(proposal), proposal, (), None)
    choices = PlanChoices.model_validate(plan.choices)
    proposal = _proposal(source, choices.drawn_on, library)
    return with_choices(RoundPlan(source, proposal, choices, proposal, (), plan), choices)


def with_choices(found: RoundPlan, choices: PlanChoices) -> RoundPlan:
    """The same round's plan with other choices, as they would be printed; nothing is written. Raises `InvalidPlan` for
    what no page offers."""
    require_structure(choices, found.results.result)
    library = load_action_library()
    return replace(
        found,
        choices=choices,
        chosen=chosen_plan(choices, found.results, found.proposal, library),
        faults=plan_faults(choices, found.proposal, library),
    )


def _proposal(source: RoundResults, drawn_on: dt.date, library: ActionLibrary) -> ActionPlan:
    points = {
        point["id"]: PerceptionPoint(
            point["id"], point["phase"], Text(point["name"], point["name"]), Text(point["name"], point["name"])
        )
        for point in source.round.points
    }
    return planning.draft_plan(
        source.result,
        library,
        scale=source.questionnaire.scale,
        drawn_on=drawn_on,
        known_points=points,
        targets=source.round.targets,
    )


def _require_seen(plan: Plan | None, seen: int | None, editor: str) -> None:
    """Raises `PlanChangedMeanwhile`."""
    version = plan.version if plan else 0
    own = plan is not None and bool(editor) and plan.editor == editor
    if seen is not None and seen != version and not own:
        raise PlanChangedMeanwhile


def _write(plan: Plan, document: dict[str, object], editor: str, now: dt.datetime) -> None:
    """Dates the plan anew only where the change can be seen in print, so that a finished action makes no new one."""
    before, after = PlanChoices.model_validate(plan.choices), PlanChoices.model_validate(document)
    if before.in_print != after.in_print:
        plan.changed_at = now
    plan.choices, plan.editor, plan.version = document, editor, plan.version + 1
