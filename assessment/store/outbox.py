"""E-mail that is to be sent. A row is written in the transaction that causes it, and sent once that is committed.

A message of a mailing, to one of a round's recipients, has no text: it is written when it is sent (`store.recipients`).

While a message is being sent, `next_attempt_at` is when another process may try again: the first may be killed.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, delete, func, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from assessment.store.accounts import User
from assessment.store.base import Base, Moment, RandomKey, belongs_to, text_enum
from assessment.store.organisations import Membership


class OutboxState(StrEnum):
    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    """Given up; as long as its text is there, somebody may have it tried again."""
    EXPIRED = "expired"
    """Its lifetime is over: a link in it is not valid any more."""
    SKIPPED = "skipped"
    """Nothing was sent: its reader wants no e-mail of the organisation. Counted as sent wherever people look, so that
    nobody learns of an address that it has unsubscribed."""


OPEN = (OutboxState.WAITING, OutboxState.SENDING)
UNSENT = (OutboxState.WAITING, OutboxState.FAILED, OutboxState.EXPIRED)
OVER = (OutboxState.SENT, OutboxState.SKIPPED, OutboxState.EXPIRED)


class OutboxMessage(RandomKey, Base):
    """`text` and `html` are emptied once it is sent, expired or refused for good: a link in them may be a secret.

    `message_id` is fixed, so that a mail server sees a repeat. `reason` is a short code, and never a server's words.
    A message of a mailing goes with its recipient.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        belongs_to("round_recipients", "recipient_id"),
        belongs_to("round_mailings", "mailing_id"),
        UniqueConstraint("recipient_id", "mailing_id"),
        Index("ix_outbox_state", "state", "next_attempt_at"),
        Index("ix_outbox_mailing_id", "mailing_id"),
    )

    organisation_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("organisations.id", ondelete="CASCADE"), index=True
    )
    message_id: Mapped[str] = mapped_column(String(255), unique=True)
    to_address: Mapped[str] = mapped_column(String(255))
    subject: Mapped[str] = mapped_column(String(255))
    text: Mapped[str] = mapped_column(Text)
    html: Mapped[str | None] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(2))
    state: Mapped[OutboxState] = mapped_column(text_enum(OutboxState), default=OutboxState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    created_at: Mapped[Moment]
    sent_at: Mapped[Moment | None]
    reason: Mapped[str] = mapped_column(String(40), default="")
    unsubscribe_url: Mapped[str] = mapped_column(String(255), default="", server_default="")
    recipient_id: Mapped[uuid.UUID | None]
    mailing_id: Mapped[uuid.UUID | None]


class MailTurn(Base):
    """When an organisation's mailings had their last turn: the one whose turn is longest ago comes next."""

    __tablename__ = "mail_turns"

    organisation_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("organisations.id", ondelete="CASCADE"), primary_key=True
    )
    served_at: Mapped[Moment]


EMPTY: dict[str, Any] = {"text": "", "html": None, "unsubscribe_url": ""}


def due_messages(session: Session, now: dt.datetime, limit: int) -> Sequence[uuid.UUID]:
    """Messages that nobody is sending and that may be tried, the longest due first; without those of mailings."""
    return session.scalars(
        select(OutboxMessage.id)
        .where(
            OutboxMessage.state.in_(OPEN),
            OutboxMessage.next_attempt_at <= now,
            OutboxMessage.mailing_id.is_(None),
        )
        .order_by(OutboxMessage.next_attempt_at, OutboxMessage.id)
        .limit(limit)
    ).all()


