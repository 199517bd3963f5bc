"""The short meetings: what they talk about, what stays said, when they are over; and the history of actions."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from sqlalchemy import delete, select

from assessment.domain.plans.choices import ActionStatus
from assessment.domain.plans.edits import UnknownHeading, with_progress
from assessment.domain.plans.meetings import Said, meeting_on
from assessment.services.accounts import create_account
from assessment.services.next_step import NextStep
from assessment.services.plan_history import MOST_SHOWN, history_of
from assessment.services.plan_meetings import (
    LASTS,
    close_meeting,
    get_last_closed,
    get_meeting,
    is_meeting_due,
    say,
)
from assessment.services.plans import read_plan
from assessment.store.accounts import User
from assessment.store.plan_meetings import PlanMeeting
from tests.services.build import DAY, NOW, next_steps_of
from tests.services.test_plan_actions import begin
from tests.services.test_plans import TODAY, change, printed, proposal_of, published

AT_30 = NOW + 31 * DAY


@pytest.fixture
def home_and_own(database):
    return published(database)


@pytest.fixture
def own(home_and_own):
    return home_and_own[1]


def plan_of(session, own):
    return read_plan(session, **own, drawn_on=TODAY)


def meeting(database, own, now=AT_30):
    with database.reading() as session:
        return get_meeting(session, plan_of(session, own), today=now.date(), now=now)


def said(database, own, action_id, what, *, now=AT_30, note="", due_on=None, user_id=None):
    with database.writing() as session:
        say(
            session,
            plan_of(session, own),
            action_id,
            said=what,
            note=note,
            due_on=due_on,
            today=now.date(),
            now=now,
            user_id=user_id,
        )


def close(database, own, now=AT_30):
    with database.writing() as session:
        close_meeting(session, plan_of(session, own), today=now.date(), now=now)


def rows(database):
    with database.reading() as session:
        return list(session.scalars(select(PlanMeeting).order_by(PlanMeeting.began_at)))


@pytest.mark.both_databases
def test_to_look_at_a_meeting_writes_nothing_and_the_first_word_begins_it(database, own):
    begin(database, own)
    found = meeting(database, own)
    assert (found.has_begun, found.days, found.next_days) == (False, 30, 60)
    assert found.items
    assert rows(database) == []
    said(database, own, found.items[0].action.id, Said.DONE)
    [row] = rows(database)
    assert (row.days, row.closed_at) == (30, None)


def test_what_is_said_stays_in_the_plan_and_in_the_meeting_in_its_order(database, own):
    begin(database, own)
    order = [item.action.id for item in meeting(database, own).items]
    due = TODAY + dt.timedelta(days=50)
    said(database, own, order[0], Said.DONE, note="It works")
    said(database, own, order[1], Said.GOES_ON, due_on=due)
    said(database, own, order[2], Said.STUCK)
    found = meeting(database, own)
    assert [item.action.id for item in found.items] == order, "also where a day has changed"
    assert [item.said for item in found.items[:3]] == [Said.DONE, Said.GOES_ON, Said.STUCK]
    assert found.first_open is None or found.first_open.id == order[3]
    actions = {action.id: action for action in proposal_of(database, own).choices.actions}
    assert [actions[one].status for one in order[:3]] == [ActionStatus.DONE, ActionStatus.DOING, ActionStatus.BLOCKED]
    assert (actions[order[0]].note, actions[order[1]].due_on) == ("It works", due)


@pytest.mark.both_databases
def test_said_again_is_said_otherwise_and_not_twice(database, own):
    begin(database, own)
    first = meeting(database, own).items[0].action.id
    said(database, own, first, Said.DONE)
    said(database, own, first, Said.DONE)
    said(database, own, first, Said.GOES_ON)
    [row] = rows(database)
    assert [entry["said"] for entry in row.agenda if entry["action"] == str(first)] == ["goes-on"]
    assert meeting(database, own).items[0].action.status is ActionStatus.DOING


def test_one_that_is_due_later_may_be_talked_about_too_and_no_other_plans(database, own):
    begin(database, own)
    now = NOW
    found = meeting(database, own, now)
    assert found.others, "due after the first meeting"
    said(database, own, found.others[0].id, Said.DONE, now=now)
    assert meeting(database, own, now).items[-1].said is Said.DONE
    with pytest.raises(UnknownHeading):
        said(database, own, uuid.uuid4(), Said.DONE)


@pytest.mark.both_databases
def test_a_meeting_is_closed_once_and_the_next_is_another(database, own):
    begin(database, own)
    first = meeting(database, own).items[0].action.id
    said(database, own, first, Said.DONE)
    close(database, own)
    close(database, own, AT_30 + dt.timedelta(seconds=1))
    [row] = rows(database)
    assert row.closed_at == AT_30
    with database.reading() as session:
        last = get_last_closed(session, plan_of(session, own), today=AT_30.date())
    assert [action.id for action in last.said(Said.DONE)] == [first]
    assert not meeting(database, own).has_begun
    later = AT_30 + 30 * DAY
    said(database, own, meeting(database, own, later).items[0].action.id, Said.STUCK, now=later)
    assert [row.days for row in rows(database)] == [30, 60]


def test_a_meeting_that_nobody_closed_is_over_after_some_hours(database, own):
    begin(database, own)
    first, second, *_ = (item.action.id for item in meeting(database, own).items)
    said(database, own, first, Said.STUCK)
    assert meeting(database, own, AT_30 + LASTS).has_begun
    later = AT_30 + LASTS + dt.timedelta(minutes=1)
    assert not meeting(database, own, later).has_begun
    said(database, own, second, Said.DONE, now=later)
    assert len(rows(database)) == 2


def test_an_action_that_was_given_up_meanwhile_is_no_longer_talked_about(database, own):
    begin(database, own)
    first, second, *_ = (item.action.id for item in meeting(database, own).items)
    said(database, own, first, Said.STUCK)
    choices = proposal_of(database, own).choices
    change(database, own, with_progress(choices, second, status=ActionStatus.DROPPED, note="No budget"), now=AT_30)
    assert second not in {item.action.id for item in meeting(database, own).items}


@pytest.mark.both_databases
def test_the_meeting_is_the_next_step_until_it_is_held(database, home_and_own):
    home, own = home_and_own
    begin(database, own)
    day = meeting_on(TODAY, 30)

    def step(after):
        now = dt.datetime.combine(day, NOW.timetz()) + after * DAY
        with database.reading() as session:
            [one] = next_steps_of(session, home.organisation, now)
            assert bool(one.meeting) == bool(is_meeting_due(session, plan_of(session, own), today=now.date()))
        return one.step, one.meeting

    assert step(-5)[0] is not NextStep.HOLD_MEETING
    assert step(-4) == (NextStep.HOLD_MEETING, 30)
    close(database, own, dt.datetime.combine(day, NOW.timetz()))
    assert step(1)[0] is not NextStep.HOLD_MEETING
    assert step(60) == (NextStep.HOLD_MEETING, 90)
    assert step(75)[0] is NextStep.OPEN_NEXT_ROUND


def test_a_meeting_at_which_all_was_said_was_held_whether_or_not_anybody_closed_it(database, own):
    begin(database, own)
    items = meeting(database, own).items
    for number, item in enumerate(items):
        with database.reading() as session:
            assert is_meeting_due(session, plan_of(session, own), today=AT_30.date()) == 30, number
        said(database, own, item.action.id, Said.GOES_ON)
    with database.reading() as session:
        assert is_meeting_due(session, plan_of(session, own), today=AT_30.date()) is None


def test_where_everything_is_done_no_meeting_is_asked_for(database, home_and_own):
    home, own = home_and_own
    choices = begin(database, own)
    for action in choices.actions:
        choices = with_progress(choices, action.id, status=ActionStatus.DONE, note="")
    change(database, own, choices)
    with database.reading() as session:
        [one] = next_steps_of(session, home.organisation, NOW + 30 * DAY)
    assert (one.step is NextStep.HOLD_MEETING, one.done, one.actions) == (False, 5, 5)


@pytest.mark.both_databases
def test_the_history_says_who_changed_what_and_is_bounded(database, own):
    with database.writing() as session:
        ana = create_account(session, email="ana@example.org", password="una frase bien larga", now=NOW).id  # noqa: S106
    choices = begin(database, own)
    one = choices.actions[0].id
    for number in range(MOST_SHOWN + 3):
        choices = with_progress(choices, one, status=ActionStatus.DOING, note=f"Week {number}")
        change(database, own, choices, now=NOW + (number + 1) * DAY, user_id=ana)
    with database.reading() as session:
        history = history_of(session, plan_of(session, own))
    assert (len(history[one].changes), history[one].has_more) == (MOST_SHOWN, True)
    latest = history[one].changes[0]
    assert (latest.email, latest.fields) == (
        "ana@example.org",
        {"note": (f"Week {MOST_SHOWN + 1}", f"Week {MOST_SHOWN + 2}")},
    )
    other = history[choices.actions[1].id]
    assert ([change.kind for change in other.changes], other.has_more) == (["added"], False)
    with database.writing() as session:
        session.execute(delete(User).where(User.id == ana))
    with database.reading() as session:
        assert {change.email for change in history_of(session, plan_of(session, own))[one].changes} == {""}


def test_a_plan_of_which_only_something_was_given_up_prints_anew_without_it(database, own):
    choices = begin(database, own)
    before = printed(database, own)
    dropped = next(action for pillar in choices.pillars for action in pillar.actions)
    change(
        database, own, with_progress(choices, dropped.id, status=ActionStatus.DROPPED, note="No budget"), now=NOW + DAY
    )
    after = printed(database, own, now=NOW + DAY)
    assert after.content_hash != before.content_hash
    found = proposal_of(database, own)
    assert len(found.chosen.actions) == 4
    assert dropped.library_id not in {planned.action.id for planned in found.chosen.actions}
    assert all(dropped.library_id not in {one.id for one in pillar.later} for pillar in found.chosen.pillars)
    change(
        database,
        own,
        with_progress(found.choices, dropped.id, status=ActionStatus.DROPPED, note="No money", evidence="A letter"),
        now=NOW + 2 * DAY,
    )
    again = printed(database, own, now=NOW + 2 * DAY)
    assert again.id == after.id, "why is not printed, nor what shows it"


def test_a_pillar_of_which_all_was_given_up_can_still_be_printed(database, own):
    choices = begin(database, own)
    for action in choices.pillars[0].actions:
        choices = with_progress(choices, action.id, status=ActionStatus.DROPPED, note="No budget")
    change(database, own, choices, now=NOW + DAY)
    found = proposal_of(database, own)
    assert found.faults == ()
    assert found.chosen.pillars[0].is_given_up
    assert printed(database, own, now=NOW + DAY).pdf
