"""What is done with an id that the queue brings: the row says whether there is anything to do, and each step is kept
in a transaction of its own, so that a kill at any moment loses nothing.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from assessment.infra.clock import utc_now
from assessment.infra.logging import get_logger
from assessment.infra.mail import Mail, MailConnection, Mailer, MailNotSent
from assessment.infra.queue import Handler, Queue, Topic
from assessment.infra.settings import PER_MINUTE
from assessment.services import later_work, outbox
from assessment.services.due_notices import write_due_notices
from assessment.services.later_work import JobFailed, JobOutcome
from assessment.services.mailings import (
    MailAddresses,
    NotToBeSent,
    NotWanted,
    NotYet,
    has_planned,
    queue_planned,
    write_message,
)
from assessment.services.opening_notices import write_opening_notices
from assessment.store.database import Database
from assessment.store.jobs import Job
from assessment.store.outbox import OutboxMessage

Keep = Callable[[Session], JobOutcome]
"""Keeps what a job made, in the transaction that also ends the job."""
JobKind = Callable[[Job], Keep]
"""Does a job's slow part, outside any transaction that writes. Raises `JobFailed` where it can never be done."""


class _Overtaken(Exception):
    """The lease ended before the work did, so that its result is not stored."""


@dataclass(frozen=True, slots=True, repr=False)
class Handlers:
    """What a worker does. `mailer` is `None` where no e-mail can be sent: then it waits.

    Without `addresses` no messages of mailings are sent; with it, `per_minute` of them by all processes together.
    """

    database: Database
    mailer: Mailer | None
    queue: Queue
    kinds: Mapping[str, JobKind]
    addresses: MailAddresses | None = None
    per_minute: int = PER_MINUTE

    @property
    def pace(self) -> dt.timedelta:
        """Between two messages of mailings."""
        return dt.timedelta(minutes=1) / self.per_minute

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
        self._hand_over(message, outbox.mail_of(message), self.mailer.send)

    def send_of_mailings(self, connection: MailConnection) -> bool:
        """Sends one message of a mailing, if one is due and it is our turn; returns whether there may be more soon."""
        if self.mailer is None or self.addresses is None:
            return False
        with self.database.reading() as session:
            if not outbox.has_due_mailing(session, now=utc_now()):
                return False
        with self.database.writing() as session:
            if not later_work.take_turn(session, name="mailings", every=self.pace, now=utc_now()):
                return True
            claimed = self._claim_of_mailings(session, self.addresses)
        if claimed is not None:
            self._hand_over(*claimed, connection.send)
        return True

    def write_planned(self, now: dt.datetime) -> None:
        """Writes the messages whose time has come: that a round closes soon or has closed, and, to those who manage it,
        what is due and that a round has opened by itself."""
        if self.mailer is None or self.addresses is None:
            return
        new_id = self.mailer.new_message_id
        with self.database.reading() as session:
            is_planned = has_planned(session, now=now)
        if is_planned:
            with self.database.writing() as session:
                queue_planned(session, new_message_id=new_id, now=now)
        write_due_notices(self.database, addresses=self.addresses, new_message_id=new_id, now=now)
        write_opening_notices(self.database, addresses=self.addresses, new_message_id=new_id, now=now)

    def _claim_of_mailings(self, session: Session, addresses: MailAddresses) -> tuple[OutboxMessage, Mail] | None:
        """The next message that is to be sent, with its words. Those that are not end at once, or wait."""
        while (message := outbox.claim_next_of_mailings(session, now=utc_now())) is not None:
            try:
                return message, write_message(session, message, addresses=addresses, now=utc_now())
            except NotToBeSent:
                outbox.drop(session, message)
            except NotWanted:
                outbox.skip(session, message, now=utc_now())
            except NotYet as later:
                outbox.postpone(session, message, until=later.at)
            except Exception as error:  # whatever is wrong with one does not keep all others from being sent
                get_logger().error("a message could not be written", error=error)
                outbox.postpone(session, message, until=utc_now() + dt.timedelta(hours=1))
        return None

    def _hand_over(self, message: OutboxMessage, mail: Mail, send: Callable[[Mail], None]) -> None:
        try:
            send(mail)
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
