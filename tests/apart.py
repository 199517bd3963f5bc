"""Processes of their own, which a test may kill: forked from one that has imported everything, once for all tests.

Starting Python and importing Escala takes a second or two each time. That the command itself starts: `tests/cli`.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from assessment.cli.main import main

# The process that is forked has no threads, no connections, and none of what a test has patched.
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["assessment.app", "pytest", "tests.jobs.mailings", "tests.store.test_kill"])

Work = Callable[..., None]
"""A function of a module, with arguments that can be pickled. The first is where it may tell something."""


@contextmanager
def apart(work: Work, *given: object) -> Iterator[tuple[ForkServerProcess, Connection]]:
    """A process that does this, and what it tells; killed at the end, if it lives still."""
    ours, its = _CONTEXT.Pipe(duplex=False)
    process = _CONTEXT.Process(target=work, args=(its, *given))
    process.start()
    its.close()  # so that whoever listens notices when it dies
    try:
        yield process, ours
    finally:
        process.kill()
        process.join()
        process.close()
        ours.close()


class Command:
    """`escala` with these arguments in a folder, leading a session of its own: as much of a `Popen` as tests need."""

    def __init__(self, arguments: Sequence[str], folder: Path, environment: Mapping[str, str]) -> None:
        ours, its = _CONTEXT.Pipe(duplex=False)
        self._process = _CONTEXT.Process(target=_run, args=(its, [*arguments], str(folder), dict(environment)))
        self._process.start()
        its.close()
        self.stderr = os.fdopen(os.dup(ours.fileno()), encoding="utf-8")
        ours.close()
        assert self._process.pid
        self.pid = self._process.pid

    @property
    def returncode(self) -> int | None:
        return self._process.exitcode

    def poll(self) -> int | None:
        return self.returncode

    def send_signal(self, how: signal.Signals) -> None:
        if self.returncode is None:
            os.kill(self.pid, how)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def wait(self, timeout: float) -> int:
        """Raises `TimeoutError` where it has not ended by then."""
        self._process.join(timeout)
        if self.returncode is None:
            raise TimeoutError
        return self.returncode


def _run(tell: Connection, arguments: list[str], folder: str, environment: dict[str, str]) -> None:
    os.setsid()
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    os.dup2(tell.fileno(), 2)
    tell.close()
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - until the process ends
    sys.stderr = open(2, "w", buffering=1, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.exit(main(arguments))
