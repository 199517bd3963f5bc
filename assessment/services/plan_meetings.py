"""The short meetings at which a team looks at its plan: what is talked about, what is said of it, and the closing."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy.orm import Session

from assessment.domain.plans.choices import ActionChoice
from assessment.domain.plans.edits import UnknownHeading, with_progress
from assessment.domain.plans.meetings import (
    OFFERED_BEFORE,
    Said,
    agenda,
    meeting_around,
    meeting_on,
    next_meeting,
)
from assessment.infra.clock import local_date
from assessment.services.plans import RoundPlan, change_plan
from assessment.services.rounds import lock_round
from assessment.store.organisations import Organisation
from assessment.store.plan_meetings import PlanMeeting, last_held, latest_meeting
from assessment.store.plan_states import PlanGlance
from assessment.store.plans import Plan
from assessment.store.rounds import Round

LASTS = dt.timedelta(hours=12)
"""A meeting that was not closed is over after so long: what it said stays said, and the next is another one."""


@dataclass(frozen=True, slots=True)
class Item:
    """An action that a meeting talks about, and what it has said of it so far."""

    action: ActionChoice
    said: Said | None


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting about a plan, held or about to begin. `others` are open actions that are due later.

    `days` is which of the plan's meetings it is, `None` for one between them; `next_on` the day of the one after it,
    `None` after the last. `closed_at` is set once it is closed.
    """

    items: tuple[Item, ...]
    others: tuple[ActionChoice, ...]
    days: int | None
    next_days: int | None
    next_on: dt.date | None
    has_begun: bool
    closed_at: dt.datetime | None

    def said(self, said: Said | None) -> tuple[ActionChoice, ...]:
        """The actions of which it said this; those that were not discussed for `None`."""
        return tuple(item.action for item in self.items if item.said is said)

    @property
    def first_open(self) -> ActionChoice | None:
        """What is to be discussed next."""
        return next((item.action for item in self.items if item.said is None), None)


def get_meeting(session: Session, round_plan: RoundPlan, *, today: dt.date, now: dt.datetime) -> Meeting:
    """The meeting that is being held; else the one that could begin now. Nothing is written."""
    return _meeting_of(round_plan, _going_on(session, round_plan.plan, now), today)


def get_last_closed(session: Session, round_plan: RoundPlan, *, today: dt.date) -> Meeting | None:
    """The plan's last meeting, where it is closed and none has begun since."""
    row = latest_meeting(session, round_plan.plan.id) if round_plan.plan else None
    return _meeting_of(round_plan, row, today) if row is not None and row.closed_at else None


def say(
    session: Session,
    round_plan: RoundPlan,
    action_id: uuid.UUID,
    *,
    said: Said,
    note: str,
    due_on: dt.date | None,
    today: dt.date,
    now: dt.datetime,
    user_id: int | None,
) -> RoundPlan:
    """Keeps what a meeting says of an action, in the plan and in the meeting, which begins with the first thing said.

    `due_on` is another day, or `None` where it stays. Raises `UnknownHeading` for an action that is not in the plan, or
    what `change_plan` raises.
    """
    if action_id not in {action.id for action in round_plan.choices.actions}:
        raise UnknownHeading(str(action_id))
    choices = with_progress(round_plan.choices, action_id, status=said.status, note=note, due_on=due_on)
    before = round_plan
    changed = change_plan(session, round_plan, choices, now=now, base_version=round_plan.version, user_id=user_id)
    row = _begun(session, before, changed.plan, today, now)
    if row is not None:
        entries = [dict(entry) for entry in row.agenda]
        if str(action_id) not in {entry["action"] for entry in entries}:
            entries.append({"action": str(action_id), "said": ""})
        row.agenda = [entry | {"said": said.value} if entry["action"] == str(action_id) else entry for entry in entries]
        session.flush()
    return changed


