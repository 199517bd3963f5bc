"""A whole team answers at once on the real server, and the server is killed meanwhile."""

from __future__ import annotations

import datetime as dt
import http.client
import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest

from assessment.catalogue.catalogue import load_questionnaire
from assessment.infra.clock import utc_now
from assessment.store.database import Database, make_engine
from assessment.store.responses import answers_of
from tests.journeys.server import Phone, Server, UnexpectedAnswer
from tests.services.build import make_home, make_round

PHONES = 32
ENOUGH = 12
PILLAR = load_questionnaire().pillars[0]


@pytest.fixture
def server(tmp_path):
    with Server(tmp_path) as running:
        yield running


@pytest.fixture
def database(server):
    database_ = Database(make_engine(server.url))
    yield database_
    database_.engine.dispose()


def answers_to(number: int) -> dict[str, str]:
    return {item.id: str((number + at) % 5 + 1) for at, item in enumerate(PILLAR.items)}


def send(phone: Phone, link: str, number: int) -> None:
    """Answers one pillar and a comment and sends them. Returns once the server has acknowledged all of it."""
    phone.open(f"/r/{link}")
    root = phone.path.rpartition("/")[0]
    phone.open(phone.press())
    phone.press(**answers_to(number))
    phone.open(f"{root}/comment").press(comment=f"número {number}")
    phone.open(f"{root}/send")
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
        send(Phone(server), link, number)

    with ThreadPoolExecutor(PHONES) as people:
        list(people.map(answer, range(PHONES)))
    stored = sorted(
        (document["comment"], sorted(document["items"].items())) for document in stored_answers(database, round_id)
    )
    assert stored == sorted(
        (f"número {number}", sorted((item, int(value)) for item, value in answers_to(number).items()))
        for number in range(PHONES)
    )


def test_a_server_that_is_killed_has_lost_nothing_that_it_acknowledged(server, database):
    round_id, link = open_round(database, 999)
    sent: list[int] = []
    """What was acknowledged as sent."""
    begun: list[tuple[Phone, int]] = []
    """Devices whose first pillar was acknowledged, and that went no further."""
    numbers = count()
    enough = threading.Event()

    def go_on(_person: int) -> None:
        while True:
            number = next(numbers)
            phone = Phone(server)
            try:
                if number % 3:
                    send(phone, link, number)
                    sent.append(number)
                else:
                    phone.open(f"/r/{link}").open(phone.press())
                    phone.press(**answers_to(number))
                    begun.append((phone, number))
            except (OSError, http.client.HTTPException, UnexpectedAnswer):
                return
            if len(sent) >= ENOUGH:
                enough.set()

    with ThreadPoolExecutor(8) as people:
        for person in range(8):
            people.submit(go_on, person)
        assert enough.wait(timeout=120)
        server.kill()

    server.start()
    comments = {document["comment"] for document in stored_answers(database, round_id)}
    assert len(sent) >= ENOUGH
    assert {f"número {number}" for number in sent} <= comments
    assert begun
    for phone, number in begun:
        phone.open(f"{phone.path.rpartition('/')[0]}/{PILLAR.id}")
        chosen = {name: value for name, value in phone.page.forms[-1]["data"].items() if name.startswith(PILLAR.id)}
        assert chosen == answers_to(number)
