"""Rounds that repeat by themselves: made once, as the last one, behind nothing that is not published."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest
from sqlalchemy import func, select

from assessment.domain.next_step import NextStep
from assessment.domain.repetitions import Hold, RepetitionRule
from assessment.domain.rounds import RoundMode, RoundState
from assessment.infra.clock import end_of_day, local_date, start_of_day
from assessment.services.plans import draft_plan
from assessment.services.publication import publish_round
from assessment.services.repetitions import (
    NoRepetition,
    changed_since_last,
    end_repetition,
    get_repetition,
    next_template,
    open_due_rounds,
    pause_repetition,
    resume_repetition,
    set_repetition,
    usual_open_days,
)
from assessment.services.rounds import discard_round, open_round, stop_round
from assessment.services.teams import change_team, get_team
from assessment.store.organisations import Organisation
from assessment.store.repetitions import RepeatedRound, Repetition
from assessment.store.rounds import Round
from tests.services.build import DAY, NOW, answer, make_home, make_round, make_sheet, next_steps_of

ZONE = "America/Bogota"
TODAY = local_date(NOW, ZONE)
MIDNIGHT = start_of_day(TODAY + DAY, ZONE)
"""When the day after `NOW` begins where the organisation is."""


def repeat(database, home, rule=None, *, open_days=8, now=NOW) -> None:
    with database.writing() as session:
        set_repetition(
            session,
            organisation_id=home.organisation,
            team_id=home.team,
            rule=rule or RepetitionRule(3, TODAY + DAY),
            open_days=open_days,
            now=now,
        )


def publish(database, home, round_id, *, now=NOW) -> None:
    where = {"organisation_id": home.organisation, "round_id": round_id}
    with database.writing() as session:
        if session.get_one(Round, round_id).facts.state(now) is RoundState.OPEN:
            stop_round(session, **where, now=now)
    with database.writing() as session:
        publish_round(session, **where, now=now)


def published_round(database, home, *, now=NOW - 30 * DAY, answers=0, **changes):
    round_id, link = make_round(database, home, opens_at=now, closes_at=now + 10 * DAY, now=now, **changes)
    for seed in range(answers):
        answer(database, link, make_sheet(seed), now=now)
    publish(database, home, round_id, now=now + DAY)
    return round_id


def state_of(database, home, now=NOW):
    with database.reading() as session:
        team = get_team(session, organisation_id=home.organisation, team_id=home.team)
        return get_repetition(session, team=team, now=now)


def rounds_of(database, home):
    with database.reading() as session:
        return session.scalars(select(Round).where(Round.team_id == home.team).order_by(Round.created_at)).all()


def test_a_round_opens_as_its_day_begins_and_closes_by_its_dates(database):
    home = make_home(database)
    published_round(database, home, asks_role=True)
    repeat(database, home, open_days=5)
    assert state_of(database, home).opens_on == TODAY + DAY
    assert open_due_rounds(database, now=MIDNIGHT - dt.timedelta(seconds=1)) == []
    (made,) = open_due_rounds(database, now=MIDNIGHT + dt.timedelta(seconds=20))
    with database.reading() as session:
        round_ = session.get_one(Round, made)
        assert (round_.name, round_.mode, round_.asks_role) == ("Ronda 2", RoundMode.ANSWERED, True)
        assert round_.opens_at == MIDNIGHT
        assert round_.closes_at == end_of_day(TODAY + 5 * DAY, ZONE)
        assert round_.facts.state(MIDNIGHT + DAY) is RoundState.OPEN
        assert round_.facts.state(MIDNIGHT + 5 * DAY) is RoundState.STOPPED
        assert len(round_.links) == 1
    assert open_due_rounds(database, now=MIDNIGHT + DAY) == []


def test_it_starts_from_the_last_round_with_what_holds_today(database):
    home = make_home(database)
    last = published_round(database, home)
    with database.writing() as session:
        organisation = session.get_one(Organisation, home.organisation)
        organisation.minimum_group, organisation.keep_answers_months = 7, 12
        change_team(session, organisation_id=home.organisation, team_id=home.team, name="Soporte", size=20, now=NOW)
    repeat(database, home)
    (made,) = open_due_rounds(database, now=MIDNIGHT)
    with database.reading() as session:
        before, round_ = session.get_one(Round, last), session.get_one(Round, made)
        assert (round_.minimum_group, round_.keep_answers_months, round_.team_size) == (7, 12, 20)
        assert (before.minimum_group, before.keep_answers_months, before.team_size) == (5, None, 12)
        assert round_.points == before.points
        assert round_.questionnaire_version_ids == before.questionnaire_version_ids
        assert changed_since_last(session, round_=round_) == ()


def test_another_version_of_what_was_asked_is_told(database):
    home = make_home(database)
    last = published_round(database, home)
    with database.writing() as session:
        session.get_one(Round, last).questionnaires[0].version.version -= 1  # as if it had asked an earlier one
        session.get_one(Round, last).questionnaires[0].version.checksum = "0" * 64
    repeat(database, home)
    with database.reading() as session:
        team = get_team(session, organisation_id=home.organisation, team_id=home.team)
        (changed,) = next_template(session, team=team).changed
    (made,) = open_due_rounds(database, now=MIDNIGHT)
    with database.reading() as session:
        assert changed_since_last(session, round_=session.get_one(Round, made)) == (changed.id,)


@pytest.mark.both_databases
def test_a_due_round_waits_for_the_one_before_and_opens_the_day_after_its_publication(database):
    home = make_home(database)
    first, _link = make_round(database, home)
    repeat(database, home)
    due = MIDNIGHT + DAY
    assert open_due_rounds(database, now=due) == []
    waiting = state_of(database, home, due)
    assert (waiting.due_on, waiting.hold, waiting.opens_on) == (TODAY + DAY, Hold.UNPUBLISHED, None)
    assert waiting.waits_for.id == first
    publish(database, home, first, now=due + dt.timedelta(hours=9))
    assert open_due_rounds(database, now=due + dt.timedelta(hours=10)) == []
    told = state_of(database, home, due + dt.timedelta(hours=10))
    assert (told.hold, told.opens_on) == (Hold.JUST_PUBLISHED, TODAY + 3 * DAY)
    (made,) = open_due_rounds(database, now=due + DAY)
    with database.reading() as session:
        assert session.get_one(Round, made).opens_at == start_of_day(TODAY + 3 * DAY, ZONE)


def test_of_several_days_that_were_missed_one_round_is_made(database):
    home = make_home(database)
    published_round(database, home)
    repeat(database, home)
    late = MIDNIGHT + 300 * DAY
    (made,) = open_due_rounds(database, now=late)
    publish(database, home, made, now=late + 9 * DAY)
    assert open_due_rounds(database, now=late + 12 * DAY) == []
    assert len(rounds_of(database, home)) == 2


def test_a_round_opened_by_hand_on_or_after_the_day_takes_the_place_of_the_due_one(database):
    home = make_home(database)
    published_round(database, home)
    repeat(database, home)
    by_hand, _link = make_round(database, home, opens_at=MIDNIGHT, closes_at=MIDNIGHT + DAY, now=MIDNIGHT)
    assert open_due_rounds(database, now=MIDNIGHT) == []
    publish(database, home, by_hand, now=MIDNIGHT + 2 * DAY)
    assert open_due_rounds(database, now=MIDNIGHT + 5 * DAY) == []
    assert state_of(database, home, MIDNIGHT + 5 * DAY).opens_on == dt.date(2027, 2, 21)


def test_a_round_that_was_discarded_is_not_made_again(database):
    home = make_home(database)
    published_round(database, home)
    repeat(database, home)
    (made,) = open_due_rounds(database, now=MIDNIGHT)
    with database.writing() as session:
        discard_round(session, organisation_id=home.organisation, round_id=made, now=MIDNIGHT)
    assert open_due_rounds(database, now=MIDNIGHT + DAY) == []


@pytest.mark.both_databases
def test_two_that_make_what_is_due_at_once_make_one_round(database):
    homes = [make_home(database, f"Organización {number}") for number in range(4)]
    for home in homes:
        published_round(database, home)
        repeat(database, home)
    made, gate = [], threading.Barrier(3)

    def work() -> None:
        gate.wait()
        made.extend(open_due_rounds(database, now=MIDNIGHT))

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == len(made) == len(homes)
    assert all(len(rounds_of(database, home)) == 2 for home in homes)


def test_a_team_that_answers_together_gets_a_draft(database):
    home = make_home(database, size=4)
    published_round(database, home, mode=RoundMode.CONSENSUS)
    repeat(database, home)
    (made,) = open_due_rounds(database, now=MIDNIGHT)
    with database.reading() as session:
        round_ = session.get_one(Round, made)
        assert (round_.mode, round_.facts.state(MIDNIGHT)) == (RoundMode.CONSENSUS, RoundState.DRAFT)


def test_a_team_that_became_too_small_waits_until_it_has_grown(database):
    home = make_home(database)
    published_round(database, home)
    repeat(database, home)
    own = {"organisation_id": home.organisation, "team_id": home.team}
    resize: dict[str, Any] = {**own, "name": "Mesa de ayuda", "now": NOW}
    with database.writing() as session:
        change_team(session, **resize, size=4)
    assert open_due_rounds(database, now=MIDNIGHT) == []
    assert state_of(database, home, MIDNIGHT).hold is Hold.TOO_SMALL
    with database.writing() as session:
        change_team(session, **resize, size=5)
    assert len(open_due_rounds(database, now=MIDNIGHT)) == 1


def test_nothing_is_made_of_answers_that_came_in_a_file(database):
    home = make_home(database)
    last = published_round(database, home)
    with database.writing() as session:
        session.get_one(Round, last).mode = RoundMode.IMPORTED
    repeat(database, home)
    assert open_due_rounds(database, now=MIDNIGHT) == []
    assert state_of(database, home, MIDNIGHT).hold is Hold.FROM_FILE


def test_the_first_round_may_be_one_that_repeats(database):
    home = make_home(database)
    repeat(database, home)
    (made,) = open_due_rounds(database, now=MIDNIGHT)
    with database.reading() as session:
        assert session.get_one(Round, made).name == "Ronda 1"


def test_what_was_due_while_it_was_paused_is_left_out(database):
    home = make_home(database)
    published_round(database, home)
    repeat(database, home)
    where = {"organisation_id": home.organisation, "team_id": home.team}
    with database.writing() as session:
        pause_repetition(session, **where, now=NOW)
    assert open_due_rounds(database, now=MIDNIGHT) == []
    with database.writing() as session:
        resume_repetition(session, **where, now=MIDNIGHT + 5 * DAY)
    assert open_due_rounds(database, now=MIDNIGHT + 5 * DAY) == []
    assert state_of(database, home, MIDNIGHT + 5 * DAY).opens_on == dt.date(2027, 2, 21)


def test_another_rule_makes_nothing_of_days_that_have_passed(database):
    home = make_home(database)
    published_round(database, home)
    repeat(database, home, RepetitionRule(12, TODAY + DAY))
    (made,) = open_due_rounds(database, now=MIDNIGHT)
    later = MIDNIGHT + 120 * DAY
    publish(database, home, made, now=MIDNIGHT + 20 * DAY)
    repeat(database, home, RepetitionRule(3, TODAY + DAY), now=later)
    assert open_due_rounds(database, now=later) == []
    assert state_of(database, home, later).opens_on == dt.date(2027, 5, 21)


def test_it_ends_and_leaves_its_rounds(database):
    home = make_home(database)
    repeat(database, home)
    open_due_rounds(database, now=MIDNIGHT)
    where = {"organisation_id": home.organisation, "team_id": home.team}
    with database.writing() as session:
        end_repetition(session, **where)
    with database.writing() as session, pytest.raises(NoRepetition):
        end_repetition(session, **where)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Repetition)) == 0
        assert session.scalar(select(func.count()).select_from(RepeatedRound)) == 0
    assert len(rounds_of(database, home)) == 1


def test_one_that_cannot_be_made_keeps_no_other_from_opening(database):
    broken, sound = make_home(database, "Rota"), make_home(database, "Sana")
    for home in (broken, sound):
        repeat(database, home)
    with database.writing() as session:
        session.scalars(select(Repetition).where(Repetition.team_id == broken.team)).one().dates = ["never"]
    assert len(open_due_rounds(database, now=MIDNIGHT)) == 1
    assert len(rounds_of(database, sound)) == 1


def test_days_are_days_where_the_organisation_is(database):
    home = make_home(database)
    with database.writing() as session:
        session.get_one(Organisation, home.organisation).time_zone = "Pacific/Kiritimati"
    repeat(database, home, RepetitionRule(dates=(dt.date(2026, 12, 1),)))
    begins = start_of_day(dt.date(2026, 12, 1), "Pacific/Kiritimati")
    assert begins == dt.datetime(2026, 11, 30, 10, tzinfo=dt.UTC)
    assert open_due_rounds(database, now=begins - dt.timedelta(seconds=1)) == []
    assert len(open_due_rounds(database, now=begins)) == 1


def test_nobody_is_told_to_open_a_round_that_opens_by_itself(database):
    home = make_home(database)
    long_ago = NOW - 150 * DAY
    last = published_round(database, home, now=long_ago, answers=8)
    own = {"organisation_id": home.organisation, "round_id": last}
    with database.writing() as session:
        draft_plan(session, **own, drawn_on=local_date(long_ago, ZONE), now=long_ago)
    with database.reading() as session:
        assert [one.step for one in next_steps_of(session, home.organisation)] == [NextStep.OPEN_NEXT_ROUND]
    repeat(database, home, RepetitionRule(3, TODAY + 10 * DAY))
    with database.reading() as session:
        (told,) = next_steps_of(session, home.organisation)
        assert (told.step, told.repeats_on) == (NextStep.WAIT_FOR_REPETITION, TODAY + 10 * DAY)
    with database.writing() as session:
        pause_repetition(session, organisation_id=home.organisation, team_id=home.team, now=NOW)
    with database.reading() as session:
        assert [one.step for one in next_steps_of(session, home.organisation)] == [NextStep.OPEN_NEXT_ROUND]


def test_the_last_round_says_how_long_the_next_stays_open(database):
    home = make_home(database)
    with database.writing() as session:
        team = get_team(session, organisation_id=home.organisation, team_id=home.team)
        assert usual_open_days(session, team=team) == 8
        open_round(
            session,
            organisation_id=home.organisation,
            team_id=home.team,
            name="Ronda 1",
            opens_at=NOW,
            closes_at=end_of_day(TODAY + 2 * DAY, ZONE),
            now=NOW,
        )
        assert usual_open_days(session, team=team) == 3
