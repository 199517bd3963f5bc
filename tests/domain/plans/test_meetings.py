"""When the short meetings are, and what they talk about."""

from __future__ import annotations

import datetime as dt

import pytest

from assessment.domain.plans.choices import ActionChoice, ActionStatus, PillarChoice, PlanChoices
from assessment.domain.plans.meetings import (
    MEETING_DAYS,
    agenda,
    last_day,
    meeting_around,
    meeting_on,
    new_day_for,
    next_meeting,
)

DRAWN = dt.date(2026, 11, 20)
DAY = dt.timedelta(days=1)


def test_the_meetings_are_on_working_days_a_month_apart():
    days = [meeting_on(DRAWN, one) for one in MEETING_DAYS]
    assert all(day.weekday() < 5 for day in days)
    assert all(0 <= (day - DRAWN).days - after <= 2 for day, after in zip(days, MEETING_DAYS, strict=True))


@pytest.mark.parametrize("days", MEETING_DAYS)
def test_a_meeting_is_near_from_a_few_days_before_to_a_week_after(days):
    day = meeting_on(DRAWN, days)
    near = [meeting_around(DRAWN, day + number * DAY) for number in range(-5, 9)]
    assert near == [None, *[days] * 12, None]


@pytest.mark.parametrize("days", MEETING_DAYS)
def test_the_next_meeting_is_never_the_one_that_is_being_held(days):
    day = meeting_on(DRAWN, days)
    later = [one for one in MEETING_DAYS if one > days]
    for number in (-4, 0, 7):
        assert next_meeting(DRAWN, day + number * DAY) == (later[0] if later else None)
    assert next_meeting(DRAWN, DRAWN) == 30


def plan(*actions: ActionChoice) -> PlanChoices:
    return PlanChoices(DRAWN, (PillarChoice("voice", actions=actions),))


def test_a_meeting_talks_about_what_is_due_until_the_next_one_late_first():
    today = meeting_on(DRAWN, 30)
    late = ActionChoice(title="Late", due_on=today - 10 * DAY)
    soon = ActionChoice(title="Soon", due_on=meeting_on(DRAWN, 60))
    far = ActionChoice(title="Far", due_on=meeting_on(DRAWN, 60) + DAY)
    done = ActionChoice(title="Done", due_on=today - 9 * DAY, status=ActionStatus.DONE)
    dropped = ActionChoice(title="Dropped", due_on=today, status=ActionStatus.DROPPED)
    undated = ActionChoice(title="Undated")
    choices = plan(soon, far, done, dropped, undated, late)
    assert [one.title for one in agenda(choices, today)] == ["Late", "Soon", "Undated"]


def test_what_is_stuck_is_talked_about_however_late_it_is_due_and_the_last_meeting_talks_about_all():
    far = ActionChoice(title="Far", due_on=DRAWN + 88 * DAY)
    stuck = ActionChoice(title="Stuck", due_on=DRAWN + 85 * DAY, status=ActionStatus.BLOCKED)
    assert [one.title for one in agenda(plan(far, stuck), meeting_on(DRAWN, 30))] == ["Stuck"]
    assert [one.title for one in agenda(plan(far, stuck), meeting_on(DRAWN, 90))] == ["Stuck", "Far"]


@pytest.mark.parametrize(
    ("today", "due_on", "proposed"),
    [
        (DRAWN + 34 * DAY, DRAWN + 30 * DAY, DRAWN + 66 * DAY),  # a Saturday moves to Monday
        (DRAWN + 31 * DAY, DRAWN + 31 * DAY, None),
        (DRAWN + 31 * DAY, None, None),
        (DRAWN + 80 * DAY, DRAWN + 30 * DAY, last_day(DRAWN)),
        (last_day(DRAWN), DRAWN + 30 * DAY, last_day(DRAWN)),
        (last_day(DRAWN) + DAY, DRAWN + 30 * DAY, None),
    ],
)
def test_what_is_late_and_goes_on_is_proposed_for_thirty_days_later_while_the_plan_has_days_left(
    today, due_on, proposed
):
    action = ActionChoice(title="Café", due_on=due_on)
    assert new_day_for(action, DRAWN, today) == proposed
