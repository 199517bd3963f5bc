"""Work in processes of its own: results and errors come back, and nothing that dies there takes anything along."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from assessment.infra.workers import MOST_WAITING, TooBusy, Workers, WorkFailed, _Child
from tests.conftest import ROOT

WAIT = 60.0


class Refused(Exception):
    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def double(number: int) -> int:
    return 2 * number


def refuse(number: int) -> int:
    raise Refused(number)


def who() -> int:
    return os.getpid()


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def hang() -> None:
    threading.Event().wait(WAIT)


def hold(path: str) -> int:
    """Says that it has begun, and goes on until it is ended."""
    Path(path).write_text(str(os.getpid()))
    threading.Event().wait(WAIT)
    return 0


def greedy() -> int:
    return len(bytearray(4_000_000_000))


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def until(is_so, every: float = 0.02) -> None:
    """Waits for what another process does. Asking without a pause would take the processor from it."""
    end = time.monotonic() + WAIT
    while not is_so():
        assert time.monotonic() < end
        time.sleep(every)


@pytest.fixture
def workers() -> Iterator[Workers]:
    pool = Workers(1)
    yield pool
    pool.close()


def test_results_and_errors_come_back(workers: Workers) -> None:
    assert workers.submit(double, 21).result(WAIT) == 42
    with pytest.raises(Refused) as refused:
        workers.submit(refuse, 7).result(WAIT)
    assert refused.value.number == 7


def test_a_process_that_two_threads_end_at_once_ends_once() -> None:
    for _ in range(5):
        child = _Child(("text", 0, None))
        with ThreadPoolExecutor(8) as threads:
            for end in [threads.submit(child.end) for _ in range(8)]:
                assert end.result(WAIT) is None


def test_it_is_another_process_and_the_same_for_the_next(workers: Workers) -> None:
    first, second = (workers.submit(who).result(WAIT) for _ in range(2))
    assert first == second != os.getpid()


def test_work_that_kills_its_process_fails_alone(workers: Workers) -> None:
    killed, next_one = workers.submit(die), workers.submit(double, 4)
    with pytest.raises(WorkFailed):
        killed.result(WAIT)
    assert next_one.result(WAIT) == 8


def test_work_that_takes_too_long_is_ended() -> None:
    workers = Workers(1, longest=0.2)
    with pytest.raises(WorkFailed):
        workers.submit(hang).result(WAIT)
    workers.close()


def test_memory_is_bounded() -> None:
    workers = Workers(1, memory=1_500_000_000)
    with pytest.raises(MemoryError):
        workers.submit(greedy).result(WAIT)
    assert workers.submit(double, 1).result(WAIT) == 2
    workers.close()


def test_too_much_work_is_refused_and_what_waits_knows_its_place(workers: Workers) -> None:
    waiting = [workers.submit(hang) for _ in range(MOST_WAITING)]
    with pytest.raises(TooBusy):
        workers.submit(hang)
    assert [workers.before(one) for one in waiting] == list(range(MOST_WAITING))
    promised = workers.submit_promised(double, 1)
    assert workers.before(promised) == MOST_WAITING, "what was promised is not refused"


def test_what_is_closed_leaves_no_process(tmp_path: Path) -> None:
    workers = Workers(2)
    begun = [workers.submit(hold, str(tmp_path / name)) for name in "ab"]
    until(lambda: all((tmp_path / name).exists() and (tmp_path / name).read_text() for name in "ab"))
    workers.close()
    assert not any(is_running(int((tmp_path / name).read_text())) for name in "ab")
    for future in begun:
        with pytest.raises(WorkFailed):
            future.result(WAIT)


def test_without_processes_work_is_done_at_once() -> None:
    workers = Workers(0)
    assert workers.submit(who).result(0) == os.getpid()
    workers.close()


def test_when_the_server_is_killed_its_workers_end(tmp_path: Path) -> None:
    file = tmp_path / "pid"
    code = (
        "from assessment.infra.workers import Workers; from tests.infra.test_workers import hold; "
        f"Workers(1).submit(hold, {str(file)!r}).result()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}
    ) as server:
        until(lambda: file.exists() and file.read_text())
        worker = int(file.read_text())
        server.send_signal(signal.SIGKILL)
        server.wait()
    until(lambda: not is_running(worker))
