"""Whom a round is announced to by e-mail: taken from a list, added, removed. Nothing here knows who has answered."""

from __future__ import annotations

import datetime as dt
import hmac
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from assessment.domain.plain_text import plain_line
from assessment.domain.questionnaire import Language
from assessment.domain.rounds import RoundMode, RoundState, WrongRoundMode
from assessment.infra.languages import language_of
from assessment.intake.addresses import GivenAddress
from assessment.services.accounts import InvalidEmail, checked_email
from assessment.services.mailings import (
    Notices,
    NotOfThisRound,
    next_reminders,
    notices_of,
    plan_usual_notices,
    queue_messages,
)
from assessment.services.outbox import UNKNOWN_ADDRESS
from assessment.services.paging import Paging, page_of
from assessment.services.rounds import get_round, lock_round
from assessment.store import recipients as store
from assessment.store.organisations import Organisation
from assessment.store.outbox import OutboxState
from assessment.store.recipients import Mailing, MailingKind, Recipient, RemovedRecipient
from assessment.store.rounds import Round

MOST_RECIPIENTS = 2_000
LONGEST_NAME = 120
LONGEST_TURN = 64


class TooManyRecipients(Exception):
    """More addresses than a round may have."""


class UnknownRecipient(LookupError):
    """The round has no such recipient."""


class AlreadyReached(Exception):
    """Everything could be delivered to the recipient by now: there is no address to be corrected."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can be written to."""

    address: str
    name: str
    language: Language


@dataclass(frozen=True, slots=True)
class CheckedList:
    """What a list was understood as: whom it adds, and who was taken out of the round's list before; which addresses
    came twice, who is invited already, and the rows that hold no address, each with its number and words."""

    people: tuple[Person, ...]
    removed: tuple[Person, ...]
    repeated: int
    known: int
    wrong: tuple[tuple[int, str], ...]

    def count_in(self, language: str) -> int:
        return sum(person.language == language for person in self.people)


@dataclass(frozen=True, slots=True)
class MailingProgress:
    """How far one kind of message is: sent (or left out, since its reader wants none), waiting (also being sent), and
    not sent."""

    kind: MailingKind
    sent: int
    waiting: int
    failed: int


@dataclass(frozen=True, slots=True)
class Undelivered:
    """Somebody whom a message could not reach. `reason` is the outbox's code; `is_refused`: the mail server does not
    know the address."""

    id: uuid.UUID
    address: str
    name: str
    is_refused: bool
    reason: str


@dataclass(frozen=True, slots=True)
class RecipientsOfRound:
    """Whom a round was announced to. Nothing says how many of them want no e-mail: one more address would tell who."""

    total: int
    undelivered: Sequence[Undelivered]
    progress: Sequence[MailingProgress]
    shown: Sequence[Recipient]
    paging: Paging
    notices: Notices
    is_closing_sent: bool
    is_closed_told: bool
    plan_told_at: dt.datetime | None
    may_remind_at: dt.datetime | None
    """From when on everybody can be reminded; `None` where there is nobody to write to."""

    @property
    def waiting(self) -> int:
        return sum(one.waiting for one in self.progress)


@dataclass
class _Sorted:
    people: dict[str, Person] = field(default_factory=dict)
    repeated: int = 0
    known: int = 0
    wrong: list[tuple[int, str]] = field(default_factory=list)


def spell_addresses(given: Iterable[GivenAddress]) -> dict[str, str | None]:
    """Each address as it is kept, `None` for one that is none. Touches no database: thousands take a second."""
    spelled: dict[str, str | None] = {}
    for one in given:
        if one.address not in spelled:
            try:
                spelled[one.address] = checked_email(one.address)
            except InvalidEmail:
                spelled[one.address] = None
    return spelled


def check_list(
    session: Session,
    *,
    organisation_id: uuid.UUID,
    round_id: uuid.UUID,
    given: Sequence[GivenAddress],
    secret: str,
    spelled: Mapping[str, str | None] | None = None,
) -> CheckedList:
    """What a list would add to a round's recipients; `spelled` is what `spell_addresses` made of it, if somebody has
    asked already. Raises `UnknownRound`."""
    spelled = spell_addresses(given) if spelled is None else spelled  # before a query begins a transaction
    get_round(session, organisation_id=organisation_id, round_id=round_id)
    default = language_of(session.get_one(Organisation, organisation_id).language)
    known = store.addresses_of(session, organisation_id, round_id)
    found = _Sorted()
    for one in given:
        address = spelled[one.address]
        if address is None:
            found.wrong.append((one.row, plain_line(one.words)[:LONGEST_NAME]))
            continue
        if known.get(address) is False:  # a refused one may be tried anew
            found.known += 1
        elif address in found.people:
            found.repeated += 1
        else:
            name = plain_line(one.name)[:LONGEST_NAME]
            found.people[address] = Person(address, name, language_of(one.language or default))
    hashes = {address: _removed_hash(secret, round_id, address) for address in found.people}
    removed = store.removed_among(session, organisation_id, round_id, hashes.values())
    people = [one for one in found.people.values() if hashes[one.address] not in removed]
    again = [one for one in found.people.values() if hashes[one.address] in removed]
    return CheckedList(tuple(people), tuple(again), found.repeated, found.known, tuple(found.wrong))


