"""The database: one engine, with the settings that each system needs so that nothing acknowledged is lost.

SQLite: write-ahead log, `synchronous=FULL`, foreign keys on, a busy timeout, and `BEGIN IMMEDIATE` for every
transaction that may write: one that reads first and writes later would fail at once under load, without waiting. It
lets one write at a time, and lets others look again after ever longer sleeps; so those of one process take turns before
they ask it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry

from assessment.store.compaction import PATIENCE_SECONDS, compact_if_owed

BUSY_TIMEOUT_MS = 15_000
READS_ONLY = "escala_reads_only"
AT_ONCE = "escala_at_once"
ITS_TURN = "escala_its_turn"


def make_engine(url: str) -> Engine:
    """The engine of an SQLite or PostgreSQL address."""
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True)
    # The connection that was used last still knows most of the file.
    engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000}, pool_use_lifo=True)
    event.listen(engine, "do_connect", _make_private)
    event.listen(engine, "connect", _prepare_sqlite)
    turns = _Turns()
    event.listen(engine, "begin", turns.begin)
    event.listen(engine, "checkin", turns.end)
    return engine


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
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.close()


class _Turns:
    """Who writes next, among the threads of this process."""

    def __init__(self) -> None:
        self._turn = Lock()

    def begin(self, connection: Connection) -> None:
        options = connection.get_execution_options()
        reads_only, at_once = options.get(READS_ONLY, False), options.get(AT_ONCE, False)
        # One connection may write several times before it is given back.
        if not reads_only and not connection.info.get(ITS_TURN):
            # Whoever waits too long asks SQLite all the same, and is told that the database is busy.
            connection.info[ITS_TURN] = self._turn.acquire(timeout=BUSY_TIMEOUT_MS / 1000)
        if not at_once:
            connection.exec_driver_sql("BEGIN" if reads_only else "BEGIN IMMEDIATE")

    def end(self, _connection: object, record: ConnectionPoolEntry) -> None:
        """Once a connection goes back to its pool, its transaction is over, however it ended."""
        if record.info.pop(ITS_TURN, False):
            self._turn.release()


class Database:
    """Makes transactions. An entry point (request, command, job) opens one and hands its session to services."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._writing = sessionmaker(engine, expire_on_commit=False)
        self._reading = sessionmaker(engine.execution_options(**{READS_ONLY: True}), expire_on_commit=False)
        self._autocommit_reading = engine.execution_options(**{READS_ONLY: True, AT_ONCE: True})
        self._autocommit = engine.execution_options(**{AT_ONCE: True})

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
        with self._autocommit_reading.connect() as connection:
            yield connection

    @contextmanager
    def autocommit(self) -> Iterator[Connection]:
        """For one statement that writes: a transaction of its own, durable when this ends."""
        with self._autocommit.connect() as connection:
            yield connection
            connection.commit()

    def compact_if_owed(self, *, patience: float = PATIENCE_SECONDS) -> bool:
        """To be called once a publication is committed, and at a start; see `store.compaction`."""
        return compact_if_owed(self._autocommit_reading, self._autocommit, patience=patience)
