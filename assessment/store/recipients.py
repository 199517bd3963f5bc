"""Whom a round was announced to by e-mail, and what was sent to all of them.

A recipient knows nothing of answering: every message has the round's shared link, the same for everybody. What becomes
of each message stands in the outbox. Reasons: decision 0036.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterable, Sequence
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ForeignKey,
    Row,
    String,
    UniqueConstraint,
    and_,
    delete,
    exists,
    false,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from assessment.store.base import Base, Moment, RandomKey, belongs_to, tenant_key, text_enum
from assessment.store.outbox import OPEN, UNSENT, OutboxMessage, OutboxState, retry_of_mailings
from assessment.store.rounds import Round


class MailingKind(StrEnum):
    """What all recipients of a round are told."""

    INVITATION = "invitation"
    REMINDER = "reminder"
    CLOSING_SOON = "closing-soon"
    CLOSED = "closed"
    """That nobody can answer any more, with thanks and what happens next."""
    PLAN = "plan"
    """That the plan made of what they answered is shared."""


class Recipient(RandomKey, Base):
    """A person to whom a round's messages go. `is_refused`: the mail server does not know the address."""

    __tablename__ = "round_recipients"
    __table_args__ = (
        belongs_to("rounds", "round_id"),
        tenant_key("round_recipients"),
        UniqueConstraint("round_id", "address"),
    )

    organisation_id: Mapped[uuid.UUID]
    round_id: Mapped[uuid.UUID]
    address: Mapped[str] = mapped_column(String(255))
    name: Mapped[str] = mapped_column(String(120), default="")
    language: Mapped[str] = mapped_column(String(2))
    is_refused: Mapped[bool] = mapped_column(default=False, server_default=false())


class Mailing(RandomKey, Base):
    """One message to all recipients of a round, or to those added together. `turn` makes it happen once.

    `queued_at` is `None` for one that is planned only. `reply_to` is empty where answers go to the sender. `results_on`
    is the day by which people hear of the results, where that one says it.
    """

    __tablename__ = "round_mailings"
    __table_args__ = (
        belongs_to("rounds", "round_id"),
        tenant_key("round_mailings"),
        UniqueConstraint("round_id", "kind", "turn"),
    )

    organisation_id: Mapped[uuid.UUID]
    round_id: Mapped[uuid.UUID]
    kind: Mapped[MailingKind] = mapped_column(text_enum(MailingKind))
    turn: Mapped[str] = mapped_column(String(64))
    reply_to: Mapped[str] = mapped_column(String(255), default="")
    created_at: Mapped[Moment]
    queued_at: Mapped[Moment | None]
    results_on: Mapped[dt.date | None]


class RemovedRecipient(Base):
    """That an address was taken out of a round's list: a keyed hash, as long as the round's addresses are kept.

    `was_invited`: the round's invitation had gone out to it, and does not again.
    """

    __tablename__ = "removed_recipients"
    __table_args__ = (belongs_to("rounds", "round_id"),)

    organisation_id: Mapped[uuid.UUID]
    round_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    address_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    was_invited: Mapped[bool]


class UnsubscribedAddress(Base):
    """That an address wants no e-mail of an organisation: a keyed hash, never the address."""

    __tablename__ = "unsubscribed_addresses"

    organisation_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("organisations.id", ondelete="CASCADE"), primary_key=True
    )
    address_hash: Mapped[str] = mapped_column(String(64), primary_key=True)


def count_recipients(session: Session, organisation_id: uuid.UUID, round_id: uuid.UUID) -> int:
    return session.scalar(select(func.count()).select_from(Recipient).where(*_of_round(organisation_id, round_id))) or 0


def recipients_of(
    session: Session, organisation_id: uuid.UUID, round_id: uuid.UUID, *, at_most: int | None = None, after: int = 0
) -> Sequence[Recipient]:
    """By address."""
    return session.scalars(
        select(Recipient)
        .where(*_of_round(organisation_id, round_id))
        .order_by(Recipient.address)
        .offset(after)
        .limit(at_most)
    ).all()


def addresses_of(session: Session, organisation_id: uuid.UUID, round_id: uuid.UUID) -> dict[str, bool]:
    """Each address, with whether it was refused."""
    rows = session.execute(select(Recipient.address, Recipient.is_refused).where(*_of_round(organisation_id, round_id)))
    return {row[0]: row[1] for row in rows}


