"""Where `escala serve` listens: sockets of every family."""

from __future__ import annotations

import contextlib
import errno
import socket
from collections.abc import Sequence

from assessment.cli.console import BadUsage, Console

NO_SUCH_ADDRESS = {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}
"""What a machine without IPv6, say, answers to whoever wants to listen there."""
TRIES = 20
"""How often a port that is free on one address is looked for on the others as well, where any port will do."""


def listen(hosts: Sequence[str], port: int, console: Console) -> list[socket.socket]:
    """Opens the port before any message, so that its number is known even if 0 asks for any. Raises `BadUsage`."""
    tries = 1 if port else TRIES
    while True:
        tries -= 1
        try:
            return _listen_at(hosts, port)
        except OSError as error:
            if tries and error.errno == errno.EADDRINUSE:
                continue
            raise BadUsage(
                console.reader.gettext(
                    "Escala cannot listen on %(host)s, port %(port)s (%(reason)s): choose another with --port.",
                    host=hosts[0],
                    port=port,
                    reason=error.strerror or error,
                )
            ) from None


def _listen_at(hosts: Sequence[str], port: int) -> list[socket.socket]:
    """A socket for each address of these hosts that the machine has, all on one port. Raises `OSError`."""
    found = [found for host in hosts for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    missing: OSError | None = None
    with contextlib.ExitStack() as opened:
        listening: list[socket.socket] = []
        for family, address in dict.fromkeys((family, where[0]) for family, *_, where in found):
            try:
                # Each family has a socket of its own: on a common one an IPv4 visitor had an IPv6 address.
                one = opened.enter_context(socket.create_server((str(address), port), family=family))
            except OSError as error:
                if error.errno not in NO_SUCH_ADDRESS:
                    raise
                missing = error
            else:
                port = one.getsockname()[1]
                listening.append(one)
        if missing and not listening:
            raise missing
        opened.pop_all()
    return listening