def people_of_last_round(session: Session, *, round_: Round) -> list[GivenAddress]:
    """Whom the team's last round was announced to, as long as their addresses are kept."""
    last = store.last_round_with_recipients(session, round_.organisation_id, round_.team_id, round_.id)
    if last is None:
        return []
    return [
        GivenAddress(number, one.address, one.address, one.name, one.language)
        for number, one in enumerate(store.recipients_of(session, round_.organisation_id, last), 1)
        if not one.is_refused
    ]


def has_people_of_last_round(session: Session, *, round_: Round) -> bool:
    return store.last_round_with_recipients(session, round_.organisation_id, round_.team_id, round_.id) is not None


def invite_by_mail(
    session: Session,
    *,
    organisation_id: uuid.UUID,
    round_id: uuid.UUID,
    people: Sequence[Person],
    turn: str,
    reply_to: str,
    new_message_id: Callable[[], str],
    secret: str,
    now: dt.datetime,
) -> int:
    """Adds recipients and writes each an invitation, sent when the round is open; returns how many were new.

    Whoever had it before their address was removed is added, and does not get it again.
    `turn` is the secret of the page that asks: the same one twice adds nobody. Raises `UnknownRound`, `WrongRoundMode`,
    `NotOfThisRound` for a round with personal links or that takes no answers, or `TooManyRecipients`.
    """
    round_ = lock_round(session, organisation_id=organisation_id, round_id=round_id)
    require_mailable(round_, now=now)
    turn = turn[:LONGEST_TURN]
    if store.find_mailing(session, organisation_id, round_id, MailingKind.INVITATION, turn):
        return 0
    known = store.addresses_of(session, organisation_id, round_id)
    new = {person.address: person for person in people if known.get(person.address) is not False}
    if not new:
        return 0
    is_first = store.find_mailing(session, organisation_id, round_id, MailingKind.INVITATION) is None
    if len(known.keys() | new.keys()) > MOST_RECIPIENTS:
        raise TooManyRecipients
    store.forget_addresses(session, organisation_id, round_id, [one for one in new if one in known])
    rows = [
        {
            "id": uuid.uuid4(),
            "organisation_id": organisation_id,
            "round_id": round_id,
            "address": person.address,
            "name": person.name,
            "language": person.language,
            "is_refused": False,
        }
        for person in new.values()
    ]
    store.add_recipients(session, rows)
    mailing = Mailing(
        organisation_id=organisation_id,
        round_id=round_id,
        kind=MailingKind.INVITATION,
        turn=turn,
        reply_to=reply_to,
        created_at=now,
        queued_at=now,
    )
    session.add(mailing)
    if is_first:
        plan_usual_notices(session, round_=round_, reply_to=reply_to, now=now)
    session.flush()
    hashes = {address: _removed_hash(secret, round_id, address) for address in new}
    removed = store.removed_among(session, organisation_id, round_id, hashes.values())
    had_it = {address for address, hashed in hashes.items() if removed.get(hashed)}
    uninvited = [Recipient(**row) for row in rows if row["address"] not in had_it]
    queue_messages(session, mailing, round_, uninvited, new_message_id=new_message_id, now=now)
    return len(rows)


def require_mailable(round_: Round, *, now: dt.datetime) -> None:
    """Raises `WrongRoundMode`, or `NotOfThisRound`."""
    if round_.mode is not RoundMode.ANSWERED:
        raise WrongRoundMode(round_.mode)
    if round_.has_personal_links or round_.facts.state(now) not in (RoundState.SCHEDULED, RoundState.OPEN):
        raise NotOfThisRound


def remove_recipient(
    session: Session, *, organisation_id: uuid.UUID, round_id: uuid.UUID, recipient_id: uuid.UUID, secret: str
) -> str:
    """Forgets an address, with the messages that wait for it; returns it. Raises `UnknownRecipient`.

    Of it a keyed hash stays with the round, so that whoever adds it again is asked whether that is right.
    """
    recipient = store.find_recipient(session, organisation_id, round_id, recipient_id)
    if recipient is None:
        raise UnknownRecipient
    address = recipient.address
    removed = RemovedRecipient(
        organisation_id=organisation_id,
        round_id=round_id,
        address_hash=_removed_hash(secret, round_id, address),
        was_invited=store.is_invited(session, recipient),
    )
    session.delete(recipient)
    store.remember_removed(session, removed)
    return address


