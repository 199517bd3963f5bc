"""That something was deleted: what kind of thing, when, and how much went along. Never what it was called or held."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, Row, delete, exists, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from assessment.store.base import Base, Moment, RandomKey, text_enum
from assessment.store.comments import Comment
from assessment.store.engagements import delete_files_of as delete_engagement_files_of
from assessment.store.jobs import Job
from assessment.store.members import MemberInvitation
from assessment.store.organisations import Membership, Organisation
from assessment.store.outbox import OutboxMessage
from assessment.store.plans import Plan, PrintedPlan
from assessment.store.portfolio_files import delete_files_of
from assessment.store.printed_files import PrintedFile
from assessment.store.recipients import Mailing, Recipient
from assessment.store.responses import Draft, Response
from assessment.store.rounds import Round
from assessment.store.teams import Team
from assessment.store.workshops import Workshop, WorkshopAgreement, WorkshopNote


class DeletedKind(StrEnum):
    TEAM = "team"
    ORGANISATION = "organisation"
    ACCOUNT = "account"
    ANSWERS = "answers"
    """Answers and comments whose time was over; the results stayed."""
    ROUND = "round"
    """A round whose time was over, with its results and plan."""


class Deletion(RandomKey, Base):
    """`tenant_id` is the organisation's id, also once that is gone; `counts` says how much of what went along.

    `user_id` is who did it; nobody where the time was over, or their account is gone, too.
    """

    __tablename__ = "deletions"
    __table_args__ = (Index("ix_deletions_tenant_id", "tenant_id", "deleted_at"),)

    kind: Mapped[DeletedKind] = mapped_column(text_enum(DeletedKind))
    tenant_id: Mapped[uuid.UUID | None]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    deleted_at: Mapped[Moment]
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)


def record_deletion(
    session: Session,
    kind: DeletedKind,
    *,
    tenant_id: uuid.UUID | None,
    user_id: int | None,
    now: dt.datetime,
    counts: dict[str, int],
) -> None:
    session.add(Deletion(kind=kind, tenant_id=tenant_id, user_id=user_id, deleted_at=now, counts=counts))
    session.flush()


def deletions_of(session: Session, organisation_id: uuid.UUID, limit: int) -> Sequence[Deletion]:
    """What was deleted of an organisation, the latest first."""
    return session.scalars(
        select(Deletion)
        .where(Deletion.tenant_id == organisation_id)
        .order_by(Deletion.deleted_at.desc(), Deletion.id)
        .limit(limit)
    ).all()


def count_contents(session: Session, organisation_id: uuid.UUID, team_id: uuid.UUID | None = None) -> dict[str, int]:
    """How much belongs to an organisation, or to one of its teams."""
    rounds = select(Round.id).where(Round.organisation_id == organisation_id)
    if team_id is not None:
        rounds = rounds.where(Round.team_id == team_id)
    plans = select(Plan.id).where(Plan.round_id.in_(rounds))
    counts = {
        "rounds": _count(session, Round, Round.id.in_(rounds)),
        "answers": _count(session, Response, Response.round_id.in_(rounds)),
        "plans": _count(session, Plan, Plan.id.in_(plans)),
        "printed": _count(session, PrintedPlan, PrintedPlan.plan_id.in_(plans)),
    }
    if team_id is None:
        counts["teams"] = _count(session, Team, Team.organisation_id == organisation_id)
        counts["people"] = _count(session, Membership, Membership.organisation_id == organisation_id)
    return counts


def _count(session: Session, model: type[Base], condition: Any) -> int:
    return session.scalar(select(func.count()).select_from(model).where(condition)) or 0


def delete_jobs_of_rounds(session: Session, organisation_id: uuid.UUID, round_ids: Collection[uuid.UUID]) -> None:
    """Deletes the jobs that print plans of these rounds, or have printed them. To be called while they are there."""
    own = {str(id_) for id_ in round_ids}
    printed = session.scalars(
        select(PrintedPlan.id).join(Plan, Plan.id == PrintedPlan.plan_id).where(Plan.round_id.in_(list(round_ids)))
    )
    made = {str(id_) for id_ in printed}
    jobs = session.scalars(select(Job).where(Job.organisation_id == organisation_id))
    for job in jobs.all():
        if job.arguments.get("round_id") in own or (job.result or {}).get("printed_id") in made:
            session.delete(job)
    session.flush()


def delete_unused_files(session: Session, organisation_id: uuid.UUID) -> None:
    """Deletes the files that no printed version is made of, and those over all teams: they may tell of what is gone."""
    delete_files_of(session, organisation_id)
    delete_engagement_files_of(session, organisation_id)
    session.execute(
        delete(PrintedFile).where(
            PrintedFile.organisation_id == organisation_id,
            ~exists().where(
                PrintedPlan.organisation_id == PrintedFile.organisation_id,
                PrintedPlan.file_sha256 == PrintedFile.sha256,
            ),
        )
    )


def delete_all_to_address(session: Session, email: str) -> None:
    """Deletes e-mail to this address, invitations of it, also to rounds, and jobs about it, of every organisation."""
    session.execute(delete(Recipient).where(func.lower(Recipient.address) == email.lower()))
    session.execute(update(Mailing).where(func.lower(Mailing.reply_to) == email.lower()).values(reply_to=""))
    session.execute(delete(OutboxMessage).where(func.lower(OutboxMessage.to_address) == email.lower()))
    session.execute(delete(MemberInvitation).where(func.lower(MemberInvitation.email) == email.lower()))
    for job in session.scalars(select(Job).where(Job.organisation_id.is_(None))).all():
        if str(job.arguments.get("email", "")).lower() == email.lower():
            session.delete(job)
    session.flush()


def count_answers(session: Session, round_id: uuid.UUID) -> int:
    return _count(session, Response, Response.round_id == round_id)


def delete_answers(session: Session, round_: Round, *, answered: int, now: dt.datetime) -> None:
    """Deletes what each person answered and wrote in a round, whose result stays; `answered` is how many of the team
    had answered, which stays known."""
    for model in (Response, Comment, Draft):
        session.execute(delete(model).where(model.round_id == round_.id))
    # Of workshops, what was shown and agreed is the result; the words beside it were written by people.
    workshops = select(Workshop.id).where(Workshop.round_id == round_.id)
    session.execute(delete(WorkshopNote).where(WorkshopNote.workshop_id.in_(workshops)))
    session.execute(update(WorkshopAgreement).where(WorkshopAgreement.workshop_id.in_(workshops)).values(note=""))
    round_.answers_deleted_at, round_.answers_counted = now, answered
    session.flush()


def rounds_to_keep(
    session: Session, after: uuid.UUID | None, limit: int, *, only: uuid.UUID | None = None
) -> list[Row[Any]]:
    """Rounds that are not kept for ever: when they end, how long they are kept, what was deleted already; by id."""
    found: Any = session.execute(
        select(
            Round.id,
            Round.organisation_id,
            Round.stopped_at,
            Round.closes_at,
            Round.published_at,
            Round.answers_deleted_at,
            Round.keep_answers_months,
            Round.keep_results_months,
            Organisation.keep_answers_months.label("organisation_keeps_answers"),
            Organisation.keep_results_months.label("organisation_keeps_results"),
        )
        .join(Organisation, Organisation.id == Round.organisation_id)
        .where(
            func.coalesce(
                Round.keep_answers_months,
                Round.keep_results_months,
                Organisation.keep_answers_months,
                Organisation.keep_results_months,
            ).is_not(None),
            *([Round.id > after] if after else []),
            *([Round.id == only] if only else []),
        )
        .order_by(Round.id)
        .limit(limit)
    )
    return list(found)
