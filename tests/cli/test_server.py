"""The server under `escala serve`: slow senders, many connections, and the requests under way when it ends."""

from __future__ import annotations

import http.client
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager

import pytest
from flask import Flask, request

from assessment.cli.server import Bounds, Server
from tests.conftest import ROOT

LONG_ENOUGH = 60
MUCH = 8_000_000
"""Bytes: more than a connection takes before somebody reads."""


@contextmanager
def serving(app: Flask, bounds: Bounds | None = None, threads: int = 2) -> Iterator[tuple[Server, int]]:
    """A server in a thread, and its port."""
    app.config["MAX_CONTENT_LENGTH"] = 2_000_000
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    server = Server(app, [listening], threads=threads, bounds=bounds)
    running = threading.Thread(target=server.run)
    running.start()
    try:
        yield server, port
    finally:
        server.end()
        running.join(LONG_ENOUGH)
        assert not running.is_alive()


@pytest.fixture
def app() -> Flask:
    """One that says how many bytes it was sent."""
    made = Flask("test")
    made.add_url_rule("/", view_func=lambda: str(len(request.get_data())), methods=["GET", "POST"])
    return made


def ask(port: int, method: str = "GET", body: bytes | None = None) -> str:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=LONG_ENOUGH)) as connection:
        connection.request(method, "/", body)
        answer = connection.getresponse()
        assert answer.status == 200
        return answer.read().decode()


def drip(line: socket.socket, drop: bytes) -> float:
    """Sends a little again and again until the other end hangs up; how many seconds that took."""
    line.settimeout(0.05)
    began = time.monotonic()
    while (passed := time.monotonic() - began) < LONG_ENOUGH:
        try:
            line.sendall(drop)
            if line.recv(1) == b"":
                return passed
        except TimeoutError:
            continue
        except OSError:
            return passed
    raise AssertionError("it goes on for ever")


def test_a_loop_that_notices_the_end_by_itself_closes_nothing_that_still_wakes_it(app: Flask) -> None:
    app.config["MAX_CONTENT_LENGTH"] = 2_000_000
    server = Server(app, [socket.create_server(("127.0.0.1", 0))], threads=1)
    running = threading.Thread(target=server.run)
    (listener,) = server._listeners
    wake = listener.pull_trigger

    def wake_late() -> None:
        wake()  # as anything else that happens just then
        running.join(0.5)
        wake()

    listener.pull_trigger = wake_late
    running.start()
    server.end()
    running.join(LONG_ENOUGH)
    assert not running.is_alive()


def test_who_drips_a_head_is_cut(app: Flask) -> None:
    bounds = Bounds(head=0.5, whole=LONG_ENOUGH)
    with serving(app, bounds) as (_, port), socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n")
        assert drip(line, b"A: b\r\n") < LONG_ENOUGH / 2
        assert ask(port) == "0"


def test_who_drips_a_body_is_cut_later_than_who_drips_a_head(app: Flask) -> None:
    bounds = Bounds(head=0.1, whole=1.5)
    with serving(app, bounds) as (_, port), socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n")
        assert bounds.whole - 0.1 < drip(line, b"a") < LONG_ENOUGH / 2
        assert ask(port) == "0"


def test_time_in_which_nothing_is_sent_does_not_count(app: Flask) -> None:
    with (
        serving(app, Bounds(head=0.3, whole=0.3)) as (_, port),
        closing(http.client.HTTPConnection("127.0.0.1", port, timeout=LONG_ENOUGH)) as connection,
    ):
        for _ in range(2):
            connection.request("POST", "/", b"four")
            assert connection.getresponse().read() == b"4"
            connection.sock.settimeout(0.5)
            with pytest.raises(TimeoutError):  # still open
                connection.sock.recv(1)
            connection.sock.settimeout(LONG_ENOUGH)


def test_those_who_send_slowly_keep_no_thread(app: Flask) -> None:
    with serving(app, threads=1) as (_, port), ExitStack() as opened:
        for _ in range(10):
            line = opened.enter_context(socket.create_connection(("127.0.0.1", port)))
            line.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\nabc")
        assert ask(port, "POST", b"a" * 1_500_000) == "1500000"