def correct_address(
    session: Session,
    *,
    organisation_id: uuid.UUID,
    round_id: uuid.UUID,
    recipient_id: uuid.UUID,
    address: str,
    new_message_id: Callable[[], str],
    secret: str,
    now: dt.datetime,
) -> str:
    """Writes the invitation to another address in the place of one that it could not reach; returns it as it is kept.

    An address that is on the list already stays as it is, and the other one goes. Raises `UnknownRound`,
    `UnknownRecipient`, `AlreadyReached`, `InvalidEmail`, `WrongRoundMode` or `NotOfThisRound`.
    """
    round_ = lock_round(session, organisation_id=organisation_id, round_id=round_id)
    old = store.find_recipient(session, organisation_id, round_id, recipient_id)
    if old is None:
        raise UnknownRecipient
    require_mailable(round_, now=now)
    if not undelivered_of(session, organisation_id=organisation_id, round_id=round_id, recipient_id=recipient_id):
        raise AlreadyReached
    right = checked_email(address)
    if right == old.address:
        try_again(session, organisation_id=organisation_id, round_id=round_id, recipient_id=recipient_id, now=now)
        return right
    invitation = store.find_mailing(session, organisation_id, round_id, MailingKind.INVITATION)
    instead = Person(right, old.name, language_of(old.language))
    remove_recipient(
        session, organisation_id=organisation_id, round_id=round_id, recipient_id=recipient_id, secret=secret
    )
    invite_by_mail(
        session,
        organisation_id=organisation_id,
        round_id=round_id,
        people=[instead],
        turn=f"instead of {recipient_id}",
        reply_to=invitation.reply_to if invitation else "",
        new_message_id=new_message_id,
        secret=secret,
        now=now,
    )
    return right


def try_again(
    session: Session,
    *,
    organisation_id: uuid.UUID,
    round_id: uuid.UUID,
    recipient_id: uuid.UUID | None = None,
    now: dt.datetime,
) -> int:
    """Has what could not be delivered, to one recipient or to all, sent again at once; returns to how many: nobody
    where it is no longer valid. Raises `UnknownRound` or `UnknownRecipient`."""
    lock_round(session, organisation_id=organisation_id, round_id=round_id)
    if recipient_id and store.find_recipient(session, organisation_id, round_id, recipient_id) is None:
        raise UnknownRecipient
    return store.try_again(session, organisation_id, round_id, recipient_id, now=now)


def undelivered_of(
    session: Session, *, organisation_id: uuid.UUID, round_id: uuid.UUID, recipient_id: uuid.UUID | None = None
) -> list[Undelivered]:
    """Whom the round's messages could not reach, by address; asked of one recipient, only that one. Raises
    `UnknownRecipient`."""
    if recipient_id and store.find_recipient(session, organisation_id, round_id, recipient_id) is None:
        raise UnknownRecipient
    return [
        Undelivered(one.id, one.address, one.name, one.is_refused, reason or UNKNOWN_ADDRESS)
        for one, reason in store.undelivered_of(session, organisation_id, round_id)
        if recipient_id in (None, one.id)
    ]


def _removed_hash(secret: str, round_id: uuid.UUID, address: str) -> str:
    """What is kept of an address that was taken out of a round's list, in hexadecimal."""
    said = b"removed recipient:" + round_id.bytes + address.lower().encode()
    return hmac.digest(secret.encode(), said, "sha256")[:16].hex()


def recipients_of(
    session: Session, *, organisation_id: uuid.UUID, round_id: uuid.UUID, now: dt.datetime, page: int = 1
) -> RecipientsOfRound:
    """Whom a round was announced to, and how far that is. Raises `UnknownRound`."""
    where = (session, organisation_id, round_id)
    round_ = get_round(session, organisation_id=organisation_id, round_id=round_id)
    addresses = store.addresses_of(*where)
    paging = page_of(page, len(addresses))
    counted: dict[MailingKind, dict[str, int]] = {}
    for kind, state, number in store.count_messages(*where):
        counted.setdefault(kind, {})[state] = number
    closing = store.find_mailing(*where, MailingKind.CLOSING_SOON, "")
    closed = store.find_mailing(*where, MailingKind.CLOSED, "")
    plan = store.find_mailing(*where, MailingKind.PLAN, "")
    return RecipientsOfRound(
        total=len(addresses),
        undelivered=undelivered_of(session, organisation_id=organisation_id, round_id=round_id),
        progress=[_progress(kind, counted[kind]) for kind in MailingKind if kind in counted],
        shown=store.recipients_of(*where, at_most=paging.size, after=paging.after),
        paging=paging,
        notices=notices_of(session, round_=round_, now=now),
        is_closing_sent=closing is not None and closing.queued_at is not None,
        is_closed_told=closed is not None and closed.queued_at is not None,
        plan_told_at=plan.queued_at if plan else None,
        may_remind_at=next_reminders(session, organisation_id=organisation_id, round_ids=[round_id]).get(round_id),
    )


def count_recipients(session: Session, *, organisation_id: uuid.UUID, round_id: uuid.UUID) -> int:
    return store.count_recipients(session, organisation_id, round_id)


def _progress(kind: MailingKind, by_state: dict[str, int]) -> MailingProgress:
    return MailingProgress(
        kind,
        sent=by_state.get(OutboxState.SENT, 0) + by_state.get(OutboxState.SKIPPED, 0),
        waiting=by_state.get(OutboxState.WAITING, 0) + by_state.get(OutboxState.SENDING, 0),
        failed=by_state.get(OutboxState.FAILED, 0) + by_state.get(OutboxState.EXPIRED, 0),
    )
