"""Servers make each round that repeats once, however many there are and whenever one is killed."""

from __future__ import annotations

import datetime as dt
import os
import signal
import threading

from sqlalchemy import event, func, select

from assessment.domain.repetitions import RepetitionRule
from assessment.infra.clock import local_date, utc_now
from assessment.infra.queue import Queue
from assessment.jobs.worker import sweep
from assessment.services.repetitions import open_due_rounds, set_repetition
from assessment.store.database import Database, make_engine
from assessment.store.repetitions import RepeatedRound
from assessment.store.rounds import Round
from tests.apart import apart
from tests.jobs.build import worker_process
from tests.services.build import Home, make_home

TEAMS = 6
ZONE = "America/Bogota"


def die_with_the_third(_tell: object, url: str) -> None:
    """What a process does that is killed once it has written its third round, and has not committed it."""
    written: list[object] = []

    @event.listens_for(RepeatedRound, "after_insert")
    def die(_mapper: object, _connection: object, round_: object) -> None:
        written.append(round_)
        if len(written) == 3:
            os.kill(os.getpid(), signal.SIGKILL)

    open_due_rounds(Database(make_engine(url)), now=utc_now())


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
    with apart(die_with_the_third, url) as (process, _):
        process.join()
        assert process.exitcode == -signal.SIGKILL
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
