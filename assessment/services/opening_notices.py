"""Those who manage a team's rounds are told, once, when one has opened by itself: nobody was invited to it yet.

The addresses of those who were invited before are deleted thirty days after their round closes, long before the next
one opens. A row of account, kind and day makes it happen once, whatever is killed and however many processes there are.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable

from sqlalchemy.orm import Session

from assessment.domain.access import Permission, may
from assessment.domain.plain_text import without_web_addresses
from assessment.domain.rounds import RoundState
from assessment.infra.clock import local_date
from assessment.infra.languages import Localisation, language_of
from assessment.services.letters import Letter
from assessment.services.mailings import MailAddresses
from assessment.services.outbox import queue_mail
from assessment.services.unsubscribing import account_token
from assessment.store import due_notices as store
from assessment.store.accounts import User
from assessment.store.database import Database
from assessment.store.organisations import Organisation
from assessment.store.rounds import Round
from assessment.store.teams import Team

TOLD_WITHIN = dt.timedelta(days=2)
"""After that it is no news."""


def write_opening_notices(
    database: Database, *, addresses: MailAddresses, new_message_id: Callable[[], str], now: dt.datetime
) -> int:
    """Writes the notices about rounds that were just made by themselves, a transaction for each; returns how many."""
    with database.reading() as session:
        waiting = [
            (user.id, round_.id)
            for user, membership, organisation, round_, _team in store.managers_of_repeated_rounds(
                session, since=now - TOLD_WITHIN
            )
            if may(membership.role, Permission.MANAGE_ROUNDS)
            and _is_to_be_told(round_, now)
            and not store.has_notice(session, user.id, _kind(round_.id), _day(round_, organisation))
        ]
    written = 0
    for user_id, round_id in waiting:
        with database.writing() as session:
            written += _write(session, user_id, round_id, addresses, new_message_id, now)
    return written


def _write(
    session: Session,
    user_id: int,
    round_id: uuid.UUID,
    addresses: MailAddresses,
    new_message_id: Callable[[], str],
    now: dt.datetime,
) -> int:
    rows = store.managers_of_repeated_rounds(session, since=now - TOLD_WITHIN, user_id=user_id, round_id=round_id)
    for user, membership, organisation, round_, team in rows:
        if not may(membership.role, Permission.MANAGE_ROUNDS) or not _is_to_be_told(round_, now):
            continue
        if not store.take_notice(session, user.id, _kind(round_.id), _day(round_, organisation)):
            return 0
        reader = Localisation(language_of(membership.language or organisation.language), organisation.country)
        letter = _letter(user, organisation, round_, team, addresses, reader)
        queue_mail(
            session,
            message_id=new_message_id(),
            to=user.email,
            subject=letter.subject,
            text=letter.as_text(reader),
            html=letter.as_html(reader),
            language=reader.language,
            unsubscribe_url=letter.unsubscribe,
            now=now,
        )
        return 1
    return 0


def _is_to_be_told(round_: Round, now: dt.datetime) -> bool:
    return round_.facts.state(now) in (RoundState.OPEN, RoundState.DRAFT)


def _kind(round_id: uuid.UUID) -> str:
    """Twenty letters at most, as the table has room for."""
    return f"opened-{round_id.hex[:12]}"


def _day(round_: Round, organisation: Organisation) -> dt.date:
    return local_date(round_.created_at, organisation.time_zone)


def _letter(
    user: User, organisation: Organisation, round_: Round, team: Team, addresses: MailAddresses, reader: Localisation
) -> Letter:
    name = without_web_addresses(team.name)
    if round_.opens_at is None:
        subject = reader.gettext("%(team)s: a round is prepared", team=name)
        greeting = reader.gettext("A round of %(team)s was prepared today, as you have set it up.", team=name)
        before = [reader.gettext("It is not open yet: choose when the team meets to answer together.")]
        action = reader.gettext("See the round")
    else:
        subject = reader.gettext("%(team)s: a round is open, and nobody is invited yet", team=name)
        greeting = reader.gettext("A round of %(team)s has opened by itself, as you have set it up.", team=name)
        before = []
        if round_.closes_at is not None:
            last = local_date(round_.closes_at, organisation.time_zone)
            before.append(reader.gettext("People can answer until %(day)s.", day=reader.date(last)))
        before.append(
            reader.gettext(
                "Nobody has been told of it: we delete the addresses of those who were invited thirty days after "
                "their round closes. Please share the round's link, or invite people anew."
            )
        )
        action = reader.gettext("Invite the team")
    return Letter(
        subject=subject,
        greeting=greeting,
        before=tuple(before),
        action=action,
        link=addresses.page(f"organisations/{organisation.id}/teams/{team.id}/rounds/{round_.id}"),
        after=(),
        footer=reader.gettext("Once for each round that opens by itself."),
        unsubscribe=addresses.unsubscribe(account_token(addresses.secret, user.id)),
    )
