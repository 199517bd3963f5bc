"""`escala create-admin EMAIL`: an account made from a terminal."""

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
        "create-admin",
        help=_("make an account"),
        description=_("Makes an account that can create organisations. Its password is asked for, or made and shown."),
    )
    command.add_argument("email", metavar=_("EMAIL"), help=_("the e-mail to sign in with"))
    return command


def run(options: argparse.Namespace, console: Console) -> int:
    from assessment.cli.database import choose_password, open_database, refused_passwords_as_usage, show_password
    from assessment.infra.clock import utc_now
    from assessment.services.accounts import EmailTaken, InvalidEmail, create_account

    _ = console.reader.gettext
    with open_database(console.reader) as database:
        password, is_random = choose_password(console)
        try:
            with refused_passwords_as_usage(console.reader), database.writing() as session:
                account = create_account(session, email=options.email, password=password, now=utc_now())
        except EmailTaken:
            raise BadUsage(
                _("%(email)s has an account already: use “escala reset-password”.", email=options.email)
            ) from None
        except InvalidEmail:
            raise BadUsage(_("“%(email)s” is not an e-mail address.", email=options.email)) from None
    console.say(_("The account %(email)s is ready.", email=account.email))
    show_password(password, is_random, console)
    return 0
