"""Once a week, those who may change plans are told which actions are due within seven days, or late.

A row of account, kind and day makes it happen once, whatever is killed and however many processes there are.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain, groupby
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from assessment.catalogue.catalogue import load_action_library
from assessment.domain.access import Permission, may
from assessment.domain.actions import Action
from assessment.domain.plain_text import without_web_addresses
from assessment.domain.plans.faults import is_within_plan
from assessment.infra.clock import local_date
from assessment.infra.languages import Localisation, language_of
from assessment.services.mailings import MailAddresses
from assessment.services.outbox import queue_mail
from assessment.services.unsubscribing import account_token
from assessment.store import due_notices as store
from assessment.store.accounts import User
from assessment.store.database import Database
from assessment.store.organisations import Membership, Organisation
from assessment.store.plan_actions import PlanAction
from assessment.store.rounds import Round
from assessment.store.teams import Team
from reports.engine.html import render_html

KIND = "due-actions"
WEEKDAY = 0
"""Monday, where the organisation is; the first whose Monday it is, of several."""
FROM_HOUR = 7
AHEAD = dt.timedelta(days=7)
MOST_LISTED = 20
"""Actions in one message; the others are counted."""
KEPT = dt.timedelta(days=60)


@dataclass(frozen=True, slots=True)
class DueLine:
    """One action, in words: when it is due, and whether that day has passed."""

    team: str
    title: str
    owner: str
    due: str
    is_late: bool
    link: str


def write_due_notices(
    database: Database, *, addresses: MailAddresses, new_message_id: Callable[[], str], now: dt.datetime
) -> int:
    """Writes the notices of today, a transaction for each account, so that nobody waits for long; returns how many."""
    with database.reading() as session:
        waiting = [user_id for user_id, roles in _accounts(session) if _day_of(session, user_id, roles, now)]
    written = 0
    for user_id in waiting:
        with database.writing() as session:
            written += _write(session, user_id, addresses, new_message_id, now)
    if written:
        with database.writing() as session:
            store.delete_old_notices(session, now.date() - KEPT)
    return written


_Roles = list[tuple[User, Membership, Organisation]]


def _accounts(session: Session, only: int | None = None) -> list[tuple[int, _Roles]]:
    """Accounts that may change plans somewhere, each with where."""
    rows = [
        (user, membership, organisation)
        for user, membership, organisation in store.members_to_notify(session)
        if may(membership.role, Permission.EDIT_PLANS) and (only is None or user.id == only)
    ]
    return [(user_id, list(roles)) for user_id, roles in groupby(rows, key=lambda row: int(row[0].id))]


def _day_of(session: Session, user_id: int, roles: _Roles, now: dt.datetime) -> dt.date | None:
    """The day of the notice that is to be written now; `None` where it is not the time, or it is written."""
    local = now.astimezone(ZoneInfo(roles[0][2].time_zone))
    if local.weekday() != WEEKDAY or local.hour < FROM_HOUR:
        return None
    return None if store.has_notice(session, user_id, KIND, local.date()) else local.date()


def _write(
    session: Session, user_id: int, addresses: MailAddresses, new_message_id: Callable[[], str], now: dt.datetime
) -> int:
    for _id, roles in _accounts(session, only=user_id):
        day = _day_of(session, user_id, roles, now)
        if day is None or not store.take_notice(session, user_id, KIND, day):
            return 0
        user, first, home = roles[0]
        reader = Localisation(language_of(first.language or home.language), home.country)
        due = [line for role in roles for line in _due(session, role, addresses, reader, now)]
        if not due:
            return 0
        _queue(session, user, due, addresses, new_message_id, reader, now)
        return 1
    return 0


def _due(
    session: Session,
    role: tuple[User, Membership, Organisation],
    addresses: MailAddresses,
    reader: Localisation,
    now: dt.datetime,
) -> list[DueLine]:
    _user, membership, organisation = role
    today = local_date(now, organisation.time_zone)
    rows = store.due_actions(session, membership, today + AHEAD)
    return [
        _line(action, round_, team, today, addresses, reader)
        for action, round_, team, drawn_on in rows
        if action.due_on is not None and is_within_plan(action.due_on, drawn_on)
    ]


def _line(
    action: PlanAction, round_: Round, team: Team, today: dt.date, addresses: MailAddresses, reader: Localisation
) -> DueLine:
    known = _library().get(action.library_id)
    title = action.title or (reader.text(known.title) if known else "")
    owner = action.owner if action.owner is not None or known is None else reader.text(known.owner)
    due_on = action.due_on or today
    return DueLine(
        team=without_web_addresses(team.name),
        title=without_web_addresses(title),
        owner=without_web_addresses(owner) if owner else "",
        due=reader.date(due_on),
        is_late=due_on < today,
        link=addresses.page(f"organisations/{round_.organisation_id}/teams/{team.id}/rounds/{round_.id}/plan/follow"),
    )


@cache
def _library() -> dict[str, Action]:
    """Every action of the library by its id."""
    library = load_action_library()
    of_pillars = (chain([pillar.conversation], *pillar.by_level.values()) for pillar in library.pillars.values())
    moves = library.moves.by_step_and_phase.values()
    return {action.id: action for action in chain(*of_pillars, *moves)}


def _queue(
    session: Session,
    user: User,
    due: Sequence[DueLine],
    addresses: MailAddresses,
    new_message_id: Callable[[], str],
    reader: Localisation,
    now: dt.datetime,
) -> None:
    late = sum(line.is_late for line in due)
    parts = []
    if late:
        parts.append(reader.ngettext("%(n)s action is late", "%(n)s actions are late", late))
    if len(due) > late:
        parts.append(
            reader.ngettext("%(n)s is due within seven days", "%(n)s are due within seven days", len(due) - late)
        )
    subject = reader.gettext("Your plans: %(what)s", what=", ".join(parts))
    unsubscribe = addresses.unsubscribe(account_token(addresses.secret, user.id))
    shown, more = due[:MOST_LISTED], max(0, len(due) - MOST_LISTED)
    teams = [(team, list(lines)) for team, lines in groupby(sorted(shown, key=lambda line: line.team), key=_team)]
    more_words = reader.ngettext("And %(n)s more action.", "And %(n)s more actions.", more) if more else ""
    queue_mail(
        session,
        message_id=new_message_id(),
        to=user.email,
        subject=subject,
        text=_as_text(teams, more_words, unsubscribe, reader),
        html=render_html(
            "emails/due_actions.html",
            reader,
            subject=subject,
            teams=teams,
            more=more_words,
            unsubscribe=unsubscribe,
            language=reader.language,
        ),
        language=reader.language,
        unsubscribe_url=unsubscribe,
        now=now,
    )


def _team(line: DueLine) -> str:
    return line.team


def due_words(line: DueLine, reader: Localisation) -> str:
    """When an action is due, and who has it."""
    words = (
        reader.gettext("late, due %(day)s", day=line.due)
        if line.is_late
        else reader.gettext("due %(day)s", day=line.due)
    )
    return f"{words} · {line.owner}" if line.owner else words


def _as_text(teams: Sequence[tuple[str, Sequence[DueLine]]], more: str, unsubscribe: str, reader: Localisation) -> str:
    blocks = [
        "\n".join((team, *(f"- {line.title} ({due_words(line, reader)})" for line in lines), lines[0].link))
        for team, lines in teams
    ]
    ends = "\n".join((reader.gettext("Once a week, while something is due. To end these messages:"), unsubscribe))
    parts = [reader.gettext("This is due in the plans of your teams:"), *blocks, more, f"-- \n{ends}"]
    return "\n\n".join(part for part in parts if part) + "\n"
