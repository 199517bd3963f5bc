"""A whole team answers at once on the real server, and the server is killed meanwhile."""

from __future__ import annotations

import datetime as dt
import http.client
import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import pytest

from assessment.catalogue.catalogue import load_questionnaire
from assessment.infra.clock import utc_now
from assessment.store.database import Database, make_engine
from assessment.store.responses import answers_of
from tests.databases import KINDS, fresh_engine
from tests.journeys.server import Phone, Server, UnexpectedAnswer
from tests.services.build import make_home, make_round

PHONES = 32
ENOUGH = 12
"""Submissions between two kills."""
IN_CI = bool(os.environ.get("CI"))
KILLS = {
    kind: int(os.environ.get("ESCALA_TEST_KILLS", default))
    for kind, default in zip(KINDS, "32" if IN_CI else "11", strict=True)
}
"""Of the server, on each database: two at home, five in CI, and as many as `make torture` says there."""
PILLAR = load_questionnaire().pillars[0]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with Server(tmp_path) as running:
        yield running


@pytest.fixture
def database(server: Server) -> Iterator[Database]:
    database_ = Database(make_engine(server.url))
    yield database_
    database_.engine.dispose()


def answers_to(number: int) -> dict[str, str]:
    return {item.id: str((number + at) % 5 + 1) for at, item in enumerate(PILLAR.items)}


def send(phone: Phone, link: str, number: int) -> None:
    """Answers one pillar and a comment and sends them, as the script does. Returns once all of it is acknowledged."""
    phone.open(f"/r/{link}")
    assert phone.change({PILLAR.id: answers_to(number)}) == 201
    assert phone.change({"comment": {"comment": f"número {number}"}}) == 204
    assert phone.send() == 204


def send_forms(phone: Phone, link: str, number: int) -> None:
    """The same where no script runs."""
    phone.open(f"/r/{link}").open(f"{phone.root}/begin")
    phone.press(**answers_to(number))
    phone.open(f"{phone.root}/steps/comment").press(comment=f"número {number}")
    phone.open(f"{phone.root}/send")
    assert phone.press().endswith("/thanks")


def open_round(database: Database, size: int):
    """A round that is open now, by the server's own clock: its id and its link."""
    before = utc_now() - dt.timedelta(hours=1)
    return make_round(database, make_home(database, size=size), opens_at=before, closes_at=None, now=before)


def stored_answers(database: Database, round_id) -> list[dict]:
    with database.reading() as session:
        return list(answers_of(session, round_id))


def test_a_whole_team_at_once_is_counted_exactly(server, database):
    round_id, link = open_round(database, PHONES)
    together = threading.Barrier(PHONES)

    def answer(number: int) -> None:
        together.wait(timeout=30)
        (send if number % 4 else send_forms)(Phone(server), link, number)

    with ThreadPoolExecutor(PHONES) as people:
        list(people.map(answer, range(PHONES)))
    stored = sorted(
        (document["comment"], sorted(document["items"].items())) for document in stored_answers(database, round_id)
    )
    assert stored == sorted(
        (f"número {number}", sorted((item, int(value)) for item, value in answers_to(number).items()))
        for number in range(PHONES)
    )


@pytest.mark.parametrize("kind", KINDS)
def test_a_server_that_is_killed_has_lost_nothing_that_it_acknowledged(kind, tmp_path):
    with fresh_engine(kind, tmp_path) as engine:
        database = Database(engine)
        round_id, link = open_round(database, 99_999)
        numbers = count()
        sent: list[int] = []
        begun: list[tuple[Phone, int]] = []
        server = Server(tmp_path, engine.url.render_as_string(hide_password=False))
        for _ in range(KILLS[kind]):
            with server:
                answer_until_killed(server, link, numbers, sent, begun)
        with server:
            check_nothing_is_lost(database, round_id, sent, begun)


def answer_until_killed(
    server: Server, link: str, numbers: Iterator[int], sent: list[int], begun: list[tuple[Phone, int]]
) -> None:
    """Eight people answer, and the server is killed in their midst. What was acknowledged is in `sent` and `begun`."""
    enough = threading.Event()
    before = len(sent)

    def go_on(_person: int) -> None:
        while True:
            number = next(numbers)
            phone = Phone(server)
            try:
                if number % 3:
                    send(phone, link, number)
                    sent.append(number)
                else:
                    phone.open(f"/r/{link}")
                    phone.change({PILLAR.id: answers_to(number)})
                    begun.append((phone, number))
            except (OSError, http.client.HTTPException, UnexpectedAnswer):
                return
            if len(sent) >= before + ENOUGH:
                enough.set()

    with ThreadPoolExecutor(8) as people:
        for person in range(8):
            people.submit(go_on, person)
        assert enough.wait(timeout=120)
        server.kill()


def check_nothing_is_lost(database: Database, round_id, sent: list[int], begun: list[tuple[Phone, int]]) -> None:
    comments = [document["comment"] for document in stored_answers(database, round_id)]
    assert len(comments) == len(set(comments)), "each counts once"
    assert {f"número {number}" for number in sent} <= set(comments)
    assert len(sent) >= ENOUGH
    assert begun
    for phone, number in begun:
        assert phone.answers()[PILLAR.id] == answers_to(number)
