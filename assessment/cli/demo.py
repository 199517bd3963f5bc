"""`escala demo`: the web application on a throw-away database with sample data."""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assessment.cli.console import BadUsage, Console, own_command
from assessment.cli.options import add_parser
from assessment.cli.serve import HOST, PORT, serve_app
from assessment.infra.languages import Localisation

if TYPE_CHECKING:
    from assessment.infra.settings import Settings


def add_command(commands: Any, reader: Localisation) -> argparse.ArgumentParser:
    _ = reader.gettext
    command = add_parser(
        commands,
        reader,
        "demo",
        help=_("try Escala with sample data"),
        description=_(
            "Runs the web application with sample data in both languages until Ctrl+C. They are kept nowhere: "
            "the folder “instance” and the settings of the environment are left alone."
        ),
    )
    command.add_argument("--host", metavar="HOST", default=HOST, help=_("the address to listen on (127.0.0.1)"))
    command.add_argument("--port", metavar="PORT", type=int, default=PORT, help=_("the port to listen on (8000)"))
    command.add_argument(
        "--lan", action="store_true", help=_("let phones and computers on the local network in, and show a QR code")
    )
    return command


def run(options: argparse.Namespace, console: Console) -> int:
    import secrets
    import tempfile

    from assessment.infra.passwords import new_password
    from assessment.infra.settings import Settings

    _ = console.reader.gettext
    if not 0 <= options.port <= 65_535:
        raise BadUsage(_("--port goes from 0 to 65535."))
    _exit_on_signals()
    with tempfile.TemporaryDirectory(prefix="escala-demo-", ignore_cleanup_errors=True) as folder:
        settings = Settings(
            instance=Path(folder),
            database_url=f"sqlite:///{Path(folder) / 'demo.sqlite'}",
            secret_key=secrets.token_urlsafe(48),
            lan_command=f"{own_command()} demo --lan",
        )
        console.say(_("Making the sample data …"))
        # Random, since with --lan others reach it, and other accounts of this machine do in any case.
        password = new_password()
        email = _make_sample_data(settings, password)
        console.say(_("Sign in with %(email)s and the password %(password)s", email=email, password=password))
        serve_app(settings, console, host=options.host, port=options.port, lan=options.lan)
    return 0


def _exit_on_signals() -> None:
    """Makes SIGTERM and a closed terminal end the command as Ctrl+C does, so that the folder is removed."""
    for name in ("SIGTERM", "SIGHUP", "SIGBREAK"):  # the last is how Windows says that its window is closed
        number = getattr(signal, name, None)
        if number and signal.getsignal(number) is signal.SIG_DFL:  # nohup has it ignored
            signal.signal(number, lambda number, frame: sys.exit(0))


def _make_sample_data(settings: Settings, password: str) -> str:
    """Makes the sample organisations; returns the e-mail of their account."""
    from assessment.catalogue.samples import load_samples
    from assessment.infra.clock import utc_now
    from assessment.services.sample_data import make_sample_data
    from assessment.store.database import Database, make_engine
    from assessment.store.migrate import upgrade

    engine = make_engine(settings.database_url)
    try:
        upgrade(engine)
        with Database(engine).writing() as session:
            sample = make_sample_data(session, load_samples(), password=password, now=utc_now())
            return str(sample.account.email)
    finally:
        engine.dispose()
