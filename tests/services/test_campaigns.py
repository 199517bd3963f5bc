"""Rounds of several teams: all opened or none, followed together, each published by itself."""

from __future__ import annotations

import contextlib
import threading
import uuid

import pytest
from sqlalchemy import event, func, select

from assessment.catalogue.catalogue import DEFAULT_QUESTIONNAIRE
from assessment.domain.access import OrganisationRole
from assessment.domain.rounds import InvalidDates, RoundMode, RoundState
from assessment.services.access import Access
from assessment.services.campaigns import (
    MOST_TEAMS,
    NoTeamsChosen,
    NothingToShow,
    NotReady,
    Obstacle,
    TeamsChanged,
    UnknownCampaign,
    change_last_day,
    check_teams,
    closed_rounds,
    get_campaign,
    list_campaigns,
    open_campaign,
    publish_with_result,
    rounds_with_posters,
    stop_rounds,
    teams_to_ask,
)
from assessment.services.publication import score_before_publication
from assessment.services.retention import delete_what_is_over
from assessment.services.rounds import discard_round
from assessment.services.teams import change_team, create_team, points_of_kind
from assessment.store.campaigns import Campaign, CampaignRound
from assessment.store.organisations import Organisation
from assessment.store.rounds import Round
from tests.services.build import DAY, LATER, NOW, answer, kind_of_team, make_home, make_round, make_sheet


def access_of(session, home) -> Access:
    return Access(session.get_one(Organisation, home.organisation), OrganisationRole.MANAGER, home.user)


def add_team(database, home, name: str, size: int = 12) -> uuid.UUID:
    kind = kind_of_team()
    with database.writing() as session:
        return create_team(
            session,
            organisation_id=home.organisation,
            name=name,
            size=size,
            kind=kind.id,
            points=points_of_kind(kind, "es"),
            now=NOW,
        ).id


def open_(database, home, teams, *, submission="once", now=NOW, **changes) -> uuid.UUID:
    options = {"opens_at": now, "closes_at": LATER, "questionnaires": (DEFAULT_QUESTIONNAIRE,)} | changes
    with database.writing() as session:
        return open_campaign(
            session,
            access=access_of(session, home),
            name="Otoño 2026",
            teams=teams,
            submission=submission,
            now=now,
            **options,
        ).id


def state_of(session, home, campaign_id, now=NOW):
    return get_campaign(session, access=access_of(session, home), campaign_id=campaign_id, now=now)


def count(database, model) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


@pytest.fixture
def home(database):
    return make_home(database)


@pytest.fixture
def teams(database, home):
    return [home.team, add_team(database, home, "Caja"), add_team(database, home, "Bodega")]


@pytest.mark.both_databases
def test_every_team_gets_a_round_of_its_own_and_its_own_link(database, home, teams):
    campaign = open_(database, home, teams)
    with database.reading() as session:
        state = state_of(session, home, campaign)
        assert [row.team.name for row in state.rows] == ["Bodega", "Caja", "Mesa de ayuda"]
        assert {row.state for row in state.rows} == {RoundState.OPEN}
        assert {row.round.name for row in state.rows} == {"Otoño 2026"}
        assert len({row.round.link_token for row in state.rows}) == len(teams)
        assert all(row.round.points == row.team.points for row in state.rows)


def test_a_campaign_over_many_teams_asks_the_database_no_more_often_than_one_over_few(database, home, teams):
    """While it opens, nobody else can write on SQLite."""
    many = [add_team(database, home, f"Equipo {number}") for number in range(40)]
    open_(database, home, teams[:1], submission="first")  # stores the questionnaire
    with statements(database) as few:
        open_(database, home, teams[1:], submission="few")
    with statements(database) as lots:
        open_(database, home, many, submission="many")
    assert len(lots) == len(few)
    assert count(database, Round) == 43


@contextlib.contextmanager
def statements(database):
    said = []

    def note(_connection, _cursor, statement, *_rest):
        said.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


