"""Messages to all recipients of a round: rows of the outbox at once, and each with its words when it is sent.

What a message says is then what holds at that moment: a round that was stopped meanwhile invites nobody, and whoever
has unsubscribed gets nothing. Reasons: decision 0036.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from assessment.domain.privacy_notice import end_of
from assessment.domain.questionnaire import Language
from assessment.domain.rounds import RoundState
from assessment.infra.clock import local_date, start_of_day
from assessment.infra.languages import Localisation, language_of
from assessment.infra.mail import Mail
from assessment.services.round_mail import Subject, letter
from assessment.services.rounds import get_round, lock_round
from assessment.services.unsubscribing import address_token, unsubscribed_addresses
from assessment.store import outbox as outbox_store
from assessment.store import recipients as store
from assessment.store.organisations import Organisation
from assessment.store.outbox import OutboxMessage, OutboxState
from assessment.store.recipients import Mailing, MailingKind, Recipient
from assessment.store.rounds import Round
from assessment.store.teams import Team

BEFORE_CLOSING = dt.timedelta(days=2)
AFTER_CLOSING = dt.timedelta(hours=1)
"""Until everybody is told that a round has closed: one that was closed by mistake can be opened again in peace."""
LIFETIME = dt.timedelta(days=7)
"""Of a message about a round without a last day, about one that has closed, and about a plan."""
BETWEEN = dt.timedelta(hours=12)
"""Nobody is reminded who was written to less than that ago."""
LONG_AGO = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
"""When somebody was written to who never was."""


ABOUT_WHAT_CAME = (MailingKind.CLOSED, MailingKind.PLAN)
"""After a round has closed: they lead to its plan, not to its questions."""


class NotOfThisRound(Exception):
    """The round cannot be announced by e-mail: it takes no answers, or is answered by personal links."""


class TooSoon(Exception):
    """Everybody who can be reminded was written to a short while ago, or reminded today; from `at` on they can be."""

    def __init__(self, at: dt.datetime) -> None:
        super().__init__(at)
        self.at = at


class NobodyToWriteTo(Exception):
    """There is no recipient to whom this could be sent."""


class NotToBeSent(Exception):
    """What a message would say does not hold any more."""


class NotWanted(Exception):
    """A message's recipient wants none of the organisation."""


class NotYet(Exception):
    """The round of a message opens later, at `at`."""

    def __init__(self, at: dt.datetime) -> None:
        super().__init__(at)
        self.at = at


@dataclass(frozen=True, slots=True, repr=False)
class MailAddresses:
    """What links in messages are made of. Without a repr: it holds the server's key."""

    base_url: str
    secret: str

    def answer(self, token: str) -> str:
        return f"{self.base_url}/r/{token}"

    def plan(self, token: str) -> str:
        return f"{self.base_url}/p/{token}"

    def page(self, path: str) -> str:
        return f"{self.base_url}/{path}"

    def unsubscribe(self, token: str) -> str:
        return f"{self.base_url}/u/{token}"


def remind(
    session: Session,
    *,
    organisation_id: uuid.UUID,
    round_id: uuid.UUID,
    new_message_id: Callable[[], str],
    now: dt.datetime,
) -> int:
    """Writes to everybody invited, whether or not they have answered; returns to how many.

    Raises `UnknownRound`, `RoundNotOpen`, `NotOfThisRound`, `TooSoon` or `NobodyToWriteTo`.
    """
    round_ = lock_round(session, organisation_id=organisation_id, round_id=round_id)
    round_.facts.require_open(now)
    if round_.has_personal_links:
        raise NotOfThisRound
    zone = session.get_one(Organisation, organisation_id).time_zone
    may_go_at = next_reminders(session, organisation_id=organisation_id, round_ids=[round_id])
    if round_id not in may_go_at:
        raise NobodyToWriteTo
    day = local_date(now, zone).isoformat()
    is_of_today = store.find_mailing(session, organisation_id, round_id, MailingKind.REMINDER, day) is not None
    if is_of_today or may_go_at[round_id] > now:
        raise TooSoon(may_go_at[round_id])
    people = store.reachable(session, organisation_id, round_id, not_since=now - BETWEEN)
    return _queue(session, round_, MailingKind.REMINDER, day, people, new_message_id, now)


