"""`escala backup` and `escala restore`, beside a running server and on both databases."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import func, select

from assessment.infra.clock import utc_now
from assessment.store.database import Database, make_engine
from assessment.store.organisations import Organisation
from assessment.store.responses import Draft, Response, SubmissionKey
from tests.cli.conftest import Answer
from tests.cli.here import escala_in
from tests.cli.server import Visitor, forked
from tests.conftest import ROOT
from tests.databases import KINDS, fresh_engine, migrated_sqlite
from tests.services.build import DAY, make_home, make_round

SECRET = "a secret key that only tests know, long enough"  # noqa: S105


# The first lines of an earlier version's backup: refused for its version (SQLite) or its missing end (PostgreSQL).
HALF = {"sqlite": ("anterior", "earlier Escala"), "postgresql": ("incompleto", "damaged or incomplete")}


@dataclass
class Instance:
    """A folder in which commands run, with the database that they use."""

    folder: Path
    database: Database
    environment: dict[str, str]

    def escala(self, *arguments: object, locale: str = "en") -> Answer:
        return escala_in(self.folder, *arguments, locale=locale, **self.environment)

    def refused(self, *arguments: object, locale: str = "en") -> str:
        done = self.escala(*arguments, locale=locale)
        assert (done.code, done.out) == (2, ""), done.err
        return done.err

    def organisations(self) -> set[str]:
        with self.database.reading() as session:
            return set(session.scalars(select(Organisation.name)))

    def leave(self) -> None:
        """Closes the test's own connections: a restore is refused while there are any."""
        self.database.engine.dispose()


@pytest.fixture(params=KINDS)
def instance(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Instance]:
    if request.param == "sqlite":
        (tmp_path / "instance").mkdir()
        engine = make_engine(migrated_sqlite(tmp_path / "instance" / "escala.sqlite"))
        yield Instance(tmp_path, Database(engine), {})
        engine.dispose()
        return
    with fresh_engine("postgresql", tmp_path) as engine:
        url = engine.url.render_as_string(hide_password=False)
        yield Instance(tmp_path, Database(engine), {"ESCALA_DATABASE_URL": url, "ESCALA_SECRET_KEY": SECRET})


def test_a_backup_is_restored_and_the_replaced_data_are_saved(instance: Instance) -> None:
    make_home(instance.database, "Alegra")
    instance.leave()
    done = instance.escala("backup", "a.backup")
    assert done.code == 0, done.err
    assert "The backup is in a.backup." in done.err
    assert stat.S_IMODE((instance.folder / "a.backup").stat().st_mode) == 0o600
    make_home(instance.database, "Bravo")
    instance.leave()
    assert "with --replace" in instance.refused("restore", "a.backup")
    assert instance.organisations() == {"Alegra", "Bravo"}
    instance.leave()
    done = instance.escala("restore", "a.backup", "--replace")
    assert done.code == 0, done.err
    assert instance.organisations() == {"Alegra"}
    instance.leave()
    (previous,) = instance.folder.glob("a.backup.before-restore-*")
    assert previous.name in done.err
    assert stat.S_IMODE(previous.stat().st_mode) == 0o600
    assert instance.escala("restore", previous, "--replace").code == 0
    assert instance.organisations() == {"Alegra", "Bravo"}


DIES = """
import os, signal, sys
from itertools import count
import assessment.cli.database, assessment.services.upgrade, assessment.store.backup, assessment.store.migrate
from assessment.cli.main import main
for line in sys.stdin:
    numbers, last = count(1), int(line)
    def die(event, given):
        if event in ("sqlite3.connect", "os.remove", "os.rename") and next(numbers) == last:
            os.kill(os.getpid(), signal.SIGKILL)
    process = os.fork()
    if not process:
        sys.addaudithook(die)
        os._exit(main(sys.argv[1:]))
    print(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), flush=True)
"""
"""For each number n of a line, runs the command, kills it as it is about to open, take away or rename its nth file, and
says how it ended. Everything is imported once: that takes longer than a run."""