def next_of_mailings(session: Session, now: dt.datetime) -> uuid.UUID | None:
    """A message of a mailing: of the organisation whose turn is longest ago, the one that is due longest.

    So the thousand messages of one organisation do not hold up the ten of another.
    """
    return session.scalar(
        select(OutboxMessage.id)
        .outerjoin(MailTurn, MailTurn.organisation_id == OutboxMessage.organisation_id)
        .where(
            OutboxMessage.state.in_(OPEN),
            OutboxMessage.next_attempt_at <= now,
            OutboxMessage.expires_at > now,
            OutboxMessage.mailing_id.is_not(None),
        )
        .order_by(MailTurn.served_at.asc().nulls_first(), OutboxMessage.next_attempt_at, OutboxMessage.id)
        .limit(1)
    )


def give_turn(session: Session, organisation_id: uuid.UUID, *, now: dt.datetime) -> None:
    """Records that it was this organisation's turn. To be called by one process at a time (`take_turn`)."""
    turn = session.get(MailTurn, organisation_id)
    if turn is None:
        session.add(MailTurn(organisation_id=organisation_id, served_at=now))
    else:
        turn.served_at = now
    session.flush()


def add_messages(session: Session, rows: list[dict[str, Any]]) -> None:
    """Many at once; each row has a message's columns, `id` too."""
    session.execute(insert(OutboxMessage), rows)


def hold_mailings(session: Session, *, now: dt.datetime, until: dt.datetime) -> None:
    """Lets what mailings would have sent by now wait: the mail server is away for all of it."""
    _change(
        session,
        OutboxMessage.mailing_id.is_not(None),
        OutboxMessage.state == OutboxState.WAITING,
        OutboxMessage.next_attempt_at <= now,
        next_attempt_at=until,
    )


def claim_message(
    session: Session, message_id: uuid.UUID, *, now: dt.datetime, lease: dt.timedelta, is_of_mailing: bool = False
) -> OutboxMessage | None:
    """The message, for whoever comes first; `None` where it is sent, not due, expired, or somebody is sending it, and
    for one of a mailing, unless it is to be, and the other way round."""
    claimed = _change(
        session,
        OutboxMessage.id == message_id,
        OutboxMessage.mailing_id.is_not(None) if is_of_mailing else OutboxMessage.mailing_id.is_(None),
        OutboxMessage.state.in_(OPEN),
        OutboxMessage.next_attempt_at <= now,
        OutboxMessage.expires_at > now,
        state=OutboxState.SENDING,
        attempts=OutboxMessage.attempts + 1,
        next_attempt_at=now + lease,
    )
    return session.get_one(OutboxMessage, message_id, populate_existing=True) if claimed else None


def mark_sent(session: Session, message_id: uuid.UUID, *, now: dt.datetime) -> None:
    """Records that the mail server has the message, even after the lease has ended."""
    _change(
        session,
        OutboxMessage.id == message_id,
        OutboxMessage.state != OutboxState.SENT,
        **EMPTY,
        state=OutboxState.SENT,
        sent_at=now,
        reason="",
    )


def mark_unsent(session: Session, message: OutboxMessage, **values: Any) -> bool:
    """Another state after an attempt that failed, unless somebody else has claimed the message since."""
    return bool(
        _change(
            session,
            OutboxMessage.id == message.id,
            OutboxMessage.state == OutboxState.SENDING,
            OutboxMessage.attempts == message.attempts,
            **values,
        )
    )


def expire_messages(session: Session, now: dt.datetime) -> int:
    """Ends messages whose lifetime is over, also those that were given up; returns how many."""
    return _change(
        session,
        OutboxMessage.state.in_((OutboxState.WAITING, OutboxState.FAILED)) | _is_abandoned(now),
        OutboxMessage.expires_at <= now,
        **EMPTY,
        state=OutboxState.EXPIRED,
    )


def has_expired_messages(session: Session, now: dt.datetime) -> bool:
    return bool(
        session.scalar(
            select(func.count())
            .select_from(OutboxMessage)
            .where(
                OutboxMessage.state.in_((OutboxState.WAITING, OutboxState.FAILED)) | _is_abandoned(now),
                OutboxMessage.expires_at <= now,
            )
        )
    )


