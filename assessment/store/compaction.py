"""Removes from the database's files what a publication deleted, and the order in which it had been written.

A publication owes it by a row of its own transaction, so that a process that ends in between, or a file that others
were busy with, leaves it to be done later: by a server's sweep (`assessment.jobs`), or at a start.

On SQLite deleted content is overwritten with zeros (`secure_delete`), and what is left is the write-ahead log: it is
copied into the file and truncated. On PostgreSQL the tables of answers are rewritten (`VACUUM FULL`), since a plain
`VACUUM` leaves deleted rows in the free space of their pages. See docs/decisions/0014-order-of-arrival.md.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Sequence

from sqlalchemy import Connection, Engine, delete, false, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Mapped, Session, mapped_column

from assessment.store.base import Base, RandomKey

REWRITTEN = (
    "responses",
    "drafts",
    "submission_keys",
    "invitations",
    "paper_sheets",
    "workshop_participants",
    "workshop_votes",
)
"""PostgreSQL's tables with traces of who answered or voted, and when. They are small: printed plans lie elsewhere."""

WAIT_MS = 50
"""How long one attempt may wait for others, who meanwhile may have to wait for it."""

PAUSE_SECONDS = 0.2
PATIENCE_SECONDS = 3.0
"""How long attempts are repeated before the rest is left to a later compaction."""


class OwedCompaction(RandomKey, Base):
    """A publication or deletion whose traces are still in the database's files; `is_whole` if in any table's."""

    __tablename__ = "owed_compactions"

    is_whole: Mapped[bool] = mapped_column(default=False, server_default=false())


def owe_compaction(session: Session, *, is_whole: bool = False) -> None:
    """To be called in the transaction that deletes; `is_whole` where rows of other tables than `REWRITTEN` go, too."""
    session.add(OwedCompaction(is_whole=is_whole))
    session.flush()


def owe_emptied_log(session: Session) -> None:
    """To be called in a transaction that deletes little and often. Nothing is owed on PostgreSQL: everybody would wait
    while all those tables are rewritten, so what was deleted stays until something else owes it."""
    if session.get_bind().dialect.name == "sqlite":
        owe_compaction(session)


def compact_if_owed(reading: Engine, writing: Engine, *, patience: float = PATIENCE_SECONDS) -> bool:
    """Compacts what committed publications owe; returns whether nothing is owed any more.

    Both engines make transactions of single statements (`Database.autocommit`).
    """
    owed = _owed(reading)
    if not owed:
        return True
    if writing.dialect.name == "sqlite":
        is_done = _repeat(lambda: _truncate_log(reading, writing), patience)
    else:
        with writing.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            boundary = connection.scalar(_NEXT_TRANSACTION)
            tables = tuple(sorted(Base.metadata.tables)) if any(owed.values()) else REWRITTEN
            is_done = _repeat(lambda: _rewrite_tables(connection, tables, str(boundary)), patience)
    if is_done:
        with writing.begin() as connection:
            connection.execute(delete(OwedCompaction).where(OwedCompaction.id.in_(list(owed))))
    return is_done


def _owed(engine: Engine) -> dict[uuid.UUID, bool]:
    """What is owed, and whether in all tables."""
    with engine.connect() as connection:
        owed = connection.execute(select(OwedCompaction.id, OwedCompaction.is_whole))
        return {row.id: row.is_whole for row in owed}


def _repeat(attempt: Callable[[], bool], patience: float) -> bool:
    """Attempts until it succeeds or `patience` seconds are over; returns whether it did."""
    deadline = time.monotonic() + patience
    while not attempt():
        if time.monotonic() >= deadline:
            return False
        time.sleep(PAUSE_SECONDS)
    return True


# SQLite

_PAGES_LEFT = 250
"""How many pages (of 4 KiB) may be left to copy while nobody else can write."""


def _truncate_log(reading: Engine, writing: Engine) -> bool:
    """Empties the write-ahead log, unless a reader still needs it. Copying it keeps nobody from writing."""
    with reading.connect() as connection:
        _, in_log, copied = connection.exec_driver_sql("PRAGMA wal_checkpoint(PASSIVE)").one()
    if in_log - copied > _PAGES_LEFT:
        return False
    with writing.connect() as connection:
        own_timeout = connection.exec_driver_sql("PRAGMA busy_timeout").scalar_one()
        connection.exec_driver_sql(f"PRAGMA busy_timeout={WAIT_MS}")
        try:
            is_busy, *_ = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
        except OperationalError:
            return False
        finally:
            connection.exec_driver_sql(f"PRAGMA busy_timeout={own_timeout}")
        return not is_busy


# PostgreSQL

_NEXT_TRANSACTION = text("SELECT pg_current_xact_id()::xid::text")
_OLDER_TRANSACTIONS = text(
    "SELECT age(pg_snapshot_xmin(pg_current_snapshot())::xid) > age(CAST(:boundary AS xid)) OR EXISTS ("
    "SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
    "AND greatest(age(backend_xmin), age(backend_xid)) > age(CAST(:boundary AS xid)))"
)
"""Whether a transaction may still see deleted rows, or `VACUUM FULL` would keep them all the same: it copies what its
own snapshot may need, which is as old as the oldest transaction of all databases of the server."""


def _rewrite_tables(connection: Connection, tables: Sequence[str], boundary: str) -> bool:
    """Rewrites the tables without their deleted rows, unless a transaction older than `boundary` keeps those alive.

    Each table is locked while it is rewritten; nobody waits behind us for longer than `WAIT_MS` before that.
    """
    if connection.scalar(_OLDER_TRANSACTIONS, {"boundary": boundary}):
        return False
    connection.exec_driver_sql(f"SET lock_timeout = {WAIT_MS}")
    try:
        for table in tables:
            connection.exec_driver_sql(f"VACUUM (FULL) {table}")
    except OperationalError:  # the lock was not to be had
        return False
    finally:
        connection.exec_driver_sql("RESET lock_timeout")
    return True
