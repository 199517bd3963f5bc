"""The log of an organisation: who of its members saw, took or changed what, for those who administer it.

It never tells anything about respondents: neither whether somebody answered nor how many did. It keeps no names; an
event whose account, team or round is gone says only that.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from assessment.domain.audit import (
    AUDIT_MONTHS,
    GROUPS,
    ONCE_A_DAY,
    ONCE_AN_HOUR,
    Action,
    ActionGroup,
    Details,
    ObjectKind,
    read_details,
)
from assessment.domain.privacy_notice import DAYS_A_MONTH
from assessment.services.paging import Paging, page_of
from assessment.store.audit import (
    AuditEvent,
    count_events,
    delete_events_before,
    has_event_since,
    named_events,
    people_of_log,
)
from assessment.store.campaigns import names_of_campaigns
from assessment.store.changes import has_written
from assessment.store.database import Database
from assessment.store.latest_rounds import names_of_teams
from assessment.store.team_tags import used_tags

AN_HOUR = dt.timedelta(hours=1)
A_DAY = dt.timedelta(days=1)
ROWS_A_PAGE = 50


NO_DETAILS = Details()


@dataclass(frozen=True, slots=True)
class Names:
    """What teams, campaigns (by id) and tags (by key) are called by now; what is gone is in none."""

    teams: Mapping[uuid.UUID, str]
    campaigns: Mapping[uuid.UUID, str]
    tags: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody did: to the whole organisation, or to a team, a round (`object_id`) or a member. Nobody's account
    where it was done at the command line."""

    organisation_id: uuid.UUID
    user_id: int | None
    action: Action
    kind: ObjectKind
    object_id: uuid.UUID | None = None
    about_user_id: int | None = None
    details: Details = NO_DETAILS


@dataclass(frozen=True, slots=True)
class ListedEvent:
    """A row of the log, with what things are called by now; `None` for what is gone, or was never there."""

    happened_at: dt.datetime
    email: str | None
    action: Action | None
    """`None` for an action that this version does not know."""
    kind: ObjectKind
    team: str | None
    round: str | None
    about_email: str | None
    details: Details
    names: Names


@dataclass(frozen=True, slots=True)
class Log:
    """A page of the log, the latest first, and the members that it can be narrowed down to: ids of memberships, with
    addresses."""

    events: Sequence[ListedEvent]
    paging: Paging
    people: Sequence[tuple[uuid.UUID, str]]


def record(session: Session, deed: Deed, *, now: dt.datetime) -> None:
    """Keeps what somebody did, in the transaction that does it. What is done again and again, once an hour."""
    event = _event(deed, now)
    if not _is_there(session, event):
        session.add(event)
        session.flush()


def record_aside(database: Database, deed: Deed, *, now: dt.datetime) -> None:
    """The same in a transaction of its own, and without one that writes where there is nothing to write."""
    with database.reading() as reading:
        if _is_there(reading, _event(deed, now)):
            return
    with database.writing() as writing:
        record(writing, deed, now=now)


def changed_anything(session: Session) -> bool:
    """Whether the request of this session has changed anything."""
    return has_written(session)


def get_log(
    session: Session,
    *,
    organisation_id: uuid.UUID,
    membership_id: uuid.UUID | None = None,
    group: ActionGroup | None = None,
    page: int = 1,
    rows_a_page: int = ROWS_A_PAGE,
) -> Log:
    """A page of the log; of one member who is in it, or of one group of actions, where that is asked for."""
    people = people_of_log(session, organisation_id)
    user_id = next((account for id_, account, _email in people if id_ == membership_id), None)
    actions = None if group is None else GROUPS[group]
    paging = page_of(page, count_events(session, organisation_id, user_id, actions), rows_a_page)
    rows = named_events(session, organisation_id, user_id, actions, at_most=paging.size, after=paging.after)
    told = [read_details(row.event.detail) for row in rows]
    names = _names(session, organisation_id, told)
    return Log(
        [
            ListedEvent(
                happened_at=row.event.happened_at,
                email=row.email,
                action=Action(row.event.action) if row.event.action in set(Action) else None,
                kind=row.event.kind,
                team=row.team,
                round=row.round,
                about_email=row.about_email,
                details=details,
                names=names,
            )
            for row, details in zip(rows, told, strict=True)
        ],
        paging,
        [(id_, email) for id_, _account, email in people],
    )


def _names(session: Session, organisation_id: uuid.UUID, told: Sequence[Details]) -> Names:
    teams = frozenset().union(*(one.team_ids for one in told))
    campaigns = {one.campaign_id for one in told if one.campaign_id}
    return Names(
        dict(names_of_teams(session, organisation_id, only=teams)) if teams else {},
        names_of_campaigns(session, organisation_id, campaigns) if campaigns else {},
        used_tags(session, organisation_id=organisation_id) if any(one.tag for one in told) else {},
    )


def clean_log(session: Session, *, now: dt.datetime) -> None:
    """Deletes what has been kept long enough, of all organisations."""
    delete_events_before(session, now - dt.timedelta(days=AUDIT_MONTHS * DAYS_A_MONTH))


def _event(deed: Deed, now: dt.datetime) -> AuditEvent:
    return AuditEvent(
        organisation_id=deed.organisation_id,
        happened_at=now,
        user_id=deed.user_id,
        action=str(deed.action),
        kind=deed.kind,
        object_id=deed.object_id,
        about_user_id=deed.about_user_id,
        detail=deed.details.packed(),
    )


def _is_there(session: Session, event: AuditEvent) -> bool:
    again = A_DAY if event.action in ONCE_A_DAY else AN_HOUR if event.action in ONCE_AN_HOUR else None
    return again is not None and has_event_since(session, event, event.happened_at - again)
