"""E-mail: written in the transaction that causes it, sent after its commit, at least once.

A message that was handed to the server by a process that was killed before it could say so is sent again, with the same
Message-ID, so that the server sees the repeat. What cannot be sent is tried again after longer and longer pauses, then
given up. Texts may hold a secret link: they are emptied as soon as nobody needs them (`store.outbox`).
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from assessment.domain.questionnaire import Language
from assessment.infra.mail import Mail, MailNotSent
from assessment.store import outbox as store
from assessment.store.outbox import OutboxMessage, OutboxState
from assessment.store.recipients import mark_refused

LEASE = dt.timedelta(minutes=2)
"""How long one attempt may take before somebody else tries: a server answers some nine times, in ten seconds each."""
PAUSES = tuple(dt.timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720))
"""After the first failure, the second, …; after one more, the message is given up."""
MOST_ATTEMPTS = len(PAUSES) + 1
LIFETIME = dt.timedelta(days=3)
"""A message without a link that ends earlier."""
KEPT = dt.timedelta(days=30)
"""What was sent is listed so long, without its text; then its row goes, since it holds an address."""
MOST_AT_ONCE = 200
MOST_LISTED = 100
UNKNOWN_ADDRESS = "unknown-address"
"""Why a message of a mailing failed for good."""
AWAY = dt.timedelta(minutes=1)
"""How long mailings wait when the mail server cannot be reached: it is away for all of them."""


class UnknownMessage(LookupError):
    """The organisation has no such message."""


class NotToBeRetried(Exception):
    """The message is sent, is being sent, or has ended: its text is gone."""


@dataclass(frozen=True, slots=True)
class ListedMessage:
    """A message as an administrator sees it: never its text, which may hold somebody else's link."""

    id: uuid.UUID
    to_address: str
    subject: str
    state: OutboxState
    reason: str
    attempts: int
    created_at: dt.datetime
    next_attempt_at: dt.datetime
    sent_at: dt.datetime | None
    may_be_retried: bool
    is_about_account: bool
    """Whether it is about its reader's own account, as one that sets a new password; else it invites somebody."""
    is_of_mailing: bool
    """Whether it went to all recipients of a round."""


def queue_mail(
    session: Session,
    *,
    message_id: str,
    to: str,
    subject: str,
    text: str,
    language: Language,
    now: dt.datetime,
    html: str | None = None,
    unsubscribe_url: str = "",
    organisation_id: uuid.UUID | None = None,
    lifetime: dt.timedelta = LIFETIME,
) -> OutboxMessage:
    """A message that is sent once this transaction is committed, and within its `lifetime`."""
    message = OutboxMessage(
        organisation_id=organisation_id,
        message_id=message_id,
        to_address=to,
        subject=" ".join(subject.split())[:255],
        text=text,
        html=html,
        unsubscribe_url=unsubscribe_url,
        language=language,
        state=OutboxState.WAITING,
        next_attempt_at=now,
        expires_at=now + lifetime,
        created_at=now,
    )
    session.add(message)
    session.flush()
    return message


def claim_message(session: Session, *, message_id: uuid.UUID, now: dt.datetime) -> OutboxMessage | None:
    """The message, to be sent once this is committed; `None` where that is not ours to do (any more).

    One whose attempts all ended without a result, because each process died, is given up.
    """
    message = store.claim_message(session, message_id, now=now, lease=LEASE)
    if message is not None and message.attempts > MOST_ATTEMPTS:
        store.mark_unsent(session, message, state=OutboxState.FAILED, reason="unreachable")
        return None
    return message


def claim_next_of_mailings(session: Session, *, now: dt.datetime) -> OutboxMessage | None:
    """The message of a mailing whose turn it is, to be sent once this is committed; `None` where there is none."""
    while (message_id := store.next_of_mailings(session, now)) is not None:
        message = store.claim_message(session, message_id, now=now, lease=LEASE, is_of_mailing=True)
        if message is None:  # somebody else was faster, and their claim shows once they commit
            return None
        if message.organisation_id is not None:
            store.give_turn(session, message.organisation_id, now=now)
        if message.attempts <= MOST_ATTEMPTS:
            return message
        store.mark_unsent(session, message, state=OutboxState.FAILED, reason="unreachable")
    return None


def has_due_mailing(session: Session, *, now: dt.datetime) -> bool:
    """Whether a message of a mailing waits to be sent now."""
    return store.next_of_mailings(session, now) is not None


def postpone(session: Session, message: OutboxMessage, *, until: dt.datetime) -> None:
    """Lets a claimed message wait as if nobody had tried."""
    store.mark_unsent(session, message, state=OutboxState.WAITING, attempts=message.attempts - 1, next_attempt_at=until)


def drop(session: Session, message: OutboxMessage) -> None:
    """Forgets a claimed message that is not to be sent."""
    session.delete(message)
    session.flush()


def skip(session: Session, message: OutboxMessage, *, now: dt.datetime) -> None:
    """Ends a claimed message whose reader wants none. It keeps the time as one that was sent does: from when on people
    can be reminded must not tell who has unsubscribed."""
    store.mark_unsent(session, message, state=OutboxState.SKIPPED, reason="", sent_at=now)


