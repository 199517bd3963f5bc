"""Jobs: work that a request asks for and that is done after its commit, also after a kill (`store.jobs`)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from assessment.store import jobs as store
from assessment.store.jobs import Job, JobState

LEASE = dt.timedelta(minutes=3)
"""How long a job may take before somebody else begins it anew."""
PAUSE = dt.timedelta(seconds=20)
MOST_ATTEMPTS = 3
"""Of a job that fails by accident, or whose process dies."""
KEPT = dt.timedelta(days=1)
MOST_AT_ONCE = 200


class UnknownJob(LookupError):
    """The organisation has no such job."""


class JobFailed(Exception):
    """The job cannot be done, now or later; `code` says why, in a word that the pages know."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class TooManyJobs(Exception):
    """So much that this account has asked for is still to be done that more has to wait."""


@dataclass(frozen=True, slots=True)
class JobOutcome:
    """What a job made: its result for the pages, and an e-mail that is to be sent now."""

    result: dict[str, Any] = field(default_factory=dict)
    mail: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is. `before` counts the jobs that come first while it is waiting."""

    state: JobState
    before: int
    error: str
    result: dict[str, Any]


def request_job(
    session: Session,
    *,
    kind: str,
    arguments: dict[str, Any],
    now: dt.datetime,
    organisation_id: uuid.UUID | None = None,
    idempotency_key: str | None = None,
    account: int | None = None,
    most: int = 0,
) -> Job:
    """A job that is done once this transaction is committed.

    With a key that is there already, that very job; one that failed gives its key up, and is asked for anew. Of those
    that an account asks for, `most` wait or are done at a time. Raises `TooManyJobs`.
    """
    earlier = store.find_job_by_key(session, idempotency_key) if idempotency_key else None
    if earlier is not None and earlier.state is not JobState.FAILED:
        return earlier
    if account is not None:
        if store.count_unfinished_of(session, kind, account) >= most:
            raise TooManyJobs
        arguments = arguments | {store.ACCOUNT: account}
    if earlier is not None:
        earlier.idempotency_key = None
        session.flush()
    job = Job(
        organisation_id=organisation_id,
        kind=kind,
        arguments=arguments,
        state=JobState.WAITING,
        run_after=now,
        created_at=now,
        idempotency_key=idempotency_key,
    )
    try:
        with session.begin_nested():
            session.add(job)
    except IntegrityError:  # somebody asked for the same at the same time
        earlier = store.find_job_by_key(session, idempotency_key) if idempotency_key else None
        if earlier is None:
            raise
        return earlier
    return job


def claim_job(session: Session, *, job_id: uuid.UUID, now: dt.datetime) -> Job | None:
    """The job, to be done once this is committed; `None` where that is not ours to do (any more).

    One that was begun `MOST_ATTEMPTS` times, and whose process died each time, is given up.
    """
    job = store.claim_job(session, job_id, now=now, lease=LEASE)
    if job is not None and job.attempts > MOST_ATTEMPTS:
        store.finish_job(session, job, now=now, result=None, error="gave-up")
        return None
    return job


def finish_job(session: Session, job: Job, *, result: dict[str, Any], now: dt.datetime) -> bool:
    """To be called in the transaction that keeps what the job made; returns whether the job was still ours."""
    return store.finish_job(session, job, now=now, result=result, error="")


def fail_job(session: Session, job: Job, *, code: str, now: dt.datetime) -> None:
    """The job is over, without a result."""
    store.finish_job(session, job, now=now, result=None, error=code)


def postpone_job(session: Session, job: Job, *, now: dt.datetime) -> None:
    """After a failure that may have been an accident: tried again after a pause, at most `MOST_ATTEMPTS` times."""
    if job.attempts >= MOST_ATTEMPTS:
        store.finish_job(session, job, now=now, result=None, error="gave-up")
    else:
        store.release_job(session, job, run_after=now + PAUSE, error="again")


def due_jobs(session: Session, *, now: dt.datetime) -> Sequence[uuid.UUID]:
    """What is to be done now and nobody is doing."""
    return store.due_jobs(session, now, MOST_AT_ONCE)


def progress_of(
    session: Session, *, organisation_id: uuid.UUID, job_id: uuid.UUID, kind: str, round_id: uuid.UUID | None = None
) -> Progress:
    """How far a job of this kind is, and of this round as long as it says so: one that is over has no arguments any
    more. Raises `UnknownJob`."""
    job = store.find_job(session, organisation_id, job_id)
    if job is None or job.kind != kind or (round_id and job.arguments.get("round_id", str(round_id)) != str(round_id)):
        raise UnknownJob(job_id)
    before = store.count_unfinished_before(session, job) if job.state is JobState.WAITING else 0
    return Progress(job.state, before, job.error, job.result or {})


def is_turn_due(session: Session, *, name: str, now: dt.datetime) -> bool:
    """Whether periodic work may be due, without writing anything."""
    return store.is_turn_due(session, name, now)


def take_turn(session: Session, *, name: str, every: dt.timedelta, now: dt.datetime) -> bool:
    """Whether periodic work is due and ours: of several servers of one database, one does it in each period."""
    return store.take_turn(session, name, now=now, every=every)


def clean_jobs(session: Session, *, now: dt.datetime) -> None:
    """Deletes jobs that were finished long ago."""
    store.delete_finished_jobs(session, now - KEPT)
