"""On which days a round is due: months that lack a day, leap years, lists, and what is done with already."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment.domain.repetitions import (
    INTERVALS,
    Hold,
    InvalidRule,
    RepetitionRule,
    TeamFacts,
    add_months,
    due_on,
    hold_of_rounds,
    is_overdue,
)

DAYS = st.dates(dt.date(2020, 1, 1), dt.date(2060, 12, 31))


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def first_days(rule: RepetitionRule, count: int) -> list[str]:
    found, at = [], day("1999-12-31")
    for _ in range(count):
        following = rule.next_after(at)
        assert following
        found.append(following.isoformat())
        at = following
    return found


def test_a_month_without_the_day_has_its_last_one_and_the_next_has_the_day_again():
    rule = RepetitionRule(3, day("2027-01-31"))
    assert first_days(rule, 5) == ["2027-01-31", "2027-04-30", "2027-07-31", "2027-10-31", "2028-01-31"]


def test_a_leap_day_comes_back_every_fourth_year():
    rule = RepetitionRule(12, day("2028-02-29"))
    assert first_days(rule, 5) == ["2028-02-29", "2029-02-28", "2030-02-28", "2031-02-28", "2032-02-29"]


def test_six_months_from_the_end_of_august_meet_a_leap_february():
    assert first_days(RepetitionRule(6, day("2027-08-31")), 3) == ["2027-08-31", "2028-02-29", "2028-08-31"]


def test_listed_days_are_due_in_their_order_and_then_no_more():
    rule = RepetitionRule(dates=(day("2027-03-01"), day("2027-09-15")))
    assert first_days(rule, 2) == ["2027-03-01", "2027-09-15"]
    assert rule.next_after(day("2027-09-15")) is None


@given(st.sampled_from(INTERVALS), DAYS, DAYS)
def test_the_last_due_day_and_the_next_one_enclose_every_day(months, first, today):
    rule = RepetitionRule(months, first)
    last, following = rule.last_until(today), rule.next_after(today)
    assert following
    assert following > today
    if last is None:
        assert following == first
    else:
        assert last <= today
        assert rule.next_after(last) == following
        assert rule.last_until(following) == following


@given(DAYS, st.integers(0, 600))
def test_months_are_added_without_leaving_the_month(first, months):
    added = add_months(first, months)
    assert (added.year * 12 + added.month) - (first.year * 12 + first.month) == months
    assert added.day <= first.day


def test_of_several_days_that_were_missed_only_the_last_one_is_due():
    rule = RepetitionRule(3, day("2027-01-10"))
    assert due_on(rule, None, None, day("2028-01-01")) == day("2027-10-10")


def test_a_day_that_was_handled_or_on_which_a_round_began_is_not_due():
    rule, today = RepetitionRule(3, day("2027-01-10")), day("2027-05-01")
    assert due_on(rule, day("2027-04-10"), None, today) is None
    assert due_on(rule, None, day("2027-04-10"), today) is None
    assert due_on(rule, day("2027-04-09"), day("2027-04-09"), today) == day("2027-04-10")


def test_a_round_waits_for_the_one_before_and_for_the_day_after_its_publication():
    today = day("2027-05-01")
    assert hold_of_rounds(TeamFacts(has_unpublished=True), today) is Hold.UNPUBLISHED
    assert hold_of_rounds(TeamFacts(published_on=today), today) is Hold.JUST_PUBLISHED
    assert hold_of_rounds(TeamFacts(published_on=day("2027-04-30")), today) is None


def test_a_team_is_overdue_an_interval_and_a_month_after_its_last_publication():
    rule = RepetitionRule(3, day("2027-01-31"))
    assert not is_overdue(rule, day("2027-01-31"), day("2027-05-31"))
    assert is_overdue(rule, day("2027-01-31"), day("2027-06-01"))
    listed = RepetitionRule(dates=(day("2027-03-01"),))
    assert is_overdue(listed, day("2027-02-01"), day("2027-04-02"))
    assert not is_overdue(listed, day("2027-03-02"), day("2029-01-01"))


@pytest.mark.parametrize(
    "given_",
    [
        {},
        {"every_months": 3},
        {"every_months": 5, "first_on": day("2027-01-01")},
        {"every_months": 3, "first_on": day("2027-01-01"), "dates": (day("2027-01-01"),)},
        {"dates": (day("2027-02-01"), day("2027-01-01"))},
        {"dates": (day("2027-01-01"), day("2027-01-01"))},
        {"dates": tuple(day("2027-01-01") + dt.timedelta(days=at) for at in range(13))},
    ],
)
def test_what_is_neither_an_interval_nor_a_list_of_days_is_no_rule(given_):
    with pytest.raises(InvalidRule):
        RepetitionRule(**given_)