def mail_of(message: OutboxMessage) -> Mail:
    """What is handed to the server, the same at each attempt."""
    return Mail(
        message_id=message.message_id,
        to=message.to_address,
        subject=message.subject,
        text=message.text,
        written_at=message.created_at,
        html=message.html,
        unsubscribe_url=message.unsubscribe_url,
    )


def record_sent(session: Session, message: OutboxMessage, *, now: dt.datetime) -> None:
    """The server has the message: its text is emptied."""
    store.mark_sent(session, message.id, now=now)


def record_failure(session: Session, message: OutboxMessage, failure: MailNotSent, *, now: dt.datetime) -> None:
    """The message is tried again after a pause, or given up: for good where the server does not know the address.

    Where the server cannot be reached, all mailings wait a while.
    """
    if message.recipient_id is not None and failure.is_final:
        store.mark_unsent(session, message, state=OutboxState.FAILED, reason=UNKNOWN_ADDRESS)
        mark_refused(session, message.recipient_id)
        return
    if message.mailing_id is not None and failure.reason in ("unreachable", "sign-in"):
        store.hold_mailings(session, now=now, until=now + AWAY)
    if failure.is_final:
        store.mark_unsent(session, message, state=OutboxState.FAILED, reason=failure.reason, **store.EMPTY)
    elif message.attempts >= MOST_ATTEMPTS:
        store.mark_unsent(session, message, state=OutboxState.FAILED, reason=failure.reason)
    else:
        pause = PAUSES[message.attempts - 1]
        store.mark_unsent(
            session, message, state=OutboxState.WAITING, reason=failure.reason, next_attempt_at=now + pause
        )


def due_messages(session: Session, *, now: dt.datetime) -> Sequence[uuid.UUID]:
    """What is to be sent now and nobody is sending."""
    return store.due_messages(session, now, MOST_AT_ONCE)


def list_messages(session: Session, *, organisation_id: uuid.UUID) -> list[ListedMessage]:
    """The organisation's latest messages, the newest first.

    Among them those to members about their accounts, as long as they cannot be sent: else nobody would know why
    somebody waits in vain for the link to a new password. Those are tried again by asking for another.
    """
    own = [_listed(message) for message in store.messages_of(session, organisation_id, MOST_LISTED)]
    others = store.unsent_to_members(session, organisation_id, MOST_LISTED)
    listed = [*own, *(replace(_listed(message), may_be_retried=False) for message in others)]
    return sorted(listed, key=lambda message: message.created_at, reverse=True)[:MOST_LISTED]


def _listed(message: OutboxMessage) -> ListedMessage:
    return ListedMessage(
        id=message.id,
        to_address=message.to_address,
        subject=message.subject,
        state=message.state,
        reason=message.reason,
        attempts=message.attempts,
        created_at=message.created_at,
        next_attempt_at=message.next_attempt_at,
        sent_at=message.sent_at,
        may_be_retried=_may_be_retried(message),
        is_about_account=message.organisation_id is None,
        is_of_mailing=message.mailing_id is not None,
    )


def list_unsent(session: Session, *, organisation_id: uuid.UUID) -> list[ListedMessage]:
    """Those of the latest messages that were given up, as `list_messages` has them."""
    listed = list_messages(session, organisation_id=organisation_id)
    return [message for message in listed if message.state is OutboxState.FAILED]


def retry_message(
    session: Session, *, organisation_id: uuid.UUID, message_id: uuid.UUID, now: dt.datetime
) -> OutboxMessage:
    """Has a message tried again at once, with all its attempts. Raises `UnknownMessage` or `NotToBeRetried`."""
    message = store.find_message(session, organisation_id, message_id)
    if message is None:
        raise UnknownMessage(message_id)
    if not _may_be_retried(message) or message.expires_at <= now:
        raise NotToBeRetried(message_id)
    message.state = OutboxState.WAITING
    message.attempts = 0
    message.next_attempt_at = now
    session.flush()
    return message


def withdraw_mail(session: Session, *, organisation_id: uuid.UUID, to: str, now: dt.datetime) -> None:
    """Ends the messages that wait for this address, whose link is not valid any more."""
    store.withdraw_messages(session, organisation_id, to, now=now)


def has_cleaning_to_do(session: Session, *, now: dt.datetime) -> bool:
    """Whether `clean_outbox` would change anything, without writing."""
    return store.has_expired_messages(session, now)


def clean_outbox(session: Session, *, now: dt.datetime) -> None:
    """Ends messages that have expired, given up or not; deletes those that ended long ago."""
    store.expire_messages(session, now)
    store.delete_old_messages(session, now - KEPT)


def _may_be_retried(message: OutboxMessage) -> bool:
    """A message that is waiting for its next attempt, or was given up and still has its text, or gets it then."""
    has_words = bool(message.text) or (message.mailing_id is not None and message.reason != UNKNOWN_ADDRESS)
    return message.state in (OutboxState.WAITING, OutboxState.FAILED) and has_words
