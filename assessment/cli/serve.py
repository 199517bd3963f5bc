"""`escala serve`: the production server, and the messages for whoever starts it."""

from __future__ import annotations

import argparse
import gc
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, Any

from assessment.cli.console import BadUsage, Console, own_command
from assessment.cli.options import add_parser
from assessment.infra.languages import Localisation

if TYPE_CHECKING:
    from flask import Flask

    from assessment.infra.network import LocalNetwork
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

    `lan` lets the local network in, whatever `host` is; a `host` of this network is the address that is shown. Raises
    `BadUsage` if it cannot listen or the database does not answer.
    """
    from dataclasses import replace

    from assessment.app import close_app, create_app, make_worker
    from assessment.cli.database import database_errors_as_usage
    from assessment.cli.listening import listen
    from assessment.cli.server import serve
    from assessment.infra.network import LocalNetwork

    with ExitStack() as opened:
        listening = listen(EVERY_ADDRESS if lan else (host,), port, console)
        for one in listening:
            opened.enter_context(one)
        bound = listening[0].getsockname()[1]
        hosts = _hosts_in_network(host) if lan else (host,)
        if not hosts:
            raise BadUsage(console.reader.gettext("This computer is not on a network: connect it, or leave out --lan."))
        addresses = tuple(f"http://{f'[{one}]' if ':' in one else one}:{bound}" for one in hosts)
        if lan and settings.base_url is None:
            settings = replace(settings, base_url=addresses[0])
        settings = replace(settings, document_processes=os.cpu_count() or 1)
        with database_errors_as_usage(console.reader):
            app = create_app(settings)
        _say_address(app, addresses[0], lan, console)
        if lan:
            network = app.extensions["escala_lan"] = LocalNetwork(addresses)
            _say_other_addresses(addresses[1:], console)
            opened.enter_context(_name_announced(network, hosts, bound, console))
        worker = make_worker(app)
        worker.start()
        gc.collect()
        gc.freeze()  # what is loaded stays: looking through it for garbage takes 10 ms, some ten times a second
        try:
            serve(app, listening, threads=threads)
        finally:
            close_app(app, worker)


def _hosts_in_network(host: str) -> tuple[str, ...]:
    """The addresses that phones may reach, the likeliest first; a `host` that was named comes before them all."""
    from assessment.infra.network import own_addresses

    named = () if host in (HOST, "localhost", "::1", *EVERY_ADDRESS) else (host,)
    return tuple(dict.fromkeys((*named, *own_addresses())))


@contextmanager
def _name_announced(network: LocalNetwork, hosts: tuple[str, ...], port: int, console: Console) -> Iterator[None]:
    """Announces a name beside the server, which answers meanwhile, and says it once phones find it."""
    from assessment.infra.network import announced

    is_over = threading.Event()

    def announce() -> None:
        with announced(hosts, port) as name:
            if name and not is_over.is_set():
                network.name = f"http://{name}:{port}"
                console.say(
                    console.reader.gettext("Most phones also find it by its name: %(address)s", address=network.name)
                )
            is_over.wait()

    thread = threading.Thread(target=announce, name="announce", daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join(5)


def _say_address(app: Flask, address: str, shows_qr: bool, console: Console) -> None:
    import segno

    _ = console.reader.gettext
    console.say(_("Escala is at %(address)s (Ctrl+C ends it)", address=address))
    if shows_qr:
        with suppress(OSError, UnicodeError):
            segno.make(address, micro=False).terminal(out=sys.stderr, compact=True)
    say_setup_code(app, console)


def _say_other_addresses(addresses: tuple[str, ...], console: Console) -> None:
    _ = console.reader.gettext
    if addresses:
        console.say(_("If phones do not reach it there, try: %(addresses)s", addresses=" · ".join(addresses)))
        console.say(
            _("To put one of them into codes and links, start Escala again with --lan --host and that address.")
        )


def say_setup_code(app: Flask, console: Console) -> None:
    """Prints the code of the first visit, as long as nobody has set the server up."""
    from assessment.services.setup_code import prepare_setup_code

    _ = console.reader.gettext
    if code := prepare_setup_code(app.extensions["escala_database"]):
        console.say(_("First visit from another device: the one-time code is %(code)s", code=code))