def find_recipient(
    session: Session, organisation_id: uuid.UUID, round_id: uuid.UUID, recipient_id: uuid.UUID
) -> Recipient | None:
    return session.scalar(select(Recipient).where(*_of_round(organisation_id, round_id), Recipient.id == recipient_id))


def undelivered_of(
    session: Session, organisation_id: uuid.UUID, round_id: uuid.UUID
) -> Sequence[Row[Recipient, str | None]]:
    """Those whose address was refused, or to whom a message was given up, with the reason of the latter. By address."""
    reason = (
        select(func.max(OutboxMessage.reason))
        .where(OutboxMessage.recipient_id == Recipient.id, OutboxMessage.state == OutboxState.FAILED)
        .scalar_subquery()
    )
    return session.execute(
        select(Recipient, reason)
        .where(*_of_round(organisation_id, round_id), or_(Recipient.is_refused, reason.is_not(None)))
        .order_by(Recipient.address)
    ).all()


def try_again(
    session: Session,
    organisation_id: uuid.UUID,
    round_id: uuid.UUID,
    recipient_id: uuid.UUID | None,
    *,
    now: dt.datetime,
) -> int:
    """Has what could not be delivered, to one recipient or to all, tried again while valid; returns to how many."""
    mailings = select(Mailing.id).where(Mailing.organisation_id == organisation_id, Mailing.round_id == round_id)
    people = retry_of_mailings(session, mailings, recipient_id, now=now)
    session.execute(
        update(Recipient)
        .where(*_of_round(organisation_id, round_id), Recipient.id.in_(people))
        .values(is_refused=False)
        .execution_options(synchronize_session=False)
    )
    return len(people)


def add_recipients(session: Session, rows: list[dict[str, Any]]) -> None:
    """Many at once; each row has a recipient's columns, `id` too."""
    session.execute(insert(Recipient), rows)


def forget_addresses(
    session: Session, organisation_id: uuid.UUID, round_id: uuid.UUID, addresses: Collection[str]
) -> None:
    session.execute(delete(Recipient).where(*_of_round(organisation_id, round_id), Recipient.address.in_(addresses)))


def mark_refused(session: Session, recipient_id: uuid.UUID) -> None:
    session.execute(
        update(Recipient)
        .where(Recipient.id == recipient_id)
        .values(is_refused=True)
        .execution_options(synchronize_session=False)
    )


def reachable(
    session: Session,
    organisation_id: uuid.UUID,
    round_id: uuid.UUID,
    *,
    not_since: dt.datetime | None = None,
    not_of: uuid.UUID | None = None,
) -> Sequence[Recipient]:
    """Those whose address was not refused, to whom nothing was written since, nor sent, and who have no message of the
    mailing `not_of`."""
    conditions = [*_of_round(organisation_id, round_id), ~Recipient.is_refused]
    if not_of is not None:
        conditions.append(
            ~exists().where(OutboxMessage.recipient_id == Recipient.id, OutboxMessage.mailing_id == not_of)
        )
    if not_since is not None:
        written = or_(OutboxMessage.created_at > not_since, OutboxMessage.sent_at > not_since)
        conditions.append(~exists().where(OutboxMessage.recipient_id == Recipient.id, written))
    return session.scalars(select(Recipient).where(*conditions)).all()


def find_mailing(
    session: Session, organisation_id: uuid.UUID, round_id: uuid.UUID, kind: MailingKind, turn: str | None = None
) -> Mailing | None:
    """The round's mailing of a kind and turn; without a turn, the latest."""
    return session.scalar(
        select(Mailing)
        .where(
            Mailing.organisation_id == organisation_id,
            Mailing.round_id == round_id,
            Mailing.kind == kind,
            *([] if turn is None else [Mailing.turn == turn]),
        )
        .order_by(Mailing.created_at.desc(), Mailing.id)
        .limit(1)
    )


def count_messages(
    session: Session, organisation_id: uuid.UUID, round_id: uuid.UUID
) -> Sequence[Row[MailingKind, str, int]]:
    """How many messages of each kind of mailing are in which state."""
    return session.execute(
        select(Mailing.kind, OutboxMessage.state, func.count())
        .join(OutboxMessage, OutboxMessage.mailing_id == Mailing.id)
        .where(Mailing.organisation_id == organisation_id, Mailing.round_id == round_id)
        .group_by(Mailing.kind, OutboxMessage.state)
    ).all()


