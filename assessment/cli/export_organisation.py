"""`escala export-organisation NAME FILE`: an organisation in one file, to be brought to another Escala."""

from __future__ import annotations

import argparse
import os
import tempfile
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assessment.cli.console import BadUsage, Console
from assessment.cli.options import add_parser, cannot_write, checked_new_file
from assessment.cli.passphrases import add_passphrase_option, passphrase_of
from assessment.infra.languages import Localisation

if TYPE_CHECKING:
    from assessment.services.engagement_export import ExportedEngagement
    from assessment.store.database import Database


def add_command(commands: Any, reader: Localisation) -> argparse.ArgumentParser:
    _ = reader.gettext
    command = add_parser(
        commands,
        reader,
        "export-organisation",
        help=_("write an organisation to a file"),
        description=_(
            "Writes an organisation to a file that another Escala imports: teams, rounds, released results, plans with "
            "their history, questionnaires, logo and settings. No accounts, links or e-mail addresses; and no answers, "
            "unless you ask for them."
        ),
    )
    command.add_argument("name", metavar=_("NAME"), help=_("the organisation, by its name or its id"))
    command.add_argument("file", metavar=_("FILE"), type=Path, help=_("the file to write"))
    command.add_argument(
        "--with-answers",
        action="store_true",
        help=_(
            "also what each person answered and wrote in published rounds: keep such a file as safely as the database"
        ),
    )
    command.add_argument("--encrypt", action="store_true", help=_("encrypt the file with a passphrase"))
    add_passphrase_option(command, reader)
    command.add_argument(
        "--made-by", metavar=_("NAME"), default="", help=_("your name, as whoever imports the file reads it")
    )
    command.add_argument("--replace", action="store_true", help=_("replace a file of this name"))
    return command


def run(options: argparse.Namespace, console: Console) -> int:
    from assessment.cli.database import open_database
    from assessment.domain.plain_text import plain_line

    _ = console.reader.gettext
    file: Path = options.file
    checked_new_file(file, console.reader, replace=options.replace)
    passphrase = passphrase_of(options, console, is_new=True) if options.encrypt else None
    with open_database(console.reader) as database:
        organisation_id, teams = _find(database, options.name, console.reader)
        try:
            written = _write(
                database,
                file,
                organisation_id,
                passphrase=passphrase,
                made_by=plain_line(options.made_by)[:200],
                with_answers=options.with_answers,
                advance=console.progress(teams),
            )
        except OSError as error:
            raise cannot_write(file, error, console.reader) from None
    console.say(
        _(
            "%(file)s holds %(teams)s and %(rounds)s.",
            file=file,
            teams=console.reader.ngettext("%(n)s team", "%(n)s teams", written.teams),
            rounds=console.reader.ngettext("%(n)s round", "%(n)s rounds", written.rounds),
        )
    )
    if options.with_answers:
        console.say(_("It holds what each person answered: only whoever may see the database may have it."))
    if written.left_out:
        console.say(
            console.reader.ngettext(
                "%(n)s round is not in it: what it asked is not known any more, so that it shows no results here "
                "either.",
                "%(n)s rounds are not in it: what they asked is not known any more, so that they show no results here "
                "either.",
                written.left_out,
            )
        )
    return 0


def _find(database: Database, name: str, reader: Localisation) -> tuple[uuid.UUID, int]:
    """The organisation of this name or id, and how many teams it has. Raises `BadUsage`."""
    from assessment.services.engagement_files import organisations_called

    _ = reader.gettext
    with database.reading() as session:
        found = organisations_called(session, name)
        if len(found) == 1:
            return found[0].id, found[0].teams
        if not found:
            raise BadUsage(_("There is no organisation “%(name)s”: write its name as on its pages.", name=name))
        raise BadUsage(
            _(
                "There are several organisations “%(name)s”: give the id of one of them, %(ids)s.",
                name=name,
                ids=reader.list_of([str(one.id) for one in found]),
            )
        )


def _write(
    database: Database, file: Path, organisation_id: uuid.UUID, *, passphrase: str | None, **given: Any
) -> ExportedEngagement:
    """The file appears whole or not at all, and only its owner may read it."""
    from assessment.infra.clock import utc_now
    from assessment.infra.sealed import seal
    from assessment.services.engagement_files import export_at_command_line

    unfinished = file.with_name(f".{file.name}.{uuid.uuid4().hex}")
    try:
        descriptor = os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        with os.fdopen(descriptor, "w+b") as out, tempfile.TemporaryFile() as plain:
            target = plain if passphrase else out
            written = export_at_command_line(database, target, organisation_id=organisation_id, now=utc_now(), **given)
            if passphrase:
                plain.seek(0)
                seal(plain, out, passphrase)
            out.flush()
            os.fsync(out.fileno())
        unfinished.replace(file)
    finally:
        unfinished.unlink(missing_ok=True)
    return written
