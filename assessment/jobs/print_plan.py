"""Prints a plan: reads, has the PDF made in a process of its own, keeps it."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy.orm import Session

from assessment.domain.plans.faults import InvalidPlan
from assessment.domain.plans.proposal import NothingToPlan
from assessment.domain.rounds import RoundNotPublished
from assessment.infra.clock import utc_now
from assessment.infra.languages import Localisation
from assessment.infra.workers import Workers
from assessment.jobs.handlers import Keep
from assessment.services.later_work import JobFailed, JobOutcome
from assessment.services.plan_documents import (
    PrintAs,
    RenderedPlan,
    keep_printed_plan,
    make_pdf,
    prepare_plan_of_round,
)
from assessment.services.questionnaires import QuestionnaireChanged
from assessment.services.rounds import UnknownRound
from assessment.store.database import Database
from assessment.store.jobs import Job


def print_plan(database: Database, workers: Workers, job: Job) -> Keep:
    """Raises `JobFailed`: the plan is not finished (any more), or the round has no plan."""
    given, now = job.arguments, utc_now()
    print_as = PrintAs(
        Localisation(given["language"], given["country"]), given["paper"], given["is_blank"], given.get("plans_at", "")
    )
    where: dict[str, Any] = {"organisation_id": job.organisation_id, "round_id": uuid.UUID(given["round_id"])}
    try:
        with database.reading() as session:
            prepared = prepare_plan_of_round(session, **where, print_as=print_as, now=now)
    except InvalidPlan:
        raise JobFailed("unfinished") from None
    except (UnknownRound, RoundNotPublished, QuestionnaireChanged, NothingToPlan):
        raise JobFailed("no-plan") from None
    pdf = prepared.printed.pdf if prepared.printed else workers.submit_promised(make_pdf, prepared).result()
    rendered = RenderedPlan(prepared.content_hash, print_as, pdf)

    def keep(session: Session) -> JobOutcome:
        printed = keep_printed_plan(session, **where, rendered=rendered, now=now)
        return JobOutcome({"printed_id": str(printed.id)})

    return keep
