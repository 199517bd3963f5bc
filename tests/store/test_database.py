"""What the engine promises."""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
import stat
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
from sqlalchemy import bindparam, column, func, insert, select, table, text
from sqlalchemy.exc import IntegrityError, OperationalError, StatementError

from assessment.domain.rounds import RoundMode
from assessment.store.compaction import OwedCompaction, owe_compaction
from assessment.store.database import BUSY_TIMEOUT_MS, Database, make_engine
from assessment.store.prepared import PreparedStatement
from assessment.store.rounds import Round
from tests.databases import KINDS, fresh_engine
from tests.services.build import NOW, make_home, make_round

LONG_ENOUGH = 60
"""Seconds: on PostgreSQL a compaction waits for the transactions of tests that run beside this one."""


@pytest.mark.parametrize("kind", KINDS)
def test_what_an_exception_leaves_is_rolled_back(kind, tmp_path):
    with fresh_engine(kind, tmp_path) as engine:
        database = Database(engine)
        home = make_home(database)
        round_id, _ = make_round(database, home)

        def fail_halfway():
            with database.writing() as session:
                session.get_one(Round, round_id).name = "Otro nombre"
                session.flush()
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            fail_halfway()
        with database.reading() as session:
            assert session.get_one(Round, round_id).name == "Ronda 1"


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_reading_transaction_changes_is_never_kept(kind, tmp_path):
    with fresh_engine(kind, tmp_path) as engine:
        database = Database(engine)
        round_id, _ = make_round(database, make_home(database))
        with database.reading() as session:
            session.get_one(Round, round_id).name = "Otro nombre"
            session.flush()
        with database.reading() as session:
            assert session.get_one(Round, round_id).name == "Ronda 1"


@pytest.mark.parametrize("kind", KINDS)
def test_values_come_back_as_they_went_in(kind, tmp_path):
    with fresh_engine(kind, tmp_path) as engine:
        database = Database(engine)
        bogota = dt.timezone(dt.timedelta(hours=-5))
        opens_at = dt.datetime(2026, 11, 20, 8, 30, tzinfo=bogota)
        round_id, _ = make_round(database, make_home(database), opens_at=opens_at, now=NOW)
        with database.reading() as session:
            round_ = session.get_one(Round, round_id)
            assert round_.mode is RoundMode.ANSWERED
            assert round_.opens_at == opens_at
            assert round_.opens_at.utcoffset() == dt.timedelta(0)
            assert round_.snapshot is None
            assert session.scalar(select(Round.id).where(Round.snapshot.is_(None))) == round_id


@pytest.mark.parametrize("kind", KINDS)
def test_a_time_without_zone_and_a_publication_without_result_are_refused(kind, tmp_path):
    with fresh_engine(kind, tmp_path) as engine:
        database = Database(engine)
        round_id, _ = make_round(database, make_home(database))
        with pytest.raises(StatementError), database.writing() as session:
            session.get_one(Round, round_id).closes_at = dt.datetime(2026, 12, 1)
        with pytest.raises(IntegrityError), database.writing() as session:
            session.get_one(Round, round_id).published_at = NOW


@pytest.mark.parametrize("kind", KINDS)
def test_compacting_leaves_the_database_as_it_was(kind, tmp_path):
    with fresh_engine(kind, tmp_path) as engine:
        database = Database(engine)
        round_id, _ = make_round(database, make_home(database))
        for _ in range(3):
            owe(database)
            assert database.compact_if_owed(patience=LONG_ENOUGH)
            assert not is_owed(database)
            with database.writing() as session:
                session.get_one(Round, round_id).name += "!"
        with database.reading() as session:
            assert session.get_one(Round, round_id).name == "Ronda 1!!!"


@pytest.mark.parametrize("kind", KINDS)
def test_a_compaction_that_a_reader_prevents_stays_owed_and_is_done_later(kind, tmp_path):
    with fresh_engine(kind, tmp_path) as engine:
        database = Database(engine)
        make_round(database, make_home(database))
        with database.reading() as reader:
            reader.connection(execution_options={"isolation_level": "REPEATABLE READ"} if kind != "sqlite" else {})
            reader.execute(text("SELECT count(*) FROM rounds")).all()
            owe(database)
            assert not database.compact_if_owed(patience=0)
            assert is_owed(database)
            # Nobody is kept from writing by it.
            with database.writing() as session:
                session.execute(text("UPDATE rounds SET name = 'x'"))
        assert database.compact_if_owed(patience=LONG_ENOUGH)
        assert not is_owed(database)


