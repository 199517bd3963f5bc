"""`escala`: finds the command and runs it. Everything heavy is imported by the command that needs it."""

from __future__ import annotations

import argparse
import gettext
import io
import os
import sys
from collections.abc import Sequence

from assessment.cli import (
    backup,
    create_admin,
    demo,
    export_organisation,
    import_organisation,
    plan,
    questionnaires,
    reset_password,
    restore,
    sample,
    score,
    serve,
    template,
    upgrade,
)
from assessment.cli.console import BadUsage, Console, MistypedCommand
from assessment.infra.garbage import look_for_garbage_seldom
from assessment.infra.languages import (
    TRANSLATIONS,
    Localisation,
    UnknownLocale,
    localisation,
    localisation_from_environment,
)

DONE, FAILURE, BAD = 0, 1, 2
COMMANDS = (
    serve,
    demo,
    sample,
    create_admin,
    reset_password,
    backup,
    restore,
    export_organisation,
    import_organisation,
    upgrade,
    score,
    plan,
    template,
    questionnaires,
)


class Parser(argparse.ArgumentParser):
    """Argparse in the user's language; an error is raised as `BadUsage`."""

    reader: Localisation

    def error(self, message: str) -> None:  # type: ignore[override]
        raise MistypedCommand(message)


def build_parser(reader: Localisation) -> argparse.ArgumentParser:
    _ = reader.gettext
    Parser.reader = reader
    parser = Parser(
        prog="escala",
        description=_("Escala: teams assess their own service culture and act on it."),
        epilog=_("`escala COMMAND --help` explains a command."),
        add_help=False,
    )
    _add_global_options(parser, reader)
    commands = parser.add_subparsers(dest="command", metavar=_("COMMAND"), title=_("commands"), parser_class=Parser)
    for module in COMMANDS:
        command = module.add_command(commands, reader)
        command.set_defaults(run=module.run)
    return parser


def _add_global_options(parser: argparse.ArgumentParser, reader: Localisation) -> None:
    _ = reader.gettext
    parser._positionals.title = _("arguments")
    parser._optionals.title = _("options")
    parser.add_argument("-h", "--help", action="help", help=_("show this help"))
    parser.add_argument(
        "--locale",
        metavar=_("TAG"),
        help=_("language, and country for formats and paper: es, en, es-MX, es-CO, en-US …"),
    )


def _localisation_of(arguments: Sequence[str]) -> Localisation:
    """The localisation of messages. It is read before the other arguments, whose errors are messages already."""
    for at, argument in enumerate(arguments):
        if argument == "--locale" and at + 1 < len(arguments):
            return localisation(arguments[at + 1])
        if argument.startswith("--locale="):
            return localisation(argument.partition("=")[2])
    return localisation_from_environment()


def _translate_argparse(reader: Localisation) -> None:
    """Argparse takes its messages from the default catalogue of the process: ours while a command runs."""
    os.environ["LANGUAGE"] = reader.language
    gettext.bindtextdomain("messages", str(TRANSLATIONS))
    gettext.textdomain("messages")


def _run(parser: argparse.ArgumentParser, arguments: Sequence[str], console: Console) -> int:
    try:
        options = parser.parse_args(arguments)
        if not options.command:
            parser.print_help(sys.stderr)
            return BAD
        code: int = options.run(options, console)
        return code
    finally:
        sys.stdout.flush()  # here, so that a closed pipe is noticed now and not when Python ends


def _write_utf8() -> None:
    """Files and pipes get UTF-8 on every system; a terminal keeps its encoding, with `?` for what it cannot show."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="replace")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line and returns its exit code."""
    look_for_garbage_seldom()
    _write_utf8()
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        reader = _localisation_of(given)
    except UnknownLocale as error:
        reader = localisation_from_environment()
        Console(reader).say_error(
            reader.gettext(
                "Escala does not know the locale “%(tag)s”: use es or en, or with a country, es-MX.", tag=error
            )
        )
        return BAD
    console = Console(reader)
    _translate_argparse(reader)
    parser = build_parser(reader)
    try:
        return _run(parser, given, console)
    except BadUsage as error:
        console.say_error(str(error))
        if isinstance(error, MistypedCommand):
            console.say(reader.gettext("`escala --help` lists the commands."))
        return BAD
    except BrokenPipeError:
        # Nobody reads the pipe any more (`| head`): end quietly, also when Python exits.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except KeyboardInterrupt:
        return FAILURE
    except Exception as error:
        if os.environ.get("ESCALA_DEBUG"):
            raise
        console.say_error(
            reader.gettext(
                "Escala failed unexpectedly (%(kind)s). Nothing was changed. With ESCALA_DEBUG=1 it says where.",
                kind=type(error).__name__,
            )
        )
        return FAILURE
