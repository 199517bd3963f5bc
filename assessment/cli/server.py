"""The server's processes: all answer on one socket, each with a few threads (docs/decisions/0007).

The first keeps what they have in common (`infra.common`) and starts the others; one that dies is started again, and all
end with the first, however it ends.
"""

from __future__ import annotations

import _thread
import contextlib
import logging
import multiprocessing
import signal
import socket
import sys
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import TYPE_CHECKING, Any, cast

from assessment.infra.common import Common, Counts
from assessment.infra.logging import get_logger

if TYPE_CHECKING:
    from flask import Flask

MakeApp = Callable[[Common], "Flask"]
"""How another process makes its application; it must be possible to pickle it."""

THREADS = 8
"""Of all processes together, and four at least in each, so that nobody waits for somebody else's PDF."""
PATIENCE = 10
"""Seconds for the requests under way when a server ends."""
PAUSE = 2
"""Seconds before a process that died is started again: one that dies at once must not keep the machine busy."""


def threads_of(processes: int) -> int:
    return max(4, THREADS // processes)


def new_server(app: Flask, listening: socket.socket, threads: int) -> Any:
    """The WSGI server of one process."""
    from waitress.server import create_server

    # It warns of every request that waits for a thread, as all do for a moment when a room of people answers.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    return create_server(
        app,
        sockets=[listening],
        threads=threads,
        ident=None,
        # Kept, so that a request through a proxy is told from one of this machine.
        clear_untrusted_proxy_headers=False,
        max_request_body_size=app.config["MAX_CONTENT_LENGTH"] + 1,
    )


def serve(app: Flask, listening: socket.socket, *, processes: int, make_app: MakeApp, common: Common) -> None:
    """Serves `app` in this process and what `make_app` makes in the others, until Ctrl+C or SIGTERM.

    `common` is what this process keeps; the others are given the like, whose counts ask this one.
    """
    signal.signal(signal.SIGTERM, _end)
    threads = threads_of(processes)
    server = new_server(app, listening, threads)
    with contextlib.ExitStack() as others:
        for _ in range(processes - 1):
            others.enter_context(_Other(common, make_app, listening, threads))
        try:
            server.run()  # Ctrl+C ends it, after the requests that are being answered.
        finally:
            server.close()


def _end(_number: int, _frame: object) -> None:
    sys.exit(0)


# What is kept in common


class _AskedFor:
    """The first process's counts, asked over a line that only the two of them hold: it has no address."""

    def __init__(self, line: Connection) -> None:
        self._line = line
        self._lock = threading.Lock()

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        return cast(int, self._ask("incr", key, expiry, amount))

    def get(self, key: str) -> int:
        return cast(int, self._ask("get", key))

    def get_expiry(self, key: str) -> float:
        return cast(float, self._ask("get_expiry", key))

    def clear(self, key: str) -> None:
        self._ask("clear", key)

    def _ask(self, what: str, *given: object) -> object:
        with self._lock:
            self._line.send((what, *given))
            return self._line.recv()


def _answer(line: Connection, counts: Counts) -> None:
    """Until the other end is gone."""
    with line, contextlib.suppress(EOFError, OSError):
        while True:
            what, *given = line.recv()
            line.send(getattr(counts, what)(*given))


# The other processes


class _Other:
    """A process beside the first, as long as the block lasts."""

    def __init__(self, common: Common, *given: Any) -> None:
        self._common = common
        self._given = given
        self._is_over = threading.Event()
        self._lock = threading.Lock()
        self._watching = threading.Thread(target=self._keep_alive, name="watch", daemon=True)

    def __enter__(self) -> None:
        # Ctrl+C reaches all processes of a terminal. The first decides; whoever is started meanwhile ignores it, too.
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            self._start()
        finally:
            signal.signal(signal.SIGINT, before)
        self._watching.start()

    def __exit__(self, *_failure: object) -> None:
        with self._lock:
            self._is_over.set()
        self._process.terminate()
        self._process.join(PATIENCE)
        self._process.kill()
        self._watching.join(PATIENCE)

    def _start(self) -> None:
        # Not forked: a copy of this process would have its threads' locks, and its connections to the database.
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        given = (theirs, self._common.setup_code, *self._given)
        self._process: BaseProcess = context.Process(target=_serve_beside, args=given)
        self._process.start()
        theirs.close()
        threading.Thread(target=_answer, args=(ours, self._common.counts), name="common", daemon=True).start()

    def _keep_alive(self) -> None:
        while True:
            self._process.join()
            if self._is_over.is_set():
                return
            get_logger().error("a process of the server died and is started again", code=self._process.exitcode)
            if self._is_over.wait(PAUSE):
                return
            with self._lock:
                if not self._is_over.is_set():
                    self._start()


def _serve_beside(line: Connection, setup_code: str, make_app: MakeApp, listening: socket.socket, threads: int) -> None:
    """What another process does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _end)
    first = multiprocessing.parent_process()
    assert first is not None  # noqa: S101 - it was started by one
    threading.Thread(target=_end_with, args=(first,), name="end", daemon=True).start()
    app = make_app(Common(setup_code, _AskedFor(line)))
    server = new_server(app, listening, threads)
    try:
        server.run()
    finally:
        server.close()
        app.extensions["escala_documents"].close()


def _end_with(first: BaseProcess) -> None:
    """Ends this process as SIGTERM does once the first is gone, however it went."""
    wait([first.sentinel])
    _thread.interrupt_main(signal.SIGTERM)
