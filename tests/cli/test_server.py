"""`escala serve` with several processes: they answer as one, and live and die as one."""

from __future__ import annotations

import http.client
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from tests.cli.here import escala_in
from tests.cli.server import Server, running
from tests.web.client import Page

LONG_ENOUGH = 60


@pytest.fixture(autouse=True)
def ctrl_c() -> Iterator[None]:
    """Works, even where the tests run in the background of a shell, which has it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def server(ctrl_c: None, tmp_path: Path) -> Iterator[Server]:
    with running(tmp_path, "serve", "--workers", "2") as running_server:
        yield running_server


class Line:
    """A connection that is kept: whichever process took it answers all that is asked on it."""

    def __init__(self, server: Server) -> None:
        self._to = urlsplit(server.address)
        self.connection = http.client.HTTPConnection(self._to.netloc, timeout=LONG_ENOUGH)
        self.cookie = ""
        self.headers: dict[str, str] = {}
        try:
            assert self.ask("GET", "/healthz")[0] == 200
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        self.connection.close()

    def ask(self, method: str, path: str, values: dict[str, str] | None = None) -> tuple[int, str]:
        headers = {**self.headers, "Accept-Language": "en", "Cookie": self.cookie}
        if values is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, path, urlencode(values) if values is not None else None, headers)
        answer = self.connection.getresponse()
        if cookie := answer.getheader("Set-Cookie"):
            self.cookie = cookie.partition(";")[0]
        return answer.status, answer.read().decode()

    def sign_in(self, password: str) -> tuple[int, str]:
        _, page = self.ask("GET", "/sign-in")
        token = Page(page).forms[-1]["data"]["csrf_token"]
        return self.ask("POST", "/sign-in", {"email": "ana@example.com", "password": password, "csrf_token": token})

    def is_answered_by(self, pid: int) -> bool:
        """Whether the other end of the connection belongs to this process."""
        ends = f"{self._to.port:04X}", f"{self.connection.sock.getsockname()[1]:04X}"
        for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
            local, remote, inode = (line.split()[at] for at in (1, 2, 9))
            if (local.rpartition(":")[2], remote.rpartition(":")[2]) == ends:
                return has_open(pid, f"socket:[{inode}]")
        return False


def has_open(pid: int, what: str) -> bool:
    for file in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # closed in between
            if str(file.readlink()) == what:
                return True
    return False


def another_process(server: Server, but: int | None = None) -> int | None:
    """The process beside the first one, once there is one."""
    for thread in Path(f"/proc/{server.process.pid}/task").iterdir():
        for pid in map(int, (thread / "children").read_text().split()):
            if pid != but and b"multiprocessing-fork" in Path(f"/proc/{pid}/cmdline").read_bytes():
                return pid
    return None


LineTo = Callable[[Callable[[], int | None]], tuple[Line, int]]


@pytest.fixture
def line_to(server: Server) -> Iterator[LineTo]:
    """Opens connections until one is taken by a process that is asked for."""
    with ExitStack() as opened:

        def line_to(process: Callable[[], int | None]) -> tuple[Line, int]:
            until = time.monotonic() + LONG_ENOUGH
            while time.monotonic() < until:
                line, pid = opened.enter_context(closing(Line(server))), process()
                if pid is not None and line.is_answered_by(pid):
                    return line, pid
            raise AssertionError("it takes no connection")

        yield line_to


def test_wrong_passwords_are_counted_by_all_processes_together(server: Server, line_to: LineTo, tmp_path: Path) -> None:
    escala_in(tmp_path, "create-admin", "ana@example.com")
    first, _ = line_to(lambda: server.process.pid)
    other, _ = line_to(lambda: another_process(server))
    for number in range(10):
        assert (first, other)[number % 2].sign_in("not the password")[0] == 200
    assert [line.sign_in("not the password")[0] for line in (first, other)] == [429, 429]


def test_the_code_of_the_first_visit_opens_every_process(server: Server, line_to: LineTo) -> None:
    line, _ = line_to(lambda: another_process(server))
    code = next(said for said in server.log if "the one-time code is" in said).split()[-1]
    line.headers["X-Forwarded-For"] = "203.0.113.9"  # from elsewhere
    _, page = line.ask("GET", "/set-up")
    assert "One-time code" in page
    token = Page(page).forms[-1]["data"]["csrf_token"]
    assert line.ask("POST", "/set-up", {"code": "wrong", "csrf_token": token})[0] == 200
    assert line.ask("POST", "/set-up", {"code": code, "csrf_token": token})[0] == 303


def test_a_process_that_dies_is_started_again(server: Server, line_to: LineTo) -> None:
    _, pid = line_to(lambda: another_process(server))
    os.kill(pid, signal.SIGKILL)
    line, new = line_to(lambda: another_process(server, but=pid))
    assert new != pid
    assert line.ask("GET", "/")[0] in (200, 302, 303)
    assert "a process of the server died" in server.end()


def test_when_the_first_is_killed_no_other_goes_on(server: Server, line_to: LineTo) -> None:
    line_to(lambda: another_process(server))
    server.process.kill()
    until = time.monotonic() + LONG_ENOUGH
    with pytest.raises((OSError, http.client.HTTPException)):  # noqa: PT012 - it takes a moment
        while time.monotonic() < until:
            Line(server).close()
    assert server.process.wait(timeout=LONG_ENOUGH) == -signal.SIGKILL


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_all_of_them_end_at_a_signal_without_a_word(server: Server, line_to: LineTo, how: signal.Signals) -> None:
    _, pid = line_to(lambda: another_process(server))
    server.process.send_signal(how)
    assert server.process.wait(timeout=LONG_ENOUGH) == 0
    assert not Path(f"/proc/{pid}").exists()
    assert "Traceback" not in server.end()
