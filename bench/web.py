"""The web application: answering by many at once, the weight of its pages, results over many answers, a PDF again.

The server is `escala serve` on a fresh database, the visitors are a process of their own; the empty page, a Flask view
under the same server, shows how fast the machine is at the moment. A run counts only if every journey that was
acknowledged is in the database.
"""

from __future__ import annotations

import datetime as dt
import gzip
import http.client
import json
import os
import random
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import insert

from assessment.app import create_app
from assessment.catalogue.catalogue import load_questionnaire, load_team_kinds
from assessment.cli.serve import THREADS
from assessment.cli.server import serve
from assessment.infra.countries import COUNTRIES
from assessment.infra.languages import Localisation
from assessment.infra.settings import Settings, load_settings
from assessment.services.accounts import set_up
from assessment.services.plan_documents import PrintAs, print_plan_of_round
from assessment.services.publication import publish_round
from assessment.services.questionnaires import pinned_questionnaire
from assessment.services.rounds import open_round, stop_round
from assessment.services.teams import create_team, points_of_kind
from assessment.store.database import Database, make_engine
from assessment.store.migrate import upgrade
from assessment.store.organisations import Organisation
from assessment.store.responses import Response, count_responses
from assessment.store.rounds import Round
from assessment.web.respond.question_pages import round_pages
from bench.recording import record, write
from bench.timing import Row, seconds

AT_ONCE = 8
CROWD = 1_000
"""Connections: of five hundred phones, two each."""
WARM_UP, GROUPS, ANSWERING = 6, 4, 4
"""Seconds, except the number of groups; the warm-up lets the server read what it reads once."""
ROOT = Path(__file__).parent.parent
NOW = dt.datetime.now(dt.UTC)
EMAIL, PASSWORD = "bench@example.org", "a phrase nobody guesses"
WORDS_A_MINUTE = 238
"""Adults who read silently (Brysbaert 2019, https://doi.org/10.1016/j.jml.2019.104047; measured in English)."""
SECONDS_A_CHOICE = 2
VOID = frozenset({"br", "img", "input"})
ASSET = re.compile(r'(?:href|src)="(/r/static/[^"]+)"')
EMPTY = "from bench.web import serve_empty; serve_empty()"


def rows() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        settings = load_settings(root / "instance", {})
        return [*_answering(root, settings), *_reading(settings)]


# Answering


def _answering(folder: Path, settings: Settings) -> list[Row]:
    database, organisation, team = _prepare(settings)
    round_id, link = _open_round(database, organisation, team, NOW)
    with database.reading() as session:
        asked = session.get_one(Round, round_id)
        pages = round_pages(asked, pinned_questionnaire(session, asked))
    with _serving([sys.executable, "-m", "assessment.cli", "serve", "--locale", "en", "--port", "0"], folder) as (
        at,
        pid,
    ):
        recorded = record(at, link)
        write(recorded, folder / "journey.json")
        _run_visitors("journeys", at, link, WARM_UP)
        before = _count(database, round_id)
        script = _groups(pid, "journeys", at, link, str(folder / "journey.json"))
        plain = _groups(pid, "journeys", at, link)
        acknowledged = script["journeys"] + plain["journeys"]
        if (arrived := _count(database, round_id) - before) != acknowledged:
            raise AssertionError(f"{acknowledged} journeys were acknowledged, {arrived} are in the database")
        alone = _measure_one_visit(at, link)
    with _serving([sys.executable, "-c", EMPTY], folder) as (at, pid):
        _run_visitors("empty", at, "/", WARM_UP)
        empty = _groups(pid, "empty", at, "/")
        with _connected(at, CROWD):
            crowded = _groups(pid, "empty", at, "/")
    database.engine.dispose()
    empty_rate = empty["requests"] / empty["seconds"]
    return [
        *_journey_rows("as recorded in a browser", script, empty_rate),
        *_journey_rows("by plain forms", plain, empty_rate),
        Row("An empty Flask page under the same server", f"{empty_rate:.0f} a second", ""),
        Row(
            f"– its processor time while {CROWD:,} others are connected and ask nothing / while nobody is",
            f"{(crowded['server'] / crowded['requests']) / (empty['server'] / empty['requests']):.2f}",
            "at most 1.3",
        ),
        Row("Journeys acknowledged / in the database", f"{acknowledged} / {arrived}", "equal"),
        Row("Answering: a first visit with all steps and files", f"{alone.first / 1000:.1f} KB", "at most 25 KB"),
        Row("Answering: its page alone", f"{alone.page / 1000:.1f} KB", ""),
        Row("Answering: taps for everything", f"{recorded.taps}", "at most 62"),
        Row("Answering: the largest change without a comment", f"{recorded.largest_change} bytes", "under 400"),
        Row(
            "Answering: the time to read every word and choose every answer",
            f"{alone.minutes:.1f} minutes ({alone.words:,} words, {alone.choices} answers)",
            f"promised: {pages.minutes()}",
        ),
    ]


