"""`escala restore FILE`: replaces the database with a backup, and saves the replaced data first."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assessment.cli.console import BadUsage, Console
from assessment.cli.options import add_parser
from assessment.infra.languages import N_, Localisation

if TYPE_CHECKING:
    from sqlalchemy import Engine

FLAWS = {
    "no-backup": N_("%(file)s is not a backup of Escala. Nothing was changed."),
    "damaged": N_("%(file)s is damaged or incomplete: use another backup. Nothing was changed."),
    "later-version": N_("%(file)s comes from a newer Escala: update this one, then try again. Nothing was changed."),
    "earlier-version": N_(
        "%(file)s comes from an earlier Escala: restore it with that one, then update. Nothing was changed."
    ),
    "other-database": N_(
        "%(file)s comes from an SQLite database, and the settings name PostgreSQL: restore it where there is "
        "SQLite. Nothing was changed."
    ),
}
"""By the values of `BackupFlaw`, which is imported only when the command runs."""


def add_command(commands: Any, reader: Localisation) -> argparse.ArgumentParser:
    _ = reader.gettext
    command = add_parser(
        commands,
        reader,
        "restore",
        help=_("put a backup back"),
        description=_(
            "Brings the database back to what a backup holds. Stop the server first. A database with data is only "
            "replaced with --replace, and is then kept in a file beside the backup."
        ),
    )
    command.add_argument("file", metavar=_("FILE"), type=Path, help=_("the backup to read"))
    command.add_argument("--replace", action="store_true", help=_("replace the data that are there"))
    return command


def run(options: argparse.Namespace, console: Console) -> int:
    from assessment.cli.database import open_engine
    from assessment.infra.settings import make_instance
    from assessment.services.upgrade import upgrade_database
    from assessment.store.backup import (
        BackupOntoDatabase,
        DatabaseInUse,
        DatabaseNotEmpty,
        NotABackup,
        restore_database,
    )
    from assessment.store.database import Database

    _ = console.reader.gettext
    file: Path = options.file
    previous: Path | None = None
    with open_engine(console.reader) as (engine, settings):
        if settings.is_embedded:
            make_instance(settings.instance)
        try:
            if options.replace:
                previous = _back_up_current(engine, file)
            restore_database(engine, file, replace=options.replace)
        except (NotABackup, BackupOntoDatabase, DatabaseInUse, DatabaseNotEmpty, OSError) as error:
            if previous:
                previous.unlink()  # nothing was replaced
            raise BadUsage(_error_text(error, file, console.reader)) from None
        if not settings.is_embedded:  # SQLite is brought up to date at the next start
            upgrade_database(Database(engine))
    console.say(_("The database is now as it was in %(file)s.", file=file))
    if previous:
        console.say(_("What it was before is in %(file)s: delete it when you no longer need it.", file=previous))
    return 0


def _error_text(error: Exception, file: Path, reader: Localisation) -> str:
    from assessment.store.backup import BackupOntoDatabase, DatabaseInUse, DatabaseNotEmpty, NotABackup

    _ = reader.gettext
    if isinstance(error, NotABackup):
        return _(FLAWS[error.flaw], file=file)
    if isinstance(error, BackupOntoDatabase):
        return _("%(file)s is the database itself. Nothing was changed.", file=file)
    if isinstance(error, DatabaseInUse):
        return _("The database is in use: stop its server, then try again. Nothing was changed.")
    if isinstance(error, DatabaseNotEmpty):
        return _("The database has data already: with --replace, they are replaced. Nothing was changed.")
    reason = error.strerror if isinstance(error, OSError) else None
    return _(
        "%(file)s cannot be read (%(reason)s). Nothing was changed.", file=file, reason=reason or type(error).__name__
    )


def _back_up_current(engine: Engine, file: Path) -> Path | None:
    """A backup of the data to be replaced, beside the file; `None` if there are none or the file is missing.

    Raises `OSError`.
    """
    from assessment.infra.clock import utc_now
    from assessment.store.backup import backup_database, has_data

    if not file.is_file() or not has_data(engine):
        return None
    previous = file.with_name(f"{file.name}.before-restore-{utc_now():%Y%m%dT%H%M%SZ}")
    backup_database(engine, previous)
    return previous
