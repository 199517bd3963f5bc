"""A backup holds all there is, is taken while others write, and is put back only where nothing is lost by it."""

from __future__ import annotations

import random
import sqlite3
import stat
import threading
import uuid
from contextlib import closing, suppress

import pytest
from alembic import command
from sqlalchemy import func, select, text

from assessment.services.publication import publish_round
from assessment.services.results import results
from assessment.services.rounds import stop_round
from assessment.store.accounts import User
from assessment.store.backup import (
    BackupFlaw,
    BackupOntoDatabase,
    DatabaseNotEmpty,
    NotABackup,
    backup_database,
    restore_database,
)
from assessment.store.database import Database
from assessment.store.migrate import config_of, current_revision, differences, newest_revision
from assessment.store.models import METADATA
from assessment.store.organisations import Organisation
from assessment.store.responses import Response, count_responses
from tests.databases import KINDS, fresh_engine
from tests.services.build import NOW, answer, make_home, make_round, make_sheet

LOGS = ("-wal", "-shm")
WAYS = [("sqlite", "sqlite"), ("postgresql", "postgresql"), ("postgresql", "sqlite")]


def content(engine):
    """Every row of every table."""
    with engine.connect() as connection:
        return {
            table.name: sorted(map(repr, connection.execute(select(table)).all())) for table in METADATA.sorted_tables
        }


@pytest.fixture
def two_folders(tmp_path):
    (tmp_path / "here").mkdir()
    (tmp_path / "there").mkdir()
    return tmp_path / "here", tmp_path / "there"


@pytest.mark.parametrize(("kind", "other"), WAYS)
def test_a_restored_database_is_the_one_that_was_backed_up(kind, other, two_folders, tmp_path):
    source, target = two_folders
    file = tmp_path / "escala.backup"
    with fresh_engine(kind, source) as engine:
        database = Database(engine)
        home = make_home(database)
        round_id, link = make_round(database, home)
        for number in range(6):
            answer(database, link, make_sheet(number, comment="ñandú"))
        own = {"organisation_id": home.organisation, "round_id": round_id}
        with database.writing() as session:
            stop_round(session, **own, now=NOW)
            publish_round(session, **own, now=NOW)
        make_round(database, home, name="Abierta")
        with database.reading() as session:
            expected = results(session, **own).result
        backup_database(engine, file)
        stored = content(engine)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with fresh_engine(other, target) as engine:
        restore_database(engine, file)
        if kind == other:
            assert content(engine) == stored
        database = Database(engine)
        with database.writing() as session:
            assert results(session, **own).result == expected
            session.add(User(email="new@example.org", active=True, fs_uniquifier="new"))
        before = content(engine)
        with pytest.raises(DatabaseNotEmpty):
            restore_database(engine, file)
        assert content(engine) == before
        restore_database(engine, file, replace=True)
        assert content(engine)["users"] != before["users"]


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_backup_is_refused_and_changes_nothing(kind, tmp_path):
    with fresh_engine(kind, tmp_path) as engine:
        database = Database(engine)
        make_home(database)
        good = tmp_path / "good.backup"
        backup_database(engine, good)
        before = content(engine)
        raw = good.read_bytes()
        middle = len(raw) // 2
        for number, damaged in enumerate(
            [
                b"",
                b"hello",
                b"{}\n",
                b'{"format":"escala.backup/1","revision":"9999"}\n{"rows":0}\n',
                b"SQLite format 3\x00" + b"x" * 5000,
                raw[:middle],
                raw[: middle - 50] + b"\xff" * 300 + raw[middle + 250 :] if kind == "postgresql" else raw[:5000],
            ]
        ):
            file = tmp_path / f"{number}.backup"
            file.write_bytes(damaged)
            with pytest.raises(NotABackup):
                restore_database(engine, file, replace=True)
            assert content(engine) == before
        with pytest.raises(FileNotFoundError):
            restore_database(engine, tmp_path / "missing", replace=True)


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_too_deeply_nested_is_refused(kind, tmp_path):
    with fresh_engine(kind, tmp_path) as engine:
        make_home(Database(engine))
        before = content(engine)
        file = tmp_path / "deep.backup"
        head = f'{{"format":"escala.backup/1","revision":"{newest_revision()}"}}'
        file.write_text(f'{head}\n{{"table":"users","row":{"[" * 100_000}\n', "utf-8")
        with pytest.raises(NotABackup):
            restore_database(engine, file, replace=True)
        assert content(engine) == before


DAMAGES = (
    "UPDATE rounds SET points = '[{'",
    "UPDATE rounds SET created_at = 'yesterday'",
    "UPDATE rounds SET mode = 'guessed'",
    "UPDATE teams SET organisation_id = 'nobody'",
    "DROP TABLE teams",
    "UPDATE alembic_version SET version_num = '0003'",
)


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_whole_sqlite_file_with_damaged_content_is_refused_and_leaves_nothing(damage, tmp_path):
    file = tmp_path / "a.backup"
    (tmp_path / "here").mkdir()
    with fresh_engine("sqlite", tmp_path / "here") as engine:
        make_round(Database(engine), make_home(Database(engine)))
        backup_database(engine, file)
        with closing(sqlite3.connect(file, isolation_level=None)) as damaged:
            damaged.execute(damage)
        before = content(engine)
        with pytest.raises(NotABackup) as refused:
            restore_database(engine, file, replace=True)
        assert refused.value.flaw is BackupFlaw.DAMAGED
        assert content(engine) == before
        assert {path.name for path in (tmp_path / "here").iterdir()} <= {f"test.sqlite{end}" for end in ("", *LOGS)}


