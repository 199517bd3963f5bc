"""How timings are taken: the median of several runs after a warm-up."""

from __future__ import annotations

import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: what was measured, what came out, what it should be."""

    name: str
    measured: str
    aim: str


def seconds(work: Callable[[], object], *, runs: int = 5) -> float:
    """The median time of a call."""
    work()
    return statistics.median(_once(work) for _ in range(runs))


def _once(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def command_seconds(command: Sequence[str], *, runs: int = 7) -> float:
    """The median time of a whole process, its output thrown away."""
    return seconds(lambda: subprocess.run(command, check=True, capture_output=True), runs=runs)  # noqa: S603
