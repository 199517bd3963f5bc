"""The slides of a round: what they are made of, read from the database. All of it is released."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Iterator

from sqlalchemy.orm import Session

from assessment.domain.outcome import Outcome, outcome_of
from assessment.domain.plans.choices import ActionChoice
from assessment.domain.plans.proposal import NothingToPlan, PlannedAction
from assessment.infra.clock import local_date
from assessment.infra.languages import Localisation
from assessment.services.consultancies import printed_consultancy
from assessment.services.organisation_look import NoLogo, get_logo
from assessment.services.plan_documents import PrintAs, plan_source
from assessment.services.plans import RoundPlan, read_plan_of_results
from assessment.services.results import RoundResults, result_source, results
from assessment.store.organisations import Organisation
from reports.action_plan.source import PlanSource
from reports.slides.source import SlidesSource, TakenAction, Talk


class NothingToShow(LookupError):
    """The round's results are withheld as a whole: there is nothing that slides could show."""


def slides_source(
    session: Session,
    *,
    organisation_id: uuid.UUID,
    round_id: uuid.UUID,
    reader: Localisation,
    now: dt.datetime,
) -> tuple[SlidesSource, RoundResults]:
    """What the slides of a published round are made of, and the results that it comes from.

    Why nothing is compared or planned is worded by whoever asks (`no_change`, `no_plan`). Raises `UnknownRound`,
    `RoundNotPublished`, `QuestionnaireChanged` or `NothingToShow`.
    """
    organisation = session.get_one(Organisation, organisation_id)
    found = results(session, organisation_id=organisation_id, round_id=round_id)
    if outcome_of(found.result, found.questionnaire, found.round.minimum_group) is not Outcome.RESULT:
        raise NothingToShow
    zone, published_at = organisation.time_zone, found.round.published_at
    assert published_at is not None  # noqa: S101 - `results` refuses a round that is not published
    try:
        plan = read_plan_of_results(session, found, drawn_on=local_date(now, zone))
    except NothingToPlan:
        plan = None
    planned = plan_source(session, plan, organisation, PrintAs(reader), now) if plan else None
    return (
        SlidesSource(
            shown=planned or result_source(found, reader),
            organisation=organisation.name,
            round_name=found.round.name,
            published_on=local_date(published_at, zone),
            accent=organisation.accent,
            minimum_group=found.round.minimum_group,
            logo=_logo(session, organisation_id),
            accompanied_by=printed_consultancy(session, organisation_id=organisation_id).name,
            talks=tuple(_talks(plan, planned)) if plan and planned else (),
            actions=tuple(_actions(plan, planned, reader)) if plan and planned else (),
            compared_with=found.compared_with.name if found.compared_with else "",
        ),
        found,
    )


def content_key(source: SlidesSource, reader: Localisation) -> str:
    """All that the file depends on, as one hash."""
    return hashlib.sha256(repr((source, reader.tag)).encode()).hexdigest()


def _logo(session: Session, organisation_id: uuid.UUID) -> bytes:
    try:
        return get_logo(session, organisation_id=organisation_id).picture
    except NoLogo:
        return b""


def _talks(plan: RoundPlan, source: PlanSource) -> Iterator[Talk]:
    """The guided conversation about each pillar of the plan; none of a pillar outside the library."""
    for pillar in source.plan.pillars:
        talk = plan.basis.library.conversation(pillar.result.pillar)
        if talk:
            yield Talk(pillar.result.pillar, talk.title, talk.what, talk.first_step)


def _actions(plan: RoundPlan, source: PlanSource, reader: Localisation) -> Iterator[TakenAction]:
    """The plan's actions in their order. Before anybody has begun a plan, each is only proposed."""
    choices, is_begun = plan.choices, plan.plan is not None

    def taken(serves: str, planned: PlannedAction, choice: ActionChoice | None) -> TakenAction:
        status = choice.status if is_begun and choice else None
        return TakenAction(
            serves,
            planned.action.title,
            planned.action.owner,
            planned.due_on,
            status,
            is_late=planned.is_late,
            has_proposed_owner=planned.has_proposed_owner,
        )

    for pillar, name in zip(source.plan.pillars, choices.pillar_ids, strict=True):
        serves = reader.text(source.questionnaire.pillars_by_id[pillar.result.pillar].short_name)
        for planned, choice in zip(pillar.actions, choices.actions_under(name), strict=True):
            yield taken(serves, planned, choice)
    if (point := source.plan.point) is not None:
        yield taken(source.point_name(point.result.point), point.move, choices.move)
