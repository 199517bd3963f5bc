"""The plan of a published round: what the method proposes, and what the team decides over it."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from assessment.catalogue.catalogue import load_action_library
from assessment.domain.plans import proposal
from assessment.domain.plans.basis import PlanBasis
from assessment.domain.plans.choices import PlanChoices
from assessment.domain.plans.chosen import choices_of_proposal, chosen_plan
from assessment.domain.plans.faults import PlanFault, plan_faults, require_structure
from assessment.domain.plans.proposal import ActionPlan
from assessment.domain.questionnaire import PerceptionPoint, Text
from assessment.services.plan_choices import choices_from_document, choices_to_document
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
    basis: PlanBasis
    choices: PlanChoices
    chosen: ActionPlan
    faults: tuple[PlanFault, ...]
    plan: Plan | None

    @property
    def proposal(self) -> ActionPlan:
        return self.basis.proposal

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
    if plan := find_plan(session, organisation_id, round_id):
        return plan
    basis = _basis(results(session, organisation_id=organisation_id, round_id=round_id), drawn_on)
    plan = Plan(
        organisation_id=organisation_id,
        round_id=round_id,
        choices=choices_to_document(choices_of_proposal(basis.proposal)),
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
    base_version: int | None = None,
    editor: str = "",
    may_undo: bool = False,
) -> Plan:
    """Keeps what the team decided, finished or not. The day the plan was drawn stays what it was.

    `base_version` is the one that the change starts from and `editor` the open page that makes it: its own earlier
    changes are no surprise to it. With `may_undo` the state before is kept. Raises `UnknownRound`, `RoundNotPublished`,
    `QuestionnaireChanged`, `NothingToPlan`, `PlanChangedMeanwhile`, or `InvalidPlan` for what no page offers.
    """
    hold_round(session, organisation_id=organisation_id, round_id=round_id)
    plan = find_plan(session, organisation_id, round_id)
    if plan:
        choices = replace(choices, drawn_on=choices_from_document(plan.choices).drawn_on)
    document = choices_to_document(choices)
    if plan and document == plan.choices:
        return plan
    _check_version(plan, base_version, editor)
    require_structure(choices, results(session, organisation_id=organisation_id, round_id=round_id).result)
    plan = plan or draft_plan(
        session, organisation_id=organisation_id, round_id=round_id, drawn_on=choices.drawn_on, now=now
    )
    plan.before = dict(plan.choices) if may_undo else None
    _write(plan, document, editor, now)
    session.flush()
    return plan


def undo_change(
    session: Session,
    *,
    organisation_id: uuid.UUID,
    round_id: uuid.UUID,
    now: dt.datetime,
    base_version: int,
    editor: str = "",
) -> Plan:
    """Puts back what the last change took out.

    Raises `UnknownRound`, `PlanChangedMeanwhile` or `NothingToUndo`.
    """
    hold_round(session, organisation_id=organisation_id, round_id=round_id)
    plan = find_plan(session, organisation_id, round_id)
    _check_version(plan, base_version, editor)
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
    if plan is None:
        basis = _basis(source, drawn_on)
        return RoundPlan(source, basis, choices_of_proposal(basis.proposal), basis.proposal, (), None)
    choices = choices_from_document(plan.choices)
    basis = _basis(source, choices.drawn_on)
    return with_choices(RoundPlan(source, basis, choices, basis.proposal, (), plan), choices)


def with_choices(round_plan: RoundPlan, choices: PlanChoices) -> RoundPlan:
    """The same round's plan with other choices, as they would be printed; nothing is written. Raises `InvalidPlan` for
    what no page offers."""
    require_structure(choices, round_plan.results.result)
    return replace(
        round_plan,
        choices=choices,
        chosen=chosen_plan(choices, round_plan.basis),
        faults=plan_faults(choices, round_plan.basis),
    )


def _basis(source: RoundResults, drawn_on: dt.date) -> PlanBasis:
    """Raises `NothingToPlan`."""
    points = {
        point["id"]: PerceptionPoint(
            point["id"], point["phase"], Text(point["name"], point["name"]), Text(point["name"], point["name"])
        )
        for point in source.round.points
    }
    library, scale, targets = load_action_library(), source.questionnaire.scale, source.round.targets
    drafted = proposal.draft_plan(
        source.result, library, scale=scale, drawn_on=drawn_on, known_points=points, targets=targets
    )
    return PlanBasis(source.result, scale, targets, drafted, library)


def _check_version(plan: Plan | None, base_version: int | None, editor: str) -> None:
    """Raises `PlanChangedMeanwhile`."""
    version = plan.version if plan else 0
    is_own = plan is not None and bool(editor) and plan.editor == editor
    if base_version is not None and base_version != version and not is_own:
        raise PlanChangedMeanwhile


def _write(plan: Plan, document: dict[str, object], editor: str, now: dt.datetime) -> None:
    """Dates the plan anew only where the change can be seen in print, so that a finished action makes no new one."""
    before, after = choices_from_document(plan.choices), choices_from_document(document)
    if before.in_print != after.in_print:
        plan.changed_at = now
    plan.choices, plan.editor, plan.version = document, editor, plan.version + 1
