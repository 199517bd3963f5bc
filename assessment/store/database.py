"""The database: engines with the settings that each system needs so that nothing acknowledged is lost.

SQLite: write-ahead log, `synchronous=FULL`, foreign keys on, a busy timeout, and `BEGIN IMMEDIATE` for every
transaction that may write: one that reads first and writes later would fail at once under load, without waiting. It
lets one write at a time, and lets others look again after ever longer sleeps; so those of one process wait in line for
the one connection that writes, beside any number that read. A thread that holds it must not ask for it again, or it
waits for itself.
"""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Dialect, Engine, create_engine, event
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import PoolProxiedConnection, QueuePool

from assessment.store.compaction import PATIENCE_SECONDS, compact_if_owed
from assessment.store.line import Line
from assessment.store.prepared import PreparedStatement
from assessment.store.together import Result, Together

BUSY_TIMEOUT_MS = 15_000
READS_ONLY = "escala_reads_only"
AT_ONCE = "escala_at_once"
PAUSE_SECONDS = 0.01
MOST_MORE = 20
"""Connections to PostgreSQL beside the five that are kept: a thread that counts tries may want a second one."""


def make_engine(url: str) -> Engine:
    """The engine of an SQLite or PostgreSQL address."""
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True, max_overflow=MOST_MORE, json_serializer=_short_json)
    # The connection that was used last still knows most of the file. There are as many as threads that read.
    return _make_sqlite_engine(url, pool_use_lifo=True, max_overflow=-1)


def _make_sqlite_engine(url: str | URL, **pool: Any) -> Engine:
    arguments = {"timeout": BUSY_TIMEOUT_MS / 1000}
    engine = create_engine(url, connect_args=arguments, json_serializer=_short_json, **pool)
    event.listen(engine, "do_connect", _make_private)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _short_json(document: Any) -> str:
    """Without spaces a response fits into a page of SQLite with others, and needs none of its own."""
    return json.dumps(document, separators=(",", ":"))


class _OneWriter(QueuePool):
    """One connection, for which the threads that write wait in line."""

    def __init__(self, *given: Any, **named: Any) -> None:
        self._line, self._patience = Line(), BUSY_TIMEOUT_MS / 1000
        super().__init__(*given, **named | {"pool_size": 1, "max_overflow": 0, "timeout": self._patience})
        event.listen(self, "checkin", lambda *_connection: self._line.leave())

    def connect(self) -> PoolProxiedConnection:
        if not self._line.enter(self._patience):
            raise sqlite3.OperationalError("database is locked")  # as when another process writes
        try:
            return super().connect()
        except BaseException:
            self._line.leave()
            raise


def _writing_engine(engine: Engine) -> Engine:
    """The engine with which the threads of this process write: on SQLite, another with one connection."""
    if engine.dialect.name != "sqlite":
        return engine
    writing = _make_sqlite_engine(engine.url, poolclass=_OneWriter)
    event.listen(engine, "engine_disposed", lambda _engine: writing.dispose())
    return writing


def _engine_at_once(engine: Engine) -> Engine:
    """The engine of PostgreSQL for statements that are a transaction each, without a question to it before or after:
    whoever uses it asks another one where a connection was cut off meanwhile."""
    at_once = create_engine(
        engine.url,
        isolation_level="AUTOCOMMIT",
        json_serializer=_short_json,
        pool_use_lifo=True,
        pool_reset_on_return=None,
        max_overflow=MOST_MORE,
    )
    event.listen(engine, "engine_disposed", lambda _engine: at_once.dispose())
    return at_once


def _make_private(_dialect: object, _record: object, arguments: list[str], _options: object) -> None:
    """Before SQLite opens its file: whatever the umask, only its owner may read it, nor the logs made beside it."""
    make_private_file(Path(arguments[0]))
    for end in ("-wal", "-shm"):
        with suppress(OSError):
            _close_to_others(Path(arguments[0] + end))


