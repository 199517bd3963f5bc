"""The actions of plans, one row each, and what became of them."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, Text, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from assessment.domain.plans.choices import LONGEST_EVIDENCE, LONGEST_LINE, LONGEST_TEXT, ActionStatus
from assessment.domain.plans.history import ActionChangeKind
from assessment.store.accounts import User
from assessment.store.base import Base, Moment, RandomKey, belongs_to, tenant_key, text_enum


class ServedKind(StrEnum):
    """What an action is to lift."""

    PILLAR = "pillar"
    POINT = "point"


class PlanAction(RandomKey, Base):
    """An action of a plan. Its team and round are those of the plan.

    It serves a pillar or a perception point (`ref_id`), whose released score in the plan's round is `score_at_start`: a
    mean in points of the scale, or the median step. `library_id` is empty for one in the team's own words; of the
    library's, `owner` and `measure` are `NULL` while they are as it words them. `position` counts the plan's actions
    from 0, those that were given up at the end; it is `NULL` once the action is taken out, until that can no longer be
    undone.
    """

    __tablename__ = "plan_actions"
    __table_args__ = (
        belongs_to("plans", "plan_id"),
        tenant_key("plan_actions"),
        Index("ix_plan_actions_plan_id", "plan_id", "position"),
    )

    organisation_id: Mapped[uuid.UUID]
    plan_id: Mapped[uuid.UUID]
    position: Mapped[int | None]
    serves: Mapped[ServedKind] = mapped_column(text_enum(ServedKind))
    ref_id: Mapped[str] = mapped_column(Text)
    score_at_start: Mapped[float | None]
    library_id: Mapped[str] = mapped_column(String(LONGEST_LINE))
    title: Mapped[str] = mapped_column(String(LONGEST_LINE))
    what: Mapped[str] = mapped_column(String(LONGEST_TEXT))
    owner: Mapped[str | None] = mapped_column(String(LONGEST_LINE))
    measure: Mapped[str | None] = mapped_column(String(LONGEST_LINE))
    due_on: Mapped[dt.date | None]
    status: Mapped[ActionStatus] = mapped_column(text_enum(ActionStatus))
    note: Mapped[str] = mapped_column(String(LONGEST_TEXT), default="", server_default="")
    evidence: Mapped[str] = mapped_column(String(LONGEST_EVIDENCE), default="", server_default="")

    @property
    def is_open(self) -> bool:
        """Whether it is still to be finished."""
        return self.status.is_open

    @property
    def is_stuck(self) -> bool:
        return self.status is ActionStatus.BLOCKED


class ActionEvent(RandomKey, Base):
    """What became of an action, when, and by whom; nobody where it came with the proposal.

    `link_owner` is the name on the owner's link by which it came, and then there is no account. `changes` holds what
    each changed field said before and after (`domain.plans.history`).
    """

    __tablename__ = "action_events"
    __table_args__ = (
        belongs_to("plan_actions", "action_id"),
        Index("ix_action_events_action_id", "action_id", "happened_at"),
    )

    organisation_id: Mapped[uuid.UUID]
    action_id: Mapped[uuid.UUID]
    happened_at: Mapped[Moment]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    link_owner: Mapped[str | None] = mapped_column(String(LONGEST_LINE))
    kind: Mapped[ActionChangeKind] = mapped_column(text_enum(ActionChangeKind))
    changes: Mapped[dict[str, Any]] = mapped_column(default=dict)


@dataclass(frozen=True, slots=True)
class NamedEvent:
    """An event with the e-mail of who did it; empty where that account is gone, or it came with the proposal."""

    event: ActionEvent
    email: str


def latest_events(session: Session, plan_id: uuid.UUID, *, most: int) -> dict[uuid.UUID, list[NamedEvent]]:
    """What became of each action of a plan last, the latest first: at most so many events of each."""
    number = func.row_number().over(
        partition_by=ActionEvent.action_id,
        order_by=(ActionEvent.happened_at.desc(), ActionEvent.kind.desc(), ActionEvent.id),
    )
    numbered = (
        select(ActionEvent.id, number.label("number"))
        .join(PlanAction, PlanAction.id == ActionEvent.action_id)
        .where(PlanAction.plan_id == plan_id)
        .subquery()
    )
    rows = session.execute(
        select(ActionEvent, User.email)
        .join(numbered, numbered.c.id == ActionEvent.id)
        .outerjoin(User, User.id == ActionEvent.user_id)
        .where(numbered.c.number <= most)
        .order_by(ActionEvent.action_id, numbered.c.number)
    )
    events: dict[uuid.UUID, list[NamedEvent]] = {}
    for event, email in rows:
        events.setdefault(event.action_id, []).append(NamedEvent(event, email or ""))
    return events


class CarriedAction(Base):
    """An action that goes on in the plan of a later round: there as `action_id`, in the earlier plan as `from_id`."""

    __tablename__ = "carried_actions"
    __table_args__ = (
        belongs_to("plan_actions", "action_id"),
        ForeignKeyConstraint(
            ["organisation_id", "from_id"],
            ["plan_actions.organisation_id", "plan_actions.id"],
            name="fk_carried_actions_from_id_plan_actions",
            ondelete="CASCADE",
        ),
        Index("ix_carried_actions_from_id", "from_id"),
    )

    organisation_id: Mapped[uuid.UUID]
    action_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    from_id: Mapped[uuid.UUID]


def events_of_actions(session: Session, action_ids: Collection[uuid.UUID]) -> Sequence[ActionEvent]:
    """What became of these actions, the latest first."""
    return session.scalars(
        select(ActionEvent)
        .where(ActionEvent.action_id.in_(action_ids))
        .order_by(ActionEvent.happened_at.desc(), ActionEvent.kind.desc(), ActionEvent.id)
    ).all()