def next_reminders(
    session: Session, *, organisation_id: uuid.UUID, round_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, dt.datetime]:
    """From when on the people invited to each of these rounds can be reminded, in a few queries for all: once a day at
    most, and nobody who was written to less than twelve hours ago. Rounds with nobody to write to are left out."""
    zone = session.get_one(Organisation, organisation_id).time_zone
    written = store.reachable_since(session, organisation_id, round_ids)
    reminded = store.latest_by_round(session, organisation_id, round_ids, MailingKind.REMINDER)
    found = {}
    for round_id, at in written.items():
        may_go_at = (at or LONG_AGO) + BETWEEN
        if round_id in reminded:
            day = local_date(reminded[round_id], zone) + dt.timedelta(days=1)
            may_go_at = max(may_go_at, start_of_day(day, zone))
        found[round_id] = may_go_at
    return found


@dataclass(frozen=True, slots=True)
class Notices:
    """What everybody invited is told by itself; `None` where that is not to be decided (any more).

    `results_on` is the day by which they hear of the results, as the message that the round has closed says it.
    """

    closing_soon: bool | None
    closed: bool | None
    results_on: dt.date | None = None


def notices_of(session: Session, *, round_: Round, now: dt.datetime) -> Notices:
    """What is planned. A notice that has gone out, or whose time has passed, is decided no more."""
    state = round_.facts.state(now)
    is_coming = state in (RoundState.SCHEDULED, RoundState.OPEN)
    soon, closed = (_find(session, round_, kind) for kind in (MailingKind.CLOSING_SOON, MailingKind.CLOSED))
    is_early = is_coming and round_.closes_at is not None and now + BEFORE_CLOSING < round_.closes_at
    is_untold = is_coming or (state is RoundState.STOPPED and _is_in_time(round_, now))
    return Notices(
        closing_soon=soon is not None if is_early and not _has_gone(soon) else None,
        closed=closed is not None if is_untold and not _has_gone(closed) else None,
        results_on=closed.results_on if closed is not None else None,
    )


def plan_notices(
    session: Session, *, organisation_id: uuid.UUID, round_id: uuid.UUID, notices: Notices, now: dt.datetime
) -> None:
    """Decides what everybody is told by itself: two days before the last one, that the round closes soon; an hour
    after it has closed, that it has. Leaves alone what is `None`, or can be decided no more. Raises `UnknownRound`."""
    round_ = lock_round(session, organisation_id=organisation_id, round_id=round_id)
    may = notices_of(session, round_=round_, now=now)
    if may.closing_soon is not None and notices.closing_soon is not None:
        _plan(session, round_, MailingKind.CLOSING_SOON, is_on=notices.closing_soon, now=now)
    if may.closed is not None and notices.closed is not None:
        _plan(session, round_, MailingKind.CLOSED, is_on=notices.closed, results_on=notices.results_on, now=now)
    session.flush()


def _is_in_time(round_: Round, now: dt.datetime) -> bool:
    """Whether it can still be told that the round has closed."""
    ended_at = end_of(round_.stopped_at, round_.closes_at, now)
    return ended_at is None or now < ended_at + LIFETIME


def _has_gone(mailing: Mailing | None) -> bool:
    return mailing is not None and mailing.queued_at is not None


def _find(session: Session, round_: Round, kind: MailingKind) -> Mailing | None:
    """The mailing of a kind that a round has once."""
    return store.find_mailing(session, round_.organisation_id, round_.id, kind, "")


def _plan(
    session: Session,
    round_: Round,
    kind: MailingKind,
    *,
    is_on: bool,
    now: dt.datetime,
    results_on: dt.date | None = None,
) -> None:
    planned = _find(session, round_, kind)
    if planned is None and is_on:
        planned = _new_mailing(round_, kind, "", _reply_to(session, round_), now)
        session.add(planned)
    if planned is not None and is_on:
        planned.results_on = results_on
    elif planned is not None:
        session.delete(planned)


def plan_usual_notices(session: Session, *, round_: Round, reply_to: str, now: dt.datetime) -> None:
    """What is told by itself unless somebody decides otherwise: that the round has closed."""
    session.add(_new_mailing(round_, MailingKind.CLOSED, "", reply_to, now))


