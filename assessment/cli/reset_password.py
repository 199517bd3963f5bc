"""`escala reset-password EMAIL`: a new password for an account, from a terminal."""

from __future__ import annotations

import argparse
from typing import Any

from assessment.cli.console import BadUsage, Console
from assessment.cli.options import add_parser
from assessment.infra.languages import Localisation


def add_command(commands: Any, reader: Localisation) -> argparse.ArgumentParser:
    _ = reader.gettext
    command = add_parser(
        commands,
        reader,
        "reset-password",
        help=_("give an account a new password"),
        description=_(
            "Gives an account a new password, signs it out everywhere and turns its two-step verification off. The "
            "password is asked for, or made and shown."
        ),
    )
    command.add_argument("email", metavar=_("EMAIL"), help=_("the e-mail to sign in with"))
    return command


def run(options: argparse.Namespace, console: Console) -> int:
    from assessment.cli.database import choose_password, open_database, refused_passwords_as_usage, show_password
    from assessment.services.accounts import UnknownAccount, reset_password

    _ = console.reader.gettext
    with open_database(console.reader) as database:
        password, is_random = choose_password(console)
        try:
            with refused_passwords_as_usage(console.reader), database.writing() as session:
                account = reset_password(session, email=options.email, password=password)
        except UnknownAccount:
            raise BadUsage(_("No account has the e-mail %(email)s.", email=options.email)) from None
    console.say(_("%(email)s has a new password; its two-step verification is off.", email=account.email))
    show_password(password, is_random, console)
    return 0
