"""Which rows a limited session finds: those of its teams, whatever the query looks like."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from assessment.store.base import Base
from assessment.store.database import Database
from assessment.store.organisations import Organisation
from assessment.store.round_events import RoundEvent
from assessment.store.rounds import Round
from assessment.store.scope import NOT_OF_TEAMS, limit_to_teams, limited_models
from assessment.store.teams import Team
from tests.databases import KINDS, fresh_engine
from tests.services.build import Home, make_home, make_round


@pytest.fixture(params=KINDS)
def database(request, tmp_path) -> Iterator[Database]:
    with fresh_engine(request.param, tmp_path) as engine:
        yield Database(engine)


def with_two_teams(database: Database) -> tuple[Home, uuid.UUID, uuid.UUID]:
    """An organisation; another team of it; the round of the first one."""
    home = make_home(database)
    round_id, _link = make_round(database, home)
    with database.writing() as session:
        first = session.get_one(Team, home.team)
        other = Team(organisation_id=home.organisation, name="Ventas", size=5, kind="shop", created_at=first.created_at)
        session.add(other)
        session.flush()
        return home, other.id, round_id


def test_every_table_of_a_team_or_a_round_is_limited():
    limited = {model.__tablename__ for model in limited_models()}
    for table in Base.metadata.sorted_tables:
        if {"team_id", "round_id"} & set(table.columns.keys()) or table.name == "teams":
            assert (table.name in limited) is (table.name not in NOT_OF_TEAMS), table.name


def test_queries_of_any_form_find_only_what_belongs_to_the_teams(database):
    home, other, round_id = with_two_teams(database)
    again, inner = aliased(Team), select(Team.id, Team.organisation_id).subquery()
    named = select(Team.id).where(Team.organisation_id == Organisation.id, Team.id == home.team)
    with database.reading() as session:
        limit_to_teams(session, frozenset({other}))
        assert session.scalars(select(Team.name)).all() == ["Ventas"]
        assert session.scalars(select(again.name)).all() == ["Ventas"]
        assert session.scalar(select(func.count()).select_from(Team)) == 1
        assert session.get(Team, home.team) is None
        assert session.get(Round, round_id) is None
        assert session.execute(select(Team.name, Round.id).outerjoin(Round, Round.team_id == Team.id)).all() == [
            ("Ventas", None)
        ]
        assert session.execute(select(Organisation.name, again.name).join(again)).all() == [("Alegra", "Ventas")]
        assert session.scalars(select(inner.c.id)).all() == [other]
        assert session.scalars(select(Organisation.id).where(named.exists())).all() == []
        assert session.scalars(select(RoundEvent)).all() == []


def test_nobodys_teams_are_no_teams_and_all_is_all(database):
    home, other, round_id = with_two_teams(database)
    with database.reading() as session:
        limit_to_teams(session, frozenset())
        assert session.scalars(select(Team.id)).all() == []
        limit_to_teams(session, None)
        assert set(session.scalars(select(Team.id))) == {home.team, other}
        assert session.get(Round, round_id) is not None


def test_what_one_session_may_find_does_not_matter_to_the_next(database):
    home, other, _round = with_two_teams(database)
    for teams in ({other}, {home.team}, {other, home.team}):
        with database.reading() as session:
            limit_to_teams(session, frozenset(teams))
            assert set(session.scalars(select(Team.id))) == teams
    with database.reading() as session:
        assert set(session.scalars(select(Team.id))) == {home.team, other}
