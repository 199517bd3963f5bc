"""Teams: name, size, kind, targets, and their sequence of perception points."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from assessment.store.base import Base, Moment, RandomKey, tenant_key


class Team(RandomKey, Base):
    """`points` is the customer's sequence, each `{"id", "name", "phase"}`; `targets`
    has the pillars whose target is not that of their scale."""

    __tablename__ = "teams"
    __table_args__ = (
        UniqueConstraint("organisation_id", "name"),
        CheckConstraint("size >= 1", name="size"),
        tenant_key("teams"),
    )

    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisations.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    size: Mapped[int]
    kind: Mapped[str] = mapped_column(String(60))
    points: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    targets: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[Moment]


def find_team(session: Session, organisation_id: uuid.UUID, team_id: uuid.UUID) -> Team | None:
    """A team of this organisation, never another's."""
    return session.scalar(select(Team).where(Team.organisation_id == organisation_id, Team.id == team_id))


def lock_team(session: Session, team_id: uuid.UUID) -> None:
    """Holds the team until the transaction ends. Rows that only refer to it need not wait."""
    session.execute(select(Team.id).where(Team.id == team_id).with_for_update(key_share=True))


def lock_teams(session: Session, team_ids: Collection[uuid.UUID]) -> None:
    """The same for several, always in one order, so that two who ask at once do not wait for each other."""
    session.execute(select(Team.id).where(Team.id.in_(team_ids)).order_by(Team.id).with_for_update(key_share=True))


def find_team_by_name(session: Session, organisation_id: uuid.UUID, name: str) -> Team | None:
    return session.scalar(select(Team).where(Team.organisation_id == organisation_id, Team.name == name))
