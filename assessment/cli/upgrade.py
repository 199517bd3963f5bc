"""`escala upgrade`: applies migrations to PostgreSQL; to SQLite they are applied at every start."""

from __future__ import annotations

import argparse
from typing import Any

from assessment.cli.console import Console
from assessment.cli.options import add_parser
from assessment.infra.languages import Localisation


def add_command(commands: Any, reader: Localisation) -> argparse.ArgumentParser:
    _ = reader.gettext
    return add_parser(
        commands,
        reader,
        "upgrade",
        help=_("bring the database up to date"),
        description=_("Brings the database up to date. With SQLite this happens by itself at every start."),
    )


def run(options: argparse.Namespace, console: Console) -> int:
    from assessment.cli.database import open_engine
    from assessment.infra.settings import make_instance
    from assessment.services.upgrade import upgrade_database
    from assessment.store.database import Database

    with open_engine(console.reader) as (engine, settings):
        if settings.is_embedded:
            make_instance(settings.instance)
        changed = upgrade_database(Database(engine))
    _ = console.reader.gettext
    console.say(_("The database has been brought up to date.") if changed else _("The database was up to date."))
    return 0
