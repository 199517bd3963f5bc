"""`escala serve`: the production server, and the messages for whoever starts it."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Any

from assessment.cli.console import BadUsage, Console, own_command
from assessment.cli.options import add_parser
from assessment.infra.languages import Localisation

if TYPE_CHECKING:
    from flask import Flask

    from assessment.infra.settings import Settings

HOST = "127.0.0.1"
PORT = 8000
THREADS = 8
"""Requests that are answered at once, so that nobody waits for somebody else's password to be hashed."""
EVERY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104 - asked for by --lan


def add_command(commands: Any, reader: Localisation) -> argparse.ArgumentParser:
    _ = reader.gettext
    command = add_parser(
        commands,
        reader,
        "serve",
        help=_("run the web application"),
        description=_("Runs the web application until Ctrl+C. Data are kept in the folder “instance”."),
    )
    command.add_argument("--host", metavar="HOST", default=HOST, help=_("the address to listen on (127.0.0.1)"))
    command.add_argument("--port", metavar="PORT", type=int, default=PORT, help=_("the port to listen on (8000)"))
    command.add_argument(
        "--workers", metavar="N", type=int, default=THREADS, help=_("requests answered at once (%(n)s)", n=THREADS)
    )
    command.add_argument(
        "--lan", action="store_true", help=_("let phones and computers on the local network in, and show a QR code")
    )
    return command


def run(options: argparse.Namespace, console: Console) -> int:
    from dataclasses import replace

    from assessment.cli.database import read_settings, require_upgraded

    _ = console.reader.gettext
    if not 0 <= options.port <= 65_535 or options.workers < 1:
        raise BadUsage(_("--port goes from 0 to 65535, and --workers is 1 or more."))
    settings = replace(read_settings(console.reader), lan_command=f"{own_command()} serve --lan")
    require_upgraded(settings, console.reader)
    serve_app(settings, console, host=options.host, port=options.port, threads=options.workers, lan=options.lan)
    return 0


def serve_app(
    settings: Settings,
    console: Console,
    *,
    host: str = HOST,
    port: int = PORT,
    threads: int = THREADS,
    lan: bool = False,
) -> None:
    """Serves the application with these settings until Ctrl+C or SIGTERM; prints the address once it listens.

    `lan` lets the local network in, whatever `host` is. Raises `BadUsage` if it cannot listen or the
    database does not answer.
    """
    from dataclasses import replace

    from assessment.app import close_app, create_app, make_worker
    from assessment.cli.database import database_errors_as_usage
    from assessment.cli.listening import listen, own_address
    from assessment.cli.server import serve

    with ExitStack() as opened:
        listening = listen(EVERY_ADDRESS if lan else (host,), port, console)
        for one in listening:
            opened.enter_context(one)
        shown_host = own_address() if lan else host
        if shown_host is None:
            raise BadUsage(console.reader.gettext("This computer is not on a network: connect it, or leave out --lan."))
        address = f"http://{f'[{shown_host}]' if ':' in shown_host else shown_host}:{listening[0].getsockname()[1]}"
        if lan and settings.base_url is None:
            settings = replace(settings, base_url=address)
        settings = replace(settings, document_processes=os.cpu_count() or 1)
        with database_errors_as_usage(console.reader):
            app = create_app(settings)
        _say_address(app, address, lan, console)
        worker = make_worker(app)
        worker.start()
        gc.collect()
        gc.freeze()  # what is loaded stays: looking through it for garbage takes 10 ms, some ten times a second
        try:
            serve(app, listening, threads=threads)
        finally:
            close_app(app, worker)


def _say_address(app: Flask, address: str, shows_qr: bool, console: Console) -> None:
    import segno

    _ = console.reader.gettext
    console.say(_("Escala is at %(address)s (Ctrl+C ends it)", address=address))
    if shows_qr:
        with suppress(OSError):
            segno.make(address, micro=False).terminal(out=sys.stderr, compact=True)
    say_setup_code(app, console)


def say_setup_code(app: Flask, console: Console) -> None:
    """Prints the code of the first visit, as long as nobody has set the server up."""
    from assessment.services.setup_code import prepare_setup_code

    _ = console.reader.gettext
    if code := prepare_setup_code(app.extensions["escala_database"]):
        console.say(_("First visit from another device: the one-time code is %(code)s", code=code))