def delete_old_messages(session: Session, before: dt.datetime) -> int:
    """Deletes what is over and was made before: it holds addresses. Returns how many."""
    gone = session.execute(
        delete(OutboxMessage).where(OutboxMessage.state.in_(OVER), OutboxMessage.created_at < before)
    )
    return int(gone.rowcount)  # type: ignore[attr-defined]


def messages_of(session: Session, organisation_id: uuid.UUID, limit: int) -> Sequence[OutboxMessage]:
    """The organisation's messages, the newest first; of mailings, only what could not be sent."""
    return session.scalars(
        select(OutboxMessage)
        .where(
            OutboxMessage.organisation_id == organisation_id,
            OutboxMessage.mailing_id.is_(None) | (OutboxMessage.state == OutboxState.FAILED),
        )
        .order_by(OutboxMessage.created_at.desc(), OutboxMessage.id)
        .limit(limit)
    ).all()


def unsent_to_members(session: Session, organisation_id: uuid.UUID, limit: int) -> Sequence[OutboxMessage]:
    """What members were sent about their accounts and could not be sent so far, the newest first."""
    members = (
        select(func.lower(User.email))
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.organisation_id == organisation_id)
    )
    return session.scalars(
        select(OutboxMessage)
        .where(
            OutboxMessage.organisation_id.is_(None),
            OutboxMessage.state.in_((OutboxState.WAITING, OutboxState.SENDING, OutboxState.FAILED)),
            OutboxMessage.reason != "",
            func.lower(OutboxMessage.to_address).in_(members),
        )
        .order_by(OutboxMessage.created_at.desc(), OutboxMessage.id)
        .limit(limit)
    ).all()


def find_message(session: Session, organisation_id: uuid.UUID, message_id: uuid.UUID) -> OutboxMessage | None:
    """A message of this organisation, never another's; nobody else changes it until the transaction ends."""
    return session.scalar(
        select(OutboxMessage)
        .where(OutboxMessage.organisation_id == organisation_id, OutboxMessage.id == message_id)
        .with_for_update()
    )


def retry_of_mailings(
    session: Session, mailing_ids: Any, recipient_id: uuid.UUID | None, *, now: dt.datetime
) -> Sequence[uuid.UUID]:
    """Has what these mailings could not deliver, to one recipient or to all, tried again as long as it is valid;
    returns to whom."""
    failed = [
        OutboxMessage.mailing_id.in_(mailing_ids),
        OutboxMessage.state == OutboxState.FAILED,
        OutboxMessage.expires_at > now,
        *([] if recipient_id is None else [OutboxMessage.recipient_id == recipient_id]),
    ]
    people = session.scalars(select(OutboxMessage.recipient_id).where(*failed).distinct()).all()
    _change(session, *failed, state=OutboxState.WAITING, attempts=0, next_attempt_at=now, reason="")
    return [person for person in people if person is not None]


def withdraw_messages(session: Session, organisation_id: uuid.UUID, to_address: str, *, now: dt.datetime) -> int:
    """Ends what waits to be sent to an address, mailings apart; returns how many."""
    return _change(
        session,
        OutboxMessage.organisation_id == organisation_id,
        OutboxMessage.to_address == to_address,
        OutboxMessage.mailing_id.is_(None),
        OutboxMessage.state.in_((OutboxState.WAITING, OutboxState.FAILED)),
        **EMPTY,
        state=OutboxState.EXPIRED,
        expires_at=now,
    )


def _is_abandoned(now: dt.datetime) -> Any:
    """Claimed by a process whose lease has ended."""
    return (OutboxMessage.state == OutboxState.SENDING) & (OutboxMessage.next_attempt_at <= now)


def _change(session: Session, *where: Any, **values: Any) -> int:
    changed = session.execute(
        update(OutboxMessage).where(*where).values(**values).execution_options(synchronize_session=False)
    )
    return int(changed.rowcount)  # type: ignore[attr-defined]
