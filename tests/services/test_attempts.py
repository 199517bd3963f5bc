"""Attempts are counted for all processes together, in windows, and nothing of a key is stored."""

from __future__ import annotations

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from assessment.infra.clock import utc_now
from assessment.services.attempts import Attempts, _end_of_window, clean_attempts
from assessment.store.attempts import Attempt
from assessment.store.database import Database, make_engine

SECRET = "k" * 40


def rows(database: Database) -> list[Attempt]:
    with database.reading() as session:
        return list(session.scalars(select(Attempt)))


def end_windows(database: Database) -> None:
    with database.writing() as session:
        for attempt in session.scalars(select(Attempt)):
            attempt.expires_at = utc_now() - dt.timedelta(seconds=1)


@pytest.mark.both_databases
def test_attempts_are_counted_by_key_until_their_window_ends(database):
    attempts = Attempts(database, SECRET)
    assert attempts.count("ana") == 0
    assert [attempts.add("ana", seconds=900) for _ in range(3)] == [1, 2, 3]
    assert attempts.add("ben", seconds=900, amount=4) == 4
    assert attempts.count("ana") == 3
    assert 890 < (attempts.expires_at("ana") - utc_now()).total_seconds() <= 990
    end_windows(database)
    assert attempts.count("ana") == 0
    assert attempts.add("ana", seconds=900) == 1
    attempts.forget("ana")
    assert attempts.count("ana") == 0


@pytest.mark.both_databases
def test_two_servers_that_count_at_once_lose_no_attempt(database):
    url = database.engine.url.render_as_string(hide_password=False)
    beside = Database(make_engine(url))
    together = threading.Barrier(8)

    def count(number: int) -> list[int]:
        attempts = Attempts((database, beside)[number % 2], SECRET)
        together.wait(30)
        return [attempts.add("ana", seconds=900) for _ in range(10)]

    with ThreadPoolExecutor(8) as threads:
        counted = [one for some in threads.map(count, range(8)) for one in some]
    beside.engine.dispose()
    assert sorted(counted) == list(range(1, 81))


def test_of_a_key_only_a_hash_is_stored_that_the_database_alone_does_not_explain(database):
    long = "ana@example.com" * 100_000
    for secret in (SECRET, "j" * 40):
        Attempts(database, secret).add(long, seconds=900)
    stored = rows(database)
    assert len({one.key_hash for one in stored}) == 2
    assert all(len(one.key_hash) == 64 for one in stored)


def test_a_window_does_not_tell_when_its_first_attempt_came():
    moments = [dt.datetime(2026, 11, 28, 9, 0, second, 123, tzinfo=dt.UTC) for second in range(1, 60)]
    assert {_end_of_window(moment, 600) for moment in moments} == {dt.datetime(2026, 11, 28, 9, 11, tzinfo=dt.UTC)}


def test_windows_that_are_over_are_deleted_and_no_others(database):
    attempts = Attempts(database, SECRET)
    attempts.add("ana", seconds=900)
    end_windows(database)
    attempts.add("ben", seconds=900)
    with database.writing() as session:
        clean_attempts(session, now=utc_now())
    assert len(rows(database)) == 1
    assert attempts.count("ben") == 1
