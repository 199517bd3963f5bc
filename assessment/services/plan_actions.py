"""What actions serve and how it stood when they began, for plans from before their actions were rows."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from assessment.domain.plans.faults import InvalidPlan
from assessment.domain.plans.proposal import NothingToPlan
from assessment.infra.logging import get_logger
from assessment.services.plan_choices import heading_of, served_by
from assessment.services.plans import read_plan
from assessment.services.questionnaires import QuestionnaireChanged
from assessment.services.rounds import lock_round
from assessment.store.database import Database
from assessment.store.plans import rounds_with_unscored_actions

AT_ONCE = 20
"""Rounds a transaction."""


def write_missing_starts(database: Database) -> int:
    """Writes what actions serve and their scores at the start, where they are missing; returns of how many rounds.

    It may be stopped at any time, and goes on where it was. A round whose results cannot be shown any more is left.
    """
    with database.reading() as session:
        missing = rounds_with_unscored_actions(session)
    written = 0
    for start in range(0, len(missing), AT_ONCE):
        with database.writing() as session:
            for organisation_id, round_id in missing[start : start + AT_ONCE]:
                written += _write_starts(session, organisation_id, round_id)
    return written


def _write_starts(session: Session, organisation_id: uuid.UUID, round_id: uuid.UUID) -> bool:
    locked = lock_round(session, organisation_id=organisation_id, round_id=round_id)
    try:
        read = read_plan(session, organisation_id=organisation_id, round_id=round_id, drawn_on=locked.created_at.date())
    except (NothingToPlan, QuestionnaireChanged):
        return False
    except (InvalidPlan, ValueError) as error:  # no page could have written it: nobody else is to wait for it
        get_logger().error("a plan cannot be read", round_id=str(round_id), error=error)
        return False
    if read.plan is None:
        return False
    for row in read.plan.actions:
        row.serves, row.ref_id, row.score_at_start = served_by(heading_of(row), read.basis)
    session.flush()
    return True