def planned_before(session: Session, kind: MailingKind, now: dt.datetime, until: dt.datetime) -> Sequence[Mailing]:
    """Mailings that are planned, of open rounds that close before `until`, of all organisations."""
    return session.scalars(
        select(Mailing)
        .join(Round, and_(Round.organisation_id == Mailing.organisation_id, Round.id == Mailing.round_id))
        .where(
            Mailing.kind == kind,
            Mailing.queued_at.is_(None),
            Round.stopped_at.is_(None),
            Round.published_at.is_(None),
            Round.opens_at <= now,
            Round.closes_at > now,
            Round.closes_at <= until,
        )
    ).all()


def planned_after_closing(
    session: Session, kind: MailingKind, after: dt.datetime, before: dt.datetime
) -> Sequence[Mailing]:
    """Mailings that are planned, of rounds that stopped or closed between these times, of all organisations."""
    return session.scalars(
        select(Mailing)
        .join(Round, and_(Round.organisation_id == Mailing.organisation_id, Round.id == Mailing.round_id))
        .where(
            Mailing.kind == kind,
            Mailing.queued_at.is_(None),
            Round.opens_at <= before,
            func.coalesce(Round.stopped_at, Round.closes_at) <= before,
            func.coalesce(Round.stopped_at, Round.closes_at) > after,
        )
    ).all()


def plan_again(session: Session, organisation_id: uuid.UUID, round_id: uuid.UUID, kind: MailingKind) -> None:
    """Lets a mailing that went out be planned once more, for those who have not got it."""
    session.execute(
        update(Mailing)
        .where(Mailing.organisation_id == organisation_id, Mailing.round_id == round_id, Mailing.kind == kind)
        .values(queued_at=None)
    )


def is_invited(session: Session, recipient: Recipient) -> bool:
    """Whether the invitation has left for the address: it waits no more, and was not given up."""
    waits = (
        exists()
        .where(OutboxMessage.recipient_id == recipient.id, OutboxMessage.state.in_(UNSENT))
        .where(OutboxMessage.mailing_id == Mailing.id, Mailing.kind == MailingKind.INVITATION)
    )
    return not recipient.is_refused and not session.scalar(select(waits))


def remember_removed(session: Session, removed: RemovedRecipient) -> None:
    """Once invited stays invited, however often the address is added and removed."""
    earlier = session.get(RemovedRecipient, (removed.round_id, removed.address_hash))
    if earlier is None:
        session.add(removed)
    else:
        earlier.was_invited = earlier.was_invited or removed.was_invited
    session.flush()


def removed_among(
    session: Session, organisation_id: uuid.UUID, round_id: uuid.UUID, hashes: Collection[str]
) -> dict[str, bool]:
    """Those of these hashes that were taken out of the round's list, with whether the invitation had gone out."""
    rows = session.execute(
        select(RemovedRecipient.address_hash, RemovedRecipient.was_invited).where(
            RemovedRecipient.organisation_id == organisation_id, RemovedRecipient.round_id == round_id
        )
    )
    return {row[0]: row[1] for row in rows if row[0] in hashes}


def recipients_by_round(
    session: Session, organisation_id: uuid.UUID, round_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, int]:
    """How many recipients each of these rounds has; rounds without any are left out."""
    return _numbers(session, select(Recipient.round_id, func.count()), organisation_id, round_ids)


def undelivered_by_round(
    session: Session, organisation_id: uuid.UUID, round_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, int]:
    """How many recipients of each of these rounds something could not be delivered to."""
    is_given_up = exists().where(OutboxMessage.recipient_id == Recipient.id, OutboxMessage.state == OutboxState.FAILED)
    counted = select(Recipient.round_id, func.count()).where(or_(Recipient.is_refused, is_given_up))
    return _numbers(session, counted, organisation_id, round_ids)


def waiting_by_round(
    session: Session, organisation_id: uuid.UUID, round_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, int]:
    """How many messages of each of these rounds wait or are being sent."""
    counted = select(Recipient.round_id, func.count()).join(OutboxMessage, OutboxMessage.recipient_id == Recipient.id)
    return _numbers(session, counted.where(OutboxMessage.state.in_(OPEN)), organisation_id, round_ids)