def test_what_is_under_way_is_finished_and_nothing_new_is_taken() -> None:
    app, begun, go_on = Flask("test"), threading.Event(), threading.Event()

    @app.get("/")
    def slow() -> str:
        begun.set()
        go_on.wait(LONG_ENOUGH)
        return "a" * MUCH

    with serving(app) as (server, port), closing(http.client.HTTPConnection("127.0.0.1", port)) as connection:
        connection.request("GET", "/")
        assert begun.wait(LONG_ENOUGH)
        idle = socket.create_connection(("127.0.0.1", port))
        with idle:
            server.end()
            idle.settimeout(LONG_ENOUGH)
            assert idle.recv(1) == b""  # nobody waits for those who ask nothing
        with pytest.raises(OSError):  # noqa: PT011 - refused, or cut where the system had taken it already
            ask(port)
        go_on.set()
        assert len(connection.getresponse().read()) == MUCH


# In a process of its own

PROGRAM = """
import socket, sys
from flask import Flask
from assessment.cli.server import Bounds, serve

app = Flask("test")
app.config["MAX_CONTENT_LENGTH"] = 1

@app.get("/wait")
def wait():
    print("begun", flush=True)
    sys.stdin.readline()
    return "a" * 8_000_000

@app.get("/")
def quick():
    return ""

listening = socket.create_server(("127.0.0.1", 0))
print(listening.getsockname()[1], flush=True)
serve(app, [listening], threads=2, bounds=Bounds(patience=float(sys.argv[1])))
print("ended", flush=True)
"""