def _journey_rows(variant: str, done: dict[str, Any], empty_rate: float) -> list[Row]:
    rate = done["requests"] / done["seconds"]
    each = done["requests"] / done["journeys"]
    return [
        Row(f"Whole journeys, {AT_ONCE} at once, {variant}", f"{done['journeys'] / done['seconds']:.1f} a second", ""),
        Row(
            f"– its requests ({each:.0f} a journey) / those of an empty page",
            f"{rate:.0f} a second, {rate / empty_rate:.2f}",
            "",
        ),
        Row(
            "– processor time a journey: the server's, and the bench's own",
            f"{1000 * done['server'] / done['journeys']:.0f} ms and {1000 * done['cpu'] / done['journeys']:.0f} ms",
            "",
        ),
    ]


def empty_app() -> Flask:
    """A Flask view that returns an empty page."""
    app = Flask("empty")
    app.config["MAX_CONTENT_LENGTH"] = 2_000_000
    app.add_url_rule("/", view_func=lambda: "")
    return app


def serve_empty() -> None:
    """What `EMPTY` starts: the empty page, served as `escala serve` serves."""
    listening = socket.create_server(("127.0.0.1", 0))
    print(f"http://127.0.0.1:{listening.getsockname()[1]}", file=sys.stderr, flush=True)
    serve(empty_app(), [listening], threads=THREADS)


