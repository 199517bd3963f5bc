"""Links by which owners of actions update them without an account."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence

from sqlalchemy import Index, String, exists, select
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column, relationship

from assessment.domain.plans.choices import LONGEST_LINE
from assessment.store.base import Base, Moment, RandomKey, belongs_to, tenant_key
from assessment.store.plans import Plan
from assessment.store.rounds import Round


class OwnerLink(RandomKey, Base):
    """A link to some actions of a plan, for whoever was named as their owner when it was made; only its hash is kept.

    `expires_on` is its last day where the organisation is. `ended_at` is set when it was withdrawn, or another one took
    its place. `used_on` is the day on which something was saved by it last.
    """

    __tablename__ = "owner_links"
    __table_args__ = (
        belongs_to("plans", "plan_id"),
        tenant_key("owner_links"),
        Index("ix_owner_links_plan_id", "plan_id", "made_at"),
    )

    organisation_id: Mapped[uuid.UUID]
    plan_id: Mapped[uuid.UUID]
    owner: Mapped[str] = mapped_column(String(LONGEST_LINE))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[Moment]
    expires_on: Mapped[dt.date]
    ended_at: Mapped[Moment | None]
    used_on: Mapped[dt.date | None]
    actions: Mapped[list[OwnerLinkAction]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", passive_deletes=True
    )

    @property
    def action_ids(self) -> frozenset[uuid.UUID]:
        return frozenset(action.action_id for action in self.actions)


class OwnerLinkAction(Base):
    """An action that a link was made for, with its owner at that time as the action had it: `NULL` stands for the
    library's words."""

    __tablename__ = "owner_link_actions"
    __table_args__ = (
        belongs_to("owner_links", "link_id"),
        belongs_to("plan_actions", "action_id"),
        Index("ix_owner_link_actions_action_id", "action_id"),
    )

    organisation_id: Mapped[uuid.UUID]
    link_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    action_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    owner: Mapped[str | None] = mapped_column(String(LONGEST_LINE))


def links_of_plan(session: Session, plan_id: uuid.UUID) -> Sequence[OwnerLink]:
    """All links that were made for a plan, the newest first; as the database has them now."""
    return session.scalars(
        select(OwnerLink)
        .where(OwnerLink.plan_id == plan_id)
        .order_by(OwnerLink.made_at.desc(), OwnerLink.id)
        .execution_options(populate_existing=True)
    ).all()


def find_owner_link(session: Session, plan_id: uuid.UUID, link_id: uuid.UUID) -> OwnerLink | None:
    """A link of this plan, never another's."""
    return session.scalar(select(OwnerLink).where(OwnerLink.plan_id == plan_id, OwnerLink.id == link_id))


def find_owner_link_by_hash(session: Session, token_hash: str) -> OwnerLink | None:
    """As the database has it now."""
    return session.scalar(
        select(OwnerLink).where(OwnerLink.token_hash == token_hash).execution_options(populate_existing=True)
    )


def round_of_plan(session: Session, plan_id: uuid.UUID) -> Round:
    return session.scalars(select(Round).join(Plan, Plan.round_id == Round.id).where(Plan.id == plan_id)).one()


def has_later_plan(session: Session, round_: Round) -> bool:
    """Whether the round's team has a plan of a round that was published after it."""
    later = aliased(Round)
    return bool(
        session.scalar(
            select(
                exists().where(
                    Plan.round_id == later.id,
                    later.organisation_id == round_.organisation_id,
                    later.team_id == round_.team_id,
                    later.published_at > round_.published_at,
                )
            )
        )
    )