def close_meeting(session: Session, round_plan: RoundPlan, *, today: dt.date, now: dt.datetime) -> None:
    """Closes the meeting that is being held, or one at which nothing needed to be said; one that is closed stays so.

    Raises `UnknownRound`.
    """
    round_ = round_plan.results.round
    lock_round(session, organisation_id=round_.organisation_id, round_id=round_.id)
    latest = latest_meeting(session, round_plan.plan.id) if round_plan.plan else None
    if latest is not None and latest.closed_at and local_date(latest.closed_at, _zone(session, round_)) == today:
        return  # a second click
    row = _begun(session, round_plan, round_plan.plan, today, now)
    if row is not None:
        row.closed_at = now
        session.flush()


def meetings_due(session: Session, plans: Collection[tuple[Plan | PlanGlance, dt.date, str]]) -> dict[uuid.UUID, int]:
    """Of these plans, each with today and the time zone of its organisation, those whose meeting is near and has not
    been held yet: which one it is (30, 60 or 90), by the plan's id. One query for all."""
    near = {
        plan.id: (plan, days, zone) for plan, today, zone in plans if (days := meeting_around(plan.drawn_on, today))
    }
    held = last_held(session, list(near))
    due = {}
    for plan_id, (plan, days, zone) in near.items():
        last = held.get(plan_id)
        from_on = meeting_on(plan.drawn_on, days) - OFFERED_BEFORE
        if last is None or local_date(last, zone) < from_on:
            due[plan_id] = days
    return due


def is_meeting_due(session: Session, round_plan: RoundPlan, *, today: dt.date) -> int | None:
    """Which meeting of the plan is near and has not been held yet, if any."""
    if round_plan.plan is None:
        return None
    zone = _zone(session, round_plan.results.round)
    return meetings_due(session, [(round_plan.plan, today, zone)]).get(round_plan.plan.id)


def _zone(session: Session, round_: Round) -> str:
    return session.get_one(Organisation, round_.organisation_id).time_zone


def _going_on(session: Session, plan: Plan | None, now: dt.datetime) -> PlanMeeting | None:
    row = latest_meeting(session, plan.id) if plan else None
    if row is None or row.closed_at is not None or now - row.began_at > LASTS:
        return None
    return row


def _begun(
    session: Session, before: RoundPlan, plan: Plan | None, today: dt.date, now: dt.datetime
) -> PlanMeeting | None:
    """The meeting that is being held, begun now where there is none: about what was open until then."""
    if plan is None:
        return None
    if row := _going_on(session, plan, now):
        return row
    row = PlanMeeting(
        organisation_id=plan.organisation_id,
        plan_id=plan.id,
        days=meeting_around(plan.drawn_on, today) or 0,
        began_at=now,
        agenda=[{"action": str(action.id), "said": ""} for action in agenda(before.choices, today)],
    )
    session.add(row)
    session.flush()
    return row


def _meeting_of(round_plan: RoundPlan, row: PlanMeeting | None, today: dt.date) -> Meeting:
    choices = round_plan.choices
    standing = {str(action.id): action for action in choices.actions}
    said = {entry["action"]: Said(entry["said"]) if entry["said"] else None for entry in row.agenda} if row else {}
    items = [Item(standing[name], said[name]) for name in said if name in standing]
    if row is None or row.closed_at is None:
        items += [Item(action, None) for action in agenda(choices, today) if str(action.id) not in said]
    talked = {item.action.id for item in items}
    others = [action for action in choices.actions if action.status.is_open and action.id not in talked]
    days = (row.days or None) if row else meeting_around(choices.drawn_on, today)
    following = next_meeting(choices.drawn_on, today)
    return Meeting(
        items=tuple(items),
        others=tuple(sorted(others, key=lambda action: action.due_on or dt.date.max)),
        days=days,
        next_days=following,
        next_on=meeting_on(choices.drawn_on, following) if following else None,
        has_begun=row is not None,
        closed_at=row.closed_at if row else None,
    )
