"""A process that is killed in mid-traffic loses no answer that it acknowledged."""

from __future__ import annotations

import signal
import subprocess
import sys

from sqlalchemy import select, text

from assessment.services.respond import resolve_link, submit_response
from assessment.store.database import Database, make_engine
from assessment.store.responses import Response
from tests.databases import fresh_engine
from tests.services.build import NOW, answer, make_home, make_round, make_sheet

ENOUGH = 40


def serve(url: str, link: str) -> None:
    """What the killed process does: answers without end from several threads, and says which were acknowledged."""
    from concurrent.futures import ThreadPoolExecutor
    from itertools import count

    database = Database(make_engine(url))
    numbers = count()

    def go_on(_):
        while True:
            number = next(numbers)
            answer(database, link, make_sheet(number, comment=f"n{number}"), cookie=f"phone {number}")
            sys.stdout.write(f"n{number}\n")
            sys.stdout.flush()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(go_on, range(4)))


def test_what_was_acknowledged_outlives_the_process(tmp_path):
    with fresh_engine("sqlite", tmp_path) as engine:
        database = Database(engine)
        round_id, link = make_round(database, make_home(database, size=999))
        url = engine.url.render_as_string()
        code = f"from tests.store.test_kill import serve; serve({url!r}, {link!r})"
        with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as process:
            acknowledged = [process.stdout.readline().strip() for _ in range(ENOUGH)]
            process.send_signal(signal.SIGKILL)
            rest, _ = process.communicate()
        # The last line may have been cut off by the kill: only whole ones were acknowledged.
        acknowledged += rest.splitlines() if rest.endswith("\n") else rest.splitlines()[:-1]
        with database.reading() as session:
            assert session.scalar(text("PRAGMA integrity_check")) == "ok"
            stored = {answers["comment"] for answers in session.scalars(select(Response.answers))}
        assert len(acknowledged) >= ENOUGH
        assert set(acknowledged) <= stored
        # The database goes on, and an answer that was sent again after the kill still counts once.
        count = len(stored)
        number = acknowledged[-1][1:]
        with database.writing() as session:
            access = resolve_link(session, token=link, cookie=f"phone {number}")
            submit_response(session, access, cookie=f"phone {number}", now=NOW)
        with database.reading() as session:
            assert len(session.scalars(select(Response.id)).all()) == count
        assert round_id