def test_a_transaction_in_another_database_of_the_server_prevents_it_as_well(tmp_path):
    with fresh_engine("postgresql", tmp_path) as engine, fresh_engine("postgresql", tmp_path, migrated=False) as beside:
        database = Database(engine)
        with beside.begin() as connection:
            connection.execute(text("SELECT pg_current_xact_id()"))
            owe(database)
            assert not database.compact_if_owed(patience=0)
            assert is_owed(database)
        assert database.compact_if_owed(patience=LONG_ENOUGH)


def test_a_connection_that_compacted_still_begins_at_once_and_waits_for_others(tmp_path):
    with fresh_engine("sqlite", tmp_path) as engine:
        database = Database(engine)
        owe(database)
        assert database.compact_if_owed()
        with engine.connect() as connection:
            raw = connection.connection.driver_connection
            assert isinstance(raw, sqlite3.Connection)
            assert raw.isolation_level is None
            assert raw.execute("PRAGMA busy_timeout").fetchone() == (BUSY_TIMEOUT_MS,)


@pytest.mark.parametrize("existing", [None, 0o644])
def test_only_the_owner_may_read_the_embedded_database(existing, tmp_path):
    file = tmp_path / "of-their-own" / "escala.sqlite"
    file.parent.mkdir(mode=0o755)
    if existing:
        file.touch(existing)
    before = os.umask(0o022)
    engine = make_engine(f"sqlite:///{file}")
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE something (id INTEGER)")
            modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in file.parent.iterdir()}
    finally:
        os.umask(before)
        engine.dispose()
    assert modes == {"escala.sqlite": 0o600, "escala.sqlite-wal": 0o600, "escala.sqlite-shm": 0o600}


def owe(database):
    with database.writing() as session:
        owe_compaction(session)


def is_owed(database):
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(OwedCompaction)) > 0


def add_one(database):
    with database.writing() as session:
        n = session.scalar(text("SELECT n FROM counters"))
        session.execute(text("UPDATE counters SET n = :n"), {"n": n + 1})


@pytest.fixture
def counting(tmp_path):
    engine = make_engine(f"sqlite:///{tmp_path / 'a.sqlite'}")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE counters (n INTEGER)")
        connection.exec_driver_sql("INSERT INTO counters VALUES (0)")
    yield Database(engine)
    engine.dispose()


def test_threads_that_write_at_once_come_one_after_another(counting):
    with ThreadPoolExecutor(16) as threads:
        list(threads.map(lambda _: add_one(counting), range(200)))
    with counting.reading() as session:
        assert session.scalar(text("SELECT n FROM counters")) == 200


def test_any_number_reads_while_one_writes(counting):
    with counting.writing() as writing, ExitStack() as opened:
        writing.execute(text("UPDATE counters SET n = 1"))
        for _ in range(30):
            session = opened.enter_context(counting.reading())
            assert session.scalar(text("SELECT n FROM counters")) == 0


@pytest.mark.parametrize("is_other_process", [False, True])
def test_who_waits_too_long_to_write_is_told_the_same_whoever_writes(counting, monkeypatch, is_other_process):
    monkeypatch.setattr("assessment.store.database.BUSY_TIMEOUT_MS", 50)
    beside = make_engine(counting.engine.url.render_as_string())
    busy, waiting = Database(beside), Database(beside)
    with ThreadPoolExecutor(1) as thread, (waiting if is_other_process else busy).writing() as writing:
        writing.execute(text("UPDATE counters SET n = 1"))
        told = thread.submit(add_one, busy).exception(LONG_ENOUGH)
    assert isinstance(told, OperationalError)
    assert "database is locked" in str(told)
    add_one(busy)
    beside.dispose()


def test_a_prepared_statement_that_fails_leaves_the_writer_to_others(counting):
    add = PreparedStatement(insert(table("counters", column("n"))).values(n=bindparam("n")), counting.dialect)
    for wrong in ([], {}):
        with pytest.raises(sqlite3.Error):
            counting.execute_at_once(add, {"n": wrong})
    assert counting.execute_at_once(add, {"n": 7}) == 1
    add_one(counting)
    with counting.reading() as session:
        assert session.scalars(text("SELECT n FROM counters ORDER BY n")).all() == [1, 1]
