"""Lists show teams and rounds in pages, newest rounds first, with as many queries for few as for many."""

from __future__ import annotations

import json
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import event

from assessment.domain.access import OrganisationRole
from assessment.domain.next_step import BY_NEED, NextStep
from assessment.domain.plans.choices import ActionStatus
from assessment.domain.rounds import RoundMode
from assessment.infra.countries import COUNTRIES
from assessment.services.access import get_access
from assessment.services.organisations import create_organisation
from assessment.services.overview import get_overview, get_start_page
from assessment.services.own_organisations import get_organisations_page
from assessment.services.paging import ROWS_A_PAGE, page_of
from assessment.services.rounds import open_round
from assessment.services.team_rounds import list_rounds
from assessment.services.teams import get_team
from assessment.store.organisations import Membership
from assessment.store.plan_actions import PlanAction, ServedKind
from assessment.store.plans import Plan
from assessment.store.responses import Response
from assessment.store.rounds import Round
from assessment.store.teams import Team
from tests.services.build import DAY, NOW, kind_of_team, make_home

pytestmark = pytest.mark.both_databases

SNAPSHOT = json.loads((Path(__file__).parent / "snapshots" / "1-individual.json").read_text(encoding="utf-8"))


def add_team(session, organisation, number):
    team = Team(
        organisation_id=organisation, name=f"Equipo {number:03}", size=9, kind=kind_of_team().id, created_at=NOW
    )
    session.add(team)
    session.flush()
    return team


def add_round(session, team, number, *, is_published=True, is_withheld=False):
    round_ = Round(
        organisation_id=team.organisation_id,
        team_id=team.id,
        name=f"Ronda {number}",
        mode=RoundMode.ANSWERED,
        minimum_group=5,
        team_size=9,
        created_at=NOW + number * DAY,
        opens_at=NOW + number * DAY,
        published_at=NOW + number * DAY if is_published else None,
        snapshot=SNAPSHOT if is_published else None,
        is_withheld=is_withheld,
    )
    session.add(round_)
    session.flush()
    return round_


def fill(database, home, teams, rounds=3):
    """Teams with rounds; of every third the newest is open, with two answers, and every other has a plan."""
    with database.writing() as session:
        for number in range(teams):
            team = add_team(session, home.organisation, number)
            for at in range(rounds - 1):
                add_round(session, team, at)
            is_open = number % 3 == 0
            round_ = add_round(session, team, rounds - 1, is_published=not is_open)
            if is_open:
                session.add_all(
                    Response(organisation_id=round_.organisation_id, round_id=round_.id, answers={}) for _ in range(2)
                )
            elif number % 2:
                where = {"organisation_id": home.organisation, "round_id": round_.id}
                session.add(Plan(**where, drawn_on=NOW.date(), changed_at=NOW))


@contextmanager
def statements(database):
    """Collects what is asked of the database."""
    asked = []

    def note(_connection, _cursor, statement, *_rest):
        asked.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


def start_page(session, home, page=1):
    return get_start_page(session, user_id=home.user, now=NOW + 5 * DAY, page=page)


def organisation_page(session, home, page=1):
    access = get_access(session, user_id=home.user, organisation_id=home.organisation)
    return get_overview(session, access=access, now=NOW + 5 * DAY, page=page)


def rounds_page(session, home, page=1):
    access = get_access(session, user_id=home.user, organisation_id=home.organisation)
    team = get_team(session, organisation_id=home.organisation, team_id=home.team)
    return list_rounds(session, access=access, team=team, now=NOW + 5 * DAY, page=page)


@pytest.mark.parametrize("read", [start_page, organisation_page, rounds_page])
def test_a_page_asks_as_much_of_the_database_for_three_teams_as_for_sixty(database, read):
    counts = []
    for name, teams in (("Pocos", 3), ("Muchos", 60)):
        home = make_home(database, name)
        fill(database, home, teams)
        with database.writing() as session:
            team = get_team(session, organisation_id=home.organisation, team_id=home.team)
            for number in range(teams):
                add_round(session, team, number)
        with database.reading() as session, statements(database) as asked:
            read(session, home)
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert counts[0] < 12


def organisations_page(session, home, page=1):
    return get_organisations_page(session, user_id=home.user, now=NOW + 5 * DAY, page=page)


@pytest.mark.parametrize("read", [start_page, organisations_page])
def test_the_start_page_asks_as_much_of_the_database_for_one_organisation_as_for_many(database, read):
    home = make_home(database)
    counts = []
    for organisations in (0, 20):
        with database.writing() as session:
            for number in range(organisations):
                create_organisation(
                    session,
                    name=f"Otra {number}",
                    country=COUNTRIES["CO"],
                    language="es",
                    founder_id=home.user,
                    now=NOW,
                )
        with database.reading() as session, statements(database) as asked:
            read(session, home)
        counts.append(len(asked))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("read", [start_page, organisation_page])
def test_the_pages_show_each_team_once_those_that_need_somebody_most_first(database, read):
    home = make_home(database)
    fill(database, home, 2 * ROWS_A_PAGE, rounds=1)
    shown = []
    with database.reading() as session:
        for number in (1, 2, 3):
            start = read(session, home, number)
            [overview], paging = start.overviews, start.paging
            assert (paging.page, paging.pages, paging.total) == (number, 3, 2 * ROWS_A_PAGE + 1)
            assert len(overview.steps) == (ROWS_A_PAGE if number < 3 else 1)
            shown += [(BY_NEED.index(step.step), step.team.name) for step in overview.steps]
    assert len({name for _need, name in shown}) == len(shown)
    assert shown == sorted(shown), "over all pages, and within a need by name"
    assert len({need for need, _name in shown}) >= 4


