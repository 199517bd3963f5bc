"""Tags of teams: a few short words each, such as a region or a unit. They choose rows, and make no group of people."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Sequence

from sqlalchemy import Index, String, Text, and_, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from assessment.domain.team_tags import LONGEST_TAG
from assessment.store.base import Base, belongs_to
from assessment.store.organisations import Membership
from assessment.store.scope import is_in_scope


class TeamTag(Base):
    """`key` is the name as it is looked for, without accents and capitals; `position` its place among the team's."""

    __tablename__ = "team_tags"
    __table_args__ = (belongs_to("teams", "team_id"), Index("ix_team_tags_key", "organisation_id", "key"))

    organisation_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    team_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    name: Mapped[str] = mapped_column(String(LONGEST_TAG))
    position: Mapped[int]


def tags_of_team(session: Session, organisation_id: uuid.UUID, team_id: uuid.UUID) -> Sequence[str]:
    """The names in the order in which somebody wrote them."""
    return session.scalars(
        select(TeamTag.name)
        .where(TeamTag.organisation_id == organisation_id, TeamTag.team_id == team_id)
        .order_by(TeamTag.position, TeamTag.key)
    ).all()


def tags_by_team(session: Session, team_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, tuple[str, ...]]:
    """The names of the tags of these teams; a team without any is not in it."""
    rows = session.execute(
        select(TeamTag.team_id, TeamTag.name)
        .where(TeamTag.team_id.in_(team_ids))
        .order_by(TeamTag.team_id, TeamTag.position, TeamTag.key)
    )
    found: dict[uuid.UUID, list[str]] = defaultdict(list)
    for team_id, name in rows:
        found[team_id].append(name)
    return {team_id: tuple(names) for team_id, names in found.items()}


def used_tags(
    session: Session,
    *,
    organisation_id: uuid.UUID | None = None,
    user_id: int | None = None,
    among: Collection[uuid.UUID] | None = None,
) -> dict[str, str]:
    """Every tag of an organisation's teams, or of all teams that an account is of, by its key, in their order; `among`
    names the only teams that count."""
    query = select(TeamTag.key, func.min(TeamTag.name)).group_by(TeamTag.key).order_by(TeamTag.key)
    if organisation_id is not None:
        query = query.where(TeamTag.organisation_id == organisation_id)
    else:
        is_seen = and_(Membership.organisation_id == TeamTag.organisation_id, is_in_scope(TeamTag.team_id))
        query = query.join(Membership, is_seen).where(Membership.user_id == user_id)
    if among is not None:
        query = query.where(TeamTag.team_id.in_(among))
    return {row[0]: row[1] for row in session.execute(query)}


def teams_by_tag(session: Session, team_ids: Collection[uuid.UUID]) -> dict[str, tuple[str, list[uuid.UUID]]]:
    """Every tag of these teams by its key, in their order: its name, and the teams that have it."""
    rows = session.execute(
        select(TeamTag.key, TeamTag.name, TeamTag.team_id)
        .where(TeamTag.team_id.in_(team_ids))
        .order_by(TeamTag.key, TeamTag.name, TeamTag.team_id)
    )
    found: dict[str, tuple[str, list[uuid.UUID]]] = {}
    for key, name, team_id in rows:
        found.setdefault(key, (name, []))[1].append(team_id)
    return found


def put_tags(session: Session, organisation_id: uuid.UUID, team_id: uuid.UUID, tags: Sequence[tuple[str, str]]) -> None:
    """The team has these tags, by key and name, and no others."""
    session.execute(delete(TeamTag).where(TeamTag.organisation_id == organisation_id, TeamTag.team_id == team_id))
    for position, (key, name) in enumerate(tags):
        session.add(TeamTag(organisation_id=organisation_id, team_id=team_id, key=key, name=name, position=position))
    session.flush()
