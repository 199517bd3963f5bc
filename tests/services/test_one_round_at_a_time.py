"""A team answers one round at a time."""

from __future__ import annotations

import threading

import pytest

from assessment.domain.rounds import RoundMode
from assessment.services.access import get_access
from assessment.services.publication import publish_round
from assessment.services.rounds import RoundUnderWay, discard_round, draft_round, stop_round
from assessment.services.team_rounds import list_rounds
from assessment.services.teams import get_team
from tests.services.build import LATER, NOW, answer, make_home, make_round, make_sheet
from tests.services.test_import_round import bring_in, write_file

pytestmark = pytest.mark.both_databases

AT_ONCE = 6


def test_a_second_round_waits_until_the_first_is_published(database, tmp_path):
    home = make_home(database)
    round_id, link = make_round(database, home)
    with pytest.raises(RoundUnderWay) as refused:
        make_round(database, home, name="Ronda 2")
    assert (refused.value.round_id, refused.value.name) == (round_id, "Ronda 1")
    with pytest.raises(RoundUnderWay):
        make_round(database, home, mode=RoundMode.CONSENSUS)
    with pytest.raises(RoundUnderWay):
        bring_in(database, home, write_file(tmp_path))
    answer(database, link, make_sheet(1))
    with database.writing() as session:
        stop_round(session, organisation_id=home.organisation, round_id=round_id, now=NOW)
        team = get_team(session, organisation_id=home.organisation, team_id=home.team)
        access = get_access(session, user_id=home.user, organisation_id=home.organisation)
        under_way = list_rounds(session, access=access, team=team, now=NOW).under_way
        assert under_way is not None
        assert under_way.id == round_id
    with pytest.raises(RoundUnderWay):
        make_round(database, home)
    with database.writing() as session:
        # Too few for a result: it is closed without one, and the team may answer together.
        publish_round(session, organisation_id=home.organisation, round_id=round_id, now=NOW)
    make_round(database, home, mode=RoundMode.CONSENSUS)


def test_a_round_that_was_discarded_makes_room(database):
    home = make_home(database)
    round_id, _ = make_round(database, home)
    with database.writing() as session:
        discard_round(session, organisation_id=home.organisation, round_id=round_id, now=NOW)
    make_round(database, home)


def test_another_teams_round_is_no_obstacle(database):
    make_round(database, make_home(database))
    make_round(database, make_home(database, "Otra"))


def test_of_several_who_begin_at_once_one_opens_the_round(database):
    home = make_home(database)
    start = threading.Barrier(AT_ONCE)
    outcomes = []

    def begin(number):
        start.wait()
        try:
            with database.writing() as session:
                draft_round(
                    session, organisation_id=home.organisation, team_id=home.team, name=f"Ronda {number}", now=LATER
                )
            outcomes.append("drafted")
        except RoundUnderWay:
            outcomes.append("refused")

    threads = [threading.Thread(target=begin, args=(number,)) for number in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["drafted"] + ["refused"] * (AT_ONCE - 1)
