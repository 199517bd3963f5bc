"""Work that is done later. A row is written in the transaction that causes it and is the truth; a queue (Huey) only
carries its id, and may lose it or bring it twice.

A job is claimed for a limited time (its lease). Its process may be killed: once the lease is over, it can be
claimed again. So a job may run twice, and must be idempotent.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, and_, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from assessment.store.accounts import User
from assessment.store.base import Base, Moment, RandomKey, text_enum


class JobState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


UNFINISHED = (JobState.WAITING, JobState.RUNNING)


ACCOUNT = "account"
"""The argument that says who asked for a job: as long as it is not finished."""


class Job(RandomKey, Base):
    """`arguments` are emptied once it is finished; `error` is a short code that names nobody."""

    __tablename__ = "jobs"
    __table_args__ = (Index("ix_jobs_state", "state", "run_after"),)

    organisation_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("organisations.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[str] = mapped_column(String(40))
    arguments: Mapped[dict[str, Any]]
    state: Mapped[JobState] = mapped_column(text_enum(JobState), default=JobState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    run_after: Mapped[Moment]
    lease_until: Mapped[Moment | None]
    created_at: Mapped[Moment]
    finished_at: Mapped[Moment | None]
    result: Mapped[dict[str, Any] | None]
    error: Mapped[str] = mapped_column(String(40), default="")
    idempotency_key: Mapped[str | None] = mapped_column(String(64), unique=True)


class Schedule(Base):
    """When periodic work is next due; whoever moves the time forward does the work."""

    __tablename__ = "schedules"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    next_run_at: Mapped[Moment]


def find_job(session: Session, organisation_id: uuid.UUID, job_id: uuid.UUID) -> Job | None:
    """A job of this organisation, never another's."""
    return session.scalar(select(Job).where(Job.organisation_id == organisation_id, Job.id == job_id))


def find_job_by_key(session: Session, idempotency_key: str) -> Job | None:
    return session.scalar(select(Job).where(Job.idempotency_key == idempotency_key))


def due_jobs(session: Session, now: dt.datetime, limit: int) -> Sequence[uuid.UUID]:
    """Jobs that nobody works at and that may be run, the oldest first."""
    return session.scalars(select(Job.id).where(_is_due(now)).order_by(Job.created_at, Job.id).limit(limit)).all()


def count_unfinished_before(session: Session, job: Job) -> int:
    """How many jobs of the kind were there before this one and are not finished."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Job)
            .where(Job.kind == job.kind, Job.state.in_(UNFINISHED), Job.created_at < job.created_at)
        )
        or 0
    )


def count_unfinished_of(session: Session, kind: str, account: int) -> int:
    """How many jobs of the kind this account has asked for that are not finished. The account is locked until the
    transaction ends: two requests at once are counted one after the other."""
    session.execute(select(User.id).where(User.id == account).with_for_update(key_share=True))
    unfinished = session.scalars(select(Job.arguments).where(Job.kind == kind, Job.state.in_(UNFINISHED)))
    return sum(arguments.get(ACCOUNT) == account for arguments in unfinished)


def claim_job(session: Session, job_id: uuid.UUID, *, now: dt.datetime, lease: dt.timedelta) -> Job | None:
    """The job, for whoever comes first; `None` where it is finished, not due, or somebody works at it."""
    claimed = session.execute(
        update(Job)
        .where(Job.id == job_id, _is_due(now))
        .values(state=JobState.RUNNING, attempts=Job.attempts + 1, lease_until=now + lease)
        .execution_options(synchronize_session=False)
    )
    if not claimed.rowcount:  # type: ignore[attr-defined]
        return None
    return session.get_one(Job, job_id, populate_existing=True)


def finish_job(session: Session, job: Job, *, now: dt.datetime, result: dict[str, Any] | None, error: str) -> bool:
    """The job's end, unless somebody else has claimed it since; returns whether it was ours to end."""
    return _change_claimed(
        session,
        job,
        state=JobState.FAILED if error else JobState.DONE,
        finished_at=now,
        lease_until=None,
        arguments={},
        result=result,
        error=error,
    )


def release_job(session: Session, job: Job, *, run_after: dt.datetime, error: str) -> bool:
    """The job may be claimed again later."""
    return _change_claimed(session, job, state=JobState.WAITING, run_after=run_after, lease_until=None, error=error)


def delete_finished_jobs(session: Session, before: dt.datetime) -> int:
    """Deletes what was finished before; returns how many."""
    gone = session.execute(delete(Job).where(Job.state.not_in(UNFINISHED), Job.finished_at < before))
    return int(gone.rowcount)  # type: ignore[attr-defined]


def take_turn(session: Session, name: str, *, now: dt.datetime, every: dt.timedelta) -> bool:
    """Whether periodic work is due, and ours to do: of several processes that ask in a period, one gets True."""
    if session.get(Schedule, name) is None:
        try:
            with session.begin_nested():
                session.execute(insert(Schedule).values(name=name, next_run_at=now))
        except IntegrityError:  # another process was faster
            pass
    moved = session.execute(
        update(Schedule)
        .where(Schedule.name == name, Schedule.next_run_at <= now)
        .values(next_run_at=now + every)
        .execution_options(synchronize_session=False)
    )
    return bool(moved.rowcount)  # type: ignore[attr-defined]


def is_turn_due(session: Session, name: str, now: dt.datetime) -> bool:
    """The same without taking the turn, so that nothing is written."""
    next_run_at = session.scalar(select(Schedule.next_run_at).where(Schedule.name == name))
    return next_run_at is None or next_run_at <= now


def _is_due(now: dt.datetime) -> Any:
    return or_(
        and_(Job.state == JobState.WAITING, Job.run_after <= now),
        and_(Job.state == JobState.RUNNING, Job.lease_until <= now),
    )


def _change_claimed(session: Session, job: Job, **values: Any) -> bool:
    """Changes the job only if it is still the same attempt: after a lease has ended, another may have begun."""
    changed = session.execute(
        update(Job)
        .where(Job.id == job.id, Job.state == JobState.RUNNING, Job.attempts == job.attempts)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    return bool(changed.rowcount)  # type: ignore[attr-defined]
