"""The whole database in one file, copied while it is in use, and restored.

From SQLite the file is an SQLite database, by its online backup. From PostgreSQL it holds a JSON document a line, read
in one repeatable-read transaction: first the revision, then every row, with the columns that its tables have. Either
may be restored into its own kind, also by a later Escala, which brings it up to date; lines of the same version also
into SQLite. Lines of answers are in random order. A backup holds what the database holds: keep it as safely.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
import os
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Any

from alembic import command
from sqlalchemy import (
    JSON,
    Connection,
    DateTime,
    Engine,
    LargeBinary,
    MetaData,
    Table,
    Uuid,
    delete,
    func,
    insert,
    inspect,
    select,
    text,
)

from assessment.store.base import UtcDateTime
from assessment.store.database import make_engine
from assessment.store.migrate import config_of, current_revision, known_revisions, upgrade
from assessment.store.models import METADATA

FORMAT = "escala.backup/1"
_SQLITE = b"SQLite format 3\x00"
_ROWS_AT_ONCE = 200
_REVISIONS = "alembic_version"
_SHUFFLED = frozenset({"responses", "submission_keys", "drafts", "invitations", "comments"})
"""Tables whose rows are written in random order, so that their lines do not say when they came."""


class DatabaseNotEmpty(Exception):
    """The database has data, and nobody said to replace it."""


class DatabaseInUse(Exception):
    """A server or another command has the database open."""


class BackupFlaw(StrEnum):
    """Why a file cannot be restored."""

    NO_BACKUP = "no-backup"
    DAMAGED = "damaged"
    LATER_VERSION = "later-version"
    """Of an Escala that this one does not know yet."""
    EARLIER_VERSION = "earlier-version"
    """Lines of an earlier Escala, for SQLite: only PostgreSQL can have the tables again that they were written from."""
    OTHER_DATABASE = "other-database"
    """The backup of an SQLite database, for PostgreSQL."""


class NotABackup(ValueError):
    """The file cannot be restored, and nothing was changed; `flaw` says why, `detail` more, for developers."""

    def __init__(self, flaw: BackupFlaw, detail: str = "") -> None:
        super().__init__(f"{flaw}: {detail}")
        self.flaw = flaw


class BackupOntoDatabase(ValueError):
    """The backup and the database are the same file."""


def backup_database(engine: Engine, file: Path) -> None:
    """Writes the database to `file`, consistent while others write. The file appears whole or not at all.

    An earlier backup of that name is replaced. Raises `BackupOntoDatabase`.
    """
    _require_apart(engine, file)
    unfinished = file.with_name(f".{file.name}.{uuid.uuid4().hex}")
    try:
        os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        if engine.dialect.name == "sqlite":
            _copy_sqlite(engine, unfinished)
        else:
            _write_lines(engine, unfinished)
        with unfinished.open("rb+") as written:
            os.fsync(written.fileno())
        unfinished.replace(file)
    finally:
        unfinished.unlink(missing_ok=True)


def restore_database(engine: Engine, file: Path, *, replace: bool = False) -> None:
    """Makes the database what the file holds, brought up to date.

    Raises `OSError` where the file cannot be read, `NotABackup`, `BackupOntoDatabase`, `DatabaseInUse`, or
    `DatabaseNotEmpty` unless `replace`.
    """
    _require_apart(engine, file)
    with file.open("rb") as opened:
        is_sqlite = opened.read(len(_SQLITE)) == _SQLITE
    if is_sqlite and engine.dialect.name != "sqlite":
        raise NotABackup(BackupFlaw.OTHER_DATABASE)
    if not replace and has_data(engine):
        raise DatabaseNotEmpty
    if is_in_use(engine):
        raise DatabaseInUse
    if is_sqlite:
        _restore_sqlite(engine, file)
    else:
        _restore_lines(engine, file)


def has_data(engine: Engine) -> bool:
    """Whether anybody has set anything up in the database."""
    if current_revision(engine) is None:
        return False
    with engine.connect() as connection:
        tables = (METADATA.tables["users"], METADATA.tables["organisations"])
        return any(connection.scalar(select(func.count()).select_from(table)) for table in tables)


def is_in_use(engine: Engine) -> bool:
    """Whether anybody else has the database open. The engine's own connections are closed for it."""
    engine.dispose()
    if engine.dialect.name != "sqlite":
        with engine.connect() as connection:
            others = (
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                "AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
            )
            return bool(connection.scalar(text(others)))
    with closing(sqlite3.connect(str(engine.url.database), timeout=0, isolation_level=None)) as connection:
        try:
            # Only the last connection may leave the write-ahead log.
            connection.execute("PRAGMA journal_mode=DELETE")
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            return True
    return False


