"""What is done with an id that the queue brings: the row says whether there is anything to do, and each step is kept
in a transaction of its own, so that a kill at any moment loses nothing.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from assessment.infra.clock import utc_now
from assessment.infra.logging import get_logger
from assessment.infra.mail import Mailer, MailNotSent
from assessment.infra.queue import Handler, Queue, Topic
from assessment.services import later_work, outbox
from assessment.services.later_work import JobFailed, JobOutcome
from assessment.store.database import Database
from assessment.store.jobs import Job

Keep = Callable[[Session], JobOutcome]
"""Keeps what a job made, in the transaction that also ends the job."""
JobKind = Callable[[Job], Keep]
"""Does a job's slow part, outside any transaction that writes. Raises `JobFailed` where it can never be done."""


class _Overtaken(Exception):
    """The lease ended before the work did, so that its result is not stored."""


@dataclass(frozen=True, slots=True, repr=False)
class Handlers:
    """What a worker does. `mailer` is `None` where no e-mail can be sent: then it waits."""

    database: Database
    mailer: Mailer | None
    queue: Queue
    kinds: Mapping[str, JobKind]

    @property
    def by_topic(self) -> dict[Topic, Handler]:
        return {"mail": self.send_mail, "jobs": self.run_job}

    def send_mail(self, message_id: uuid.UUID) -> None:
        """Sends a message of the outbox, if that is still to be done."""
        if self.mailer is None:
            return
        with self.database.writing() as session:
            message = outbox.claim_message(session, message_id=message_id, now=utc_now())
        if message is None:
            return
        try:
            self.mailer.send(outbox.mail_of(message))
        except MailNotSent as failure:  # never with a trace: a server's refusal names the address
            get_logger().error("an e-mail was not sent", reason=failure.reason, attempt=message.attempts)
            with self.database.writing() as session:
                outbox.record_failure(session, message, failure, now=utc_now())
        else:
            with self.database.writing() as session:
                outbox.record_sent(session, message, now=utc_now())

    def run_job(self, job_id: uuid.UUID) -> None:
        """Does a job, if that is still to be done."""
        with self.database.writing() as session:
            job = later_work.claim_job(session, job_id=job_id, now=utc_now())
        if job is None:
            return
        try:
            keep = self.kinds[job.kind](job)
            with self.database.writing() as session:
                outcome = keep(session)
                if not later_work.finish_job(session, job, result=outcome.result, now=utc_now()):
                    raise _Overtaken
            if outcome.mail:
                self.queue.put("mail", outcome.mail)
        except _Overtaken:
            get_logger().warning("a job took longer than its lease, and somebody else does it", kind=job.kind)
        except JobFailed as failure:
            with self.database.writing() as session:
                later_work.fail_job(session, job, code=failure.code, now=utc_now())
        except Exception as error:
            get_logger().error("a job failed", kind=job.kind, attempt=job.attempts, error=error)
            with self.database.writing() as session:
                later_work.postpone_job(session, job, now=utc_now())
