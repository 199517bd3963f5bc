"""Worker processes for what keeps a core busy for a second or two: documents are made, and files read, in them.

What is done is a function of a module with arguments that can be pickled, and pure. A process starts when it is first
needed; one that dies, or takes too long, is replaced, and takes nothing else with it. All end with the process that
started them, however that ends.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, Literal, ParamSpec, TypeVar

from assessment.infra.garbage import look_for_garbage_seldom
from assessment.infra.logging import configure_logging

LONGEST = 60.0
"""Seconds for one piece of work."""
MOST_WAITING = 24
NICENESS = 10
"""Whoever waits for a page comes before whoever waits for a document."""

P = ParamSpec("P")
T = TypeVar("T")


class TooBusy(Exception):
    """So much waits already that more would wait too long."""


class WorkFailed(Exception):
    """The process died or took too long, perhaps because of this piece of work."""


class Workers:
    """At most `size` processes. With none, work is done at once, by whoever submits it: in tests.

    `memory` bounds what each may take, in bytes, where the system can.
    """

    def __init__(
        self, size: int, *, log_format: Literal["text", "json"] = "text", longest: float = LONGEST, memory: int = 0
    ) -> None:
        self._threads = ThreadPoolExecutor(size, thread_name_prefix="worker") if size else None
        self._size = size
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._given = (log_format, memory)
        self._longest = longest
        self._lock = threading.Lock()
        self._mine = threading.local()
        self._children: set[_Child] = set()
        self._pending: dict[Future[Any], None] = {}
        self._is_closed = False

    def submit(self, function: Callable[P, T], *given: P.args, **named: P.kwargs) -> Future[T]:
        """Has `function` called. The future raises what it raises, or `WorkFailed`. Raises `TooBusy`."""
        return self._submit(function, given, named, most_waiting=MOST_WAITING)

    def submit_promised(self, function: Callable[P, T], *given: P.args, **named: P.kwargs) -> Future[T]:
        """The same for what was promised already, however much waits: of jobs, only a few are done at a time."""
        return self._submit(function, given, named, most_waiting=None)

    def _submit(
        self, function: Callable[..., T], given: tuple[Any, ...], named: dict[str, Any], *, most_waiting: int | None
    ) -> Future[T]:
        if self._threads is None:
            return _done(function, *given, **named)
        with self._lock:
            if most_waiting is not None and len(self._pending) >= most_waiting:
                raise TooBusy
            future: Future[T] = self._threads.submit(self._do, function, given, named)
            self._pending[future] = None
        future.add_done_callback(self._forget)
        return future

    def before(self, future: Future[Any]) -> int:
        """How many pieces of work must end before this one begins."""
        with self._lock:
            pending = list(self._pending)
        return max(0, pending.index(future) + 1 - self._size) if future in pending else 0

    def close(self) -> None:
        """Ends all processes at once: what they were doing fails."""
        with self._lock:
            self._is_closed = True
            children = list(self._children)
        for child in children:
            child.end()
        if self._threads is not None:
            self._threads.shutdown(cancel_futures=True)
        if self._folder is not None:
            self._folder.cleanup()

    def _forget(self, future: Future[Any]) -> None:
        with self._lock:
            self._pending.pop(future, None)

    def _do(self, function: Callable[..., T], given: tuple[object, ...], named: dict[str, object]) -> T:
        """In a thread, which has a process of its own."""
        child = self._child()
        try:
            is_done, outcome = child.ask((function, given, named), self._longest)
        except (EOFError, OSError):  # also: it took too long, or we are closing
            self._drop(child)
            raise WorkFailed from None
        if not is_done:
            raise outcome
        result: T = outcome
        return result

    def _child(self) -> _Child:
        child: _Child | None = getattr(self._mine, "child", None)
        if child is None or not child.is_alive:
            if child is not None:
                self._drop(child)
            with self._lock:
                if self._is_closed:
                    raise WorkFailed
                if self._folder is None:  # what a process leaves when it is killed goes with it
                    self._folder = tempfile.TemporaryDirectory(prefix="escala-", ignore_cleanup_errors=True)
                child = self._mine.child = _Child((*self._given, self._folder.name))
                self._children.add(child)
        return child

    def _drop(self, child: _Child) -> None:
        child.end()
        self._mine.child = None
        with self._lock:
            self._children.discard(child)


def _done(function: Callable[P, T], *given: P.args, **named: P.kwargs) -> Future[T]:
    future: Future[T] = Future()
    try:
        future.set_result(function(*given, **named))
    except Exception as error:
        future.set_exception(error)
    return future


class _Child:
    """One process and the line to it."""

    def __init__(self, given: tuple[Literal["text", "json"], int, str | None]) -> None:
        # Not forked: a copy of a server would have its threads' locks, and its connections to the database.
        context = multiprocessing.get_context("spawn")
        self._line, theirs = context.Pipe()
        self._process: BaseProcess = context.Process(target=_work, args=(theirs, *given), daemon=True)
        self._process.start()
        self._end_lock = threading.Lock()
        theirs.close()

    @property
    def is_alive(self) -> bool:
        return self._process.is_alive()

    def ask(self, work: tuple[object, ...], longest: float) -> tuple[bool, Any]:
        """Whether it was done, and what was made of it, or the error. Raises `EOFError` or `OSError`."""
        self._line.send(work)
        if not self._line.poll(longest):
            raise TimeoutError
        answer: tuple[bool, Any] = self._line.recv()
        return answer

    def end(self) -> None:
        """At once; may be called twice, also by two threads at once."""
        with self._end_lock, contextlib.suppress(ValueError):  # closed already
            self._process.kill()
            self._process.join()
            self._process.close()
            self._line.close()


def _work(line: Connection, log_format: Literal["text", "json"], memory: int, folder: str | None) -> None:
    """The main loop of a worker process: one piece of work after the other, until its server has ended."""
    look_for_garbage_seldom()
    tempfile.tempdir = folder
    # A signal to a whole group of processes is for the server: it ends this one when its own work is over.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    configure_logging(log_format)
    _be_modest(memory)
    server = multiprocessing.parent_process()
    assert server is not None  # noqa: S101 - it was started by one
    threading.Thread(target=_end_with, args=(server,), daemon=True).start()
    with contextlib.suppress(EOFError, OSError):
        while True:
            function, given, named = line.recv()
            line.send(_attempt(function, given, named))


def _attempt(function: Callable[..., Any], given: tuple[Any, ...], named: dict[str, Any]) -> tuple[bool, Any]:
    try:
        return True, function(*given, **named)
    except Exception as error:
        return False, error


def _be_modest(memory: int) -> None:
    if hasattr(os, "nice"):
        os.nice(max(0, NICENESS - os.nice(0)))  # not twice, where the server gives way already
    if memory:
        with contextlib.suppress(ImportError, ValueError):  # Windows has no such bounds
            import resource

            resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def _end_with(server: BaseProcess) -> None:
    wait([server.sentinel])
    os._exit(0)
