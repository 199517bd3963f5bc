"""Options of several commands, and the checks of their values."""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assessment.cli.console import BadUsage, Console
from assessment.infra.languages import Localisation

if TYPE_CHECKING:
    from assessment.services.score_responses import ResponsesFiles


YEARS = range(2000, 3000)
"""Years that a plan may be dated in. (Python's calendar ends with 9999, and due dates come later.)"""


def add_responses_options(command: argparse.ArgumentParser, reader: Localisation) -> None:
    _ = reader.gettext
    command.add_argument("file", metavar=_("FILE"), type=Path, help=_("responses file, CSV or XLSX"))
    command.add_argument("--previous", metavar=_("FILE"), type=Path, help=_("the previous round, to say what changed"))
    add_questionnaire_option(command, reader)
    command.add_argument(
        "--minimum-group",
        metavar="K",
        type=int,
        default=5,
        help=_("teams with fewer scored people than this are withheld (5)"),
    )
    command.add_argument(
        "--team-name", metavar=_("NAME"), default="", help=_("the team of a file in which no column names it")
    )
    command.add_argument("--ignore-unknown", action="store_true", help=_("leave out columns that Escala does not know"))


def add_questionnaire_option(command: argparse.ArgumentParser, reader: Localisation) -> None:
    command.add_argument(
        "--questionnaire",
        metavar="ID",
        action="append",
        dest="questionnaires",
        help=reader.gettext(
            "the questionnaire that was answered, or its file; several times where several were (service-culture)"
        ),
    )


def add_common(command: argparse.ArgumentParser, reader: Localisation) -> None:
    """`--help` and `--locale` are also allowed after the command."""
    _ = reader.gettext
    command._positionals.title = _("arguments")
    command._optionals.title = _("options")
    command.add_argument("-h", "--help", action="help", help=_("show this help"))
    command.add_argument(
        "--locale", metavar=_("TAG"), default=argparse.SUPPRESS, help=_("language and country, as in es-MX")
    )


def add_parser(
    commands: Any, reader: Localisation, name: str, *, help: str, description: str
) -> argparse.ArgumentParser:
    """The parser of a command, with the options that all have."""
    command: argparse.ArgumentParser = commands.add_parser(name, help=help, description=description, add_help=False)
    add_common(command, reader)
    return command


def checked_minimum_group(options: argparse.Namespace, reader: Localisation) -> int:
    """Raises `BadUsage` for a minimum below one."""
    minimum: int = options.minimum_group
    if minimum < 1:
        raise BadUsage(
            reader.gettext(
                "--minimum-group is %(value)s, but it must be 1 or more: give the smallest group.", value=minimum
            )
        )
    return minimum


def checked_date(value: str | None, reader: Localisation) -> dt.date:
    """A day written 2026-11-21, today by default. Raises `BadUsage`."""
    if value is None:
        return dt.datetime.now().astimezone().date()
    try:
        day = dt.date.fromisoformat(value)
    except ValueError:
        raise BadUsage(
            reader.gettext("“%(value)s” is not a date: write it as year-month-day, such as 2026-11-21.", value=value)
        ) from None
    if day.year not in YEARS:
        raise BadUsage(
            reader.gettext(
                "“%(value)s” cannot be the day of a plan: its year goes from %(first)s to %(last)s.",
                value=value,
                first=YEARS[0],
                last=YEARS[-1],
            )
        )
    return day


def checked_new_file(file: Path, reader: Localisation, *, replace: bool) -> None:
    """Raises `BadUsage`, before any work, if a file cannot be written or would replace another without `replace`."""
    try:
        is_folder, exists = file.is_dir(), file.exists()
    except OSError as error:
        raise cannot_write(file, error, reader) from None
    if is_folder:
        raise BadUsage(reader.gettext("%(file)s is a folder: give the name of the file to write.", file=file))
    if not file.absolute().parent.is_dir():
        raise BadUsage(reader.gettext("The folder %(folder)s does not exist: create it first.", folder=file.parent))
    if exists and not replace:
        raise BadUsage(
            reader.gettext("%(file)s exists already: give another name, or --replace to replace it.", file=file)
        )


def cannot_write(file: Path, error: OSError, reader: Localisation) -> BadUsage:
    """The error for a file that the system refuses to write."""
    return BadUsage(
        reader.gettext(
            "%(file)s cannot be written (%(reason)s): close it where it is open, or give another name.",
            file=file,
            reason=error.strerror or type(error).__name__,
        )
    )


def read_files(options: argparse.Namespace, console: Console) -> ResponsesFiles | None:
    """The files of a command, or `None` after saying everything that is wrong with them."""
    from assessment.intake.notes import without_team_name
    from assessment.intake.problems import InvalidFile
    from assessment.services import score_responses

    try:
        with questionnaires_found(console.reader):
            files = score_responses.read_files(
                options.file,
                previous=options.previous,
                questionnaires=options.questionnaires or (),
                ignore_unknown=options.ignore_unknown,
                team=_named_team(options),
            )
    except InvalidFile as error:
        console.say_invalid_file(error)
        return None
    for path, responses in ((options.file, files.current), (options.previous, files.previous)):
        if responses is not None:
            notes = responses.notes if options.team_name else without_team_name(responses.notes)
            console.say_notes(path, notes)
    return files


def _named_team(options: argparse.Namespace) -> str:
    """The team of files without a column for it: the one that is named for them, else the one that is asked for."""
    return str(options.team_name or getattr(options, "team", "")).strip()


@contextmanager
def questionnaires_found(reader: Localisation) -> Iterator[None]:
    """Raises `BadUsage` where questionnaires do not exist, cannot be read, or cannot be asked together."""
    from assessment.catalogue.catalogue import UnknownQuestionnaire
    from assessment.catalogue.loader import InvalidContent
    from assessment.domain.questionnaire import NotAskedTogether

    try:
        yield
    except UnknownQuestionnaire as error:
        raise unknown_questionnaire(error.id, error.known, reader) from None
    except InvalidContent as error:
        raise BadUsage(error.problems[0].describe(reader)) from None
    except NotAskedTogether as error:
        raise BadUsage(
            reader.gettext(
                "“%(first)s” and “%(second)s” cannot be asked together: both have “%(shared)s”. Give one of them.",
                first=error.first,
                second=error.second,
                shared=error.shared,
            )
        ) from None


def unknown_questionnaire(id_: str, known: tuple[str, ...], reader: Localisation) -> BadUsage:
    return BadUsage(
        reader.gettext("There is no questionnaire “%(id)s”: use one of %(known)s.", id=id_, known=", ".join(known))
    )
