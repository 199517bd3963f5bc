"""The time. Domain and services are given it, so that only entry points read the clock."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

LAST_MINUTE = dt.time(23, 59)


def utc_now() -> dt.datetime:
    """Now, aware, in UTC."""
    return dt.datetime.now(dt.UTC)


def local_date(at: dt.datetime, zone: str) -> dt.date:
    """The date that it is in a time zone at an aware time."""
    return at.astimezone(ZoneInfo(zone)).date()


def start_of_day(day: dt.date, zone: str) -> dt.datetime:
    """When a day begins in a time zone, in UTC."""
    return dt.datetime.combine(day, dt.time(), ZoneInfo(zone)).astimezone(dt.UTC)


def end_of_day(day: dt.date, zone: str) -> dt.datetime:
    """The last minute of a day in a time zone, in UTC; its second time where clocks go back at midnight."""
    last = dt.datetime.combine(day, LAST_MINUTE, ZoneInfo(zone)).replace(fold=1)
    return last.astimezone(dt.UTC)
