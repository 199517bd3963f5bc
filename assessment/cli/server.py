"""The server: one process that answers with threads, on sockets that are bound already (docs/decisions/0007).

Waitress receives whole requests before a thread has to do with them, so that somebody who sends slowly costs a
connection and nothing else. It closes connections that are silent for a while; `BoundedChannel` also those that send a
little now and then, and `Server` lets the requests under way end before it does.
"""

from __future__ import annotations

import logging
import select
import signal
import socket
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.server import BaseWSGIServer, create_server
from waitress.task import WSGITask

if TYPE_CHECKING:
    from flask import Flask

CONNECTIONS = 2_000
"""Five hundred phones, two connections each, and as many again."""
CONNECTIONS_WITHOUT_POLL = 400
"""Windows looks at 512 sockets at most, and needs some for itself."""
LARGEST_HEAD = 32_768
FILES_FOR_THE_REST = 200
"""Open files that are no connections: the database, documents, later work."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How long things may take, in seconds."""

    head: float = 30
    """From the first byte of a request to the end of its head."""
    whole: float = 120
    """To the end of its body: a file of 2 MB over a slow line."""
    silence: int = 30
    """On a connection, before it is closed."""
    patience: float = 10
    """For the requests under way when the server ends."""


class KeepingTask(WSGITask):  # type: ignore[misc]
    """Keeps the connection after an answer that ends with its head (204, 304: RFC 9112, 6.3), which Waitress closes.

    A phone sends a change at each step: with a connection for each, a slow network takes twice as long.
    """

    def set_close_on_finish(self) -> None:
        asks_to_close = self.request.headers.get("CONNECTION", "").lower() == "close"
        if self.has_body or asks_to_close or self.version != "1.1":
            super().set_close_on_finish()


class CarefulParser(HTTPRequestParser):  # type: ignore[misc]
    """Refuses what a proxy before us may have read in another way than we would: where a request ends, and whose it is.

    Waitress prefers `Transfer-Encoding` where a length is given as well, and joins what is given twice. RFC 9112, 3.2
    and 6.3, has such requests answered with 400.
    """

    def parse_header(self, header_plus: bytes) -> None:
        super().parse_header(header_plus)
        lines = header_plus.lower()
        if b"\r\ntransfer-encoding:" in lines and (b"\r\ncontent-length:" in lines or self.version != "1.1"):
            raise ParsingError("Content-Length and Transfer-Encoding")
        hosts = lines.count(b"\r\nhost:")
        if hosts > 1 or (not hosts and self.version == "1.1"):
            raise ParsingError("Host must be given once")


class BoundedChannel(HTTPChannel):  # type: ignore[misc]
    """A connection that is closed when a request takes too long to arrive, however many bytes it sends meanwhile."""

    task_class = KeepingTask
    parser_class = CarefulParser

    def __init__(self, *given: Any, bounds: Bounds, sockets: Sockets, **named: Any) -> None:
        self._bounds = bounds
        self._began: float | None = None
        super().__init__(*given, **named)
        self.server: Any = Waking(self.server, self, sockets)

    def readable(self) -> bool:
        """The loop asks this each time it turns, once a second at least."""
        if self.request is None or self.requests:  # nothing arrives, or what arrives waits until we have answered
            self._began = None
        elif self._began is None:
            self._began = time.monotonic()
        elif time.monotonic() - self._began > self._longest(self.request):
            self.will_close = True
        return bool(super().readable())

    def _longest(self, request: Any) -> float:
        return self._bounds.whole if request.headers_finished else self._bounds.head

    @property
    def is_idle(self) -> bool:
        """Whether nothing arrives, is answered, or is still to be sent."""
        return self.request is None and not self.requests and not self.total_outbufs_len


