"""Passphrases of files: from a file, the environment or a terminal. Never an argument, which other users could read."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from pathlib import Path

from assessment.cli.console import BadUsage, Console
from assessment.infra.languages import Localisation

VARIABLE = "ESCALA_PASSPHRASE"


def add_passphrase_option(command: argparse.ArgumentParser, reader: Localisation) -> None:
    command.add_argument(
        "--passphrase-file",
        metavar=reader.gettext("FILE"),
        type=Path,
        help=reader.gettext("a file whose first line is the passphrase (else ESCALA_PASSPHRASE, else it is asked for)"),
    )


def passphrase_of(options: argparse.Namespace, console: Console, *, is_new: bool) -> str:
    """The passphrase; a new one is typed twice. Raises `BadUsage`."""
    from assessment.infra.sealed import SHORTEST_PASSPHRASE

    _ = console.reader.gettext
    words = _given(options, console)
    if words is None:
        if not sys.stdin.isatty():
            raise BadUsage(_("The passphrase is missing: give --passphrase-file, or set ESCALA_PASSPHRASE."))
        words = getpass.getpass(_("Passphrase: "), sys.stderr)
        if is_new and getpass.getpass(_("Once more: "), sys.stderr) != words:
            raise BadUsage(_("The two passphrases are not the same. Nothing was written."))
    if is_new and len(words) < SHORTEST_PASSPHRASE:
        raise BadUsage(
            _(
                "The passphrase needs at least %(length)s characters: a short sentence is good.",
                length=SHORTEST_PASSPHRASE,
            )
        )
    return words


def _given(options: argparse.Namespace, console: Console) -> str | None:
    file: Path | None = options.passphrase_file
    if file is None:
        return os.environ.get(VARIABLE)
    try:
        return file.read_text(encoding="utf-8-sig").partition("\n")[0].rstrip("\r")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        raise BadUsage(
            console.reader.gettext(
                "%(file)s cannot be read (%(reason)s). Nothing was changed.",
                file=file,
                reason=reason or type(error).__name__,
            )
        ) from None