@pytest.mark.parametrize("seed", range(3))
def test_a_flipped_bit_fails_in_no_other_way(seed, tmp_path):
    chance = random.Random(seed)
    with fresh_engine("sqlite", tmp_path) as engine:
        make_round(Database(engine), make_home(Database(engine)))
        backup_database(engine, tmp_path / "a.backup")
        raw = (tmp_path / "a.backup").read_bytes()
        for _ in range(4):
            flipped = bytearray(raw)
            flipped[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
            (tmp_path / "b.backup").write_bytes(flipped)
            with suppress(NotABackup):
                restore_database(engine, tmp_path / "b.backup", replace=True)
            assert not list(tmp_path.glob("*restoring*"))
            restore_database(engine, tmp_path / "a.backup", replace=True)


@pytest.mark.parametrize("kind", KINDS)
def test_a_backup_taken_while_people_answer_holds_whole_answers(kind, two_folders, tmp_path):
    source, target = two_folders
    file = tmp_path / "escala.backup"
    with fresh_engine(kind, source) as engine:
        database = Database(engine)
        round_id, link = make_round(database, make_home(database, size=60))
        for number in range(5):
            answer(database, link, make_sheet(number))
        started = threading.Event()

        def go_on():
            for number in range(5, 25):
                answer(database, link, make_sheet(number))
                started.set()

        writer = threading.Thread(target=go_on)
        writer.start()
        started.wait(30)
        backup_database(engine, file)
        writer.join()
        with database.reading() as session:
            assert count_responses(session, round_id) == 25
    with fresh_engine(kind, target) as engine:
        restore_database(engine, file)
        with Database(engine).reading() as session:
            stored = session.scalar(select(func.count()).select_from(Response))
            assert 6 <= stored <= 25


def test_an_older_backup_is_brought_up_to_date(tmp_path):
    from tests.store.test_migrations import old_database

    old = tmp_path / "old.sqlite"
    old_database(old).dispose()
    (tmp_path / "new").mkdir()
    with fresh_engine("sqlite", tmp_path / "new") as engine:
        restore_database(engine, old)
        with engine.connect() as connection:
            assert connection.scalar(select(func.count()).select_from(METADATA.tables["organisations"])) == 1
            assert connection.scalar(select(func.count()).select_from(METADATA.tables["comments"])) == 0


def test_a_backup_never_takes_the_place_of_its_database(tmp_path):
    with fresh_engine("sqlite", tmp_path) as engine:
        make_home(Database(engine))
        before = content(engine)
        for end in ("", "-wal", "-shm"):
            with pytest.raises(BackupOntoDatabase):
                backup_database(engine, tmp_path / f"test.sqlite{end}")
        assert content(engine) == before


@pytest.mark.parametrize("kind", KINDS)
def test_a_backup_replaces_the_one_before_and_leaves_nothing_else_behind(kind, two_folders, tmp_path):
    source, _ = two_folders
    with fresh_engine(kind, source) as engine:
        file = tmp_path / "backups" / "escala.backup"
        file.parent.mkdir()
        backup_database(engine, file)
        first = file.read_bytes()
        make_home(Database(engine))
        backup_database(engine, file)
        assert file.read_bytes() != first
        assert [path.name for path in file.parent.iterdir()] == ["escala.backup"]


def test_lines_of_an_earlier_version_are_brought_up_to_date(two_folders, tmp_path):
    """Written from the tables of that version, by an Escala that would have others."""
    source, target = two_folders
    file = tmp_path / "escala.backup"
    id_ = uuid.uuid4()
    with fresh_engine("postgresql", source, migrated=False) as engine:
        with engine.begin() as connection:
            command.upgrade(config_of(connection), "0001")
            connection.execute(
                text(
                    "INSERT INTO organisations "
                    "(id, name, country, language, time_zone, minimum_group, accent, created_at) "
                    "VALUES (:id, 'Año', 'CO', 'es', 'America/Bogota', 5, '#0b6b6b', '2026-11-21 10:00:00+00')"
                ),
                {"id": id_},
            )
        backup_database(engine, file)
        assert '"is_sample"' not in file.read_text("utf-8")
    with fresh_engine("postgresql", target) as engine:
        make_home(Database(engine), "Other")
        restore_database(engine, file, replace=True)
        assert current_revision(engine) == newest_revision()
        assert differences(engine) == []
        with Database(engine).reading() as session:
            organisations = session.scalars(select(Organisation)).all()
            assert [(one.id, one.name, one.is_sample, one.created_at.hour) for one in organisations] == [
                (id_, "Año", False, 10)
            ]
        engine.dispose()
        raw = file.read_text("utf-8").splitlines()
        file.write_text("\n".join([*raw[:-1], '{"rows":7}']), "utf-8")
        before = content(engine)
        with pytest.raises(NotABackup):
            restore_database(engine, file, replace=True)
        assert content(engine) == before
        assert differences(engine) == []
    (tmp_path / "lite").mkdir()
    with fresh_engine("sqlite", tmp_path / "lite") as engine, pytest.raises(NotABackup) as refused:
        restore_database(engine, file)
    assert refused.value.flaw is BackupFlaw.EARLIER_VERSION
