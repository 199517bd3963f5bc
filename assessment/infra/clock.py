"""The time. Domain and services are told it, so that only entry points ask."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

LAST_MINUTE = dt.time(23, 59)


def utc_now() -> dt.datetime:
    """Now, aware, in UTC."""
    return dt.datetime.now(dt.UTC)


def first_moment(day: dt.date, zone: str) -> dt.datetime:
    """When a day begins in a time zone."""
    return dt.datetime.combine(day, dt.time(), ZoneInfo(zone)).astimezone(dt.UTC)


def last_moment(day: dt.date, zone: str) -> dt.datetime:
    """The last minute of a day in a time zone."""
    return dt.datetime.combine(day, LAST_MINUTE, ZoneInfo(zone)).astimezone(dt.UTC)
