"""Real databases for tests: SQLite in a file, and PostgreSQL where one is reachable (required in CI).

Migrations run once a process; each test gets a copy of what they made.
"""

from __future__ import annotations

import atexit
import os
import shutil
import sqlite3
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, inspect, text
from sqlalchemy.exc import DBAPIError, OperationalError

from assessment.store import database
from assessment.store.database import make_engine
from assessment.store.migrate import current_revision, newest_revision, upgrade
from assessment.store.models import METADATA

POSTGRESQL = os.environ.get("ESCALA_TEST_POSTGRESQL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")
KINDS = ("sqlite", "postgresql")
prepare_sqlite = database._prepare_sqlite


def prepare_hasty_sqlite(connection: sqlite3.Connection, record: object) -> None:
    """As in production, but commits do not wait for the disk: what a failure of the machine would lose, no test asks
    for in its own process."""
    prepare_sqlite(connection, record)
    connection.execute("PRAGMA synchronous=OFF").close()


@contextmanager
def fresh_engine(kind: str, folder: Path, *, migrated: bool = True) -> Iterator[Engine]:
    """An empty, migrated database of its own; a PostgreSQL that is not there skips the test, but fails it in CI."""
    if kind == "sqlite":
        file = folder / "test.sqlite"
        engine = make_engine(migrated_sqlite(file) if migrated else f"sqlite:///{file}")
        yield engine
        engine.dispose()
        return
    name = _emptied.pop() if migrated and _emptied else _new_database(migrated=migrated)
    engine = make_engine(_address_of(name))
    try:
        yield engine
    finally:
        engine.dispose()
        if migrated and _empty(name):
            _emptied.append(name)
        else:
            _run_on_server(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def copied_engine(kept: Engine, folder: Path) -> Iterator[Engine]:
    """A database of its own, like one that nothing uses meanwhile."""
    kept.dispose()
    name = str(kept.url.database)
    if kept.dialect.name == "sqlite":
        file = folder / "copy.sqlite"
        shutil.copyfile(name, file)
        engine = make_engine(f"sqlite:///{file}")
        yield engine
        engine.dispose()
        return
    copy = _database_name()
    _create_database(copy, f" TEMPLATE {name}")
    engine = make_engine(_address_of(copy))
    try:
        yield engine
    finally:
        engine.dispose()
        _run_on_server(f"DROP DATABASE {copy} WITH (FORCE)")


_emptied: list[str] = []
"""Migrated databases in which nothing is left: making one takes thirty times as long as emptying it."""


def _new_database(*, migrated: bool) -> str:
    name = _database_name()
    _create_database(name, f" TEMPLATE {_migrated_database()}" if migrated else "")
    if migrated:
        atexit.register(_run_on_server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    return name


def _empty(name: str) -> bool:
    """Empties all tables; returns whether the database is then as it was made, so that another test may have it."""
    engine = make_engine(_address_of(name))
    try:
        with engine.begin() as connection:
            others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            connection.execute(text(f"SELECT pg_terminate_backend(pid) {others}"))
            tables = set(inspect(connection).get_table_names())
            connection.execute(text("SET LOCAL session_replication_role = replica"))  # in any order
            others_tables = tables - METADATA.tables.keys() - {"alembic_version"}  # such as those of the queue
            statements = [f'DROP TABLE "{table}" CASCADE' for table in others_tables]
            statements += [f'DELETE FROM "{table}"' for table in tables & METADATA.tables.keys()]  # noqa: S608
            connection.exec_driver_sql("; ".join(statements))  # all in one message to the server
        return tables >= METADATA.tables.keys() and current_revision(engine) == newest_revision()
    except DBAPIError:
        return False
    finally:
        engine.dispose()


def migrated_url(kind: str, folder: Path) -> str:
    """The address of an empty, migrated database, to be emptied by `empty` and used again."""
    return migrated_sqlite(folder / "test.sqlite") if kind == "sqlite" else _address_of(_new_database(migrated=True))


def empty(engine: Engine) -> bool:
    """Makes a database as it was; returns whether that worked. Nothing may use it meanwhile."""
    engine.dispose()
    if engine.dialect.name != "sqlite":
        return _empty(str(engine.url.database))
    put_in_place(engine, _migrated_file())
    return True


def put_in_place(engine: Engine, kept: Path) -> None:
    """Makes an SQLite database as it was when `keep` copied it. Nothing may use it meanwhile."""
    engine.dispose()
    name = str(engine.url.database)
    for end in ("-wal", "-shm"):
        Path(name + end).unlink(missing_ok=True)
    shutil.copyfile(kept, name)


def keep(engine: Engine, file: Path) -> None:
    """Copies an SQLite database, with all that its log still holds. Nothing may write meanwhile."""
    with closing(sqlite3.connect(str(engine.url.database))) as source, closing(sqlite3.connect(file)) as target:
        source.backup(target)


def migrated_sqlite(file: Path) -> str:
    """The address of an empty, migrated database in a file: a new one, or instead of what it was."""
    shutil.copyfile(_migrated_file(), file)
    return f"sqlite:///{file}"


@cache
def _migrated_file() -> Path:
    folder = tempfile.TemporaryDirectory(prefix="escala-tests-")
    atexit.register(folder.cleanup)
    file = Path(folder.name) / "migrated.sqlite"
    _migrate(f"sqlite:///{file}")
    return file


@cache
def _migrated_database() -> str:
    name = _database_name()
    _create_database(name)
    atexit.register(_run_on_server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    _migrate(_address_of(name))
    return name


def _migrate(url: str) -> None:
    engine = make_engine(url)
    upgrade(engine)
    # The last connection to close leaves all in the file itself, and none to a template that is to be copied.
    engine.dispose()


def _database_name() -> str:
    return f"escala_test_{uuid.uuid4().hex[:12]}"


def _address_of(database: str) -> str:
    return POSTGRESQL.rpartition("/")[0] + f"/{database}"


def _create_database(name: str, like: str = "") -> None:
    """Its commits do not wait for the disk: what a failure of the server's machine would lose, no test asks for."""
    _run_on_server(f"CREATE DATABASE {name}{like}", f"ALTER DATABASE {name} SET synchronous_commit = off")


def _run_on_server(*statements: str) -> None:
    """Statements that no transaction may hold. Skips the test where no server answers, but not in CI."""
    server = create_engine(POSTGRESQL, isolation_level="AUTOCOMMIT")
    try:
        with server.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))
    except OperationalError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"no PostgreSQL is reachable ({type(error.orig).__name__})")
    finally:
        server.dispose()


def is_somebody_waiting(on: database.Database) -> bool:
    """Whether a connection to this PostgreSQL database waits for a lock."""
    waiting = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
    with on.reading() as session:
        return bool(session.scalar(text(waiting)))
