"""Forty phones on a bad network, some of them browsers, from joining to the printed plan on the real server, which
sleeps and is killed meanwhile: each vote counts once."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
from sqlalchemy import select

from assessment.catalogue.catalogue import load_team_kinds
from assessment.domain.rounds import RoundMode
from assessment.infra.clock import utc_now
from assessment.infra.countries import COUNTRIES
from assessment.services.accounts import set_up
from assessment.services.rounds import open_round
from assessment.store.database import Database, make_engine
from assessment.store.workshops import Workshop, WorkshopBallot, count_participants, count_votes
from tests.browser.look import CHROMIUM
from tests.databases import KINDS, fresh_engine
from tests.journeys.room_phones import BadNetwork, Loop, RoomPhone
from tests.journeys.server import Phone, Server
from tests.printing import words_of_pdf
from tests.services.workshop_rooms import FIRST, RUBRICS, SECOND

PHONES = 40
BROWSERS = 2 if CHROMIUM else 0
EMAIL, PASSWORD = "lead@example.org", "a phrase nobody guesses"
SOON = 180
"""Seconds after which nobody waits any longer: all of it takes far less."""


class Leader(Phone):
    """Whoever leads the workshop, in a browser without JavaScript."""

    def show(self, path: str) -> Leader:
        self.open(path)
        return self

    def submit(self, *, action: str = "", command: str = "", **values: object) -> Leader:
        """Sends the last form of the page with this command, or this end of its address, and shows the answer."""
        form = [
            one
            for one in self.page.forms
            if one["action"].endswith(action) and one["data"].get("command", "") == command
        ][-1]
        sent = urlencode({**form["data"], **values}, doseq=True)
        if path := self._send("POST", form["action"] or self.path, sent):
            self.open(path)
        return self

    def download(self, path: str) -> bytes:
        """A file; while it is being made, the page that says so names no file."""
        end = time.monotonic() + SOON
        while time.monotonic() < end:
            cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            asked = Request(f"http://{self.server.host}{path}", headers={"Cookie": cookie})
            with urlopen(asked, timeout=SOON) as answer:  # noqa: S310 - a server of ours
                given: bytes = answer.read()
                if answer.headers.get_content_type() == "application/pdf":
                    return given
            time.sleep(0.2)
        raise AssertionError(path)


class Held:
    """A round that a team answers together, and its workshop, as the database has them."""

    def __init__(self, database: Database) -> None:
        self.database, now = database, utc_now()
        kind = load_team_kinds()[0]
        with database.writing() as session:
            made = set_up(
                session,
                email=EMAIL,
                password=PASSWORD,
                organisation_name="Alegra",
                country=COUNTRIES["CO"],
                language="en",
                team_name="Service desk",
                team_size=PHONES,
                team_kind=kind,
                now=now,
            )
            opened = open_round(
                session,
                organisation_id=made.organisation.id,
                team_id=made.team.id,
                name="Workshop",
                mode=RoundMode.CONSENSUS,
                questionnaires=[RUBRICS],
                opens_at=now,
                closes_at=None,
                now=now,
            )
            self.path = f"/organisations/{made.organisation.id}/teams/{made.team.id}/rounds/{opened.id}"

    def workshop(self) -> Workshop:
        with self.database.reading() as session:
            return session.scalars(select(Workshop)).one()

    def count(self, counted: Callable[..., int]) -> int:
        with self.database.reading() as session:
            return counted(session, self.workshop().id)

    def counts_of(self, question: str) -> list[int]:
        with self.database.reading() as session:
            shown = session.scalars(select(WorkshopBallot).where(WorkshopBallot.question == question)).one()
            return list(shown.counts)


def vote_of(at: int, question: str = "") -> int:
    """Each level is voted for by as many."""
    return at % 5 + 1


def until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + SOON
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.05)


def browse(address: str, value: int) -> str:
    """Somebody with a real browser: joins, votes on both questions as soon as they can, and stays to the end."""
    from playwright.sync_api import expect, sync_playwright

    with sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_context(locale="en-US").new_page()
        page.set_default_timeout(1000 * SOON)
        expect.set_options(timeout=1000 * SOON)
        page.goto(address)
        page.get_by_role("button", name="Join").click()
        for question in (FIRST, SECOND):
            page.locator(f"input[name=question][value='{question}']").wait_for(state="attached")
            page.locator(f"#vote-{value}").click()
            expect(page.locator(".in")).to_contain_text("Your vote is in")
        expect(page.locator("h1")).to_have_text("The workshop has ended")
        browser.close()
    return "The workshop has ended"


@pytest.mark.parametrize("kind", KINDS if os.environ.get("CI") else KINDS[:1])
def test_forty_phones_go_from_joining_to_the_printed_plan_on_a_bad_network_and_each_vote_counts_once(kind, tmp_path):
    with fresh_engine(kind, tmp_path, migrated=kind != "sqlite") as engine:
        url = engine.url.render_as_string(hide_password=False) if kind != "sqlite" else ""
        server = Server(tmp_path, url).start()
        database = Database(make_engine(server.url))
        try:
            run_workshop(Held(database), server)
        finally:
            database.engine.dispose()


def run_workshop(held: Held, server: Server) -> None:
    lead = Leader(server)
    lead.cookies["escala_language"] = "en"
    lead.open("/sign-in")
    lead.submit(email=EMAIL, password=PASSWORD)
    lead.open(f"{held.path}/workshop/start")
    lead.submit(minutes="60", order="as_asked", questions=[FIRST, SECOND])
    token = held.workshop().token
    with Loop() as loop, ThreadPoolExecutor(max(1, BROWSERS)) as people:
        network = loop.run(BadNetwork(server.host).start())
        phones = [RoomPhone(network, token, partial(vote_of, at)) for at in range(PHONES - BROWSERS)]
        browsers = [
            people.submit(browse, f"http://{network.host}/w/{token}", vote_of(PHONES - 1 - at))
            for at in range(BROWSERS)
        ]
        for joining in [loop.begin(phone.join()) for phone in phones]:
            joining.result(SOON)
        following = [loop.begin(phone.follow()) for phone in phones]
        until(lambda: held.count(count_participants) >= PHONES)

        # The laptop sleeps while people vote, until somebody's phone has given up waiting once.
        lead.show(f"{held.path}/workshop").submit(command="next")
        lead.submit(command="next")
        until(lambda: held.count(count_votes) >= PHONES // 4)
        failed = sum(phone.failures for phone in phones)
        os.killpg(server.process.pid, signal.SIGSTOP)
        until(lambda: sum(phone.failures for phone in phones) > failed)
        os.killpg(server.process.pid, signal.SIGCONT)
        until(lambda: held.count(count_votes) == PHONES)
        lead.show(f"{held.path}/workshop").submit(command="next")
        assert held.counts_of(FIRST) == [0, 8, 8, 8, 8, 8]
        lead.submit(action="/agree", level="3", note="Heard every day", next="1")

        # The server is killed while people vote.
        lead.submit(command="next")
        until(lambda: held.count(count_votes) >= PHONES // 4)
        server.kill()
        server = Server(server.folder, server.url if not server.url.startswith("sqlite") else "").start()
        lead.server, network.target = server, server.host
        until(lambda: held.count(count_votes) == PHONES)
        lead.show(f"{held.path}/workshop").submit(command="next")
        assert held.counts_of(SECOND) == [0, 8, 8, 8, 8, 8]
        lead.submit(action="/agree", level="2", note="")
        lead.submit(action="/action", what="A board with our words", owner="Ana")

        lead.show(f"{held.path}/workshop/end").submit()
        assert lead.page.h1 == "From the workshop to the plan"
        assert [one.result(SOON) for one in browsers] == ["The workshop has ended"] * BROWSERS
        until(lambda: all("The workshop has ended" in phone.text for phone in phones))
        assert not any(one.done() for one in following)
        loop.run(network.close())
    lead.submit()
    assert lead.page.h1 == "Plan for Service desk"
    assert "1 action of the workshop is not in the plan" in lead.page.text
    words = words_of_pdf(lead.download(f"{held.path}/plan.pdf"))
    for part in ("How the votes fell, and what you agreed on", "3 · Practised", "2 · Emerging", "1: 8 · 2: 8 · 3: 8"):
        assert part in words
    server.stop()
