"""`escala plan`: a responses file → the PDF action plan of one team."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from assessment.cli.console import BadUsage, Console
from assessment.cli.options import (
    add_parser,
    add_responses_options,
    cannot_write,
    checked_date,
    checked_minimum_group,
    read_files,
)
from assessment.infra.languages import Localisation


def add_command(commands: Any, reader: Localisation) -> argparse.ArgumentParser:
    _ = reader.gettext
    command = add_parser(
        commands,
        reader,
        "plan",
        help=_("print a team's action plan as PDF"),
        description=_("Prints the PDF action plan of one team, straight from a responses file."),
    )
    add_responses_options(command, reader)
    command.add_argument("--team", metavar=_("NAME"), required=True, help=_("the team, as written in the file"))
    command.add_argument("-o", "--output", metavar=_("OUT.pdf"), type=Path, required=True, help=_("the PDF to write"))
    command.add_argument("--paper", choices=("a4", "letter"), help=_("a4 or letter; the country's by default"))
    command.add_argument(
        "--blank", action="store_true", help=_("leave actions, owners and dates empty, to fill in by hand")
    )
    command.add_argument("--organisation", metavar=_("NAME"), default="", help=_("the organisation's name, for page 1"))
    command.add_argument("--date", metavar=_("YYYY-MM-DD"), help=_("the day of the plan (today)"))
    return command


def run(options: argparse.Namespace, console: Console) -> int:
    reader = console.reader
    minimum = checked_minimum_group(options, reader)
    printed_on = checked_date(options.date, reader)
    _check_output(options, reader)
    files = read_files(options, console)
    if files is None:
        return 2
    from assessment.intake.responses import UnknownTeamInFile
    from assessment.services.print_plan import NoPillars, PrintOptions, TooFewAnswers, print_plan
    from reports.engine.errors import MissingFile

    print_options = PrintOptions(
        printed_on=printed_on,
        minimum_group=minimum,
        paper=options.paper,
        is_blank=options.blank,
        organisation=options.organisation.strip(),
    )
    boxes: dict[str, None] = {}
    try:
        pdf = print_plan(files, options.team, reader, print_options, boxes.setdefault)
    except UnknownTeamInFile as error:
        known = ", ".join(reader.gettext("“%(name)s”", name=name) for name in error.known)
        raise BadUsage(
            reader.gettext("The file has no team “%(team)s”; it has: %(known)s.", team=error.team, known=known)
        ) from None
    except NoPillars:
        console.say_error(
            reader.gettext(
                "A plan is based on pillars, and these questionnaires do not ask about any: see what was answered "
                "with “escala score”."
            )
        )
        return 2
    except TooFewAnswers as error:
        console.say_error(_too_few_text(error, reader))
        return 2
    except MissingFile as error:
        console.say_error(
            reader.gettext("The file %(name)s of Escala is missing: install Escala again.", name=error.name)
        )
        return 1
    if files.previous and options.team not in files.earlier:
        console.say(
            reader.gettext(
                "%(file)s: There is no team “%(team)s” in it, so the plan says nothing about change.",
                file=options.previous,
                team=options.team,
            )
        )
    try:
        options.output.write_bytes(pdf)
    except OSError as error:
        raise cannot_write(options.output, error, reader) from None
    if boxes:
        console.say(
            reader.gettext(
                "No font of this machine has these signs, so that the plan shows boxes in their place: %(signs)s. "
                "Write the names without them, or install a font that has them.",
                signs=" ".join(boxes),
            )
        )
    console.say(reader.gettext("The plan is in %(file)s.", file=options.output))
    return 0


def _too_few_text(error: Any, reader: Localisation) -> str:
    return reader.gettext(
        "“%(team)s” has %(scored)s scored answers and a plan needs %(minimum)s, so that nobody's answers can be told "
        "apart. What you can do: invite more of the team to answer; or answer one sheet together and give it as a "
        "single row with the role “consensus”; or, if everybody agrees to be recognisable, lower --minimum-group.",
        team=error.team,
        scored=error.scored,
        minimum=error.minimum_group,
    )


def _check_output(options: argparse.Namespace, reader: Localisation) -> None:
    """Raises `BadUsage`, before any work, if the PDF could not be written or would overwrite the answers."""
    path: Path = options.output
    try:
        is_folder = path.is_dir()
    except OSError:  # a name too long: writing will say so
        is_folder = False
    if is_folder:
        raise BadUsage(reader.gettext("%(file)s is a folder: give the name of the PDF to write.", file=path))
    if not path.absolute().parent.is_dir():
        raise BadUsage(
            reader.gettext("The folder %(folder)s does not exist: create it first.", folder=path.absolute().parent)
        )
    if path.resolve() in {given.resolve() for given in (options.file, options.previous) if given}:
        raise BadUsage(reader.gettext("%(file)s holds the answers: give the PDF another name.", file=path))
