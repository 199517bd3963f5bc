"""Which teams' rows a query may find: one condition for lists, and a limit on a whole session.

A page of a member who is not of all teams reads in a session that is limited to theirs. Every query of it finds the
other teams' rows as little as another organisation's, also one that was written without thinking of them.
"""

from __future__ import annotations

import uuid
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import ColumnElement, event, exists, or_, select
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria
from sqlalchemy.sql.base import ExecutableOption

from assessment.domain.access import OF_ALL_TEAMS
from assessment.store.base import Base
from assessment.store.organisations import Membership, MembershipTeam
from assessment.store.rounds import Round
from assessment.store.teams import Team

LIMIT = "escala_teams"
NOT_OF_TEAMS = frozenset({"membership_teams", "member_invitation_teams"})
"""Tables that name teams for those who say who is of which."""


def is_in_scope(team_id: Any) -> ColumnElement[bool]:
    """For a query with `Membership` in it: whether its member is of the team of this column."""
    named = exists().where(MembershipTeam.membership_id == Membership.id, MembershipTeam.team_id == team_id)
    return or_(Membership.role.in_(OF_ALL_TEAMS), Membership.has_all_teams, named)


def limit_to_teams(session: Session, team_ids: frozenset[uuid.UUID] | None) -> None:
    """From now on, queries of this session find rows of these teams only; with `None`, of all."""
    session.info[LIMIT] = None if team_ids is None else _options(team_ids)


@event.listens_for(Session, "do_orm_execute")
def _limit(state: ORMExecuteState) -> None:
    options: tuple[ExecutableOption, ...] | None = state.session.info.get(LIMIT)
    if options is not None and state.is_select and not state.is_column_load:
        state.statement = state.statement.options(*options)


@lru_cache(maxsize=256)
def _options(teams: frozenset[uuid.UUID]) -> tuple[ExecutableOption, ...]:
    """Kept, since making them takes longer than most queries."""
    return tuple(_only(model, list(teams)) for model in limited_models())


def _only(model: type[Base], teams: list[uuid.UUID]) -> ExecutableOption:
    """Of this table, only rows of these teams, also where a query calls the table by another name."""
    if model is Team:
        return with_loader_criteria(model, lambda cls: cls.id.in_(teams), include_aliases=True)
    if "team_id" in model.__table__.columns:
        return with_loader_criteria(model, lambda cls: cls.team_id.in_(teams), include_aliases=True)
    own = Base.metadata.tables[Round.__tablename__].alias("rounds_in_scope")
    rounds = select(own.c.id).where(own.c.team_id.in_(teams))
    return with_loader_criteria(model, lambda cls: cls.round_id.in_(rounds), include_aliases=True)


@cache
def limited_models() -> tuple[type[Base], ...]:
    """The tables whose rows are a team's, or a round's of it."""
    models: list[type[Base]] = [mapper.class_ for mapper in Base.registry.mappers]
    return tuple(model for model in models if model.__tablename__ not in NOT_OF_TEAMS and _is_of_team(model))


def _is_of_team(model: type[Base]) -> bool:
    return model is Team or not {"team_id", "round_id"}.isdisjoint(model.__table__.columns.keys())
