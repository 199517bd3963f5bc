"""What members of an organisation saw, took out and changed. Never anything about respondents, and no names: those of
people, teams and rounds are looked up when the log is read, so that what is deleted is gone from it, too."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, ForeignKey, Index, String, Text, delete, exists, func, or_, select, update
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from assessment.domain.audit import Action, ObjectKind
from assessment.store.accounts import User
from assessment.store.base import Base, Moment, RandomKey, text_enum
from assessment.store.members import MemberInvitation
from assessment.store.organisations import Membership
from assessment.store.rounds import Round
from assessment.store.teams import Team


class AuditEvent(RandomKey, Base):
    """`user_id` is who did it, `about_user_id` the member it was done to: nobody once that account is gone.

    `object_id` is the id of a team, a round or an invitation, perhaps of one that is gone; `detail` what
    `domain.audit.Details` packs, or a single word of an earlier version.
    """

    __tablename__ = "audit_events"
    __table_args__ = (
        Index("ix_audit_events_organisation_id", "organisation_id", "happened_at"),
        Index("ix_audit_events_happened_at", "happened_at"),
        Index("ix_audit_events_user", "organisation_id", "user_id"),
    )

    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisations.id", ondelete="CASCADE"))
    happened_at: Mapped[Moment]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    action: Mapped[str] = mapped_column(String(40))
    kind: Mapped[ObjectKind] = mapped_column(text_enum(ObjectKind))
    object_id: Mapped[uuid.UUID | None]
    about_user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    detail: Mapped[str] = mapped_column(Text, default="", server_default="")


class NamedEvent(NamedTuple):
    """An event with what it is called by now; `None` for what is gone."""

    event: AuditEvent
    email: str | None
    about_email: str | None
    team: str | None
    round: str | None


def has_event_since(session: Session, event: AuditEvent, since: dt.datetime) -> bool:
    """Whether the same person did the same to the same thing, at this moment or after."""
    same = (
        AuditEvent.organisation_id == event.organisation_id,
        AuditEvent.happened_at >= since,
        AuditEvent.user_id == event.user_id,
        AuditEvent.action == event.action,
        AuditEvent.kind == event.kind,
        AuditEvent.object_id == event.object_id if event.object_id else AuditEvent.object_id.is_(None),
        AuditEvent.detail == event.detail,
    )
    return session.scalar(select(AuditEvent.id).where(*same).limit(1)) is not None


def count_events(
    session: Session, organisation_id: uuid.UUID, user_id: int | None, actions: Collection[Action] | None
) -> int:
    counted = select(func.count()).select_from(AuditEvent).where(*_chosen(organisation_id, user_id, actions))
    return session.scalar(counted) or 0


def named_events(
    session: Session,
    organisation_id: uuid.UUID,
    user_id: int | None,
    actions: Collection[Action] | None,
    *,
    at_most: int,
    after: int,
) -> list[NamedEvent]:
    """Some of the log, the latest first: of one person (`user_id`), of some actions, or all."""
    about, own_team, round_team = aliased(User), aliased(Team), aliased(Team)
    rows: Any = session.execute(
        select(
            AuditEvent,
            User.email,
            func.coalesce(about.email, MemberInvitation.email),
            func.coalesce(own_team.name, round_team.name),
            Round.name,
        )
        .outerjoin(User, User.id == AuditEvent.user_id)
        .outerjoin(about, about.id == AuditEvent.about_user_id)
        .outerjoin(
            MemberInvitation,
            (MemberInvitation.id == AuditEvent.object_id) & (MemberInvitation.organisation_id == organisation_id),
        )
        .outerjoin(own_team, (own_team.id == AuditEvent.object_id) & (own_team.organisation_id == organisation_id))
        .outerjoin(Round, (Round.id == AuditEvent.object_id) & (Round.organisation_id == organisation_id))
        .outerjoin(round_team, round_team.id == Round.team_id)
        .where(*_chosen(organisation_id, user_id, actions))
        .order_by(AuditEvent.happened_at.desc(), AuditEvent.id)
        .offset(after)
        .limit(at_most)
    )
    return [NamedEvent(*row) for row in rows]


def name_invited(session: Session, organisation_id: uuid.UUID, invitation_id: uuid.UUID, user_id: int) -> None:
    """Whoever was invited has joined: the events of their invitation are about their account."""
    invited = (AuditEvent.organisation_id == organisation_id, AuditEvent.object_id == invitation_id)
    session.execute(update(AuditEvent).where(*invited).values(about_user_id=user_id))


def people_of_log(session: Session, organisation_id: uuid.UUID) -> list[tuple[uuid.UUID, int, str]]:
    """The members that the log tells of, by address: the id of the membership, that of the account, the address."""
    told = exists().where(AuditEvent.organisation_id == organisation_id, AuditEvent.user_id == User.id)
    rows = session.execute(
        select(Membership.id, User.id.label("user_id"), User.email)
        .join(User, User.id == Membership.user_id)
        .where(Membership.organisation_id == organisation_id, told)
        .order_by(func.lower(User.email), User.id)
    )
    return [(row.id, row.user_id, row.email) for row in rows]


def delete_events_before(session: Session, before: dt.datetime) -> None:
    """Of all organisations."""
    session.execute(delete(AuditEvent).where(AuditEvent.happened_at < before))


def _chosen(
    organisation_id: uuid.UUID, user_id: int | None, actions: Collection[Action] | None
) -> list[ColumnElement[bool]]:
    chosen: list[ColumnElement[bool]] = [AuditEvent.organisation_id == organisation_id]
    if user_id is not None:
        chosen.append(or_(AuditEvent.user_id == user_id, AuditEvent.about_user_id == user_id))
    if actions is not None:
        chosen.append(AuditEvent.action.in_([str(action) for action in actions]))
    return chosen
