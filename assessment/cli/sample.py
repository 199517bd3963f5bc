"""`escala sample`: sample data in a database that nobody has set up, of three organisations or of very many teams."""

from __future__ import annotations

import argparse
from typing import Any

from assessment.cli.console import BadUsage, Console
from assessment.cli.options import add_parser
from assessment.infra.languages import Localisation

MOST_TEAMS, MOST_ROUNDS = 10_000, 20


def add_command(commands: Any, reader: Localisation) -> argparse.ArgumentParser:
    _ = reader.gettext
    command = add_parser(
        commands,
        reader,
        "sample",
        help=_("fill an empty database with sample data"),
        description=_(
            "Makes the invented organisations of `escala demo` in a database that nobody has set up, to keep trying "
            "with them. With --teams it makes one organisation with that many teams instead, to see how Escala does."
        ),
    )
    command.add_argument("--teams", metavar=_("N"), type=int, help=_("one organisation of so many teams"))
    command.add_argument("--rounds", metavar=_("N"), type=int, help=_("how many rounds each of them has (4)"))
    return command


def run(options: argparse.Namespace, console: Console) -> int:
    from assessment.catalogue.samples import load_samples
    from assessment.cli.database import open_database, show_password
    from assessment.infra.clock import utc_now
    from assessment.infra.passwords import new_password
    from assessment.services.accounts import AlreadySetUp
    from assessment.services.large_sample import make_large_sample
    from assessment.services.sample_data import make_sample_data

    _ = console.reader.gettext
    teams, rounds = _asked(options, console.reader)
    password = new_password()
    console.say(_("Making the sample data …"))
    with open_database(console.reader) as database:
        try:
            with database.writing() as session:
                if teams is None:
                    made = make_sample_data(session, load_samples(), password=password, now=utc_now())
                else:
                    made = make_large_sample(
                        session,
                        teams=teams,
                        rounds=rounds,
                        language=console.reader.language,
                        password=password,
                        now=utc_now(),
                        on_team=console.progress(teams),
                    )
                email = str(made.account.email)
        except AlreadySetUp:
            raise BadUsage(
                _(
                    "Somebody has set up this database, and sample data do not belong beside real ones: nothing was "
                    "changed. “escala demo” shows them on a database of their own."
                )
            ) from None
    console.say(_("The account %(email)s is ready.", email=email))
    show_password(password, is_random=True, console=console)
    return 0


def _asked(options: argparse.Namespace, reader: Localisation) -> tuple[int | None, int]:
    """How many teams, if many are wanted, and rounds. Raises `BadUsage`."""
    if options.rounds is not None and options.teams is None:
        raise BadUsage(reader.gettext("--rounds goes with --teams."))
    rounds = 4 if options.rounds is None else options.rounds
    if options.teams is not None and not 1 <= options.teams <= MOST_TEAMS:
        raise BadUsage(reader.gettext("--teams goes from 1 to %(most)s.", most=MOST_TEAMS))
    if not 1 <= rounds <= MOST_ROUNDS:
        raise BadUsage(reader.gettext("--rounds goes from 1 to %(most)s.", most=MOST_ROUNDS))
    return options.teams, rounds
