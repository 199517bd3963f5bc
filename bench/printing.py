"""How long respondents wait while eight PDFs are asked for at a time, against how long they wait when nobody prints.

Respondents and printers are processes apart from the server (`escala serve`, as it comes). Respondents are four phones
that pause between two requests, as people do: it is measured how long each answer takes, not how many there are.
"""

from __future__ import annotations

import contextlib
import http.client
import itertools
import json
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from assessment.infra.settings import load_settings
from bench.timing import Row
from bench.visitors import Answer, Tally, journeys
from bench.web import EMAIL, NOW, PASSWORD, ROOT, _open_round, _prepare, _publish_round_with, _serving

PHONES, PAUSE = 4, 0.08
"""How many, and seconds between an answer and the next request."""
WARM_UP, QUIET = 5.0, 15.0
"""Seconds."""
BATCHES = 3
ASKED_FOR = tuple(itertools.product(("es", "en"), ("a4", "letter"), ("0", "1")))
"""Eight documents that differ: language, paper, empty cells."""
ASKS_AGAIN = 1.0
"""Seconds, as the page's script does."""
LONGEST = 300.0


def rows() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        folder_ = Path(folder)
        database, organisation, team = _prepare(load_settings(folder_ / "instance", {}))
        _round, link = _open_round(database, organisation, team, NOW)
        plans = [_publish_round_with(database, organisation, 40 + number) for number in range(BATCHES)]
        database.engine.dispose()
        command = [sys.executable, "-m", "assessment.cli", "serve", "--locale", "en", "--port", "0"]
        with _serving(command, folder_) as (address, _pid), _respondents(address, link) as waits:
            time.sleep(WARM_UP)
            quiet = waits.within(*_during(lambda: time.sleep(QUIET)))
            with ThreadPoolExecutor(len(ASKED_FOR)) as threads:
                printers = [_sign_in(address) for _ in ASKED_FOR]

                def print_all() -> None:
                    for plan in plans:
                        asked = [
                            (printer, f"{plan}/plan.pdf?{_query(*one)}")
                            for printer, one in zip(printers, ASKED_FOR, strict=True)
                        ]
                        list(threads.map(lambda one: _print(address, *one), asked))

                begun, ended = _during(print_all)
            busy = waits.within(begun, ended)
    ratio = _p95(busy) / _p95(quiet)
    documents = BATCHES * len(ASKED_FOR)
    return [
        Row(f"Respondents' p95 while {len(ASKED_FOR)} PDFs are asked for at a time / quiet", f"{ratio:.1f}", "under 2"),
        Row("– in milliseconds", f"{1000 * _p95(busy):.0f} / {1000 * _p95(quiet):.0f}", ""),
        Row(
            "– the median, in milliseconds",
            f"{1000 * statistics.median(busy):.0f} / {1000 * statistics.median(quiet):.0f}",
            "",
        ),
        Row(
            "– a PDF of these, from the first request to the last byte, all at once",
            f"{(ended - begun) / documents:.1f} s each",
            "",
        ),
    ]


def _p95(waits: list[float]) -> float:
    return statistics.quantiles(waits, n=20)[-1]


def _during(work) -> tuple[float, float]:
    begun = time.time()
    work()
    return begun, time.time()


def _query(language: str, paper: str, blank: str) -> str:
    return urlencode({"language": language, "paper": paper, "blank": blank})


# Printing


def _sign_in(address: str) -> str:
    """A signed-in browser's cookie."""
    connection = http.client.HTTPConnection(address)

    def ask(method: str, values: dict[str, str] | None = None, cookie: str = "") -> tuple[str, str]:
        headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
        connection.request(method, "/sign-in", urlencode(values) if values else None, headers)
        answer = connection.getresponse()
        cookies = [one.partition(";")[0] for one in answer.headers.get_all("Set-Cookie") or ()]
        return answer.read().decode(), "; ".join(cookies)

    page, cookie = ask("GET")
    match = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert match  # noqa: S101
    _page, cookie = ask("POST", {"email": EMAIL, "password": PASSWORD, "csrf_token": match[1]}, cookie)
    connection.close()
    return cookie


def _print(address: str, cookie: str, path: str) -> None:
    """Asks for a document until it is there, as a browser does that is shown the page which waits."""
    end = time.monotonic() + LONGEST
    connection = http.client.HTTPConnection(address)
    at = path
    while time.monotonic() < end:
        connection.request("GET", at, headers={"Cookie": cookie})
        answer = connection.getresponse()
        body = answer.read()
        if body.startswith(b"%PDF-"):
            connection.close()
            return
        if answer.status not in (200, 202):
            raise AssertionError(answer.status)
        if b'data-state="ready"' in body:
            at = path
        else:
            at = f"{path}&preparing=1"
            time.sleep(ASKS_AGAIN)
    raise AssertionError("a document never came")


# Answering


@dataclass
class Waits:
    """When each answer came, and after how long."""

    answers: list[tuple[float, float]]

    def within(self, begun: float, ended: float) -> list[float]:
        return [wait for at, wait in self.answers if begun <= at <= ended]


@contextlib.contextmanager
def _respondents(address: str, link: str):
    """Phones that answer one round after the other as long as the block lasts; what they waited so far."""
    waits = Waits([])
    command = [sys.executable, "-m", "bench.printing", address, link]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        reading = threading.Thread(
            target=lambda: waits.answers.extend(tuple(json.loads(line)) for line in process.stdout)
        )
        reading.start()
        try:
            yield waits
        finally:
            process.terminate()
            reading.join()


def _answer_on_and_on(address: str, link: str) -> None:
    """One phone after the other, by plain forms, over a connection of their own."""
    connection = http.client.HTTPConnection(address, timeout=60)
    talk = journeys(address, link, Tally(), None)
    asked = next(talk)
    while True:
        begun = time.time()
        connection.connect()
        assert connection.sock  # noqa: S101
        connection.sock.sendall(asked)
        answer = http.client.HTTPResponse(connection.sock)
        answer.begin()
        body = answer.read()
        now = time.time()
        connection.close()
        sys.stdout.write(f"{json.dumps([now, now - begun])}\n")
        sys.stdout.flush()
        headers = {name.lower().encode(): value.encode() for name, value in answer.getheaders()}
        time.sleep(PAUSE)
        asked = talk.send(Answer(answer.status, headers, body))


if __name__ == "__main__":
    if sys.argv[1:]:
        with ThreadPoolExecutor(PHONES) as phones:
            for done in [phones.submit(_answer_on_and_on, *sys.argv[1:]) for _ in range(PHONES)]:
                done.result()
    else:
        for row in rows():
            print(f"| {row.name} | {row.measured} | {row.aim} |")