def latest_by_round(
    session: Session, organisation_id: uuid.UUID, round_ids: Collection[uuid.UUID], kind: MailingKind
) -> dict[uuid.UUID, dt.datetime]:
    """When the latest mailing of a kind was written, of each of these rounds that has one."""
    rows = session.execute(
        select(Mailing.round_id, func.max(Mailing.queued_at))
        .where(
            Mailing.organisation_id == organisation_id,
            Mailing.round_id.in_(round_ids),
            Mailing.kind == kind,
            Mailing.queued_at.is_not(None),
        )
        .group_by(Mailing.round_id)
    )
    return {row[0]: row[1] for row in rows if row[1] is not None}


def reachable_since(
    session: Session, organisation_id: uuid.UUID, round_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, dt.datetime | None]:
    """Of each of these rounds that has recipients whose address was not refused: when the one of them who has been left
    alone longest was last written to, or sent something; `None` for somebody who never was."""
    last = (
        select(Recipient.round_id, func.max(func.coalesce(OutboxMessage.sent_at, OutboxMessage.created_at)).label("at"))
        .outerjoin(OutboxMessage, OutboxMessage.recipient_id == Recipient.id)
        .where(Recipient.organisation_id == organisation_id, Recipient.round_id.in_(round_ids), ~Recipient.is_refused)
        .group_by(Recipient.id, Recipient.round_id)
        .subquery()
    )
    rows = session.execute(
        select(last.c.round_id, func.count(), func.count(last.c.at), func.min(last.c.at)).group_by(last.c.round_id)
    )
    return {round_id: at if people == written else None for round_id, people, written, at in rows}


def rounds_with_recipients(session: Session, round_ids: Collection[uuid.UUID]) -> frozenset[uuid.UUID]:
    """Those of these rounds that somebody was invited to by e-mail."""
    return frozenset(session.scalars(select(Recipient.round_id).where(Recipient.round_id.in_(round_ids)).distinct()))


def _numbers(
    session: Session, counted: Any, organisation_id: uuid.UUID, round_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, int]:
    where = (Recipient.organisation_id == organisation_id, Recipient.round_id.in_(round_ids))
    return {row[0]: row[1] for row in session.execute(counted.where(*where).group_by(Recipient.round_id))}


def last_round_with_recipients(session: Session, organisation_id: uuid.UUID, team_id: uuid.UUID, but: uuid.UUID) -> Any:
    """The id of the team's newest other round of which addresses are still there, or `None`."""
    return session.scalar(
        select(Round.id)
        .where(
            Round.organisation_id == organisation_id,
            Round.team_id == team_id,
            Round.id != but,
            exists().where(Recipient.organisation_id == organisation_id, Recipient.round_id == Round.id),
        )
        .order_by(Round.created_at.desc(), Round.id)
        .limit(1)
    )


def rounds_with_addresses(session: Session) -> Sequence[Row[uuid.UUID, dt.datetime | None, dt.datetime | None]]:
    """Rounds of all organisations whose recipients or mailings are still there: id, when stopped, when closing."""
    return session.execute(
        select(Round.id, Round.stopped_at, Round.closes_at).where(
            or_(exists().where(Recipient.round_id == Round.id), exists().where(Mailing.round_id == Round.id))
        )
    ).all()


def delete_addresses(session: Session, round_id: uuid.UUID) -> None:
    """Deletes a round's recipients and mailings, with their messages."""
    for model in (Recipient, Mailing, RemovedRecipient):
        session.execute(delete(model).where(model.round_id == round_id))


def unsubscribed_among(session: Session, organisation_id: uuid.UUID, hashes: Iterable[str]) -> frozenset[str]:
    """Which of these hashes stand for addresses that want no e-mail of the organisation."""
    known = session.scalars(
        select(UnsubscribedAddress.address_hash).where(UnsubscribedAddress.organisation_id == organisation_id)
    )
    return frozenset(known) & frozenset(hashes)


def add_unsubscribed(session: Session, organisation_id: uuid.UUID, address_hash: str) -> None:
    if session.get(UnsubscribedAddress, (organisation_id, address_hash)) is None:
        session.add(UnsubscribedAddress(organisation_id=organisation_id, address_hash=address_hash))
        session.flush()


def remove_unsubscribed(session: Session, organisation_id: uuid.UUID, address_hash: str) -> None:
    session.execute(
        delete(UnsubscribedAddress).where(
            UnsubscribedAddress.organisation_id == organisation_id,
            UnsubscribedAddress.address_hash == address_hash,
        )
    )


def _of_round(organisation_id: uuid.UUID, round_id: uuid.UUID) -> list[Any]:
    return [Recipient.organisation_id == organisation_id, Recipient.round_id == round_id]
