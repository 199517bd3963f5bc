"""The fifteen-minute meetings of a plan, 30, 60 and 90 days after it was drawn up, and what is talked about at them."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Final

from assessment.domain.plans.choices import ActionChoice, ActionStatus, PlanChoices
from assessment.domain.plans.proposal import due_on

MEETING_DAYS: Final = (30, 60, 90)
OFFERED_BEFORE = dt.timedelta(days=4)
OFFERED_AFTER = dt.timedelta(days=7)
PUT_OFF_BY = 30
"""Days from the meeting on until what is late and goes on is proposed to be due."""


class Said(StrEnum):
    """What a meeting says of an action."""

    DONE = "done"
    GOES_ON = "goes-on"
    STUCK = "stuck"

    @property
    def status(self) -> ActionStatus:
        return {
            Said.DONE: ActionStatus.DONE,
            Said.GOES_ON: ActionStatus.DOING,
            Said.STUCK: ActionStatus.BLOCKED,
        }[self]


def meeting_on(drawn_on: dt.date, days: int) -> dt.date:
    """The day of the meeting that is held so many days after a plan was drawn up: a weekend moves to Monday."""
    return due_on(drawn_on, days)


def meeting_around(drawn_on: dt.date, today: dt.date) -> int | None:
    """Which of the meetings is near, from a few days before it to a week after; `None` between them."""
    for days in MEETING_DAYS:
        day = meeting_on(drawn_on, days)
        if day - OFFERED_BEFORE <= today <= day + OFFERED_AFTER:
            return days
    return None


def next_meeting(drawn_on: dt.date, today: dt.date) -> int | None:
    """The first meeting that is still to come, and not the one that is near; `None` after the last."""
    near = meeting_around(drawn_on, today) or 0
    return next((days for days in MEETING_DAYS if days > near and meeting_on(drawn_on, days) > today), None)


def last_day(drawn_on: dt.date) -> dt.date:
    """The last day that an action of a plan is proposed to be due on: that of its last meeting."""
    return meeting_on(drawn_on, MEETING_DAYS[-1])


def new_day_for(action: ActionChoice, drawn_on: dt.date, today: dt.date) -> dt.date | None:
    """The day that is proposed for an action that goes on although its day has passed: in thirty days, or the plan's
    last. `None` where its day has not passed, and in a plan that is over, which has none left."""
    if action.due_on is None or action.due_on >= today or today > last_day(drawn_on):
        return None
    return min(due_on(today, PUT_OFF_BY), last_day(drawn_on))


def agenda(choices: PlanChoices, today: dt.date) -> tuple[ActionChoice, ...]:
    """What a meeting talks about: what is open and due until the next one, or stuck. What is late comes first.

    At the last meeting that is all that is still open.
    """
    days = next_meeting(choices.drawn_on, today)
    until = meeting_on(choices.drawn_on, days) if days else dt.date.max
    due = [
        action
        for action in choices.actions
        if action.status.is_open
        and (action.due_on is None or action.due_on <= until or action.status is ActionStatus.BLOCKED)
    ]
    return tuple(sorted(due, key=lambda action: action.due_on or dt.date.max))
