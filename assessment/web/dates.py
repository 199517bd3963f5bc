"""Days and times of a round: days are days where the organisation is."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from assessment.infra.clock import end_of_day, local_date, start_of_day
from assessment.infra.languages import Localisation


def today(time_zone: str, now: dt.datetime) -> dt.date:
    return local_date(now, time_zone)


def local_day(at: dt.datetime | None, time_zone: str) -> dt.date | None:
    return local_date(at, time_zone) if at else None


def opening_time(day: dt.date | None, time_zone: str, now: dt.datetime) -> dt.datetime:
    """When a round opens: at once today, else as the day begins there. A day that has passed stays in the past."""
    return now if day is None or day == today(time_zone, now) else start_of_day(day, time_zone)


def closing_time(day: dt.date | None, time_zone: str) -> dt.datetime | None:
    """When a round closes: in the last minute of its last day there."""
    return end_of_day(day, time_zone) if day else None


def format_time(at: dt.datetime, time_zone: str, reader: Localisation) -> str:
    """A day and hour where the organisation is: "21 de noviembre de 2026, 14:30 (hora estándar de Colombia)"."""
    from babel import Locale, UnknownLocaleError
    from babel.dates import format_time as format_hour
    from babel.dates import get_timezone_name

    local = at.astimezone(ZoneInfo(time_zone))
    try:
        locale = Locale.parse(reader.tag, sep="-")
    except UnknownLocaleError:
        locale = Locale(reader.language)
    zone = get_timezone_name(local, width="long", locale=locale)
    return f"{reader.date(local.date())}, {format_hour(local, 'short', locale=locale)} ({zone})"


def format_opening(opens_at: dt.datetime | None, time_zone: str, reader: Localisation) -> str:
    """The first day to answer; with the hour only where it is not the day's beginning. Empty for none."""
    day = local_day(opens_at, time_zone)
    if opens_at is None or day is None:
        return ""
    is_whole_day = opens_at == start_of_day(day, time_zone)
    return reader.date(day) if is_whole_day else format_time(opens_at, time_zone, reader)


def format_closing(closes_at: dt.datetime | None, time_zone: str, reader: Localisation) -> str:
    """The last day to answer; with the hour only where it is not the day's end. Empty for none."""
    day = local_day(closes_at, time_zone)
    if closes_at is None or day is None:
        return ""
    is_whole_day = closes_at == end_of_day(day, time_zone)
    return reader.date(day) if is_whole_day else format_time(closes_at, time_zone, reader)
