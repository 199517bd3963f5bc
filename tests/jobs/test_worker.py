"""What works off the queues goes on when part of it dies, and when the queue is away."""

from __future__ import annotations

from pathlib import Path

import pytest

from assessment.infra.clock import utc_now
from assessment.infra.mail import make_mailer
from assessment.infra.queue import Queue, QuietConsumer, queue_url
from assessment.jobs import worker as worker_module
from assessment.jobs.handlers import Handlers
from assessment.jobs.worker import Worker
from assessment.store.database import Database
from assessment.store.outbox import OutboxState
from tests.databases import fresh_engine
from tests.jobs.build import SWEEP_SECONDS, state_of, write
from tests.mail_server import mail_server


def test_a_consumer_that_dies_is_started_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deaths = iter([MemoryError(), OSError("the queue's file is gone")])

    class Mortal(QuietConsumer):
        def start(self) -> None:
            if error := next(deaths, None):
                raise error
            super().start()

    monkeypatch.setattr("assessment.infra.queue.QuietConsumer", Mortal)
    monkeypatch.setattr(worker_module, "PAUSE", 0.0)
    with fresh_engine("sqlite", tmp_path) as engine, mail_server() as server:
        database = Database(engine)
        queue = Queue(queue_url(engine.url.render_as_string()))
        handlers = Handlers(database, make_mailer(server.url, None), queue, {})
        working = Worker(database, queue, handlers, sweep_seconds=SWEEP_SECONDS)
        working.start()
        message = write(database, now=utc_now())
        assert server.next_message()["Message-ID"] == message.message_id
        working.stop()
        assert state_of(database, message).state is OutboxState.SENT


def test_a_queue_that_is_away_costs_nobody_what_they_did(tmp_path: Path) -> None:
    with fresh_engine("sqlite", tmp_path) as engine:
        database = Database(engine)
        queue = Queue(f"sqlite:///{tmp_path / 'queue.sqlite'}")
        queue.close()
        for file in tmp_path.glob("queue.sqlite*"):
            file.unlink()
        (tmp_path / "queue.sqlite").mkdir()  # no file can be there
        message = write(database, now=utc_now())
        queue.put("mail", message.id)
        assert state_of(database, message).state is OutboxState.WAITING