def test_within_a_need_the_team_with_more_late_actions_comes_first(database):
    home = make_home(database)
    with database.writing() as session:
        for number, late in enumerate((1, 3, 2)):
            round_ = add_round(session, add_team(session, home.organisation, number), 0)
            where = {"organisation_id": home.organisation, "round_id": round_.id}
            plan = Plan(**where, drawn_on=NOW.date() - 10 * DAY, changed_at=NOW)
            session.add(plan)
            session.flush()
            session.add_all(_action(plan, at, NOW.date() - DAY) for at in range(late))
    with database.reading() as session:
        steps = organisation_page(session, home).overviews[0].steps
    assert [(step.team.name, step.late) for step in steps][:3] == [
        ("Equipo 001", 3),
        ("Equipo 002", 2),
        ("Equipo 000", 1),
    ]


def test_while_a_round_is_open_the_plan_before_it_is_still_told_of(database):
    home = make_home(database)
    with database.writing() as session:
        team = add_team(session, home.organisation, 1)
        where = {"organisation_id": home.organisation, "round_id": add_round(session, team, 0).id}
        plan = Plan(**where, drawn_on=NOW.date() - 10 * DAY, changed_at=NOW)
        session.add(plan)
        session.flush()
        session.add_all(_action(plan, at, NOW.date() - DAY) for at in range(3))
        opened = add_round(session, team, 1, is_published=False).id
    with database.reading() as session:
        steps = {step.team.name: step for step in organisation_page(session, home).overviews[0].steps}
    step = steps["Equipo 001"]
    assert (step.step, step.round.id) == (NextStep.INVITE_MORE, opened)
    assert (step.late, step.done, step.actions) == (3, 0, 3)


def _action(plan, position, due_on):
    return PlanAction(
        organisation_id=plan.organisation_id,
        plan_id=plan.id,
        position=position,
        serves=ServedKind.PILLAR,
        ref_id="language",
        library_id="",
        title="Una acción",
        what="",
        due_on=due_on,
        status=ActionStatus.TODO,
    )


def test_the_start_page_lists_organisations_with_and_without_teams_in_order(database):
    home = make_home(database, "Beta")
    make_home(database, "Ajena")
    with database.writing() as session:
        empty = create_organisation(
            session, name="Alfa", country=COUNTRIES["CO"], language="es", founder_id=home.user, now=NOW
        )
        other = create_organisation(
            session, name="Gama", country=COUNTRIES["US"], language="en", founder_id=home.user, now=NOW
        )
        member = session.query(Membership).filter_by(user_id=home.user, organisation_id=other.id).one()
        member.role = OrganisationRole.VIEWER
        teams = [add_team(session, other.id, number) for number in range(ROWS_A_PAGE)]
    with database.reading() as session:
        first, second = (start_page(session, home, page) for page in (1, 2))
    assert [one.organisation.name for one in first.overviews] == ["Alfa", "Beta", "Gama"]
    assert first.overviews[0].organisation.id == empty.id
    assert [len(one.steps) for one in first.overviews] == [0, 1, ROWS_A_PAGE - 2]
    assert [one.may_manage_rounds for one in first.overviews] == [True, True, False]
    assert [one.organisation.name for one in second.overviews] == ["Gama"]
    assert [step.team.id for step in second.overviews[0].steps] == [team.id for team in teams[-2:]]
    assert (first.paging.pages, first.paging.total) == (2, ROWS_A_PAGE + 2)


def test_a_next_step_is_that_of_the_newest_round(database):
    home = make_home(database)
    with database.writing() as session:
        team = get_team(session, organisation_id=home.organisation, team_id=home.team)
        add_round(session, team, 2, is_withheld=True)
        add_round(session, team, 1)
        other = add_team(session, home.organisation, 1)
        add_round(session, other, 1, is_withheld=True)
        newest = add_round(session, other, 2)
    with database.reading() as session:
        steps = {step.team.id: step for step in organisation_page(session, home).overviews[0].steps}
    assert steps[home.team].step is NextStep.AGREE_TOGETHER
    assert (steps[other.id].step, steps[other.id].round.id) == (NextStep.MAKE_PLAN, newest.id)


def test_the_rounds_of_a_team_come_in_pages_newest_first(database):
    home = make_home(database)
    with database.writing() as session:
        team = get_team(session, organisation_id=home.organisation, team_id=home.team)
        for number in range(ROWS_A_PAGE):
            add_round(session, team, number - 60)
        opened = open_round(
            session,
            organisation_id=home.organisation,
            team_id=home.team,
            name="Abierta",
            opens_at=NOW,
            closes_at=None,
            now=NOW,
        )
    with database.reading() as session:
        first, second = (rounds_page(session, home, page) for page in (1, 2))
    assert first.rounds[0].round.id == opened.id
    assert first.under_way is not None
    assert second.under_way is not None
    assert first.under_way.id == second.under_way.id == opened.id
    listed = [entry.round.created_at for entry in (*first.rounds, *second.rounds)]
    assert listed == sorted(listed, reverse=True)
    assert (len(first.rounds), len(second.rounds)) == (ROWS_A_PAGE, 1)


@pytest.mark.parametrize(
    ("page", "total", "expected"),
    [(1, 0, (1, 1, 0)), (2, 25, (1, 1, 0)), (2, 26, (2, 2, 25)), (0, 26, (1, 2, 0)), (10**30, 60, (3, 3, 50))],
)
def test_a_page_that_does_not_exist_is_the_nearest_one(page, total, expected):
    paging = page_of(page, total)
    assert (paging.page, paging.pages, paging.after) == expected
