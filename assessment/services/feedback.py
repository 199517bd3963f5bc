"""What those who answered are told: what was said, and what the team will do about it."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy.orm import Session

from assessment.infra.languages import Localisation
from assessment.services.plan_documents import PrintAs, plan_source_of_round
from assessment.services.rounds import get_round
from assessment.store.teams import Team
from reports.feedback.build import FeedbackSource, build_context, build_message, build_pdf
from reports.feedback.context import FeedbackContext


def gather_feedback(
    session: Session, *, organisation_id: uuid.UUID, round_id: uuid.UUID, link: str, print_as: PrintAs, now: dt.datetime
) -> FeedbackSource:
    """What the round's page to those who answered is made of; `link` leads to the plan, where that is shared.

    Raises what `read_plan` raises.
    """
    round_ = get_round(session, organisation_id=organisation_id, round_id=round_id)
    plan = plan_source_of_round(session, organisation_id=organisation_id, round_id=round_id, print_as=print_as, now=now)
    is_shared = round_.plan_shared_at is not None
    return FeedbackSource(
        plan=plan,
        is_decided=plan.is_decided or is_shared,
        team=session.get_one(Team, round_.team_id).name,
        round=round_.name,
        link=link if is_shared else "",
    )


def print_feedback(context: FeedbackContext, reader: Localisation) -> bytes:
    """The page as PDF: a pure function of what it says."""
    return build_pdf(context, reader)


def feedback_message(source: FeedbackSource, reader: Localisation) -> str:
    """The same for a chat, in plain words."""
    return build_message(source, reader)


def feedback_page(source: FeedbackSource, reader: Localisation) -> FeedbackContext:
    """What the page says."""
    return build_context(source, reader)