@pytest.mark.both_databases
def test_none_opens_where_one_cannot(database, home, teams):
    make_round(database, home)
    with pytest.raises(TeamsChanged):
        open_(database, home, teams)
    assert count(database, Round) == 1
    assert count(database, Campaign) == 0


def test_what_keeps_teams_from_answering_is_told(database, home, teams):
    round_id, _link = make_round(database, home)
    add_team(database, home, "Noche", size=3)
    with database.reading() as session:
        checks = check_teams(session, access=access_of(session, home))
        assert {check.team.name: check.obstacle for check in checks} == {
            "Bodega": None,
            "Caja": None,
            "Mesa de ayuda": Obstacle.UNPUBLISHED,
            "Noche": Obstacle.TOO_SMALL,
        }
        assert next(check.under_way.id for check in checks if check.under_way) == round_id


def test_a_small_team_answers_together_or_not_at_all(database, home, teams):
    small = add_team(database, home, "Noche", size=3)
    with pytest.raises(TeamsChanged):
        open_(database, home, [small])
    with pytest.raises(TeamsChanged):  # nor does a large one answer together unasked
        open_(database, home, [], together=teams[:1])
    campaign = open_(database, home, teams, together=[small])
    with database.reading() as session:
        modes = {row.team.name: row.round.mode for row in state_of(session, home, campaign).rows}
        assert modes["Noche"] is RoundMode.CONSENSUS
        assert modes["Caja"] is RoundMode.ANSWERED


