"""What people did to a round that whoever reads its result must be able to know."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from assessment.domain.surplus import LONGEST_REASON
from assessment.store.accounts import User
from assessment.store.base import Base, Moment, RandomKey, belongs_to, text_enum


class RoundEventKind(StrEnum):
    SIZE_CORRECTED = "size-corrected"
    """Since the round began: `size_before` and `size` are what the team had, and what it has."""
    SURPLUS_EXPLAINED = "surplus-explained"
    """The round was published with more answers than people (`size`), and a `reason`."""
    LEFT_OUT = "left-out"
    """The round was published without so many answers (`size`) that had not come on paper: too few beside those."""


class RoundEvent(RandomKey, Base):
    """When, by whom, and what; written once, never changed. Deleting an account leaves its events without a name."""

    __tablename__ = "round_events"
    __table_args__ = (
        belongs_to("rounds", "round_id"),
        Index("ix_round_events_round_id", "round_id", "happened_at"),
    )

    organisation_id: Mapped[uuid.UUID]
    round_id: Mapped[uuid.UUID]
    happened_at: Mapped[Moment]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    kind: Mapped[RoundEventKind] = mapped_column(text_enum(RoundEventKind))
    size_before: Mapped[int | None]
    size: Mapped[int]
    reason: Mapped[str] = mapped_column(String(LONGEST_REASON), default="", server_default="")


@dataclass(frozen=True, slots=True)
class NamedEvent:
    """An event with the e-mail of who did it; empty where that account is gone, or it was the command line."""

    event: RoundEvent
    email: str


def events_of_round(session: Session, organisation_id: uuid.UUID, round_id: uuid.UUID) -> Sequence[NamedEvent]:
    """The earliest first."""
    rows = session.execute(
        select(RoundEvent, User.email)
        .outerjoin(User, User.id == RoundEvent.user_id)
        .where(RoundEvent.organisation_id == organisation_id, RoundEvent.round_id == round_id)
        .order_by(RoundEvent.happened_at, RoundEvent.id)
    )
    return [NamedEvent(event, email or "") for event, email in rows]
