"""A round with recipients, and a process that writes to them until it is killed."""

from __future__ import annotations

import datetime as dt
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from itertools import count
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from queue import Empty
from typing import Any

from sqlalchemy import select, update

from assessment.infra.clock import utc_now
from assessment.infra.mail import MailConnection, make_mailer
from assessment.infra.queue import Queue, queue_url
from assessment.jobs.handlers import Handlers
from assessment.jobs.worker import Worker
from assessment.services.mailings import MailAddresses
from assessment.services.recipients import Person, invite_by_mail
from assessment.store.database import Database, make_engine
from assessment.store.outbox import OutboxMessage
from assessment.store.rounds import Round
from tests.apart import apart
from tests.mail_server import MailServer
from tests.services.build import Home, make_home, make_round

BASE = "https://escala.example.com"
SECRET = "k" * 40
FAST = 6_000
"""Messages a minute: tests do not wait."""
DAY = dt.timedelta(days=1)
_numbers = count()


def new_message_id() -> str:
    return f"<{next(_numbers)}-{uuid.uuid4().hex}@example.com>"


def people(number: int, language: str = "es") -> list[Person]:
    return [Person(f"person{one}@example.com", f"Persona {one}", language) for one in range(number)]  # type: ignore[arg-type]


@dataclass
class Invited:
    """An open round, and what it takes to write to people about it."""

    database: Database
    home: Home
    round_id: uuid.UUID
    token: str
    sent: list[EmailMessage] = field(default_factory=list)

    @property
    def where(self) -> dict[str, Any]:
        return {"organisation_id": self.home.organisation, "round_id": self.round_id}

    @property
    def writing(self) -> dict[str, Any]:
        return {**self.where, "new_message_id": new_message_id}

    @staticmethod
    def make(database: Database, *, closes_in: dt.timedelta | None = 7 * DAY, **changes: Any) -> Invited:
        now = utc_now()
        home = make_home(database)
        closes_at = now + closes_in if closes_in else None
        round_id, token = make_round(database, home, opens_at=now - DAY, closes_at=closes_at, now=now - DAY, **changes)
        return Invited(database, home, round_id, token)

    def invite(self, number: int = 1, *, turn: str = "", reply_to: str = "", now: dt.datetime | None = None) -> int:
        with self.database.writing() as session:
            return invite_by_mail(
                session,
                **self.writing,
                secret=SECRET,
                people=people(number),
                turn=turn or uuid.uuid4().hex,
                reply_to=reply_to,
                now=now or utc_now(),
            )

    def change(self, **values: Any) -> None:
        with self.database.writing() as session:
            session.execute(update(Round).where(Round.id == self.round_id).values(**values))

    def messages(self) -> list[OutboxMessage]:
        with self.database.reading() as session:
            return list(session.scalars(select(OutboxMessage).order_by(OutboxMessage.to_address)))

    def due_now(self) -> None:
        """As if the pauses had passed, and the leases of killed processes, too."""
        with self.database.writing() as session:
            session.execute(update(OutboxMessage).values(next_attempt_at=utc_now() - DAY))


def handlers(database: Database, url: str, *, per_minute: int = FAST) -> Handlers:
    addresses = MailAddresses(BASE, SECRET)
    return Handlers(database, make_mailer(url, BASE), Queue(None), {}, addresses=addresses, per_minute=per_minute)


def send_all(database: Database, server: MailServer) -> list[EmailMessage]:
    """Sends what is due, and returns what arrived."""
    works = handlers(database, server.url)
    assert works.mailer
    connection = MailConnection(works.mailer)
    while works.send_of_mailings(connection):
        threading.Event().wait(works.pace.total_seconds())
    connection.close()
    return arrived_in(server)


def arrived_in(server: MailServer) -> list[EmailMessage]:
    arrived = []
    while True:
        try:
            arrived.append(server.arrived.get_nowait())
        except Empty:
            return arrived


def work(tell: Connection, url: str, smtp_url: str, per_minute: int) -> None:
    """What a server does behind its requests, until it is killed."""
    database = Database(make_engine(url))
    queue = Queue(queue_url(url))
    works = Handlers(
        database,
        make_mailer(smtp_url, BASE),
        queue,
        {},
        addresses=MailAddresses(BASE, SECRET),
        per_minute=per_minute,
    )
    Worker(database, queue, works, sweep_seconds=0.5).start()
    tell.send("working")
    threading.Event().wait()


@contextmanager
def mailing_process(database: Database, smtp_url: str, per_minute: int = FAST) -> Iterator[BaseProcess]:
    """A process that works; killed at the end, if it lives still."""
    url = database.engine.url.render_as_string(hide_password=False)
    with apart(work, url, smtp_url, per_minute) as (process, told):
        assert told.recv() == "working"
        yield process
