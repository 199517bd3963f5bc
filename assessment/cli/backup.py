"""`escala backup FILE`: the whole database in one file, also while the server runs."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from assessment.cli.console import BadUsage, Console
from assessment.cli.options import add_parser, cannot_write, checked_new_file
from assessment.infra.languages import Localisation


def add_command(commands: Any, reader: Localisation) -> argparse.ArgumentParser:
    _ = reader.gettext
    command = add_parser(
        commands,
        reader,
        "backup",
        help=_("write the whole database to a file"),
        description=_(
            "Writes the whole database to a file, also while the server runs. The file holds everything: answers, "
            "accounts and plans. Only its owner may read it; keep it as safely as the database."
        ),
    )
    command.add_argument("file", metavar=_("FILE"), type=Path, help=_("the backup to write"))
    command.add_argument("--replace", action="store_true", help=_("replace a file of this name"))
    return command


def run(options: argparse.Namespace, console: Console) -> int:
    from assessment.cli.database import open_engine
    from assessment.store.backup import BackupOntoDatabase, backup_database, has_data

    _ = console.reader.gettext
    file: Path = options.file
    checked_new_file(file, console.reader, replace=options.replace)
    with open_engine(console.reader) as (engine, settings):
        own = Path(engine.url.database or "") if settings.is_embedded else None
        if (own and not own.exists()) or not has_data(engine):
            raise BadUsage(_("There is nothing to back up: nobody has set up this database."))
        try:
            backup_database(engine, file)
        except BackupOntoDatabase:
            raise BadUsage(_("%(file)s is the database itself: give the backup another name.", file=file)) from None
        except OSError as error:
            raise cannot_write(file, error, console.reader) from None
        console.say(_("The backup is in %(file)s.", file=file))
        if settings.is_embedded:
            console.say(
                _(
                    "The secret key in %(folder)s is not in it: accounts with two-step verification need it, so "
                    "keep a copy of it elsewhere.",
                    folder=settings.instance,
                )
            )
    return 0