def queue_planned(session: Session, *, new_message_id: Callable[[], str], now: dt.datetime) -> int:
    """Writes what is planned for rounds that close within two days, or that closed an hour ago; returns how many
    messages."""
    written = 0
    for found in _planned(session, now):
        round_ = lock_round(session, organisation_id=found.organisation_id, round_id=found.round_id)
        mailing = _find(session, round_, found.kind)
        if mailing is None or mailing.queued_at is not None or not _is_time(mailing.kind, round_, now):
            continue
        mailing.queued_at = now
        if mailing.kind is MailingKind.CLOSING_SOON:
            people = store.reachable(session, round_.organisation_id, round_.id, not_since=now - BETWEEN)
        elif _find(session, round_, MailingKind.PLAN) is not None:
            people = ()  # who reads of the plan knows that the round has closed
        else:
            people = store.reachable(session, round_.organisation_id, round_.id, not_of=mailing.id)
        written += queue_messages(session, mailing, round_, people, new_message_id=new_message_id, now=now)
    return written


def has_planned(session: Session, *, now: dt.datetime) -> bool:
    """Whether `queue_planned` would write anything."""
    return bool(_planned(session, now))


def _planned(session: Session, now: dt.datetime) -> list[Mailing]:
    return [
        *store.planned_before(session, MailingKind.CLOSING_SOON, now, now + BEFORE_CLOSING),
        *store.planned_after_closing(session, MailingKind.CLOSED, now - LIFETIME, now - AFTER_CLOSING),
    ]


def _is_time(kind: MailingKind, round_: Round, now: dt.datetime) -> bool:
    """Whether a planned mailing is due, asked of the round once it is locked: it may have been opened again."""
    if kind is MailingKind.CLOSING_SOON:
        return round_.facts.state(now) is RoundState.OPEN
    ended_at = end_of(round_.stopped_at, round_.closes_at, now)
    return ended_at is not None and ended_at + AFTER_CLOSING <= now


def tell_of_plan(
    session: Session,
    *,
    organisation_id: uuid.UUID,
    round_id: uuid.UUID,
    new_message_id: Callable[[], str],
    now: dt.datetime,
) -> int:
    """Writes once to everybody invited that the plan is shared; returns to how many. Raises `UnknownRound` or
    `NobodyToWriteTo`, also where they were told before or the plan is not shared."""
    round_ = lock_round(session, organisation_id=organisation_id, round_id=round_id)
    told = store.find_mailing(session, organisation_id, round_id, MailingKind.PLAN, "")
    people = store.reachable(session, organisation_id, round_id)
    if told is not None or not people or round_.plan_shared_at is None:
        raise NobodyToWriteTo
    return _queue(session, round_, MailingKind.PLAN, "", people, new_message_id, now)


def plan_told_at(session: Session, *, organisation_id: uuid.UUID, round_id: uuid.UUID) -> dt.datetime | None:
    """When everybody invited was told that the plan is shared."""
    told = store.find_mailing(session, organisation_id, round_id, MailingKind.PLAN, "")
    return told.queued_at if told else None


def _queue(
    session: Session,
    round_: Round,
    kind: MailingKind,
    turn: str,
    people: Sequence[Recipient],
    new_message_id: Callable[[], str],
    now: dt.datetime,
) -> int:
    mailing = _new_mailing(round_, kind, turn, _reply_to(session, round_), now)
    mailing.queued_at = now
    session.add(mailing)
    session.flush()
    return queue_messages(session, mailing, round_, people, new_message_id=new_message_id, now=now)


def _new_mailing(round_: Round, kind: MailingKind, turn: str, reply_to: str, now: dt.datetime) -> Mailing:
    """One that is planned only."""
    return Mailing(
        organisation_id=round_.organisation_id,
        round_id=round_.id,
        kind=kind,
        turn=turn,
        reply_to=reply_to,
        created_at=now,
    )


def _reply_to(session: Session, round_: Round) -> str:
    """Where answers to the latest invitation go."""
    invitation = store.find_mailing(session, round_.organisation_id, round_.id, MailingKind.INVITATION)
    return invitation.reply_to if invitation else ""


