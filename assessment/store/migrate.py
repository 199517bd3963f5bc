"""Brings a database up to date: once, locked, before anything else uses it.

On SQLite, a copy of the file is made before anything changes and deleted once all went well, since it would keep what a
later publication removes; what was changed is one transaction. Foreign keys are off while tables are rebuilt (a rebuild
with cascades on would empty their children), then checked.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from assessment.store.database import make_private_file
from assessment.store.models import METADATA

LOCK_KEY = 2_011_184_553
"""An arbitrary constant: PostgreSQL's advisory lock that migrations of Escala hold."""


class BrokenReferences(Exception):
    """After a migration some rows point nowhere; the transaction was rolled back."""


class LaterDatabase(Exception):
    """The database was brought up to date by a later Escala; nothing was changed."""


def config_of(connection: Connection | None = None) -> Config:
    """Alembic's configuration of our migrations, over a connection where something is to be done."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def current_revision(engine: Engine) -> str | None:
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


@cache
def newest_revision() -> str | None:
    return ScriptDirectory.from_config(config_of()).get_current_head()


@cache
def known_revisions() -> frozenset[str]:
    """Every revision that this Escala can bring up to date."""
    return frozenset(step.revision for step in ScriptDirectory.from_config(config_of()).walk_revisions())


def upgrade(engine: Engine) -> bool:
    """Applies what is missing; returns whether anything was. Raises `BrokenReferences` or `LaterDatabase`."""
    current = current_revision(engine)
    if current == newest_revision():
        return False
    if current is not None and current not in known_revisions():
        raise LaterDatabase(current)
    if engine.dialect.name == "sqlite":
        _upgrade_sqlite(engine)
    else:
        with engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK_KEY})
            command.upgrade(config_of(connection), "head")
    return True


def _upgrade_sqlite(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA user_version")
        connection.rollback()
        raw = connection.connection.driver_connection
        assert isinstance(raw, sqlite3.Connection)  # noqa: S101 - the dialect says so
        raw.execute("PRAGMA foreign_keys=OFF")
        try:
            # BEGIN IMMEDIATE: another process that starts now waits, and then finds nothing left to do.
            with connection.begin():
                _make_copy(connection)
                command.upgrade(config_of(connection), "head")
                if connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                    raise BrokenReferences
        finally:
            raw.execute("PRAGMA foreign_keys=ON")
    _delete_copies(engine)


def _make_copy(connection: Connection) -> None:
    """`<file>.before-<revision>` beside the database, where there is something to lose; only its owner may read it.

    To be called by the one that may write: of processes that start together one makes a copy and deletes it.
    """
    file = connection.engine.url.database
    revision = MigrationContext.configure(connection).get_current_revision()
    if not file or file == ":memory:" or revision in (None, newest_revision()):
        return
    copied = Path(f"{file}.before-{newest_revision()}")
    make_private_file(copied)
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(copied)) as copy:
        source.backup(copy)


def _delete_copies(engine: Engine) -> None:
    """Deletes the copies of this upgrade and of earlier ones, which earlier versions kept."""
    for revision in known_revisions():
        Path(f"{engine.url.database}.before-{revision}").unlink(missing_ok=True)
    Path(f"{engine.url.database}.to-compact").unlink(missing_ok=True)  # of earlier versions; now a row


def differences(engine: Engine) -> list[object]:
    """What the models have and the migrated database has not, or the other way round: must be empty."""
    from alembic.autogenerate import compare_metadata

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, METADATA))
