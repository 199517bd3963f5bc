"""The migrated database is the one that the models describe, on both systems."""

from __future__ import annotations

import sqlite3
import stat
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from alembic import command
from sqlalchemy import text

from assessment.store import database
from assessment.store.database import make_engine
from assessment.store.migrate import (
    BrokenReferences,
    LaterDatabase,
    config_of,
    current_revision,
    differences,
    newest_revision,
    upgrade,
)
from tests.databases import KINDS, fresh_engine, prepare_sqlite


@pytest.mark.parametrize("kind", KINDS)
def test_migrations_end_where_the_models_are(kind, tmp_path):
    with fresh_engine(kind, tmp_path) as engine:
        assert current_revision(engine) == newest_revision()
        assert differences(engine) == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_database_that_is_up_to_date_is_left_alone(kind, tmp_path):
    with fresh_engine(kind, tmp_path) as engine:
        assert upgrade(engine) is False


def test_sqlite_keeps_what_was_acknowledged_and_its_references(tmp_path, monkeypatch):
    monkeypatch.setattr(database, "_prepare_sqlite", prepare_sqlite)
    engine = make_engine(f"sqlite:///{tmp_path / 'a.sqlite'}")
    with engine.connect() as connection:
        assert connection.scalar(text("PRAGMA journal_mode")) == "wal"
        assert connection.scalar(text("PRAGMA synchronous")) == 2
        assert connection.scalar(text("PRAGMA foreign_keys")) == 1
    engine.dispose()


def old_database(file):
    """A database of the first version, with an organisation, a team and a round in it."""
    ids = tuple(f"{number:032x}" for number in (1, 2, 3))
    engine = make_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        command.upgrade(config_of(connection), "0001")
        connection.exec_driver_sql(
            "INSERT INTO organisations (id, name, country, language, time_zone, minimum_group, accent, created_at) "
            "VALUES (?, 'A', 'CO', 'es', 'America/Bogota', 5, '#0b6b6b', '2026-11-21 10:00:00.000000')",
            ids[:1],
        )
        connection.exec_driver_sql(
            "INSERT INTO teams (id, organisation_id, name, size, kind, points, targets, created_at) "
            "VALUES (?2, ?1, 'Mesa', 8, 'shop', '[]', '{}', '2026-11-21 10:00:00.000000')",
            ids[:2],
        )
        connection.exec_driver_sql(
            "INSERT INTO rounds (id, organisation_id, team_id, name, mode, questionnaire_id, questionnaire_version, "
            "questionnaire_checksum, points, minimum_group, team_size, asks_role, link_token, created_at) "
            "VALUES (?3, ?1, ?2, 'R', 'answered', 'q', 1, 'sha256:0', '[]', 5, 8, 0, 't', "
            "'2026-11-21 10:00:00.000000')",
            ids,
        )
    return engine


def test_an_older_database_is_brought_up_to_date_and_no_copy_of_it_is_left(tmp_path):
    file = tmp_path / "old.sqlite"
    engine = old_database(file)
    (tmp_path / "old.sqlite.before-0007").write_bytes(b"of an earlier upgrade")
    (tmp_path / "old.sqlite.before-christmas").write_bytes(b"somebody's own")
    assert upgrade(engine) is True
    assert current_revision(engine) == newest_revision()
    assert differences(engine) == []
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT name, targets, has_personal_links FROM rounds")).all()
        assert [tuple(row) for row in rows] == [("R", "{}", 0)]
        assert len(connection.scalar(text("SELECT plan_token FROM rounds WHERE plan_shared_at IS NULL"))) == 22
    engine.dispose()
    assert {path.name for path in tmp_path.glob("*before*")} == {"old.sqlite.before-christmas"}


def test_an_upgrade_that_fails_changes_nothing_and_leaves_a_copy_for_its_owner_alone(tmp_path):
    file = tmp_path / "old.sqlite"
    engine = old_database(file)
    with closing(sqlite3.connect(file, isolation_level=None)) as without_foreign_keys:
        without_foreign_keys.execute("UPDATE teams SET organisation_id = 'nobody'")
    with pytest.raises(BrokenReferences):
        upgrade(engine)
    assert current_revision(engine) == "0001"
    engine.dispose()
    copied = tmp_path / f"old.sqlite.before-{newest_revision()}"
    assert stat.S_IMODE(copied.stat().st_mode) == 0o600
    with closing(sqlite3.connect(copied)) as copy:
        assert copy.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)
        assert copy.execute("SELECT count(*) FROM rounds").fetchone() == (1,)


@pytest.mark.parametrize("kind", KINDS)
def test_the_database_of_a_later_escala_is_left_as_it_is(kind, tmp_path):
    with fresh_engine(kind, tmp_path) as engine:
        with engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        with pytest.raises(LaterDatabase):
            upgrade(engine)
        assert current_revision(engine) == "9999"
    assert not list(tmp_path.glob("*.before-*"))


@pytest.mark.parametrize("kind", KINDS)
def test_processes_that_start_together_upgrade_once(kind, tmp_path):
    with fresh_engine(kind, tmp_path, migrated=False) as engine, ThreadPoolExecutor(4) as threads:
        engines = [make_engine(engine.url.render_as_string(hide_password=False)) for _ in range(4)]
        list(threads.map(upgrade, engines))
        assert differences(engine) == []
        for one in engines:
            one.dispose()
