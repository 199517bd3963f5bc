"""Servers make each round that repeats once, however many there are and whenever one is killed."""

from __future__ import annotations

import datetime as dt
import signal
import subprocess
import sys
import threading

from sqlalchemy import func, select

from assessment.domain.repetitions import RepetitionRule
from assessment.infra.clock import local_date, utc_now
from assessment.infra.queue import Queue
from assessment.jobs.worker import sweep
from assessment.services.repetitions import open_due_rounds, set_repetition
from assessment.store.database import Database
from assessment.store.repetitions import RepeatedRound
from assessment.store.rounds import Round
from tests.jobs.build import worker_process
from tests.services.build import Home, make_home

TEAMS = 6
ZONE = "America/Bogota"


DIES = """
import os, signal
from sqlalchemy import event
from assessment.infra.clock import utc_now
from assessment.services.repetitions import open_due_rounds
from assessment.store import models
from assessment.store.database import Database, make_engine
from assessment.store.repetitions import RepeatedRound
written = []
@event.listens_for(RepeatedRound, "after_insert")
def die(*_given):
    written.append(1)
    if len(written) == 3:
        os.kill(os.getpid(), signal.SIGKILL)
open_due_rounds(Database(make_engine({url!r})), now=utc_now())
"""
"""A process that is killed once it has written its third round, and has not committed it."""


def repeating_teams(database: Database) -> list[Home]:
    """Teams whose round is due today."""
    homes = [make_home(database, f"Organización {number}") for number in range(TEAMS)]
    for home in homes:
        with database.writing() as session:
            set_repetition(
                session,
                organisation_id=home.organisation,
                team_id=home.team,
                rule=RepetitionRule(3, local_date(utc_now(), ZONE)),
                open_days=8,
                now=utc_now(),
            )
    return homes


def count(database: Database, model: type) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def wait_for_rounds(database: Database) -> None:
    pause = threading.Event()
    while count(database, RepeatedRound) < TEAMS:
        pause.wait(0.05)


def test_two_servers_make_each_round_once(database):
    repeating_teams(database)
    with worker_process(database, "smtp://127.0.0.1:9"), worker_process(database, "smtp://127.0.0.1:9"):
        wait_for_rounds(database)
    open_due_rounds(database, now=utc_now())
    assert count(database, Round) == count(database, RepeatedRound) == TEAMS


def test_what_a_killed_server_had_begun_is_made_once_by_the_next(database):
    repeating_teams(database)
    url = database.engine.url.render_as_string(hide_password=False)
    process = subprocess.run([sys.executable, "-c", DIES.format(url=url)], check=False, capture_output=True)
    assert process.returncode == -signal.SIGKILL, process.stderr
    made = count(database, Round)
    assert made == count(database, RepeatedRound) == 2
    with worker_process(database, "smtp://127.0.0.1:9"):
        wait_for_rounds(database)
    assert count(database, Round) == count(database, RepeatedRound) == TEAMS


def test_a_sweep_makes_what_is_due_and_the_next_one_nothing_more(database):
    repeating_teams(database)
    queue, now, every = Queue(None), utc_now(), dt.timedelta(seconds=4)
    for later in (0, 1, 70, 140):
        sweep(database, queue, now=now + dt.timedelta(seconds=later), every=every)
        assert count(database, Round) == TEAMS