def _require_apart(engine: Engine, file: Path) -> None:
    """Raises `BackupOntoDatabase`."""
    own = engine.url.database if engine.dialect.name == "sqlite" else None
    if own and file.resolve() in {Path(own + end).resolve() for end in ("", "-wal", "-shm")}:
        raise BackupOntoDatabase


# SQLite


def _copy_sqlite(engine: Engine, file: Path) -> None:
    with _raw(engine) as source, closing(sqlite3.connect(file)) as copy:
        source.backup(copy)
        # One file is all there is to keep: without a write-ahead log beside it.
        copy.execute("PRAGMA journal_mode=DELETE")


def _restore_sqlite(engine: Engine, file: Path) -> None:
    """Into a copy first, which is brought up to date and read whole: a damaged file changes nothing."""
    _delete_unfinished(engine)
    copy = Path(f"{engine.url.database}.restoring-{uuid.uuid4().hex}")
    checked = make_engine(f"sqlite:///{copy}")
    try:
        try:
            _read_sqlite(file, checked)
        finally:
            checked.dispose()
        with closing(sqlite3.connect(copy)) as source, _raw(engine) as target:
            source.backup(target)
            target.execute("PRAGMA journal_mode=WAL")
    finally:
        for left in copy.parent.glob(f"{copy.name}*"):
            left.unlink()


def _delete_unfinished(engine: Engine) -> None:
    """Deletes the copies that restores left which were killed: nobody else has the database open."""
    database = Path(str(engine.url.database))
    for left in database.parent.glob(f"{database.name}.restoring-*"):
        left.unlink()


def _read_sqlite(file: Path, into: Engine) -> None:
    """Copies a backup and checks all of it. Raises `OSError` or `NotABackup`."""
    flaw = BackupFlaw.NO_BACKUP
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as source, _raw(into) as copy:
            revision = source.execute("SELECT version_num FROM alembic_version").fetchone()
            flaw = BackupFlaw.DAMAGED
            _check_revision(revision[0] if revision else None)
            source.backup(copy)
            copy.execute("PRAGMA journal_mode=WAL")
            if copy.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                raise NotABackup(flaw)
        upgrade(into)
        with into.connect() as connection:
            if connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                raise NotABackup(flaw)
            for table in METADATA.sorted_tables:
                for _ in connection.execution_options(yield_per=_ROWS_AT_ONCE).execute(select(table)):
                    pass
    except (NotABackup, OSError):
        raise
    except sqlite3.OperationalError as error:  # at first: no table of ours
        raise NotABackup(flaw, str(error)) from error
    except Exception as error:  # what a damaged file does to a migration cannot be foreseen
        raise NotABackup(BackupFlaw.DAMAGED, type(error).__name__) from error


@contextmanager
def _raw(engine: Engine) -> Iterator[sqlite3.Connection]:
    with engine.connect() as connection:
        raw = connection.connection.driver_connection
        assert isinstance(raw, sqlite3.Connection)  # noqa: S101 - the dialect says so
        yield raw


def _check_revision(revision: str | None) -> None:
    if revision not in known_revisions():
        raise NotABackup(BackupFlaw.LATER_VERSION, str(revision))


# Lines


def _write_lines(engine: Engine, file: Path) -> None:
    reading = engine.connect().execution_options(isolation_level="REPEATABLE READ")
    with reading as connection, connection.begin(), file.open("w", encoding="utf-8") as out:
        revision = connection.scalar(text("SELECT version_num FROM alembic_version"))
        _write_line(out, {"format": FORMAT, "revision": revision})
        count = 0
        for table in _own_tables(connection).sorted_tables:
            if table.name == _REVISIONS:
                continue
            query = select(table).order_by(func.random()) if table.name in _SHUFFLED else select(table)
            rows = connection.execution_options(yield_per=_ROWS_AT_ONCE).execute(query)
            for row in rows.mappings():
                values = {column.name: _plain(row[column.name]) for column in table.columns}
                _write_line(out, {"table": table.name, "row": values})
                count += 1
        _write_line(out, {"rows": count})


