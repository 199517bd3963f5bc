"""`escala serve`: the production server, and the messages for whoever starts it."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING, Any

from assessment.cli.console import BadUsage, Console
from assessment.cli.options import add_parser
from assessment.infra.languages import Localisation

if TYPE_CHECKING:
    import socket

    from flask import Flask

    from assessment.infra.settings import Settings

HOST = "127.0.0.1"
PORT = 8000
PROCESSES = 1 if os.name == "nt" else min(2, os.cpu_count() or 1)
"""Python uses one core per process. (Several have not been tried on Windows.)"""
EVERY_ADDRESS = "0.0.0.0"  # noqa: S104 - asked for by --lan
DOCUMENTATION_ADDRESS = "192.0.2.1"
"""Reserved (RFC 5737): the route to it shows this machine's own address; nothing is sent."""


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
        "--workers", metavar="N", type=int, default=PROCESSES, help=_("processes that answer (%(n)s)", n=PROCESSES)
    )
    command.add_argument(
        "--lan", action="store_true", help=_("let phones and computers of the local network in, and show a QR code")
    )
    return command


def run(options: argparse.Namespace, console: Console) -> int:
    from assessment.cli.database import read_settings, require_upgraded

    _ = console.reader.gettext
    if not 0 <= options.port <= 65_535 or options.workers < 1:
        raise BadUsage(_("--port goes from 0 to 65535, and --workers is 1 or more."))
    settings = read_settings(console.reader)
    require_upgraded(settings, console.reader)
    serve_app(settings, console, host=options.host, port=options.port, workers=options.workers, lan=options.lan)
    return 0


def serve_app(
    settings: Settings,
    console: Console,
    *,
    host: str = HOST,
    port: int = PORT,
    workers: int = PROCESSES,
    lan: bool = False,
) -> None:
    """Serves the application with these settings until Ctrl+C or SIGTERM; prints the address once it listens.

    `lan` lets the local network in, whatever `host` is. Raises `BadUsage` if it cannot listen or the
    database does not answer.
    """
    import dataclasses
    from functools import partial

    from assessment.app import close_app, common_of, create_app, make_worker
    from assessment.cli.database import database_errors_as_usage
    from assessment.cli.server import serve

    listening = _listen(EVERY_ADDRESS if lan else host, port, console)
    shown_host = own_address() if lan else host
    if shown_host is None:
        listening.close()
        raise BadUsage(console.reader.gettext("This machine is in no network: connect it, or leave out --lan."))
    address = f"http://{f'[{shown_host}]' if ':' in shown_host else shown_host}:{listening.getsockname()[1]}"
    if lan and settings.base_url is None:
        settings = dataclasses.replace(settings, base_url=address)
    settings = dataclasses.replace(settings, document_processes=max(1, (os.cpu_count() or 1) // workers))
    try:
        with database_errors_as_usage(console.reader):
            app = create_app(settings)
    except BaseException:
        listening.close()
        raise
    _say_address(app, address, lan, console)
    worker = make_worker(app)
    worker.start()
    try:
        serve(app, listening, processes=workers, make_app=partial(create_app, settings), common=common_of(app))
    finally:
        close_app(app, worker)


def _listen(host: str, port: int, console: Console) -> socket.socket:
    """Opens the port before any message, so that its number is known even if 0 asks for any. Raises `BadUsage`."""
    import socket

    try:
        return socket.create_server((host, port), reuse_port=False)
    except OSError as error:
        raise BadUsage(
            console.reader.gettext(
                "Escala cannot listen on %(host)s, port %(port)s (%(reason)s): choose another with --port.",
                host=host,
                port=port,
                reason=error.strerror or error,
            )
        ) from None


def own_address() -> str | None:
    """This machine's address in its local network; `None` if it is in none."""
    import socket

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((DOCUMENTATION_ADDRESS, 9))
        except OSError:
            return None
        address: str = probe.getsockname()[0]
    return None if address.startswith(("127.", "0.")) else address


def _say_address(app: Flask, address: str, shows_qr: bool, console: Console) -> None:
    import segno

    from assessment.services.accounts import needs_set_up

    _ = console.reader.gettext
    console.say(_("Escala is at %(address)s (Ctrl+C ends it)", address=address))
    if shows_qr:
        segno.make(address, micro=False).terminal(out=sys.stderr, compact=True)
    with app.extensions["escala_database"].reading() as session:
        is_new = needs_set_up(session)
    if is_new:
        code = app.extensions["escala_setup_code"]
        console.say(_("First visit from another device: the one-time code is %(code)s", code=code))
    sys.stderr.flush()