def make_private_file(file: Path) -> None:
    """Creates the file where there is none; only its owner may read it. SQLite gives its logs the same permissions.

    A file that is there is never opened: closing it would drop the locks that SQLite holds on it in this process
    (https://sqlite.org/howtocorrupt.html, 2.2). Where something is not possible nothing is raised: whoever opens the
    file then is told why.
    """
    with suppress(OSError):  # also where it is there
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with suppress(OSError):
        _close_to_others(file)


def _close_to_others(file: Path) -> None:
    """Raises `OSError`."""
    mode = file.stat().st_mode
    if mode & 0o077:
        file.chmod(mode & 0o700)


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver would begin transactions by itself, and late; ours begin in `_begin_sqlite`.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    _log_ahead(cursor)
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.close()


def _log_ahead(cursor: Any) -> None:
    """Processes that make a new file together are not made to wait by SQLite here: they are refused."""
    until = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(PAUSE_SECONDS)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if not options.get(AT_ONCE):
        connection.exec_driver_sql("BEGIN" if options.get(READS_ONLY) else "BEGIN IMMEDIATE")


class Database:
    """Makes transactions. An entry point (request, command, job) opens one and hands its session to services."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.writing_engine = writing = _writing_engine(engine)
        self._writing = sessionmaker(writing, expire_on_commit=False)
        self._reading = sessionmaker(engine.execution_options(**{READS_ONLY: True}), expire_on_commit=False)
        self._autocommit_reading = engine.execution_options(**{READS_ONLY: True, AT_ONCE: True})
        self._autocommit = writing.execution_options(**{AT_ONCE: True})
        is_sqlite = engine.dialect.name == "sqlite"
        self._together = Together(self._autocommit) if is_sqlite else None
        self._at_once = self._autocommit_reading if is_sqlite else _engine_at_once(engine)
        # To begin and to end a transaction would be two more messages to PostgreSQL.
        self._single = None if is_sqlite else engine.execution_options(isolation_level="AUTOCOMMIT")

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A transaction that may write: committed at the end, rolled back where an exception leaves it."""
        with self._writing() as session, session.begin():
            yield session

    @contextmanager
    def unmanaged(self) -> Iterator[Session]:
        """A session that may write and is committed by its owner, such as a request that commits before it answers."""
        with self._writing() as session:
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A transaction that only reads, beside any number of others."""
        with self._reading() as session:
            yield session

    @contextmanager
    def connection_for_reading(self) -> Iterator[Connection]:
        """For one statement that reads."""
        with (self._single or self._autocommit_reading).connect() as connection:
            yield connection

    @contextmanager
    def autocommit(self) -> Iterator[Connection]:
        """For one statement that writes: a transaction of its own, durable when this ends."""
        with (self._single or self._autocommit).connect() as connection:
            yield connection
            connection.commit()

    @property
    def dialect(self) -> Dialect:
        """That `PreparedStatement`s are made for."""
        return self._at_once.dialect

    def together(self, work: Callable[[Connection], Result]) -> Result:
        """Short work that writes: what it changes is durable when this returns its result, or undone where it raises.

        On SQLite the work of several threads is made durable by one commit, so it may be done by another thread.
        """
        if self._together is not None:
            return self._together.run(work)
        with self.writing_engine.begin() as connection:
            return work(connection)

    def single(self, work: Callable[[Connection], Result]) -> Result:
        """As `together`, for work of one statement."""
        if self._together is not None:
            return self._together.run(work)
        with self.autocommit() as connection:
            return work(connection)

    def execute_at_once(self, statement: PreparedStatement, values: Mapping[str, Any]) -> int:
        """As `together`, for one statement; returns how many rows it changed.

        As short as it can be: raises the driver's own errors, also where a connection was cut off meanwhile.
        """
        if self._together is not None:
            return self._together.run(lambda connection: statement.execute_bare(connection, values))
        with self._at_once.connect() as connection:
            try:
                return statement.execute_bare(connection, values)
            except BaseException:
                connection.invalidate()
                raise

    def compact_if_owed(self, *, patience: float = PATIENCE_SECONDS) -> bool:
        """To be called once a publication is committed, and at a start; see `store.compaction`."""
        return compact_if_owed(self._autocommit_reading, self._autocommit, patience=patience)
