"""Teams with their latest round, in pages: what the start page and the page of an organisation list."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, ScalarSelect, and_, exists, func, select, true
from sqlalchemy.orm import Session, aliased, defer

from assessment.domain.access import OrganisationRole
from assessment.store.organisations import Membership, Organisation
from assessment.store.rounds import Round
from assessment.store.scope import is_in_scope
from assessment.store.team_tags import TeamTag
from assessment.store.teams import Team


class TeamAndRound(NamedTuple):
    """A team and the round of it that was made last, if there is one."""

    team: Team
    latest: Round | None


class AccountRow(NamedTuple):
    """A team of an account; an organisation without teams for it has one row, without a team."""

    organisation: Organisation
    role: OrganisationRole
    has_all_teams: bool
    team: Team | None
    latest: Round | None


def teams_with_latest_round(
    session: Session,
    organisation_id: uuid.UUID,
    *,
    at_most: int,
    after: int = 0,
    only: Collection[uuid.UUID] | None = None,
) -> list[TeamAndRound]:
    """Some of the organisation's teams by name, `only` of these (`None` is all)."""
    # The page is cut before rounds are looked up: the rows that are skipped cost nothing else.
    page = (
        select(Team.id)
        .where(Team.organisation_id == organisation_id, _is_among(only))
        .order_by(Team.name, Team.id)
        .offset(after)
        .limit(at_most)
        .subquery()
    )
    rows = session.execute(
        select(Team, Round)
        .join(page, page.c.id == Team.id)
        .outerjoin(Round, Round.id == _latest_round_of_team())
        .order_by(Team.name, Team.id)
        .options(defer(Round.snapshot))
    )
    return [TeamAndRound(*row) for row in rows]


def teams_by_name(
    session: Session, organisation_id: uuid.UUID, *, only: Collection[uuid.UUID] | None = None
) -> Sequence[Team]:
    """All of the organisation's teams, `only` of these (`None` is all), without their rounds."""
    return session.scalars(
        select(Team).where(Team.organisation_id == organisation_id, _is_among(only)).order_by(Team.name, Team.id)
    ).all()


def count_teams(session: Session, organisation_id: uuid.UUID, *, only: Collection[uuid.UUID] | None = None) -> int:
    """How many teams the organisation has, `only` of these (`None` is all)."""
    counted = select(func.count()).select_from(Team).where(Team.organisation_id == organisation_id, _is_among(only))
    return session.scalar(counted) or 0


def names_of_teams(
    session: Session, organisation_id: uuid.UUID, *, only: Collection[uuid.UUID] | None = None, tag: str = ""
) -> list[tuple[uuid.UUID, str]]:
    """The ids and names of an organisation's teams by name, `only` of these (`None` is all); with the key of a `tag`,
    of those that have it."""
    query = (
        select(Team.id, Team.name)
        .where(Team.organisation_id == organisation_id, _is_among(only), _has_tag(tag))
        .order_by(Team.name, Team.id)
    )
    return [(row.id, row.name) for row in session.execute(query)]


def names_of_teams_of_account(session: Session, user_id: int, *, tag: str = "") -> list[tuple[uuid.UUID, str]]:
    """The ids and names of all teams that an account is of, whatever the organisation; with the key of a `tag`, of
    those that have it."""
    query = (
        select(Team.id, Team.name).join(Membership, _sees_team()).where(Membership.user_id == user_id, _has_tag(tag))
    )
    return [(row.id, row.name) for row in session.execute(query)]


def rows_of_account(
    session: Session, user_id: int, *, at_most: int, after: int = 0, only: Collection[uuid.UUID] | None = None
) -> Sequence[AccountRow]:
    """Some of the teams that an account is of, by the names of organisations and then of teams; `only` of these."""
    page = (
        select(Membership.role, Membership.has_all_teams, Membership.organisation_id, Team.id.label("team_id"))
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .outerjoin(Team, _sees_team())
        .where(Membership.user_id == user_id, _is_among(only))
        .order_by(Organisation.name, Organisation.id, Team.name, Team.id)
        .offset(after)
        .limit(at_most)
        .subquery()
    )
    rows = session.execute(
        select(Organisation, page.c.role, page.c.has_all_teams, Team, Round)
        .join(page, page.c.organisation_id == Organisation.id)
        .outerjoin(Team, Team.id == page.c.team_id)
        .outerjoin(Round, Round.id == _latest_round_of_team())
        .order_by(Organisation.name, Organisation.id, Team.name, Team.id)
        .options(defer(Round.snapshot))
    )
    return [AccountRow(*row) for row in rows]


def count_rows_of_account(session: Session, user_id: int) -> int:
    """How many rows `rows_of_account` has in all."""
    counted = (
        select(func.count()).select_from(Membership).outerjoin(Team, _sees_team()).where(Membership.user_id == user_id)
    )
    return session.scalar(counted) or 0


def _sees_team() -> ColumnElement[bool]:
    """Joins the team to the membership that sees it."""
    return and_(Team.organisation_id == Membership.organisation_id, is_in_scope(Team.id))


def _has_tag(key: str) -> ColumnElement[bool]:
    return exists().where(TeamTag.team_id == Team.id, TeamTag.key == key) if key else true()


def _is_among(teams: Collection[uuid.UUID] | None) -> ColumnElement[bool]:
    return true() if teams is None else Team.id.in_(teams)


def _latest_round_of_team() -> ScalarSelect[uuid.UUID]:
    """The id of the newest round of the team in the query around it."""
    candidate = aliased(Round)
    return (
        select(candidate.id)
        .where(candidate.team_id == Team.id)
        .order_by(candidate.created_at.desc(), candidate.id)
        .limit(1)
        .correlate(Team)
        .scalar_subquery()
    )
