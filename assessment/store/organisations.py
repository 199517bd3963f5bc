"""Organisations, and who belongs to them. Every row belongs to an organisation, and every query is scoped by it."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Row,
    String,
    Text,
    UniqueConstraint,
    false,
    select,
    true,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from assessment.domain.access import OrganisationRole
from assessment.domain.colours import DEFAULT_ACCENT
from assessment.domain.conventions import MINIMUM_GROUP, MINIMUM_GROUP_FLOOR
from assessment.store.base import Base, Document, Moment, RandomKey, belongs_to, tenant_key, text_enum


class Organisation(RandomKey, Base):
    """A tenant. Its country sets decimals, dates, time zone, and the paper where `paper` names none; its language is
    the default of its pages. Documents are in `document_language`, or in that of whoever prints where it names none.

    `questionnaires` are the ids that the first round of a team asks, empty for the usual one; `moments` the perception
    points that new teams begin with, by kind of team, where they are not those that the product ships.

    `responsible` to `privacy_words` are what its privacy notice says; what is empty has a usual text. Answers and
    results are kept for so many months after a round is over, or until somebody deletes them.
    """

    __tablename__ = "organisations"
    __table_args__ = (
        CheckConstraint(f"minimum_group >= {MINIMUM_GROUP_FLOOR}", name="minimum_group"),
        CheckConstraint("language in ('es', 'en')", name="language"),
        CheckConstraint("paper in ('a4', 'letter')", name="paper"),
        CheckConstraint("document_language in ('es', 'en')", name="document_language"),
    )

    name: Mapped[str] = mapped_column(String(120))
    country: Mapped[str] = mapped_column(String(2))
    language: Mapped[str] = mapped_column(String(2))
    time_zone: Mapped[str] = mapped_column(String(64))
    minimum_group: Mapped[int] = mapped_column(default=MINIMUM_GROUP)
    accent: Mapped[str] = mapped_column(String(7), default=DEFAULT_ACCENT)
    paper: Mapped[str | None] = mapped_column(String(10))
    document_language: Mapped[str | None] = mapped_column(String(2))
    questionnaires: Mapped[list[str]] = mapped_column(Document, default=list, server_default="[]")
    moments: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    is_sample: Mapped[bool] = mapped_column(default=False, server_default=false())
    responsible: Mapped[str] = mapped_column(String(200), default="", server_default="")
    contact: Mapped[str] = mapped_column(String(400), default="", server_default="")
    privacy_law: Mapped[str] = mapped_column(String(20), default="", server_default="")
    purpose: Mapped[str] = mapped_column(Text, default="", server_default="")
    privacy_words: Mapped[str] = mapped_column(Text, default="", server_default="")
    keep_answers_months: Mapped[int | None]
    keep_results_months: Mapped[int | None]
    created_at: Mapped[Moment]


class Membership(RandomKey, Base):
    """One account's role in one organisation; `name` and `language` as it wants them there, where it gave them.

    It is of all teams, also of those that come later, or of those in `MembershipTeam`.
    """

    __tablename__ = "memberships"
    __table_args__ = (
        UniqueConstraint("user_id", "organisation_id"),
        CheckConstraint("language in ('es', 'en')", name="language"),
        tenant_key("memberships"),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisations.id", ondelete="CASCADE"), index=True)
    role: Mapped[OrganisationRole] = mapped_column(text_enum(OrganisationRole))
    name: Mapped[str | None] = mapped_column(String(120))
    language: Mapped[str | None] = mapped_column(String(2))
    has_all_teams: Mapped[bool] = mapped_column(default=True, server_default=true())


class MembershipTeam(Base):
    """A team that a member who is not of all teams works with; gone with the team."""

    __tablename__ = "membership_teams"
    __table_args__ = (belongs_to("memberships", "membership_id"), belongs_to("teams", "team_id"))

    membership_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    team_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, index=True)
    organisation_id: Mapped[uuid.UUID]


def find_organisations(session: Session, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Organisation]:
    """These organisations by their ids."""
    return {one.id: one for one in session.scalars(select(Organisation).where(Organisation.id.in_(ids)))}


def membership_in(
    session: Session, user_id: int, organisation_id: uuid.UUID
) -> Row[uuid.UUID, OrganisationRole, bool] | None:
    """The account's membership: its id, its role and whether it is of all teams; `None` for an outsider."""
    return session.execute(
        select(Membership.id, Membership.role, Membership.has_all_teams).where(
            Membership.user_id == user_id, Membership.organisation_id == organisation_id
        )
    ).one_or_none()


def teams_of_membership(session: Session, membership_id: uuid.UUID) -> frozenset[uuid.UUID]:
    """The teams that a membership names."""
    return frozenset(
        session.scalars(select(MembershipTeam.team_id).where(MembershipTeam.membership_id == membership_id))
    )


def role_in(session: Session, user_id: int, organisation_id: uuid.UUID) -> OrganisationRole | None:
    """The account's role in the organisation, or `None` for an outsider."""
    return session.scalar(
        select(Membership.role).where(Membership.user_id == user_id, Membership.organisation_id == organisation_id)
    )


def sample_organisations(session: Session) -> Sequence[Organisation]:
    """The organisations of the sample data, by name."""
    return session.scalars(
        select(Organisation).where(Organisation.is_sample).order_by(Organisation.name, Organisation.id)
    ).all()