class Waking:
    """A listener as one of its connections sees it: knows who wakes the loop, and does so only where there is need."""

    def __init__(self, listener: BaseWSGIServer, channel: BoundedChannel, sockets: Sockets) -> None:
        self._listener = listener
        self._channel = channel
        self._sockets = sockets

    def __getattr__(self, name: str) -> Any:
        return getattr(self._listener, name)

    def pull_trigger(self) -> None:
        """The thread that answers calls this when something is to be sent, and when it is done."""
        if self._sockets.needs_turn(self._channel):
            self._listener.pull_trigger()


class Sockets(dict[int, Any]):
    """What Waitress turns on, by number: listeners, connections, and what wakes the loop.

    At every turn Waitress asks all of them what they wait for, and a request takes three turns. Where a thousand
    connections are open, that costs more than an answer. Here those are asked to whom something happened, and all of
    them once a second; a request takes one turn as long as its connection takes the answer at once.
    """

    def __init__(self) -> None:
        super().__init__()
        self._poll = select.poll() if hasattr(select, "poll") else None  # Windows has none
        self._awaited: dict[int, int] = {}
        """What `poll` was told to wait for. Whoever is answered stays in it until more arrives meanwhile."""
        self._changed: deque[int] = deque()
        self._all_at = 0.0

    def __setitem__(self, number: int, one: Any) -> None:
        super().__setitem__(number, one)
        self._changed.append(number)

    def __delitem__(self, number: int) -> None:
        super().__delitem__(number)
        if self._poll:
            self._await(number, 0, self._poll)

    def ask_all(self) -> None:
        """At the next turn, for whoever changed something from outside."""
        self._all_at = 0.0

    def needs_turn(self, channel: BoundedChannel) -> bool:
        """Whether the loop has to do with a connection that a thread is done with, or has more to send on."""
        number = channel.socket.fileno()
        if number in self._awaited and not channel.writable():
            return False
        self._changed.append(number)
        return True

    def turn(self, timeout: float) -> None:
        """Waits so many seconds at most for something to happen, and has it dealt with."""
        if self._poll is None:
            wasyncore.loop(timeout=timeout, map=self, count=1)
            return
        now = time.monotonic()
        if now >= self._all_at:
            self._all_at = now + 1
            self._changed.extend(self)
        while self._changed:
            self._ask(self._changed.popleft(), self._poll)
        for number, flags in self._poll.poll(timeout * 1000):
            if (one := self.get(number)) is None:
                continue
            unsent = _unsent_beside_thread(one)
            if one.readable() or one.writable():
                wasyncore.readwrite(one, flags)
            else:  # it sends more before it is answered
                self._await(number, 0, self._poll)
            if unsent and unsent == _unsent_beside_thread(one):
                # The thread that answers is just sending. To look again and again whether it is done would keep it from
                # it, and cost more than the answer; it says so itself (`needs_turn`), unless it was done just now.
                self._await(number, 0, self._poll)
                if one.writable():
                    continue
            self._ask(number, self._poll)

    def _ask(self, number: int, poll: select.poll) -> None:
        one = self.get(number)
        if one is None:
            return
        wanted = select.POLLIN | select.POLLPRI if one.readable() else 0
        if not one.accepting and one.writable():
            wanted |= select.POLLOUT
        if wanted:
            self._await(number, wanted, poll)

    def _await(self, number: int, wanted: int, poll: select.poll) -> None:
        if self._awaited.get(number, 0) == wanted:
            return
        if wanted:
            self._awaited[number] = wanted
            poll.register(number, wanted)
        else:
            del self._awaited[number]
            poll.unregister(number)


def _unsent_beside_thread(one: Any) -> int:
    """How many bytes wait to be sent on a connection that a thread answers."""
    return int(one.total_outbufs_len) if isinstance(one, BoundedChannel) and one.requests else 0


