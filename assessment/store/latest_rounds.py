"""Teams with their latest round, in pages: what the start page and the page of an organisation list."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, ScalarSelect, and_, case, exists, func, select, true
from sqlalchemy.orm import Session, aliased, defer

from assessment.domain.access import OrganisationRole
from assessment.domain.rounds import RoundFacts, RoundMode, RoundPurpose, least_answers
from assessment.store.organisations import Membership, Organisation
from assessment.store.rounds import Round
from assessment.store.scope import is_in_scope
from assessment.store.team_tags import TeamTag
from assessment.store.teams import Team


class TeamAndRound(NamedTuple):
    """A team and the round of it that was made last, if there is one."""

    team: Team
    latest: Round | None


class RoundGlance(NamedTuple):
    """What a list of teams reads of a round."""

    id: uuid.UUID
    mode: RoundMode
    opens_at: dt.datetime | None
    closes_at: dt.datetime | None
    stopped_at: dt.datetime | None
    published_at: dt.datetime | None
    minimum_group: int
    team_size: int
    is_withheld: bool
    plan_shared_at: dt.datetime | None

    @property
    def facts(self) -> RoundFacts:
        return RoundFacts(self.mode, self.opens_at, self.closes_at, self.stopped_at, self.published_at)

    @property
    def least_answers(self) -> int:
        return least_answers(self.mode, self.minimum_group)


class TeamGlance(NamedTuple):
    """A team and its newest round: the one that is not published yet, else the one that was published last; and the
    id of that."""

    id: uuid.UUID
    name: str
    size: int
    latest: RoundGlance | None = None
    published_id: uuid.UUID | None = None


class AccountRow(NamedTuple):
    """A team of an account; an organisation without teams for it has one row, without a team."""

    organisation_id: uuid.UUID
    time_zone: str
    role: OrganisationRole
    has_all_teams: bool
    team: TeamGlance | None


_GLANCE = (
    Team.id,
    Team.name,
    Team.size,
    Round.id,
    Round.mode,
    Round.opens_at,
    Round.closes_at,
    Round.stopped_at,
    Round.published_at,
    Round.minimum_group,
    Round.team_size,
    Round.is_withheld,
    Round.plan_shared_at,
)


def glance_at(team: Team, latest: Round | None) -> TeamGlance:
    """What a list reads of a team and its newest round."""
    if latest is None:
        return TeamGlance(team.id, team.name, team.size)
    round_ = RoundGlance(*(getattr(latest, name) for name in RoundGlance._fields))
    return TeamGlance(team.id, team.name, team.size, round_, latest.id if latest.published_at else None)


def _glance(cells: Sequence[Any]) -> TeamGlance:
    team_id, name, size, *of_round, published_before = cells
    if of_round[0] is None:
        return TeamGlance(team_id, name, size)
    latest = RoundGlance(*of_round)
    return TeamGlance(team_id, name, size, latest, latest.id if latest.published_at else published_before)


def glances_of_organisation(
    session: Session, organisation_id: uuid.UUID, *, only: Collection[uuid.UUID] | None = None
) -> list[TeamGlance]:
    """The organisation's teams by name, `only` of these (`None` is all)."""
    rows = session.execute(
        select(*_GLANCE, _published_before())
        .select_from(Team)
        .outerjoin(Round, Round.id == _latest_round_of_team())
        .where(Team.organisation_id == organisation_id, _is_among(only))
        .order_by(Team.name, Team.id)
    )
    return [_glance(row) for row in rows]


def rows_of_account(
    session: Session, user_id: int, *, only: Collection[uuid.UUID] | None = None
) -> Sequence[AccountRow]:
    """The teams that an account is of, by the names of organisations and then of teams; `only` of these."""
    rows = session.execute(
        select(
            Organisation.id,
            Organisation.time_zone,
            Membership.role,
            Membership.has_all_teams,
            *_GLANCE,
            _published_before(),
        )
        .select_from(Membership)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .outerjoin(Team, _sees_team())
        .outerjoin(Round, Round.id == _latest_round_of_team())
        .where(Membership.user_id == user_id, _is_among(only))
        .order_by(Organisation.name, Organisation.id, Team.name, Team.id)
    )
    return [AccountRow(*row[:4], _glance(row[4:]) if row[4] is not None else None) for row in rows]


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


def _latest_round_of_team() -> ColumnElement[uuid.UUID]:
    """The id of the newest round of the team in the query around it: read from indexes alone."""
    under_way = aliased(Round)
    return func.coalesce(
        select(under_way.id)
        .where(*_is_of_team(under_way), under_way.published_at.is_(None), ~under_way.is_extra)
        .order_by(under_way.created_at.desc(), under_way.id)
        .limit(1)
        .correlate(Team)
        .scalar_subquery(),
        _published_last(),
    )


def _published_before() -> ColumnElement[uuid.UUID | None]:
    """The id of the team's round that was published last, where the round in the query is one that is not published."""
    return case((Round.published_at.is_(None), _published_last()))


def _published_last() -> ScalarSelect[uuid.UUID]:
    """The id of the round of the team in the query around it that was published last."""
    published = aliased(Round)
    return (
        select(published.id)
        .where(*_is_of_team(published), published.published_at.is_not(None))
        .order_by(published.published_at.desc(), published.id.desc())
        .limit(1)
        .correlate(Team)
        .scalar_subquery()
    )


def _is_of_team(candidate: type[Round]) -> list[ColumnElement[bool]]:
    return [
        candidate.organisation_id == Team.organisation_id,
        candidate.purpose == RoundPurpose.ASSESSMENT,
        candidate.team_id == Team.id,
    ]
