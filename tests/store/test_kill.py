"""A process that is killed in mid-traffic loses no answer that it acknowledged."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from multiprocessing.connection import Connection

from sqlalchemy import event, select, text

from assessment.services.respond import resolve_link, submit_response
from assessment.store.database import Database, make_engine
from assessment.store.migrate import current_revision, differences, upgrade
from assessment.store.responses import Response
from tests.apart import apart
from tests.databases import fresh_engine
from tests.services.build import NOW, answer, make_home, make_round, make_sheet
from tests.store.test_migrations import old_database

ENOUGH = 40


def serve(tell: Connection, url: str, link: str) -> None:
    """What the killed process does: answers without end from several threads, and says which were acknowledged."""
    database = Database(make_engine(url))
    numbers, one_at_a_time = count(), threading.Lock()

    def go_on(_):
        while True:
            number = next(numbers)
            answer(database, link, make_sheet(number, comment=f"n{number}"), cookie=f"phone {number}")
            with one_at_a_time:
                tell.send(f"n{number}")

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(go_on, range(4)))


def die_at(tell: Connection, statement: int, url: str) -> None:
    """What a process does that is killed in the middle of a migration, as it begins this statement of many."""
    engine, numbers = make_engine(url), count(1)

    @event.listens_for(engine, "before_cursor_execute")
    def die(*_given: object) -> None:
        if next(numbers) == statement:
            os.kill(os.getpid(), signal.SIGKILL)

    upgrade(engine)
    tell.send(next(numbers) - 1)


def test_an_upgrade_that_is_killed_anywhere_is_made_by_the_next_start(tmp_path):
    """Of an instance of the first version, killed early, late and in between."""
    last = 10_000
    for part in (1, 0.99, 0.7, 0.4, 0.1, 0):
        folder = tmp_path / str(part)
        folder.mkdir()
        engine = old_database(folder / "old.sqlite")
        engine.dispose()
        url = engine.url.render_as_string()
        with apart(die_at, max(2, round(last * part)), url) as (process, told):
            if part == 1:
                last = told.recv()
                assert last > 200, "this one was not killed, and counted"
                continue
            process.join()
            assert process.exitcode == -signal.SIGKILL
        assert current_revision(engine) == "0001", "all of it or nothing"
        assert upgrade(engine) is True
        assert differences(engine) == []
        with engine.connect() as connection:
            assert connection.scalar(text("PRAGMA integrity_check")) == "ok"
            assert connection.execute(text("SELECT name FROM rounds")).scalars().all() == ["R"]
        engine.dispose()
        assert not list(folder.glob("*before*")), "no copy is left"


def rest_of(told: Connection) -> Iterator[str]:
    """What a process told before it died; its last word may have been cut off."""
    try:
        while True:
            yield told.recv()
    except (EOFError, OSError):
        return


def test_what_was_acknowledged_outlives_the_process(tmp_path):
    with fresh_engine("sqlite", tmp_path) as engine:
        database = Database(engine)
        round_id, link = make_round(database, make_home(database, size=999))
        url = engine.url.render_as_string()
        with apart(serve, url, link) as (process, told):
            acknowledged = [told.recv() for _ in range(ENOUGH)]
            process.kill()
            process.join()
            acknowledged += rest_of(told)
        with database.reading() as session:
            assert session.scalar(text("PRAGMA integrity_check")) == "ok"
            stored = {answers["comment"] for answers in session.scalars(select(Response.answers))}
        assert len(acknowledged) >= ENOUGH
        assert set(acknowledged) <= stored
        # The database goes on, and an answer that was sent again after the kill still counts once.
        number_stored = len(stored)
        number = acknowledged[-1][1:]
        with database.writing() as session:
            access = resolve_link(session, token=link, cookie=f"phone {number}")
            submit_response(session, access, cookie=f"phone {number}", now=NOW)
        with database.reading() as session:
            assert len(session.scalars(select(Response.id)).all()) == number_stored
        assert round_id