class Server:
    """Answers on sockets that are bound already, from `run` until `end` is called in another thread or by a signal."""

    def __init__(
        self, app: Flask, listening: Sequence[socket.socket], *, threads: int, bounds: Bounds | None = None
    ) -> None:
        self._bounds = bounds or Bounds()
        self._is_over = False
        self._waking = threading.RLock()
        """Held while the loop is woken for the last time, so that what wakes it is not closed meanwhile."""
        self._sockets = Sockets()
        # It warns of every request that waits for a thread, as all do for a moment when a room of people answers.
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)
        self._dispatcher = create_server(
            app,
            map=self._sockets,
            sockets=list(listening),
            threads=threads,
            ident=None,
            # Kept, so that a request through a proxy is told from one of this machine.
            clear_untrusted_proxy_headers=False,
            connection_limit=_most_connections(),
            channel_timeout=self._bounds.silence,
            cleanup_interval=10,
            max_request_header_size=LARGEST_HEAD,
            max_request_body_size=app.config["MAX_CONTENT_LENGTH"] + 1,
        ).task_dispatcher
        self._listeners = [one for one in self._sockets.values() if isinstance(one, BaseWSGIServer)]
        for listener in self._listeners:
            listener.channel_class = partial(BoundedChannel, bounds=self._bounds, sockets=self._sockets)
            listener.adj.send_bytes = 1  # the thread that answers sends at once, and not the loop at its next turn

    def run(self) -> None:
        try:
            while not self._is_over:
                self._sockets.turn(1)
            self._finish()
        finally:
            self._is_over = True
            self._dispatcher.shutdown(timeout=1)
            if not self._dispatcher.threads:  # else the last of them still wakes the loop by what would be closed here
                with self._waking:
                    wasyncore.close_all(self._sockets, ignore_all=True)

    def end(self) -> None:
        """Takes no more connections, and lets `run` return once what is under way is answered."""
        with self._waking:
            if not self._is_over:
                self._is_over = True
                self._listeners[0].pull_trigger()  # the loop may be asleep

    def _finish(self) -> None:
        until = time.monotonic() + self._bounds.patience
        for listener in self._listeners:
            wasyncore.dispatcher.close(listener)
        while (channels := self._channels()) and time.monotonic() < until:
            for channel in channels:
                channel.will_close |= channel.is_idle
            self._sockets.ask_all()
            self._sockets.turn(0.1)

    def _channels(self) -> list[BoundedChannel]:
        return [one for one in self._sockets.values() if isinstance(one, BoundedChannel)]


def serve(app: Flask, listening: Sequence[socket.socket], *, threads: int, bounds: Bounds | None = None) -> None:
    """Serves `app` in this process until Ctrl+C, SIGTERM, or its terminal is closed."""
    server = Server(app, listening, threads=threads, bounds=bounds)
    with _ended_by_signals(server):
        server.run()


@contextmanager
def _ended_by_signals(server: Server) -> Iterator[None]:
    """The first signal lets the requests under way end; a second one does not wait for them.

    Windows has no SIGHUP, and sends SIGBREAK when its window is closed.
    """

    def end(_number: int, _frame: object) -> None:
        for number in before:
            signal.signal(number, _exit)
        server.end()

    numbers = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name)]
    # What runs in the background of a shell, or under nohup, has some of them ignored.
    before = {number: signal.getsignal(number) for number in numbers if signal.getsignal(number) != signal.SIG_IGN}
    for number in before:
        signal.signal(number, end)
    yield


def _exit(_number: int, _frame: object) -> None:
    sys.exit(0)


def _most_connections() -> int:
    """How many connections this process can hold; raises what the system lets it open."""
    if not hasattr(select, "poll"):
        return CONNECTIONS_WITHOUT_POLL
    import resource

    wanted = CONNECTIONS + FILES_FOR_THE_REST
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        with suppress(ValueError, OSError):  # more than the system gives a process
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return CONNECTIONS if soft == resource.RLIM_INFINITY else max(1, min(CONNECTIONS, soft - FILES_FOR_THE_REST))
