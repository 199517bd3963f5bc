"""`escala import-organisation FILE`: an organisation from a file that another Escala has written."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assessment.cli.console import BadUsage, Console
from assessment.cli.options import add_parser
from assessment.cli.passphrases import add_passphrase_option, passphrase_of
from assessment.infra.languages import Localisation

if TYPE_CHECKING:
    from assessment.services.engagement_import import Imported
    from assessment.store.database import Database


def add_command(commands: Any, reader: Localisation) -> argparse.ArgumentParser:
    _ = reader.gettext
    command = add_parser(
        commands,
        reader,
        "import-organisation",
        help=_("bring an organisation from a file"),
        description=_(
            "Brings an organisation from a file of “escala export-organisation”, all of it or nothing. The same file "
            "twice changes nothing; a later file of the same organisation brings what is new, unless something was "
            "changed here meanwhile."
        ),
    )
    command.add_argument("file", metavar=_("FILE"), type=Path, help=_("the file to read"))
    command.add_argument(
        "--administrator",
        metavar=_("EMAIL"),
        default="",
        help=_("the account that administers it (needed where there are several)"),
    )
    command.add_argument("--as-new", action="store_true", help=_("as another organisation, also if it is here already"))
    add_passphrase_option(command, reader)
    return command


def run(options: argparse.Namespace, console: Console) -> int:
    from assessment.cli.database import open_database
    from assessment.services.engagement_format import InvalidEngagement
    from assessment.services.engagement_import import NotImported, Standing
    from assessment.services.engagement_words import describe_flaw, describe_refusal

    _ = console.reader.gettext
    file: Path = options.file
    try:
        with open_database(console.reader) as database:
            imported = _import(database, options, console)
    except OSError as error:
        raise BadUsage(
            _(
                "%(file)s cannot be read (%(reason)s). Nothing was changed.",
                file=file,
                reason=error.strerror or type(error).__name__,
            )
        ) from None
    except InvalidEngagement as invalid:
        raise BadUsage(f"{file}: {describe_flaw(invalid, console.reader)} {_('Nothing was changed.')}") from None
    except NotImported as refused:
        hint = _("With --as-new it becomes another organisation.")
        raise BadUsage(f"{describe_refusal(refused, console.reader)} {_('Nothing was changed.')} {hint}") from None
    words = {
        Standing.NEW: _("“%(organisation)s” is here now.", organisation=imported.name),
        Standing.SAME: _("“%(organisation)s” is here already, and says the same. Nothing was changed.",
            organisation=imported.name),
        Standing.LATER: _("“%(organisation)s” is now as in the file.", organisation=imported.name),
    }  # fmt: skip
    console.say(words[imported.standing])
    return 0


def _import(database: Database, options: argparse.Namespace, console: Console) -> Imported:
    from assessment.infra.clock import utc_now
    from assessment.infra.sealed import is_sealed
    from assessment.services.engagement_files import import_at_command_line

    user_id = _administrator(database, options.administrator, console.reader)
    with options.file.open("rb") as opened:
        passphrase = passphrase_of(options, console, is_new=False) if is_sealed(opened.read(32)) else None
        return import_at_command_line(
            database,
            opened,
            passphrase=passphrase,
            user_id=user_id,
            as_new=options.as_new,
            now=utc_now(),
            progress=console.progress,
        )


def _administrator(database: Database, email: str, reader: Localisation) -> int:
    """The account that is named, or the only one. Raises `BadUsage`."""
    from assessment.services.engagement_files import administrator_of

    _ = reader.gettext
    with database.reading() as session:
        found = administrator_of(session, email)
    if found is not None:
        return found
    if email:
        raise BadUsage(_("There is no account “%(email)s”: make it with “escala create-admin”.", email=email))
    raise BadUsage(
        _("Say which account administers it: --administrator EMAIL. “escala create-admin EMAIL” makes the first one.")
    )
