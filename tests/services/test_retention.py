"""Things are kept as long as people were told, then deleted by the sweep: nothing earlier, and nothing else."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import func, select

from assessment.domain.answers import Role
from assessment.domain.rounds import RoundMode
from assessment.infra.queue import Queue
from assessment.jobs.worker import sweep
from assessment.services.comparison import NoChange
from assessment.services.deletion import list_deletions
from assessment.services.privacy_notices import InvalidTimes, change_privacy_notice, notice_of_round
from assessment.services.publication import publish_round
from assessment.services.results import results
from assessment.services.rounds import stop_round
from assessment.store.comments import Comment
from assessment.store.organisations import Organisation
from assessment.store.printed_files import PrintedFile
from assessment.store.responses import Response, count_by_round
from assessment.store.rounds import Round
from tests.services.build import DAY, NOW, answer, make_home, make_round, make_sheet
from tests.services.test_printed_plans import keep

MONTH = dt.timedelta(days=30.5)


def keep_for(database, home, answers, whole=None):
    with database.writing() as session:
        change_privacy_notice(
            session,
            organisation=session.get_one(Organisation, home.organisation),
            responsible="",
            contact="",
            purpose="",
            words="",
            law="colombia",
            keep_answers_months=answers,
            keep_results_months=whole,
        )


def lived(database, home, *, name="Ronda 1", now=NOW, is_published=True):
    """A round that is over, with eleven answers and comments."""
    round_id, link = make_round(database, home, name=name, opens_at=now - DAY, closes_at=now + 7 * DAY, now=now - DAY)
    for number in range(11):
        answer(database, link, make_sheet(number, comment=f"comment {number}"), now=now)
    own = {"organisation_id": home.organisation, "round_id": round_id}
    with database.writing() as session:
        stop_round(session, **own, now=now)
        if is_published:
            publish_round(session, **own, now=now)
    return round_id


def sweep_at(database, now):
    sweep(database, Queue(None), now=now, every=dt.timedelta(seconds=1))


def count(database, model, round_id=None):
    with database.reading() as session:
        counted = select(func.count()).select_from(model)
        return session.scalar(counted.where(model.round_id == round_id) if round_id else counted)


def kept_of(database, round_id):
    """How many answers and comments a round has."""
    return count(database, Response, round_id), count(database, Comment, round_id)


@pytest.mark.both_databases
def test_answers_and_comments_go_when_their_time_is_over_and_the_result_stays(database):
    home = make_home(database)
    keep_for(database, home, 6)
    round_id = lived(database, home)
    sweep_at(database, NOW + 5 * MONTH)
    assert kept_of(database, round_id) == (11, 11)
    sweep_at(database, NOW + 6 * MONTH)
    assert kept_of(database, round_id) == (0, 0)
    with database.reading() as session:
        found = results(session, organisation_id=home.organisation, round_id=round_id)
        assert found.result.scored == 11
        assert count_by_round(session, [round_id]) == {round_id: 11}
        (listed,) = list_deletions(session, organisation_id=home.organisation)
        assert (listed.kind, listed.counts) == ("answers", {"rounds": 1, "answers": 11})
    sweep_at(database, NOW + 7 * MONTH)
    with database.reading() as session:
        assert len(list_deletions(session, organisation_id=home.organisation)) == 1


@pytest.mark.both_databases
def test_a_round_goes_whole_when_the_time_of_its_results_is_over(database):
    home = make_home(database)
    keep_for(database, home, 6, 12)
    own = {"organisation_id": home.organisation, "round_id": lived(database, home)}
    keep(database, own, "a", b"%PDF one")
    sweep_at(database, NOW + 12 * MONTH)
    assert count(database, Round) == count(database, PrintedFile) == count(database, Response) == 0


def test_without_a_setting_everything_stays(database):
    home = make_home(database)
    round_id = lived(database, home)
    sweep_at(database, NOW + 1_000 * DAY)
    assert kept_of(database, round_id) == (11, 11)


def test_answers_that_nobody_published_go_with_their_round(database):
    home = make_home(database)
    keep_for(database, home, 3)
    lived(database, home, is_published=False)
    sweep_at(database, NOW + 4 * MONTH)
    assert count(database, Round) == count(database, Response) == 0


def test_a_round_that_is_open_is_never_over(database):
    home = make_home(database)
    keep_for(database, home, 1)
    round_id, link = make_round(database, home, closes_at=None)
    answer(database, link, make_sheet(1))
    sweep_at(database, NOW + 24 * MONTH)
    assert count(database, Response, round_id) == 1


@pytest.mark.parametrize(("later", "expected"), [(None, 6), (12, 6), (3, 3)])
def test_what_people_were_promised_is_shortened_but_never_extended(database, later, expected):
    home = make_home(database)
    keep_for(database, home, 6)
    round_id = lived(database, home)
    keep_for(database, home, later)
    with database.reading() as session:
        notice = notice_of_round(session, organisation_id=home.organisation, round_id=round_id)
    assert notice.keep_answers_months == expected
    sweep_at(database, NOW + (expected - 1) * MONTH)
    assert count(database, Response, round_id) == 11
    sweep_at(database, NOW + expected * MONTH)
    assert count(database, Response, round_id) == 0


def test_a_change_is_not_worked_out_from_answers_that_are_gone_but_one_worked_out_before_stays(database):
    home = make_home(database)
    keep_for(database, home, 6)
    lived(database, home)
    second = lived(database, home, name="Ronda 2", now=NOW + 4 * MONTH)
    sweep_at(database, NOW + 7 * MONTH)
    third = lived(database, home, name="Ronda 3", now=NOW + 11 * MONTH)
    with database.reading() as session:
        assert results(session, organisation_id=home.organisation, round_id=second).compared_with is not None
    assert count(database, Response, second) == 11
    sweep_at(database, NOW + 12 * MONTH)
    assert count(database, Response, second) == 0
    fourth = lived(database, home, name="Ronda 4", now=NOW + 18 * MONTH)
    with database.reading() as session:
        assert results(session, organisation_id=home.organisation, round_id=third).compared_with is not None
    sweep_at(database, NOW + 30 * MONTH)
    fifth = lived(database, home, name="Ronda 5", now=NOW + 31 * MONTH)
    with database.reading() as session:
        assert session.get_one(Round, fourth).answers_deleted_at is not None
        assert results(session, organisation_id=home.organisation, round_id=fifth).no_change is NoChange.ANSWERS_DELETED


def test_another_organisations_times_do_not_matter(database):
    home, other = make_home(database), make_home(database, "Otra")
    keep_for(database, other, 1)
    round_id = lived(database, home)
    sweep_at(database, NOW + 24 * MONTH)
    assert kept_of(database, round_id) == (11, 11)


@pytest.mark.parametrize(("answers", "whole"), [(None, 6), (12, 6), (7, None), (0, None)])
def test_answers_are_not_kept_for_longer_than_what_came_of_them(database, answers, whole):
    home = make_home(database)
    with pytest.raises(InvalidTimes):
        keep_for(database, home, answers, whole)


def test_an_agreed_sheet_is_answers_too(database):
    home = make_home(database, size=3)
    keep_for(database, home, 6)
    round_id, link = make_round(database, home, mode=RoundMode.CONSENSUS)
    answer(database, link, make_sheet(1, role=Role.CONSENSUS, comment="agreed"))
    own = {"organisation_id": home.organisation, "round_id": round_id}
    with database.writing() as session:
        stop_round(session, **own, now=NOW)
        publish_round(session, **own, now=NOW)
    sweep_at(database, NOW + 6 * MONTH)
    assert kept_of(database, round_id) == (0, 0)