@pytest.mark.both_databases
def test_sent_twice_it_is_one_campaign(database, home, teams):
    opened, gate = [], threading.Barrier(2)

    def click() -> None:
        gate.wait()
        opened.append(open_(database, home, teams, submission="double click"))

    threads = [threading.Thread(target=click) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(opened) == 2
    assert len(set(opened)) == 1
    assert count(database, Round) == len(teams)


def test_what_is_no_campaign_is_refused(database, home, teams):
    other = make_home(database, "Otra")
    with pytest.raises(NoTeamsChosen):
        open_(database, home, [])
    with pytest.raises(TeamsChanged):
        open_(database, home, [other.team])
    with pytest.raises(TeamsChanged):
        open_(database, home, [uuid.uuid4() for _ in range(MOST_TEAMS + 1)])
    with pytest.raises(InvalidDates):
        open_(database, home, teams, closes_at=NOW - DAY)
    assert count(database, Round) == 0
    campaign = open_(database, home, teams)
    with database.reading() as session, pytest.raises(UnknownCampaign):
        state_of(session, other, campaign)


def test_only_how_many_have_answered_is_told(database, home, teams):
    campaign = open_(database, home, teams)
    with database.reading() as session:
        (link,) = (row.round.link_token for row in state_of(session, home, campaign).rows if row.team.id == home.team)
    for seed in range(3):
        answer(database, link, make_sheet(seed), now=NOW)
    with database.reading() as session:
        told = {row.team.name: row.participation for row in state_of(session, home, campaign).rows}
        assert [(told[name].answered, told[name].size) for name in ("Mesa de ayuda", "Caja")] == [(3, 12), (0, 12)]
        assert told["Mesa de ayuda"].missing == 2


def test_the_last_day_changes_for_open_and_coming_rounds_and_if_asked_for_closed_ones(database, home, teams):
    campaign = open_(database, home, teams)
    with database.writing() as session:
        state = state_of(session, home, campaign)
        closed = state.rows[0].round.id
        assert stop_rounds(session, state=state, only=[closed, uuid.uuid4()], now=NOW) == 1
    for also_closed, changed in ((False, 2), (True, 3)):
        with database.writing() as session:
            state = state_of(session, home, campaign)
            assert (
                change_last_day(session, state=state, closes_at=LATER + DAY, also_closed=also_closed, now=NOW)
                == changed
            )
    with database.reading() as session:
        rows = state_of(session, home, campaign).rows
        assert {row.state for row in rows} == {RoundState.OPEN}
        assert {row.round.closes_at for row in rows} == {LATER + DAY}


def answered_campaign(database, home, teams, answers: dict[uuid.UUID, int]) -> uuid.UUID:
    """A campaign that has closed, with so many answers of each team."""
    campaign = open_(database, home, teams)
    with database.reading() as session:
        links = {row.team.id: row.round.link_token for row in state_of(session, home, campaign).rows}
    for team, how_many in answers.items():
        for seed in range(how_many):
            answer(database, links[team], make_sheet(seed), now=NOW)
    with database.writing() as session:
        state = state_of(session, home, campaign)
        stop_rounds(session, state=state, only=[row.round.id for row in state.rows], now=NOW)
    return campaign


def test_closed_rounds_are_ready_or_say_why_not(database, home, teams):
    more = add_team(database, home, "Taller", size=6)
    campaign = answered_campaign(database, home, [*teams, more], {teams[0]: 8, teams[1]: 3, more: 7})
    with database.reading() as session:
        closed, left = closed_rounds(session, state=state_of(session, home, campaign), now=NOW)
        assert left == 0
        assert {one.row.team.name: one.not_ready for one in closed} == {
            "Mesa de ayuda": None,
            "Caja": NotReady.NO_RESULT,
            "Bodega": NotReady.NO_ANSWERS,
            "Taller": NotReady.SURPLUS,
        }


def test_what_would_show_nothing_is_not_published_with_the_others(database, home, teams):
    campaign = answered_campaign(database, home, teams, {teams[0]: 8, teams[1]: 3})
    with database.reading() as session:
        ids = {row.team.id: row.round.id for row in state_of(session, home, campaign).rows}

    def publish(team) -> None:
        where = {"organisation_id": home.organisation, "round_id": ids[team]}
        with database.reading() as session:
            scored = score_before_publication(session, **where)
        with database.writing() as session:
            publish_with_result(session, **where, scored=scored, user_id=home.user, now=NOW)

    publish(teams[0])
    with pytest.raises(NothingToShow):
        publish(teams[1])
    with database.reading() as session:
        states = {row.team.id: row.state for row in state_of(session, home, campaign).rows}
        assert (states[teams[0]], states[teams[1]]) == (RoundState.PUBLISHED, RoundState.STOPPED)


def test_posters_are_of_rounds_that_people_can_still_answer_alone(database, home, teams):
    small = add_team(database, home, "Noche", size=3)
    campaign = open_(database, home, teams, together=[small])
    with database.writing() as session:
        state = state_of(session, home, campaign)
        stop_rounds(session, state=state, only=[row.round.id for row in state.rows if row.team.name == "Caja"], now=NOW)
    with database.reading() as session:
        with_posters = rounds_with_posters(state_of(session, home, campaign))
        assert [row.team.name for row in with_posters] == ["Bodega", "Mesa de ayuda"]


def test_a_campaign_goes_with_its_last_round(database, home, teams):
    campaign = open_(database, home, teams[:2])
    with database.reading() as session:
        ids = [row.round.id for row in state_of(session, home, campaign).rows]
    for left, round_id in zip((1, 0), ids, strict=True):
        with database.writing() as session:
            discard_round(session, organisation_id=home.organisation, round_id=round_id, now=NOW)
        assert count(database, CampaignRound) == left
        with database.reading() as session:
            assert len(list_campaigns(session, access=access_of(session, home))) == left
        delete_what_is_over(database, now=NOW)
        assert count(database, Campaign) == left


def test_a_team_that_has_grown_small_since_the_page_is_not_opened_unseen(database, home, teams):
    with database.writing() as session:
        change_team(session, organisation_id=home.organisation, team_id=teams[1], name="Caja", size=3, now=NOW)
    with pytest.raises(TeamsChanged):
        open_(database, home, teams)


def test_only_teams_of_the_organisation_can_be_asked(database, home, teams):
    make_home(database, "Otra")
    with database.reading() as session:
        assert {team.id for team in teams_to_ask(session, access=access_of(session, home))} == set(teams)
