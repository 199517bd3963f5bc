"""That an account was told on a day of what is due, or of a round that opened by itself: so that it is told once."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ForeignKey, Row, String, and_, delete, exists, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from assessment.domain.plans.choices import ActionStatus
from assessment.store.accounts import User
from assessment.store.base import Base
from assessment.store.organisations import Membership, Organisation
from assessment.store.plan_actions import CarriedAction, PlanAction
from assessment.store.plans import Plan
from assessment.store.repetitions import RepeatedRound
from assessment.store.rounds import Round
from assessment.store.scope import is_in_scope
from assessment.store.teams import Team


class DueNotice(Base):
    """One notice of a kind to an account on a day."""

    __tablename__ = "due_notices"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    on_day: Mapped[dt.date] = mapped_column(primary_key=True)


def take_notice(session: Session, user_id: int, kind: str, on_day: dt.date) -> bool:
    """Whether the notice of this day is ours to write: of several that ask, one is told so."""
    try:
        with session.begin_nested():
            session.execute(insert(DueNotice).values(user_id=user_id, kind=kind, on_day=on_day))
    except IntegrityError:
        return False
    return True


def has_notice(session: Session, user_id: int, kind: str, on_day: dt.date) -> bool:
    return session.get(DueNotice, (user_id, kind, on_day)) is not None


def delete_old_notices(session: Session, before: dt.date) -> None:
    session.execute(delete(DueNotice).where(DueNotice.on_day < before))


def members_to_notify(session: Session) -> Sequence[Row[User, Membership, Organisation]]:
    """Every active account that wants notices, with each of its roles, by account and organisation's name."""
    return session.execute(
        select(User, Membership, Organisation)
        .join(Membership, Membership.user_id == User.id)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(User.gets_due_notices, User.active, ~Organisation.is_sample)
        .order_by(User.id, Organisation.name, Organisation.id)
    ).all()


def managers_of_repeated_rounds(
    session: Session, *, since: dt.datetime, user_id: int | None = None, round_id: uuid.UUID | None = None
) -> Sequence[Row[User, Membership, Organisation, Round, Team]]:
    """Rounds that were made by themselves since then and are not published, each with every active account that wants
    notices and is of its team, whatever its role; or those of one account or one round."""
    query = (
        select(User, Membership, Organisation, Round, Team)
        .join(Membership, Membership.user_id == User.id)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .join(Round, Round.organisation_id == Organisation.id)
        .join(RepeatedRound, RepeatedRound.round_id == Round.id)
        .join(Team, and_(Team.organisation_id == Round.organisation_id, Team.id == Round.team_id))
        .where(User.gets_due_notices, User.active, ~Organisation.is_sample)
        .where(Round.created_at >= since, Round.published_at.is_(None), is_in_scope(Team.id))
        .order_by(User.id, Round.id)
    )
    if user_id is not None:
        query = query.where(User.id == user_id)
    if round_id is not None:
        query = query.where(Round.id == round_id)
    return session.execute(query).all()


def due_actions(
    session: Session, membership: Membership, until: dt.date
) -> Sequence[Row[PlanAction, Round, Team, dt.date]]:
    """Open actions that are due until a day, of the plan of the latest published round of each team that a member is
    of, each with the day its plan was drawn up; the first due first. What goes on in a later plan is due there."""
    organisation_id = membership.organisation_id
    later = aliased(Round)
    has_later: Any = exists().where(
        later.organisation_id == Round.organisation_id,
        later.team_id == Round.team_id,
        later.published_at > Round.published_at,
        exists().where(Plan.round_id == later.id),
    )
    return session.execute(
        select(PlanAction, Round, Team, Plan.drawn_on)
        .join(Plan, and_(Plan.organisation_id == PlanAction.organisation_id, Plan.id == PlanAction.plan_id))
        .join(Round, and_(Round.organisation_id == Plan.organisation_id, Round.id == Plan.round_id))
        .join(Team, and_(Team.organisation_id == Round.organisation_id, Team.id == Round.team_id))
        .join(Membership, Membership.organisation_id == PlanAction.organisation_id)
        .where(
            PlanAction.organisation_id == organisation_id,
            Membership.id == membership.id,
            is_in_scope(Team.id),
            ~exists().where(CarriedAction.from_id == PlanAction.id),
            PlanAction.position.is_not(None),
            PlanAction.due_on <= until,
            PlanAction.status.in_([status for status in ActionStatus if status.is_open]),
            ~has_later,
        )
        .order_by(PlanAction.due_on, Team.name, PlanAction.position, PlanAction.id)
    ).all()
