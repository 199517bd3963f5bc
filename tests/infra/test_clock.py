"""The time, and days in time zones."""

from __future__ import annotations

import datetime as dt

import pytest

from assessment.infra.clock import end_of_day, local_date, start_of_day, utc_now

LATE_IN_UTC = dt.datetime(2026, 11, 24, 2, 30, tzinfo=dt.UTC)


def test_the_clock_is_aware_and_in_utc():
    assert utc_now().utcoffset().total_seconds() == 0


@pytest.mark.parametrize(
    ("zone", "day"), [("America/Mexico_City", 23), ("Europe/Madrid", 24), ("Pacific/Kiritimati", 24)]
)
def test_the_date_is_that_of_the_time_zone(zone, day):
    assert local_date(LATE_IN_UTC, zone) == dt.date(2026, 11, day)


def test_a_day_begins_and_ends_by_the_clocks_of_its_time_zone():
    """In Santiago clocks go forward at midnight of 6 September 2026: that day has 23 hours."""
    day, zone = dt.date(2026, 9, 6), "America/Santiago"
    assert start_of_day(day, zone) == dt.datetime(2026, 9, 6, 4, tzinfo=dt.UTC)
    assert end_of_day(day, zone) == dt.datetime(2026, 9, 7, 2, 59, tzinfo=dt.UTC)


def test_the_last_minute_is_the_later_one_where_clocks_go_back():
    """In Santiago 24:00 of 4 April 2026 became 23:00: 23:59 came twice, and the day had 25 hours."""
    assert end_of_day(dt.date(2026, 4, 4), "America/Santiago") == dt.datetime(2026, 4, 5, 3, 59, tzinfo=dt.UTC)