def test_a_restore_that_is_killed_leaves_one_whole_database_and_can_be_repeated(tmp_path: Path) -> None:
    (tmp_path / "instance").mkdir()
    engine = make_engine(migrated_sqlite(tmp_path / "instance" / "escala.sqlite"))
    instance = Instance(tmp_path, Database(engine), {})
    make_home(instance.database, "Alegra")
    assert instance.escala("backup", "a.backup").code == 0
    make_home(instance.database, "Bravo")
    instance.leave()
    before = {"Alegra", "Bravo"}
    restore = ["restore", "a.backup", "--replace", "--locale", "en"]
    code, number = -signal.SIGKILL, 0
    with subprocess.Popen(
        [sys.executable, "-c", DIES, *restore],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        bufsize=1,
    ) as runs:
        assert runs.stdin
        assert runs.stdout
        while code == -signal.SIGKILL:
            number += 1
            runs.stdin.write(f"{number}\n")
            code = int(runs.stdout.readline())
            found = instance.organisations()
            assert found in (before, {"Alegra"})
            before = found
            with engine.connect() as connection:
                assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
            instance.leave()
            saved = [*tmp_path.glob("a.backup.before-restore-*")]
            assert found == {"Alegra", "Bravo"} or saved, "what was replaced is saved"
        runs.stdin.close()
    assert code == 0
    assert number > 8, "it was killed on the way"
    assert instance.organisations() == {"Alegra"}
    instance.leave()
    assert not list(tmp_path.glob("instance/*.restoring-*")), "no copy is left of those that were killed"


def test_a_backup_is_restored_into_a_new_folder(tmp_path: Path) -> None:
    old_folder, new_folder = tmp_path / "old", tmp_path / "new"
    old_folder.mkdir()
    new_folder.mkdir()
    with fresh_engine("sqlite", old_folder) as engine:
        make_home(Database(engine), "Alegra")
        url = engine.url.render_as_string()
        old = Instance(old_folder, Database(engine), {"ESCALA_DATABASE_URL": url})
        assert old.escala("backup", new_folder / "a.backup").code == 0
    engine = make_engine(f"sqlite:///{new_folder / 'instance' / 'escala.sqlite'}")
    new = Instance(new_folder, Database(engine), {})
    done = new.escala("restore", "a.backup")
    assert done.code == 0, done.err
    assert new.organisations() == {"Alegra"}
    assert not list(new_folder.glob("*before-restore*"))
    new.leave()