def _own_tables(connection: Connection) -> MetaData:
    """The tables as they are in the database, whatever its revision."""
    metadata = MetaData()
    present = set(inspect(connection).get_table_names())
    metadata.reflect(connection, only=sorted(present & {*METADATA.tables, _REVISIONS}))
    for table in metadata.tables.values():
        for column in table.columns:
            if isinstance(column.type, JSON):
                column.type.none_as_null = True  # as in `Document`
    return metadata


def _write_line(out: Any, document: dict[str, Any]) -> None:
    out.write(json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n")


def _plain(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value.isoformat()
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(value).decode("ascii")
    return value


def _restore_lines(engine: Engine, file: Path) -> None:
    """All in one transaction: a file that turns out to be damaged changes nothing."""
    flaw = BackupFlaw.NO_BACKUP
    try:
        with file.open(encoding="utf-8") as lines:
            head = _document(next(lines, ""))
            if head.get("format") != FORMAT:
                raise NotABackup(BackupFlaw.NO_BACKUP)
            flaw = BackupFlaw.DAMAGED
            _check_revision(head.get("revision"))
            if engine.dialect.name == "sqlite":
                _refill_sqlite(engine, head["revision"], lines)
            else:
                _refill_postgresql(engine, head["revision"], lines)
    except (NotABackup, OSError):
        raise
    except Exception as error:  # what a damaged file does to a migration cannot be foreseen
        raise NotABackup(flaw, type(error).__name__) from error


def _refill_sqlite(engine: Engine, revision: str, lines: Iterator[str]) -> None:
    upgrade(engine)
    if revision != current_revision(engine):
        raise NotABackup(BackupFlaw.EARLIER_VERSION, revision)
    with engine.begin() as connection:
        for table in reversed(METADATA.sorted_tables):
            connection.execute(delete(table))
        _insert_rows(connection, METADATA, lines)


def _refill_postgresql(engine: Engine, revision: str, lines: Iterator[str]) -> None:
    """The tables as they were in that revision, their rows, and then the migrations since: here they can be undone."""
    with engine.begin() as connection:
        _own_tables(connection).drop_all(connection)
        command.upgrade(config_of(connection), revision)
        _insert_rows(connection, _own_tables(connection), lines)
        _restart_sequences(connection)
        command.upgrade(config_of(connection), "head")


def _insert_rows(connection: Connection, tables: MetaData, lines: Iterator[str]) -> None:
    table: Table | None = None
    waiting: list[dict[str, Any]] = []
    count, announced = 0, -1

    def write() -> None:
        if table is not None and waiting:
            connection.execute(insert(table), waiting)
            waiting.clear()

    for line in lines:
        document = _document(line)
        if "rows" in document:
            announced = document["rows"]
            break
        if table is None or document["table"] != table.name or len(waiting) >= _ROWS_AT_ONCE:
            write()
            table = tables.tables[document["table"]]
        row = document["row"]
        waiting.append({column.name: _read(column.type, row[column.name]) for column in table.columns})
        count += 1
    write()
    if count != announced:
        raise NotABackup(BackupFlaw.DAMAGED, "incomplete")


def _document(line: str) -> dict[str, Any]:
    document = json.loads(line)
    if not isinstance(document, dict):
        raise NotABackup(BackupFlaw.NO_BACKUP)
    return document


def _read(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(kind, UtcDateTime | DateTime):
        return dt.datetime.fromisoformat(value)
    if isinstance(kind, Uuid):
        return uuid.UUID(value)
    if isinstance(kind, LargeBinary):
        return base64.b64decode(value, validate=True)
    return value


def _restart_sequences(connection: Connection) -> None:
    """The numbering goes on from the highest number that was restored."""
    for name in ("users", "account_roles"):
        table = METADATA.tables[name]
        highest = connection.scalar(select(func.max(table.c.id)))
        if highest:
            sequence = func.pg_get_serial_sequence(name, "id")
            connection.execute(select(func.setval(sequence, highest)))
