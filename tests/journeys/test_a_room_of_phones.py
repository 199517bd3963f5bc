"""Forty phones vote in a workshop on the real server, which is killed meanwhile: each counts once."""

from __future__ import annotations

import http.client
import threading
import time
import urllib.parse
from concurrent.futures import ThreadPoolExecutor
from http.cookies import SimpleCookie

from assessment.domain.workshops import Command
from assessment.infra.clock import utc_now
from assessment.store.database import Database, make_engine
from tests.journeys.server import Server
from tests.services.workshop_rooms import FIRST, Room

PHONES = 40
SOON = 2.0
"""Seconds within which nearly all phones see what whoever leads has done."""


class Phone:
    """What the page's script does: it asks with the mark that it has, and sends a vote until it has arrived."""

    def __init__(self, server: Server, token: str) -> None:
        self.server, self.cookie, self.mark = server, "", ""
        while not self.cookie:
            answer, _ = self.ask("POST", f"/w/{token}", "")
            for header in answer.headers.get_all("Set-Cookie", []):
                self.cookie = "; ".join(f"{name}={one.value}" for name, one in SimpleCookie(header).items())

    def ask(self, method: str, path: str, body: str | None = None) -> tuple[http.client.HTTPResponse, str]:
        """Until there is an answer: the server may be away."""
        while True:
            connection = http.client.HTTPConnection(self.server.host, timeout=30)
            headers = {"Cookie": self.cookie, "If-None-Match": self.mark, "Escala-Fragment": "1"}
            if body is not None:
                headers["Content-Type"] = "application/x-www-form-urlencoded"
            try:
                connection.request(method, path, body, headers)
                answer = connection.getresponse()
                return answer, answer.read().decode()
            except (OSError, http.client.HTTPException):
                time.sleep(0.05)
            finally:
                connection.close()

    def look(self) -> str:
        answer, text = self.ask("GET", "/w/room/now")
        self.mark = answer.headers["ETag"]
        return text

    def vote(self, value: int) -> str | None:
        sent = urllib.parse.urlencode({"question": FIRST, "ballot": 1, "value": value})
        answer, _ = self.ask("POST", "/w/room/vote", sent)
        return answer.headers["Escala-Counted"]


def seen_after(phone: Phone, words: str) -> float:
    """When a phone that asks once a second has read these words."""
    while words not in phone.look():
        time.sleep(1)
    return time.monotonic()


def test_forty_phones_follow_and_each_vote_counts_once_also_where_the_server_is_killed(tmp_path):
    server = Server(tmp_path).start()
    database = Database(make_engine(server.url))
    room = Room.make(database, now=utc_now())
    token = room.board().workshop.token
    with ThreadPoolExecutor(PHONES) as people:
        phones = list(people.map(lambda _: Phone(server, token), range(PHONES)))
        assert room.board().joined == PHONES
        room.command(Command.NEXT)
        together = threading.Barrier(PHONES + 1)

        def follow(phone: Phone) -> float:
            """From a moment of its own within the second, as phones ask."""
            phone.look()
            together.wait()
            time.sleep(phones.index(phone) / PHONES)
            return seen_after(phone, "data-vote")

        waiting = [people.submit(follow, phone) for phone in phones]
        together.wait()
        began = time.monotonic()
        room.command(Command.NEXT)
        delays = sorted(one.result() - began for one in waiting)
        assert delays[int(0.95 * PHONES) - 1] < SOON, delays

        voting = [people.submit(phone.vote, at % 5 + 1) for at, phone in enumerate(phones)]
        while sum(one.done() for one in voting) < PHONES // 4:
            time.sleep(0.005)
        server.kill()
        server = Server(tmp_path).start()
        for phone in phones:
            phone.server = server
        assert [one.result() for one in voting] == ["yes"] * PHONES
    assert room.board().voted == PHONES
    room.command(Command.NEXT)
    (shown,) = room.board().ballots[FIRST]
    assert shown.counts == (0, 8, 8, 8, 8, 8)
    database.engine.dispose()
    server.stop()
