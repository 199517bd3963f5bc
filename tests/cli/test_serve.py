"""`escala serve`, as a process."""

from __future__ import annotations

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.cli.here import escala_in
from tests.conftest import ROOT


@contextmanager
def serving(folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server on a free port, and its first message."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, "-m", "assessment.cli", "serve", "--locale", "en", "--port", "0", "--workers", "1"],
        cwd=folder,
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stderr
            yield process, process.stderr.readline()
        finally:
            process.terminate()
            process.wait(timeout=20)


def test_it_prints_its_address_answers_and_stops_cleanly(tmp_path: Path) -> None:
    with serving(tmp_path) as (process, first_line):
        address = re.search(r"http://127\.0\.0\.1:\d+", first_line)
        assert address, first_line
        assert process.stderr
        assert re.search(r"the one-time code is [a-z0-9]{10}$", process.stderr.readline().strip())
        with urllib.request.urlopen(f"{address.group()}/healthz", timeout=20) as answer:  # noqa: S310
            assert answer.read() == b'{"status":"ok"}\n'
            assert answer.headers["Server"] is None
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0


def test_a_port_in_use_is_explained_in_a_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = escala_in(tmp_path, "serve", "--port", port)
    assert done.code == 2
    assert f"port {port}" in done.err


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
