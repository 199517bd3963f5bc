"""`escala serve`, as a process: where it listens, what it says, and how it ends."""

from __future__ import annotations

import re
import signal
import socket
import sqlite3
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from assessment.cli.serve import EVERY_ADDRESS
from assessment.infra.network import own_addresses
from tests.cli.here import escala_in
from tests.cli.server import Server, Visitor, running, started


def has_ipv6() -> bool:
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


with_ipv6 = pytest.mark.skipif(not has_ipv6(), reason="This machine has no IPv6")
in_a_network = pytest.mark.skipif(not own_addresses(), reason="This computer is not on a network")


@pytest.fixture
def ctrl_c() -> Iterator[None]:
    """Works, even where the tests run in the background of a shell, which has it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def is_answered_at(address: str) -> bool:
    with urllib.request.urlopen(f"{address}/healthz", timeout=20) as answer:  # noqa: S310
        return bool(answer.read() == b'{"status":"ok"}\n') and answer.headers["Server"] is None


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_prints_its_address_answers_and_ends_without_a_word(
    tmp_path: Path, ctrl_c: None, how: signal.Signals
) -> None:
    with running(tmp_path, "serve") as server:
        assert server.address.startswith("http://127.0.0.1:")
        assert is_answered_at(server.address)
        server.process.send_signal(how)
        assert server.process.wait(timeout=30) == 0
        log = server.end()
    assert re.search(r"the one-time code is [a-z0-9]{10}\n$", log)
    assert log.count("\n") == 2


@pytest.mark.parametrize(
    ("arguments", "hosts"),
    [
        pytest.param(["--host", "::1"], ["[::1]"], marks=with_ipv6),
        (["--host", "localhost"], ["localhost"]),
        pytest.param(["--lan"], ["127.0.0.1", "[::1]"], marks=[with_ipv6, in_a_network]),
    ],
)
def test_it_answers_where_it_says_and_wherever_else_it_should(
    tmp_path: Path, arguments: list[str], hosts: list[str]
) -> None:
    with running(tmp_path, "serve", *arguments) as server:
        port = urlsplit(server.address).port
        for address in [server.address, *(f"http://{host}:{port}" for host in hosts)]:
            assert is_answered_at(address)
        if "localhost" in hosts:
            for family, *_, where in socket.getaddrinfo("localhost", port, type=socket.SOCK_STREAM):
                with socket.socket(family, socket.SOCK_STREAM) as visitor:
                    visitor.connect(where)
        if "--lan" in arguments:
            assert urlsplit(server.address).hostname == own_addresses()[0]


@pytest.mark.parametrize("arguments", [[], ["--lan"]])
def test_a_port_in_use_is_explained_in_a_sentence(tmp_path: Path, arguments: list[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = escala_in(tmp_path, "serve", "--port", port, *arguments)
    assert done.code == 2
    assert f"port {port}" in done.err
    assert not (tmp_path / "instance" / "escala.sqlite").exists()


@with_ipv6
def test_a_port_that_is_taken_on_one_of_the_addresses_is_taken(tmp_path: Path) -> None:
    with socket.create_server((EVERY_ADDRESS[1], 0), family=socket.AF_INET6) as taken:
        port = str(taken.getsockname()[1])
        done = escala_in(tmp_path, "serve", "--port", port, "--lan")
    assert done.code == 2
    assert f"port {port}" in done.err


def test_an_address_that_is_not_of_this_machine_is_explained_in_a_sentence(tmp_path: Path) -> None:
    done = escala_in(tmp_path, "serve", "--port", "0", "--host", "203.0.113.1")
    assert done.code == 2
    assert "203.0.113.1" in done.err


def test_a_log_that_nobody_can_write_stops_no_answer(tmp_path: Path) -> None:
    with started(tmp_path, "serve", "--workers", "2") as process:
        server = Server(process, reads_on=False)
        assert process.stderr
        process.stderr.close()
        visitor = Visitor(server.address)
        for _ in range(10):
            visitor.open("/sign-in")  # is logged
            assert visitor.status == 200
        assert visitor.open("/nowhere")
        assert visitor.status == 404


def a_later_database(folder: Path) -> str:
    file = folder / "later.sqlite"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        connection.execute("INSERT INTO alembic_version VALUES ('9999')")
        connection.commit()
    return f"sqlite:///{file}"


@pytest.mark.parametrize(
    ("database", "words"),
    [
        (a_later_database, "belongs to a later version of Escala"),
        (lambda folder: f"sqlite:///{folder / 'missing' / 'escala.sqlite'}", "unable to open database file"),
    ],
)
def test_a_database_that_cannot_be_served_is_explained_in_a_sentence(
    tmp_path: Path, database: Callable[[Path], str], words: str
) -> None:
    done = escala_in(tmp_path, "serve", "--port", "0", ESCALA_DATABASE_URL=database(tmp_path))
    assert done.code == 2
    assert words in done.err
    assert "unexpectedly" not in done.err


@pytest.mark.parametrize("arguments", [["--port", "70000"], ["--workers", "0"]])
def test_invalid_numbers_are_refused(tmp_path: Path, arguments: list[str]) -> None:
    done = escala_in(tmp_path, "serve", *arguments)
    assert done.code == 2
    assert "--workers is 1 or more" in done.err
