"""Processes of their own, which a test may kill: forked from one that has imported everything, once for all tests.

Starting Python and importing Escala takes a second or two each time. That the command itself starts: `tests/cli`.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess

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