def apart(instance: Instance, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command as a process of its own, as somebody runs it beside a server."""
    return subprocess.run(
        [sys.executable, "-m", "assessment.cli", *arguments, "--locale", "en"],
        cwd=instance.folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), **instance.environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_a_backup_under_load_holds_whole_answers_and_can_be_served(instance: Instance) -> None:
    begun = utc_now() - DAY
    home = make_home(instance.database, size=60)
    _, token = make_round(instance.database, home, opens_at=begun, closes_at=None, now=begun)
    instance.leave()
    started = threading.Event()
    answered: list[str] = []
    with forked(instance.folder, "serve", **instance.environment) as server:

        def go_on(number: int) -> None:
            for turn in range(2):
                Visitor(server.address).answer_round(f"/r/{token}", f"{number} {turn}")
                answered.append(f"{number} {turn}")
                started.set()

        people = [threading.Thread(target=go_on, args=(number,)) for number in range(2)]
        for person in people:
            person.start()
        assert started.wait(60)
        backup = apart(instance, "backup", "a.backup")
        assert backup.returncode == 0, backup.stderr
        before = len(answered)
        assert "in use" in instance.refused("restore", "a.backup", "--replace")
        assert not list(instance.folder.glob("*before-restore*"))
        for person in people:
            person.join()
        assert len(answered) == 4
    instance.leave()
    done = instance.escala("restore", "a.backup", "--replace")
    assert done.code == 0, done.err
    with instance.database.reading() as session:
        answers = session.scalars(select(Response.answers)).all()
        assert 1 <= len(answers) <= before + 2
        assert session.scalar(select(func.count()).select_from(SubmissionKey)) == len(answers)
        assert (session.scalar(select(func.count()).select_from(Draft)) or 0) <= 2
        assert all(len(document["items"]) == 48 and document["comment"] for document in answers)
    instance.leave()
    with forked(instance.folder, "serve", "--workers", "1", **instance.environment) as server:
        Visitor(server.address).answer_round(f"/r/{token}", "after")
    with instance.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Response)) == len(answers) + 1


@pytest.mark.parametrize("locale", ["es", "en"])
def test_nothing_is_written_or_replaced_by_mistake(instance: Instance, locale: str) -> None:
    make_home(instance.database, "Alegra")
    instance.leave()
    (instance.folder / "taken").write_text("mine", "utf-8")
    (instance.folder / "folder").mkdir()
    (instance.folder / "half").write_text('{"format":"escala.backup/1","revision":"0001"}\n{"tab', "utf-8")
    (instance.folder / "later").write_text('{"format":"escala.backup/1","revision":"9999"}\n{"rows":0}\n', "utf-8")
    messages = [
        instance.refused("backup", "taken", locale=locale),
        instance.refused("backup", "folder", "--replace", locale=locale),
        instance.refused("backup", "no/where", locale=locale),
        instance.refused("restore", "nothing", "--replace", locale=locale),
        instance.refused("restore", "folder", "--replace", locale=locale),
        instance.refused("restore", "taken", "--replace", locale=locale),
        instance.refused("restore", "half", "--replace", locale=locale),
        instance.refused("restore", "later", "--replace", locale=locale),
    ]
    expected = [
        ("existe", "exists already"),
        ("carpeta", "is a folder"),
        ("carpeta", "create it first"),
        ("leer", "cannot be read"),
        ("leer", "cannot be read"),
        ("no es una copia", "is not a backup of Escala"),
        HALF[instance.database.engine.dialect.name],
        ("más nueva", "newer Escala"),
    ]
    for sentence, words in zip(messages, expected, strict=True):
        assert words[locale == "en"] in sentence
    assert (instance.folder / "taken").read_text("utf-8") == "mine"
    assert instance.organisations() == {"Alegra"}
    assert not list(instance.folder.glob("*before-restore*"))
    instance.leave()
    assert instance.escala("backup", "taken", "--replace").code == 0


def test_a_database_that_nobody_set_up_has_no_backup(tmp_path: Path) -> None:
    empty = Instance(tmp_path, Database(make_engine(f"sqlite:///{tmp_path / 'unused.sqlite'}")), {})
    assert "nobody has set up" in empty.refused("backup", "a.backup")
    assert not (tmp_path / "a.backup").exists()
    empty.leave()


def test_the_database_itself_is_no_backup(tmp_path: Path) -> None:
    with fresh_engine("sqlite", tmp_path) as engine:
        own = Instance(tmp_path, Database(engine), {"ESCALA_DATABASE_URL": engine.url.render_as_string()})
        make_home(own.database, "Alegra")
        own.leave()
        assert "the database itself" in own.refused("backup", "test.sqlite", "--replace")
        assert "the database itself" in own.refused("restore", "test.sqlite", "--replace")
        assert own.organisations() == {"Alegra"}


def test_the_backup_of_another_kind_of_database_is_recognised(tmp_path: Path) -> None:
    (tmp_path / "s").mkdir()
    with fresh_engine("sqlite", tmp_path / "s") as engine:
        make_home(Database(engine))
        own = Instance(tmp_path, Database(engine), {"ESCALA_DATABASE_URL": engine.url.render_as_string()})
        assert own.escala("backup", "a.backup").code == 0
    with fresh_engine("postgresql", tmp_path) as engine:
        url = engine.url.render_as_string(hide_password=False)
        other = Instance(tmp_path, Database(engine), {"ESCALA_DATABASE_URL": url, "ESCALA_SECRET_KEY": SECRET})
        other.leave()
        assert "comes from an SQLite database" in other.refused("restore", "a.backup")


@pytest.mark.parametrize("command", [["backup", "a"], ["restore", "a"], ["create-admin", "a@example.com"], ["upgrade"]])
def test_a_database_that_does_not_answer_is_a_sentence(tmp_path: Path, command: list[str]) -> None:
    (tmp_path / "a.sqlite").mkdir()
    if command[0] == "restore":
        (tmp_path / "a").write_text("anything", "utf-8")
    for url in ("postgresql://nobody:secret@127.0.0.1:1/none", f"sqlite:///{tmp_path / 'a.sqlite'}"):
        instance = Instance(
            tmp_path,
            Database(make_engine(f"sqlite:///{tmp_path / 'unused.sqlite'}")),
            {"ESCALA_DATABASE_URL": url, "ESCALA_SECRET_KEY": SECRET},
        )
        message = instance.refused(*command)
        assert "The database does not answer" in message
        assert "secret" not in message
        instance.leave()


def test_a_copy_of_the_file_of_a_newer_escala_is_refused(tmp_path: Path) -> None:
    with fresh_engine("sqlite", tmp_path) as engine:
        own = Instance(tmp_path, Database(engine), {"ESCALA_DATABASE_URL": engine.url.render_as_string()})
        make_home(own.database, "Alegra")
        own.leave()
        shutil.copy(tmp_path / "test.sqlite", tmp_path / "newer")
        newer = make_engine(f"sqlite:///{tmp_path / 'newer'}")
        with newer.begin() as connection:
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        newer.dispose()
        assert "newer Escala" in own.refused("restore", "newer", "--replace")
        assert own.organisations() == {"Alegra"}
