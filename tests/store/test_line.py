"""Threads that wait in line come in the order in which they asked, and may give up."""

from __future__ import annotations

import threading

from assessment.store.line import Line
from tests.infra.test_workers import until

LONG = 60.0


def test_nobody_overtakes() -> None:
    line = Line()
    came: list[object] = []

    def wait_and_go_on(number: int) -> None:
        assert line.enter(LONG)
        came.append(number)
        line.leave()

    assert line.enter(0)
    threads = [threading.Thread(target=wait_and_go_on, args=(number,)) for number in range(5)]
    for number, thread in enumerate(threads, 1):
        thread.start()
        until(lambda number=number: len(line._waiting) == number)
    line.leave()
    # Its turn comes after theirs, though it asks while they are still waking up.
    assert line.enter(LONG)
    came.append("last")
    line.leave()
    for thread in threads:
        thread.join(LONG)
    assert came == [0, 1, 2, 3, 4, "last"]


def test_who_gives_up_is_not_waited_for() -> None:
    line = Line()
    assert line.enter(0)
    assert not line.enter(0.01)
    line.leave()
    assert line.enter(0)