def queue_messages(
    session: Session,
    mailing: Mailing,
    round_: Round,
    people: Sequence[Recipient],
    *,
    new_message_id: Callable[[], str],
    now: dt.datetime,
) -> int:
    """Rows for all of these people in one statement; returns how many.

    Also for those who have unsubscribed, who are left out at sending: else the number would tell who they are.
    """
    begins = max(now, round_.opens_at or now)
    ends = begins + LIFETIME
    if mailing.kind not in ABOUT_WHAT_CAME and round_.closes_at is not None:
        ends = round_.closes_at
    rows = [
        {
            "id": uuid.uuid4(),
            "organisation_id": round_.organisation_id,
            "message_id": new_message_id(),
            "to_address": person.address,
            "subject": "",
            "text": "",
            "html": None,
            "language": person.language,
            "state": OutboxState.WAITING,
            "attempts": 0,
            "next_attempt_at": begins,
            "expires_at": ends,
            "created_at": now,
            "sent_at": None,
            "reason": "",
            "recipient_id": person.id,
            "mailing_id": mailing.id,
        }
        for person in people
    ]
    if rows:
        outbox_store.add_messages(session, rows)
    return len(rows)


def write_message(session: Session, message: OutboxMessage, *, addresses: MailAddresses, now: dt.datetime) -> Mail:
    """A claimed message with its words, as they hold now. Raises `NotToBeSent`, `NotWanted` or `NotYet`."""
    recipient = session.get(Recipient, message.recipient_id)
    mailing = session.get(Mailing, message.mailing_id)
    if recipient is None or mailing is None:
        raise NotToBeSent
    round_ = session.get_one(Round, mailing.round_id)
    organisation = session.get_one(Organisation, round_.organisation_id)
    today = local_date(now, organisation.time_zone)
    results_on = mailing.results_on if mailing.results_on and mailing.results_on >= today else None
    about = Subject(organisation, session.get_one(Team, round_.team_id), round_, results_on)
    _require_valid(mailing.kind, round_, now)
    where: dict[str, Any] = {"secret": addresses.secret, "organisation_id": organisation.id}
    if unsubscribed_addresses(session, **where, addresses=[recipient.address]):
        raise NotWanted
    reader = Localisation(language_of(recipient.language), organisation.country)
    leads_to_plan = mailing.kind in ABOUT_WHAT_CAME
    unsubscribe = addresses.unsubscribe(address_token(**where, address=recipient.address))
    words = letter(
        mailing.kind,
        about,
        reader,
        name=recipient.name,
        link=addresses.plan(round_.plan_token) if leads_to_plan else addresses.answer(round_.link_token),
        unsubscribe=unsubscribe,
    )
    return Mail(
        message_id=message.message_id,
        to=recipient.address,
        subject=words.subject,
        text=words.as_text(reader),
        html=words.as_html(reader),
        written_at=message.created_at,
        sender_name=reader.gettext("%(organisation)s via Escala", organisation=about.organisation_name),
        reply_to=mailing.reply_to,
        unsubscribe_url=unsubscribe,
    )


def preview_invitation(
    session: Session, *, organisation_id: uuid.UUID, round_id: uuid.UUID, addresses: MailAddresses, language: Language
) -> tuple[str, str]:
    """Subject and text of a round's invitation, as somebody without a name gets it. Raises `UnknownRound`."""
    round_ = get_round(session, organisation_id=organisation_id, round_id=round_id)
    organisation = session.get_one(Organisation, organisation_id)
    about = Subject(organisation, session.get_one(Team, round_.team_id), round_)
    reader = Localisation(language, organisation.country)
    words = letter(
        MailingKind.INVITATION,
        about,
        reader,
        name="",
        link=addresses.answer(round_.link_token),
        unsubscribe=addresses.unsubscribe("…"),
    )
    return words.subject, words.as_text(reader)


def _require_valid(kind: MailingKind, round_: Round, now: dt.datetime) -> None:
    """Raises `NotToBeSent` or `NotYet`."""
    if kind is MailingKind.PLAN:
        if round_.plan_shared_at is None:
            raise NotToBeSent
        return
    state = round_.facts.state(now)
    if kind is MailingKind.CLOSED:
        if state not in (RoundState.STOPPED, RoundState.PUBLISHED):
            raise NotToBeSent
        return
    if state is RoundState.SCHEDULED and round_.opens_at is not None and not round_.has_personal_links:
        raise NotYet(round_.opens_at)
    if state is not RoundState.OPEN or round_.has_personal_links:
        raise NotToBeSent
