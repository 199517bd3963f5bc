"""The short meetings at which a team looks at its plan."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import Index, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from assessment.store.base import Base, Moment, RandomKey, belongs_to


class PlanMeeting(RandomKey, Base):
    """A meeting about a plan, from the first thing that was said to its closing.

    `agenda` are the actions that it talks about, in their order, and what it said of each (`[{"action": id, "said":
    "done" | "goes-on" | "stuck" | ""}]`); an action may be gone from the plan by now. `days` is the meeting of the plan
    that it was (30, 60 or 90), or 0 for one between them.
    """

    __tablename__ = "plan_meetings"
    __table_args__ = (
        belongs_to("plans", "plan_id"),
        Index("ix_plan_meetings_plan_id", "plan_id", "began_at"),
    )

    organisation_id: Mapped[uuid.UUID]
    plan_id: Mapped[uuid.UUID]
    days: Mapped[int]
    began_at: Mapped[Moment]
    closed_at: Mapped[Moment | None]
    agenda: Mapped[list[dict[str, Any]]] = mapped_column(default=list)


def latest_meeting(session: Session, plan_id: uuid.UUID) -> PlanMeeting | None:
    """The plan's last meeting, as the database has it now."""
    return session.scalar(
        select(PlanMeeting)
        .where(PlanMeeting.plan_id == plan_id)
        .order_by(PlanMeeting.began_at.desc(), PlanMeeting.id)
        .limit(1)
        .execution_options(populate_existing=True)
    )


def last_held(session: Session, plan_ids: list[uuid.UUID]) -> dict[uuid.UUID, dt.datetime]:
    """When the last meeting about each of these plans was held, where one was: closed, or with nothing left to say."""
    if not plan_ids:
        return {}
    rows = session.execute(
        select(PlanMeeting.plan_id, PlanMeeting.began_at, PlanMeeting.closed_at, PlanMeeting.agenda)
        .where(PlanMeeting.plan_id.in_(plan_ids))
        .order_by(PlanMeeting.began_at)
    )
    return {
        row.plan_id: row.closed_at or row.began_at
        for row in rows
        if row.closed_at or all(entry["said"] for entry in row.agenda)
    }
