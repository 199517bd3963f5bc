"""What the engine promises."""

from __future__ import annotations

import datetime as dt
import sqlite3

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, StatementError

from assessment.domain.rounds import RoundMode
from assessment.store.database import BUSY_TIMEOUT_MS, Database, make_engine
from assessment.store.rounds import Round
from tests.databases import KINDS, fresh_engine
from tests.services.build import NOW, make_home, make_round


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
            found = session.get_one(Round, round_id)
            assert found.mode is RoundMode.ANSWERED
            assert found.opens_at == opens_at
            assert found.opens_at.utcoffset() == dt.timedelta(0)
            assert found.snapshot is None
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
            assert database.compact()
            with database.writing() as session:
                session.get_one(Round, round_id).name += "!"
        with database.reading() as session:
            assert session.get_one(Round, round_id).name == "Ronda 1!!!"


def test_compacting_says_when_somebody_was_in_the_way(tmp_path, monkeypatch):
    monkeypatch.setattr("assessment.store.database.BUSY_TIMEOUT_MS", 50)
    with fresh_engine("sqlite", tmp_path) as engine:
        database = Database(engine)
        make_round(database, make_home(database))
        with database.reading() as reader:
            reader.execute(text("SELECT count(*) FROM rounds")).all()
            with database.writing() as session:
                session.execute(text("UPDATE rounds SET name = 'x'"))
            assert not database.compact()
        assert database.compact()
    assert BUSY_TIMEOUT_MS == 15_000


def test_a_connection_that_compacted_still_begins_at_once_to_write(tmp_path):
    engine = make_engine(f"sqlite:///{tmp_path / 'a.sqlite'}")
    Database(engine).compact()
    with engine.connect() as connection:
        raw = connection.connection.driver_connection
        assert isinstance(raw, sqlite3.Connection)
        assert raw.isolation_level is None
    engine.dispose()


def test_a_compaction_that_could_not_be_done_is_made_up_for_at_the_next_start(tmp_path):
    with fresh_engine("sqlite", tmp_path) as engine:
        database = Database(engine)
        owed = tmp_path / "test.sqlite.to-compact"
        assert database.compact() is True
        assert not owed.exists()
        assert database.compact_if_owed() is False
        other = sqlite3.connect(tmp_path / "test.sqlite", timeout=0, isolation_level=None)
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM users").fetchone()
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA busy_timeout=0")
        assert database.compact() is False
        assert owed.exists()
        other.close()
        assert database.compact_if_owed() is True
        assert not owed.exists()
