"""Messages, and a process that works them off until it is killed."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

from sqlalchemy import select, update

from assessment.infra.mail import make_mailer
from assessment.infra.queue import Queue, queue_url
from assessment.jobs.handlers import Handlers
from assessment.jobs.worker import Worker
from assessment.services.outbox import queue_mail
from assessment.store.database import Database, make_engine
from assessment.store.outbox import OutboxMessage, OutboxState
from tests.apart import apart

NOW = dt.datetime(2026, 11, 21, 9, 0, tzinfo=dt.UTC)
SECRET = "https://escala.example.com/join/secret"  # noqa: S105 - what an e-mail may hold
SWEEP_SECONDS = 0.5


def write(database: Database, number: int = 1, *, now: dt.datetime | None = None, **given) -> OutboxMessage:
    """A message that waits."""
    with database.writing() as session:
        return queue_mail(
            session,
            message_id=f"<{number}@example.com>",
            to=f"person{number}@example.com",
            subject="Hola",
            text=f"Abra este enlace: {SECRET}",
            language="es",
            now=now or NOW,
            **given,
        )


def state_of(database: Database, message: OutboxMessage) -> OutboxMessage:
    with database.reading() as session:
        return session.get_one(OutboxMessage, message.id)


def states(database: Database) -> list[OutboxState]:
    with database.reading() as session:
        return list(session.scalars(select(OutboxMessage.state)))


def end_leases(database: Database) -> None:
    """As if the time had passed for which a killed process had claimed messages."""
    with database.writing() as session:
        session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.state == OutboxState.SENDING)
            .values(next_attempt_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
        )


def work(tell: Connection, url: str, smtp_url: str) -> None:
    """What a worker process does: all that `escala serve` does behind its requests, until it is killed."""
    database, queue = Database(make_engine(url)), Queue(queue_url(url))
    Worker(
        database,
        queue,
        Handlers(database, make_mailer(smtp_url, None), queue, {}),
        sweep_seconds=SWEEP_SECONDS,
    ).start()
    tell.send("working")
    threading.Event().wait()


@contextmanager
def worker_process(database: Database, smtp_url: str) -> Iterator[BaseProcess]:
    """A process that works; killed at the end, if it lives still."""
    with apart(work, database.engine.url.render_as_string(hide_password=False), smtp_url) as (process, told):
        assert told.recv() == "working"
        yield process