@contextmanager
def program(*before: str, patience: float = LONG_ENOUGH) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """The program, and its port."""
    with subprocess.Popen(
        [*before, sys.executable, "-c", PROGRAM, str(patience)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout
            yield process, int(process.stdout.readline())
        finally:
            process.kill()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_lets_the_request_under_way_end(how: signal.Signals) -> None:
    before = signal.signal(how, signal.SIG_DFL)  # what a shell's background or nohup ignores
    try:
        with program() as (process, port), closing(http.client.HTTPConnection("127.0.0.1", port)) as connection:
            assert process.stdout
            assert process.stdin
            connection.request("GET", "/wait")
            assert process.stdout.readline() == "begun\n"
            process.send_signal(how)
            process.stdin.write("\n")
            process.stdin.flush()
            assert len(connection.getresponse().read()) == MUCH
            assert process.stdout.readline() == "ended\n"
            assert process.wait(timeout=LONG_ENOUGH) == 0
    finally:
        signal.signal(how, before)


def test_a_second_signal_does_not_wait_for_a_request_under_way() -> None:
    with program() as (process, port), closing(http.client.HTTPConnection("127.0.0.1", port)) as connection:
        assert process.stdout
        connection.request("GET", "/wait")
        assert process.stdout.readline() == "begun\n"
        process.terminate()
        while is_open(port):  # the first signal has arrived once it is closed
            continue
        process.terminate()
        assert process.wait(timeout=LONG_ENOUGH / 2) == 0


def test_a_request_that_never_ends_does_not_keep_the_server() -> None:
    with program(patience=0.1) as (process, port), closing(http.client.HTTPConnection("127.0.0.1", port)) as connection:
        assert process.stdout
        connection.request("GET", "/wait")
        assert process.stdout.readline() == "begun\n"
        process.terminate()
        assert process.wait(timeout=LONG_ENOUGH / 2) == 0


def is_open(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


def test_hundreds_of_idle_connections_keep_nobody_from_being_answered() -> None:
    with program("sh", "-c", 'ulimit -Sn 256; exec "$@"', "sh") as (_, port), ExitStack() as opened:
        for _ in range(300):
            opened.enter_context(socket.create_connection(("127.0.0.1", port))).sendall(b"GET / HTTP/1.1\r\n")
        assert ask(port) == ""


def test_an_answer_without_a_body_keeps_the_connection(app: Flask) -> None:
    app.add_url_rule("/kept", "kept", lambda: ("", 204), methods=["PATCH"])
    with (
        serving(app) as (_, port),
        closing(http.client.HTTPConnection("127.0.0.1", port, timeout=LONG_ENOUGH)) as connection,
    ):
        for _ in range(3):
            connection.request("PATCH", "/kept", b"{}")
            answer = connection.getresponse()
            assert (answer.status, answer.read(), answer.headers["Connection"]) == (204, b"", None)
            assert connection.sock is not None, "the same one is used again"
        connection.request("PATCH", "/kept", b"{}", {"Connection": "close"})
        assert connection.getresponse().headers["Connection"] == "close"


def first_lines(port: int, request: bytes) -> list[str]:
    """The first line of each answer on a connection that one piece of bytes is sent on."""
    with socket.create_connection(("127.0.0.1", port), timeout=LONG_ENOUGH) as line:
        line.sendall(request)
        line.shutdown(socket.SHUT_WR)
        received = b"".join(iter(lambda: line.recv(65_536), b""))
    return [answer.decode() for answer in re.findall(rb"HTTP/1\.[01] (\d{3})", received)]


SMUGGLED = b"0\r\n\r\nGET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
LENGTH = b"Content-Length: " + str(len(SMUGGLED)).encode()


@pytest.mark.parametrize(
    ("version", "headers"),
    [
        (b"1.1", [b"Host: localhost", LENGTH, b"Transfer-Encoding: chunked"]),
        (b"1.1", [b"Host: localhost", b"tRANSFER-eNCODING: chunked", LENGTH]),
        (b"1.0", [b"Host: localhost", LENGTH, b"Transfer-Encoding: chunked"]),
        (b"1.1", [b"Host: localhost", LENGTH, b"Content-Length: 0"]),
        (b"1.1", [LENGTH]),
        (b"1.1", [b"Host: localhost", b"Host: evil.example", LENGTH]),
    ],
)
def test_what_a_proxy_may_have_read_in_another_way_is_refused(app: Flask, version: bytes, headers: list[bytes]) -> None:
    """The attack: a second request, hidden in what one of the two servers takes for the body of the first."""
    with serving(app) as (_, port):
        head = b"\r\n".join([b"POST / HTTP/" + version, *headers])
        assert first_lines(port, head + b"\r\n\r\n" + SMUGGLED) == ["400"]
        assert ask(port) == "0"


def test_what_leaves_no_doubt_is_answered(app: Flask) -> None:
    with serving(app) as (_, port):
        head = b"POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        assert first_lines(port, head + LENGTH + b"\r\n\r\n" + SMUGGLED) == ["200"]
        assert first_lines(port, head + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n") == ["200"]
        assert first_lines(port, b"GET / HTTP/1.0\r\n\r\n") == ["200"]


def test_what_is_sent_before_the_answer_is_answered_in_order() -> None:
    app, begun, go_on = Flask("test"), threading.Event(), threading.Event()

    @app.get("/<name>")
    def slow(name: str) -> str:
        if name == "first":
            begun.set()
            go_on.wait(LONG_ENOUGH)
        return f"<{name}>"

    with serving(app) as (_, port), socket.create_connection(("127.0.0.1", port), timeout=LONG_ENOUGH) as line:
        for name in ("first", "second", "third"):
            line.sendall(f"GET /{name} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            assert begun.wait(LONG_ENOUGH)
        go_on.set()
        received = b""
        while b"<third>" not in received:
            received += line.recv(65_536)
        assert re.findall(rb"<(\w+)>", received) == [b"first", b"second", b"third"]


def test_a_large_answer_to_a_slow_reader_keeps_nobody_waiting(app: Flask) -> None:
    app.add_url_rule("/large", "large", lambda: "a" * MUCH)
    with (
        serving(app, threads=2) as (_, port),
        closing(http.client.HTTPConnection("127.0.0.1", port, timeout=LONG_ENOUGH)) as slow,
    ):
        for _ in range(2):  # the connection is used again
            slow.request("GET", "/large")
            answer = slow.getresponse()
            part = answer.read(1_000)
            assert ask(port) == "0"
            assert len(part + answer.read()) == MUCH
