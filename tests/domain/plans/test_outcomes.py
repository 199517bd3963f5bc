"""When an action was done, which round answers, and which pillars began alike."""

from __future__ import annotations

import datetime as dt

import pytest

from assessment.domain.plans.choices import ActionStatus
from assessment.domain.plans.outcomes import PastEvent, finished_at, is_answered_by, of_similar_start

START = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def event(day: int, *status: str) -> PastEvent:
    return PastEvent(START + day * DAY, {"status": status} if status else {})


@pytest.mark.parametrize(
    ("events", "day"),
    [
        ([event(0), event(3, "todo", "done")], 3),
        ([event(3, "doing", "done"), event(0)], 3),
        ([event(0), event(3, "todo", "done"), event(5, "done", "doing"), event(9, "doing", "done")], 9),
        ([event(0), event(3, "todo", "done"), PastEvent(START + 9 * DAY, {"note": ("", "x")})], 3),
        ([event(0)], 0),
    ],
    ids=["done once", "in whatever order", "done again", "a note afterwards", "done when it was added"],
)
def test_an_action_was_done_when_it_last_became_so(events: list[PastEvent], day: int) -> None:
    assert finished_at(ActionStatus.DONE, events) == START + day * DAY


@pytest.mark.parametrize("status", [one for one in ActionStatus if one is not ActionStatus.DONE])
def test_an_action_that_is_not_done_now_was_never_finished(status: ActionStatus) -> None:
    assert finished_at(status, [event(0), event(3, "todo", "done"), event(4, "done", str(status))]) is None


@pytest.mark.parametrize("events", [[], [PastEvent(START, {"owner": ("", "Ana")})], [event(3, "done", "todo")]])
def test_without_an_event_that_tells_nobody_guesses_the_day(events: list[PastEvent]) -> None:
    assert finished_at(ActionStatus.DONE, events) is None


def test_a_round_answers_from_the_fourteenth_day_on() -> None:
    assert is_answered_by(START, START + 14 * DAY)
    assert not is_answered_by(START, START + 14 * DAY - dt.timedelta(seconds=1))


def test_a_start_is_similar_within_the_smallest_change_of_any_that_was_acted_on() -> None:
    starts = {"a": 2.0, "b": 2.3, "c": 2.4, "d": 3.6}
    assert of_similar_start(starts, [2.0], within=0.3) == ("a", "b")
    assert of_similar_start(starts, [2.0, 3.9], within=0.3) == ("a", "b", "d")
    assert of_similar_start(starts, [], within=0.3) == ()
