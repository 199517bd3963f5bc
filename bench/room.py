"""A workshop of sixty phones on a bad network: how soon they see what whoever leads has done.

The phones do what the page's script does, behind a proxy that takes 300 ms there and back and loses one segment in ten
(`tests/journeys/room_phones.py`). Each command is timed from when it is given until each phone shows what it did.
"""

from __future__ import annotations

import sys
import tempfile
import time
from functools import partial
from pathlib import Path

from assessment.domain.workshops import Command
from assessment.infra.clock import utc_now
from assessment.infra.settings import load_settings
from assessment.store.database import Database, make_engine
from assessment.store.migrate import upgrade
from bench.timing import Row
from bench.web import _serving
from tests.journeys.room_phones import BadNetwork, Loop, RoomPhone
from tests.services.workshop_rooms import Room

PHONES, QUESTIONS = 60, 8
BETWEEN = 3.0
"""Seconds from one command to the next: more than nearly all need."""
AT_LAST = 30.0
"""Seconds after which somebody who has not seen it never will."""


def rows() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        engine = make_engine(load_settings(root / "instance", {}).database_url)
        upgrade(engine)
        database = Database(engine)
        room = Room.make(database, now=utc_now())
        serve = [sys.executable, "-m", "assessment.cli", "serve", "--locale", "en", "--port", "0"]
        with _serving(serve, root) as (at, _), Loop() as loop:
            delays = sorted(_hold(room, loop, at))
        engine.dispose()
    share = {percent: delays[-(-len(delays) * percent // 100) - 1] for percent in (50, 95, 99)}
    return [
        Row(
            f"A workshop, {PHONES} phones, 300 ms, 10 % loss: what is done is seen by half / 95 % / 99 % / all in",
            f"{share[50]:.1f} / {share[95]:.1f} / {share[99]:.1f} / {delays[-1]:.1f} s, {len(delays)} of "
            f"{PHONES * 3 * QUESTIONS}",
            "95 % 2 s, 99 % 4 s, all",
        )
    ]


def _hold(room: Room, loop: Loop, at: str) -> list[float]:
    """Seconds for each command and phone."""
    network = loop.run(BadNetwork(at).start())
    token = room.board().workshop.token
    phones = [RoomPhone(network, token, partial(_vote, number)) for number in range(PHONES)]
    for joining in [loop.begin(phone.join()) for phone in phones]:
        joining.result()
    for phone in phones:
        loop.begin(phone.follow())
    given: dict[int, float] = {}
    for _ in range(3 * QUESTIONS):
        time.sleep(BETWEEN)
        began = time.monotonic()
        room.command(Command.NEXT)
        given[room.board().workshop.version] = began
    time.sleep(AT_LAST)
    for ballots in room.board().ballots.values():
        if ballots[0].voters > PHONES:
            raise AssertionError("a vote was counted twice")
    loop.run(network.close())
    return [
        min(seen for version, seen in phone.seen.items() if version >= done) - since
        for done, since in given.items()
        for phone in phones
        if max(phone.seen) >= done
    ]


def _vote(number: int, question: str) -> int:
    return number % 5 + 1
