"""The plan of a published round: what the method proposes, and what the team decides over it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sqlalchemy.orm import Session

from assessment.catalogue.catalogue import load_action_library
from assessment.domain.plans import proposal
from assessment.domain.plans.basis import PlanBasis
from assessment.domain.plans.choices import PlanChoices
from assessment.domain.plans.chosen import chosen_plan, proposed_choices
from assessment.domain.plans.faults import PlanFault, plan_faults, require_structure
from assessment.domain.plans.proposal import ActionPlan
from assessment.domain.questionnaire import PerceptionPoint, Text
from assessment.services.plan_choices import choices_from_document, choices_of, choices_to_document, write_choices
from assessment.services.results import RoundResults, results
from assessment.services.rounds import lock_round
from assessment.store.plans import Plan, carried_from, find_plan


class PlanChangedMeanwhile(Exception):
    """Another page has changed the plan since this one was opened; nothing was written."""


class NothingToUndo(Exception):
    """The plan has been changed since something was taken out of it, or nothing ever was."""


@dataclass(frozen=True, slots=True)
class RoundPlan:
    """A round's plan: the proposal, what was chosen over it, and the plan that results, with what it still lacks.

    `plan` is `None` in a preview of the proposal that nobody has taken up yet. `goes_on` names, by the ids of actions,
    the rounds in whose plans they go on: here, these are open no more.
    """

    results: RoundResults
    basis: PlanBasis
    choices: PlanChoices
    chosen: ActionPlan
    faults: tuple[PlanFault, ...]
    plan: Plan | None
    goes_on: Mapping[uuid.UUID, str] = field(default_factory=dict)

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
    def has_looked_back(self) -> bool:
        """Whether somebody has chosen which open actions of the plan before go on in it."""
        return self.plan is not None and self.plan.looked_back_at is not None

    @property
    def is_proposal(self) -> bool:
        """Whether nothing but how far the actions are differs from what was proposed."""
        return self.choices.agreed == proposed_choices(self.basis)


def draft_plan(
    session: Session, *, organisation_id: uuid.UUID, round_id: uuid.UUID, drawn_on: dt.date, now: dt.datetime
) -> Plan:
    """The plan of a published round, begun with the proposal; a plan that exists is left as it is.

    `drawn_on` is today where the organisation is. Raises `UnknownRound`, `RoundNotPublished`, `QuestionnaireChanged`
    or `NothingToPlan`.
    """
    lock_round(session, organisation_id=organisation_id, round_id=round_id)
    if plan := find_plan(session, organisation_id, round_id):
        return plan
    source = results(session, organisation_id=organisation_id, round_id=round_id)
    return _begin(session, organisation_id, _basis(source, drawn_on), now)


def change_plan(
    session: Session,
    round_plan: RoundPlan,
    choices: PlanChoices,
    *,
    now: dt.datetime,
    base_version: int | None = None,
    editor: str = "",
    may_undo: bool = False,
    user_id: int | None = None,
    link_owner: str | None = None,
    has_new_actions: bool = False,
) -> RoundPlan:
    """Keeps what the team decided over a plan that was read, finished or not. The day it was drawn stays what it was.

    `base_version` is the one that the change starts from and `editor` the open page that makes it: its own earlier
    changes are no surprise to it. With `may_undo` the state before is kept. `user_id` is who changes it, or
    `link_owner` whose link. With `has_new_actions` an action is another one although it says the same. Raises
    `UnknownRound`, `PlanChangedMeanwhile`, or `InvalidPlan` for what no page offers.
    """
    organisation_id, basis = round_plan.results.round.organisation_id, round_plan.basis
    lock_round(session, organisation_id=organisation_id, round_id=basis.round_id)
    plan = find_plan(session, organisation_id, basis.round_id)
    if plan:
        choices = replace(choices, drawn_on=plan.drawn_on)
        if choices == (stored := choices_of(plan)) and not has_new_actions:
            return with_choices(replace(round_plan, plan=plan), stored)
    _check_version(plan, base_version, editor)
    changed = with_choices(round_plan, choices)
    plan = plan or _begin(session, organisation_id, basis, now)
    plan.before = choices_to_document(choices_of(plan)) if may_undo else None
    _write(session, plan, choices, changed.basis, editor=editor, now=now, user_id=user_id, link_owner=link_owner)
    return replace(changed, plan=plan)


def undo_change(
    session: Session,
    round_plan: RoundPlan,
    *,
    now: dt.datetime,
    base_version: int,
    editor: str = "",
    user_id: int | None = None,
) -> RoundPlan:
    """Puts back what the last change took out.

    Raises `UnknownRound`, `PlanChangedMeanwhile`, `NothingToUndo`, or `InvalidPlan` for what no page offers.
    """
    organisation_id, basis = round_plan.results.round.organisation_id, round_plan.basis
    lock_round(session, organisation_id=organisation_id, round_id=basis.round_id)
    plan = find_plan(session, organisation_id, basis.round_id)
    _check_version(plan, base_version, editor)
    if plan is None or plan.before is None:
        raise NothingToUndo
    choices = choices_from_document(plan.before)
    changed = with_choices(round_plan, choices)
    plan.before = None
    _write(session, plan, choices, changed.basis, editor=editor, now=now, user_id=user_id)
    return replace(changed, plan=plan)


def read_plan(session: Session, *, organisation_id: uuid.UUID, round_id: uuid.UUID, drawn_on: dt.date) -> RoundPlan:
    """The round's plan as it stands; before anybody has begun it, the proposal of `drawn_on`.

    Raises `UnknownRound`, `RoundNotPublished`, `QuestionnaireChanged` or `NothingToPlan`.
    """
    round_results = results(session, organisation_id=organisation_id, round_id=round_id)
    return read_plan_of_results(session, round_results, drawn_on=drawn_on)


def read_plan_of_results(session: Session, round_results: RoundResults, *, drawn_on: dt.date) -> RoundPlan:
    """The plan of a round whose results have been read. Raises `NothingToPlan`."""
    plan = find_plan(session, round_results.round.organisation_id, round_results.round.id)
    if plan is None:
        basis = _basis(round_results, drawn_on)
        return RoundPlan(round_results, basis, proposed_choices(basis), basis.proposal, (), None)
    choices, basis = choices_of(plan), _basis(round_results, plan.drawn_on)
    if not choices.point and basis.proposal.point:  # of before it was known which one an action serves
        choices = replace(choices, point=basis.proposal.point.result.point)
    goes_on = {action_id: later.round_name for action_id, later in carried_from(session, [plan.id]).items()}
    return with_choices(RoundPlan(round_results, basis, choices, basis.proposal, (), plan, goes_on), choices)


def with_choices(round_plan: RoundPlan, choices: PlanChoices) -> RoundPlan:
    """The same round's plan with other choices, as they would be printed; nothing is written. Raises `InvalidPlan` for
    what no page offers."""
    require_structure(choices, round_plan.results.result)
    basis = replace(round_plan.basis, chosen_point=choices.point)
    return replace(
        round_plan,
        basis=basis,
        choices=choices,
        chosen=chosen_plan(choices, basis),
        faults=plan_faults(choices, basis),
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
    level = proposal.level_points(source.result, library, drawn_on=drawn_on, known_points=points)
    return PlanBasis(source.round.id, source.result, scale, targets, drafted, library, level)


def _check_version(plan: Plan | None, base_version: int | None, editor: str) -> None:
    """Raises `PlanChangedMeanwhile`."""
    version = plan.version if plan else 0
    is_own = plan is not None and bool(editor) and plan.editor == editor
    if base_version is not None and base_version != version and not is_own:
        raise PlanChangedMeanwhile


def _begin(session: Session, organisation_id: uuid.UUID, basis: PlanBasis, now: dt.datetime) -> Plan:
    """The plan as it was proposed."""
    drawn_on = basis.proposal.drawn_on
    plan = Plan(organisation_id=organisation_id, round_id=basis.round_id, drawn_on=drawn_on, changed_at=now, version=0)
    session.add(plan)
    session.flush()
    write_choices(session, plan, proposed_choices(basis), basis, now=now, user_id=None)
    return plan


def _write(
    session: Session,
    plan: Plan,
    choices: PlanChoices,
    basis: PlanBasis,
    *,
    editor: str,
    now: dt.datetime,
    user_id: int | None,
    link_owner: str | None = None,
) -> None:
    """Dates the plan anew only where the change can be seen in print: a note, or one under way, makes no new one."""
    if choices_of(plan).in_print != choices.in_print:
        plan.changed_at = now
    plan.editor, plan.version = editor, plan.version + 1
    write_choices(session, plan, choices, basis, now=now, user_id=user_id, link_owner=link_owner)