@contextmanager
def _serving(command: list[str], folder: Path) -> Iterator[tuple[str, int]]:
    """Starts a server in a process of its own; yields its address and the process."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, cwd=folder, env=environment, stderr=subprocess.PIPE, text=True) as process:  # noqa: S603
        try:
            first_line = process.stderr.readline()
            match = re.search(r"http://(127\.0\.0\.1:\d+)", first_line)
            if match is None:
                raise AssertionError(first_line + process.stderr.read())
            yield match.group(1), process.pid
        finally:
            process.terminate()


@contextmanager
def _connected(address: str, people: int) -> Iterator[None]:
    """Keeps connections open, each of which was answered once."""
    host, _, port = address.rpartition(":")
    with ExitStack() as opened:
        for _ in range(people):
            line = opened.enter_context(socket.create_connection((host, int(port))))
            line.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            if not line.recv(65_536):
                raise AssertionError("the server hung up")
        yield


def _groups(server: int, what: str, address: str, path: str, *more: str) -> dict[str, Any]:
    """Several groups one after another, so that a moment in which the machine is busy does not decide."""
    before = _server_seconds(server)
    groups = [_run_visitors(what, address, path, ANSWERING, *more) for _ in range(GROUPS)]
    total = {name: sum(group[name] for group in groups) for name in ("journeys", "requests", "seconds", "cpu")}
    return total | {"server": _server_seconds(server) - before}


def _server_seconds(pid: int) -> float:
    """Processor time of a process so far, as Linux counts it; elsewhere 0."""
    file = Path(f"/proc/{pid}/stat")
    if not file.exists():
        return 0.0
    fields = file.read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _run_visitors(what: str, address: str, path: str, duration: float, *more: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.visitors", what, address, path, str(AT_ONCE), str(duration), *more]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)  # noqa: S603
    tally: dict[str, Any] = json.loads(done.stdout)
    return tally


@dataclass(frozen=True, slots=True)
class Visit:
    """What a person who answers everything in Spanish downloads and reads."""

    first: int
    """Bytes as they are sent: the page with all steps, and its files."""
    page: int
    """Bytes of that page alone."""
    words: int
    choices: int

    @property
    def minutes(self) -> float:
        return self.words / WORDS_A_MINUTE + self.choices * SECONDS_A_CHOICE / 60


class _Reader(HTMLParser):
    """Reads the main part of the page, each text once: nobody reads the labels of a scale again for each statement."""

    def __init__(self) -> None:
        super().__init__()
        self._texts: set[str] = set()
        self._is_main = False
        self._unseen: list[str] = []
        """The open tags from one on that not everybody is shown."""
        self.choices = 0

    def read(self, page: str) -> None:
        self._named: set[str] = set()
        self.feed(page)
        self.choices += len(self._named)

    @property
    def words(self) -> int:
        return sum(len(text.split()) for text in self._texts)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self._is_main |= tag == "main"
        given = dict(attributes)
        # Steps are hidden until their turn; anything else that is hidden shows only where something is wrong, or
        # where somebody else has answered on the device before.
        is_hidden = "hidden" in given and "step" not in str(given.get("class")).split()
        if (self._unseen and tag not in VOID) or is_hidden or given.get("data-if", "some") not in ("some", "whole"):
            self._unseen.append(tag)
        if tag == "input" and dict(attributes).get("type") in ("radio", "checkbox"):
            self._named.add(str(dict(attributes).get("name")))

    def handle_endtag(self, tag: str) -> None:
        self._is_main &= tag != "main"
        if self._unseen:
            self._unseen.pop()

    def handle_data(self, data: str) -> None:
        if self._is_main and not self._unseen:
            self._texts.add(data.strip())


def _measure_one_visit(address: str, link: str) -> Visit:
    connection = http.client.HTTPConnection(address)
    connection.request("GET", link, headers={"Accept-Language": "es"})
    first = connection.getresponse()
    first.read()
    cookie = first.getheader("Set-Cookie", "").partition(";")[0]

    def get(path: str) -> tuple[int, str]:
        connection.request("GET", path, headers={"Accept-Encoding": "gzip", "Cookie": cookie})
        answer = connection.getresponse()
        body = answer.read()
        return len(body), (gzip.decompress(body) if answer.getheader("Content-Encoding") == "gzip" else body).decode()

    size, page = get(first.getheader("Location", ""))
    reader = _Reader()
    reader.read(page)
    return Visit(size + sum(get(path)[0] for path in set(ASSET.findall(page))), size, reader.words, reader.choices)


# Reading


def _reading(settings: Settings) -> list[Row]:
    app = create_app(settings)
    database: Database = app.extensions["escala_database"]
    with database.reading() as session:
        organisation = session.query(Organisation).one().id
    few, many = (_publish_round_with(database, organisation, answers) for answers in (100, 10_000))
    client = app.test_client()
    token = _token(client.get("/sign-in").get_data(as_text=True))
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "es"
    client.post("/sign-in", data={"email": EMAIL, "password": PASSWORD, "csrf_token": token})

    def read(address: str) -> str:
        answer = client.get(f"{address}/results")
        if answer.status_code != 200:
            raise AssertionError(answer.status)
        return answer.get_data(as_text=True)

    # In turns, so that a machine that is busy for a while slows both down.
    times = [[seconds(lambda: read(few), runs=1), seconds(lambda: read(many), runs=1)] for _ in range(15)]
    small, large = (statistics.median(column) for column in zip(*times, strict=True))
    printed = _print(database, organisation, many)

    def download() -> None:
        if client.get(f"{many}/plan.pdf").data != printed:
            raise AssertionError("another document")

    again = seconds(download, runs=15)
    database.engine.dispose()
    return [
        Row("Page of results, 10,000 stored answers / 100", f"{large / small:.2f}", "at most 1.2"),
        Row("Page of results, 10,000 stored answers", f"{1000 * large:.0f} ms", ""),
        Row("A plan's PDF again, unchanged", f"{1000 * again:.1f} ms", "under 10 ms"),
    ]


def _token(page: str) -> str:
    match = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    if match is None:
        raise AssertionError("a page without a form")
    return match.group(1)


def _prepare(settings: Settings) -> tuple[Database, uuid.UUID, uuid.UUID]:
    settings.instance.mkdir(parents=True, exist_ok=True)
    engine = make_engine(settings.database_url)
    upgrade(engine)
    database = Database(engine)
    with database.writing() as session:
        created = set_up(
            session,
            email=EMAIL,
            password=PASSWORD,
            organisation_name="Clínica del Valle",
            country=COUNTRIES["CO"],
            language="es",
            team_name="Mesa de ayuda",
            team_size=10_000,  # so that no limit of the link is met
            team_kind=load_team_kinds()[0],
            now=NOW,
        )
        return database, created.organisation.id, created.team.id


def _open_round(
    database: Database, organisation: uuid.UUID, team: uuid.UUID, opens_at: dt.datetime
) -> tuple[uuid.UUID, str]:
    with database.writing() as session:
        opened = open_round(
            session,
            organisation_id=organisation,
            team_id=team,
            name="Ronda",
            opens_at=opens_at,
            closes_at=None,
            now=opens_at,
        )
        return opened.id, f"/r/{opened.link_token}"


def _print(database: Database, organisation: uuid.UUID, address: str) -> bytes:
    """The plan of a round, printed for readers of Spanish."""
    with database.writing() as session:
        printed = print_plan_of_round(
            session,
            organisation_id=organisation,
            round_id=uuid.UUID(address.rpartition("/")[2]),
            print_as=PrintAs(Localisation("es", "CO")),
            now=NOW,
        )
        return printed.pdf


def _publish_round_with(database: Database, organisation: uuid.UUID, answers: int) -> str:
    """Publishes a round of a new team with so many invented answers, each with a comment; returns its address."""
    chance = random.Random(answers)  # noqa: S311 - invented answers
    questionnaire = load_questionnaire()
    kind = load_team_kinds()[0]
    with database.writing() as session:
        team = create_team(
            session,
            organisation_id=organisation,
            name=f"Equipo de {answers}",
            size=answers,
            kind=kind.id,
            points=points_of_kind(kind, "es"),
            now=NOW,
        ).id
    round_id, _ = _open_round(database, organisation, team, NOW - dt.timedelta(days=1))
    pillars = [pillar.id for pillar in questionnaire.pillars]

    def sheet(number: int) -> dict[str, Any]:
        lean = chance.gauss(3, 0.6)
        items = {item.id: min(5, max(1, round(chance.gauss(lean, 0.9)))) for item in questionnaire.items}
        focus = sorted(chance.sample(pillars, 2))
        return {"role": "staff", "items": items, "ladder": {}, "focus": focus, "comment": f"Comentario {number}."}

    with database.writing() as session:
        session.execute(
            insert(Response),
            [
                {"id": uuid.uuid4(), "organisation_id": organisation, "round_id": round_id, "answers": sheet(number)}
                for number in range(answers)
            ],
        )
        stop_round(session, organisation_id=organisation, round_id=round_id, now=NOW)
    with database.writing() as session:
        publish_round(session, organisation_id=organisation, round_id=round_id, now=NOW)
    return f"/organisations/{organisation}/teams/{team}/rounds/{round_id}"


def _count(database: Database, round_id: uuid.UUID) -> int:
    with database.reading() as session:
        return count_responses(session, round_id)


if __name__ == "__main__":
    for row in rows():
        print(f"| {row.name} | {row.measured} | {row.aim} |")
