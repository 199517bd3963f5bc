"""Photographs of signed plans, apart from them: a page that needs the plan does not read a picture."""

from __future__ import annotations

import uuid

from sqlalchemy import String, delete, select
from sqlalchemy.orm import Mapped, Session, defer, mapped_column

from assessment.store.base import Base, Moment, belongs_to


class PlanPhotograph(Base):
    """The paper that a team has signed, as it was drawn anew from what was sent; one of a plan.

    Names are personal data: it goes with the plan, and is in no copy of it that others read by a link.
    """

    __tablename__ = "plan_photographs"
    __table_args__ = (belongs_to("plans", "plan_id"),)

    organisation_id: Mapped[uuid.UUID]
    plan_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    media_type: Mapped[str] = mapped_column(String(20))
    width: Mapped[int]
    height: Mapped[int]
    checksum: Mapped[str] = mapped_column(String(64))
    added_at: Mapped[Moment]
    picture: Mapped[bytes]


def find_photograph(session: Session, organisation_id: uuid.UUID, plan_id: uuid.UUID) -> PlanPhotograph | None:
    return session.scalar(
        select(PlanPhotograph).where(
            PlanPhotograph.organisation_id == organisation_id, PlanPhotograph.plan_id == plan_id
        )
    )


def find_photograph_facts(session: Session, organisation_id: uuid.UUID, plan_id: uuid.UUID) -> PlanPhotograph | None:
    """The photograph without its bytes."""
    return session.scalar(
        select(PlanPhotograph)
        .where(PlanPhotograph.organisation_id == organisation_id, PlanPhotograph.plan_id == plan_id)
        .options(defer(PlanPhotograph.picture))
    )


def delete_photograph(session: Session, organisation_id: uuid.UUID, plan_id: uuid.UUID) -> bool:
    """Whether there was one."""
    gone = session.scalars(
        delete(PlanPhotograph)
        .where(PlanPhotograph.organisation_id == organisation_id, PlanPhotograph.plan_id == plan_id)
        .returning(PlanPhotograph.plan_id)
    )
    return bool(gone.all())
