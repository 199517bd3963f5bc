"""`escala template`: an empty responses file with the right headers."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from assessment.cli.console import BadUsage, Console
from assessment.cli.options import add_parser, add_questionnaire_option, checked_new_file, questionnaires_found
from assessment.infra.languages import Localisation


def add_command(commands: Any, reader: Localisation) -> argparse.ArgumentParser:
    _ = reader.gettext
    command = add_parser(
        commands,
        reader,
        "template",
        help=_("write an empty responses file"),
        description=_("Writes an empty responses file with the right headers, as CSV or XLSX."),
    )
    add_questionnaire_option(command, reader)
    command.add_argument(
        "--points", metavar="a,b,c", default="", help=_("the perception points, in the customer's order, with commas")
    )
    command.add_argument(
        "-o",
        "--output",
        metavar=_("FILE"),
        type=Path,
        help=_("the file to write, .csv or .xlsx; else CSV to the screen"),
    )
    command.add_argument("--replace", action="store_true", help=_("replace a file of this name"))
    return command


def run(options: argparse.Namespace, console: Console) -> int:
    from assessment.catalogue.catalogue import load_asked
    from assessment.intake.problems import InvalidFile
    from assessment.intake.template import write_template

    reader = console.reader
    points = [_point_id(point) for point in options.points.split(",") if point.strip()]
    if len({point.casefold() for point in points}) != len(points):
        raise BadUsage(reader.gettext("A perception point occurs twice in --points: give each once."))
    if options.output and options.output.suffix.lower() not in {".csv", ".xlsx"}:
        raise BadUsage(
            reader.gettext("%(file)s must end in .csv or .xlsx: Escala writes these two.", file=options.output)
        )
    if options.output:
        # The existing file may have been filled in. (A plan is replaced: it can be printed again.)
        checked_new_file(options.output, reader, replace=options.replace)
    with questionnaires_found(reader):
        questionnaire = load_asked(options.questionnaires or ())
    try:
        text = write_template(options.output, questionnaire, points, reader)
    except InvalidFile as error:
        console.say_invalid_file(error)
        return 2
    if options.output:
        console.say(reader.gettext("The empty responses file is in %(file)s.", file=options.output))
    else:
        sys.stdout.write(text or "")
    return 0


def _point_id(typed: str) -> str:
    """The name of a perception point, also if its column's header was typed (`ladder:contact`)."""
    point = typed.strip()
    return point[len("ladder:") :].strip() if point.casefold().startswith("ladder:") else point
