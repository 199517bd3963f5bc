"""When a team's round repeats: the days on which it is due, and what keeps it from opening.

Days are days where the organisation is. A month that lacks the day of the first one has it on its last: from 31
January on, every three months is 30 April, and 31 July again. Reasons: decision 0037.
"""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

INTERVALS = (3, 4, 6, 12)
"""Months from one round to the next."""
MOST_DATES = 12
LONGEST_OPEN = 60
"""Days that a round of a repetition may stay open."""
DAYS_OPEN = 8
"""Unless the round before says otherwise: a week, and its first day once more."""
LAST_YEAR = 2199
GRACE_MONTHS = 1
"""So long after an interval without a published round the team needs attention."""


class InvalidRule(ValueError):
    """Neither one of the intervals with its first day nor days of which one is to come."""


@dataclass(frozen=True, slots=True)
class RepetitionRule:
    """Every so many months from a first day on, or on given days: never both."""

    every_months: int | None = None
    first_on: dt.date | None = None
    dates: tuple[dt.date, ...] = ()

    def __post_init__(self) -> None:
        """Raises `InvalidRule`."""
        is_regular = self.every_months in INTERVALS and self.first_on is not None and not self.dates
        is_listed = self.every_months is None and self.first_on is None and 0 < len(self.dates) <= MOST_DATES
        if not (is_regular or is_listed) or list(self.dates) != sorted(set(self.dates)):
            raise InvalidRule

    def next_after(self, day: dt.date) -> dt.date | None:
        """The first due day after this one; `None` where there is none any more."""
        if self.every_months is None or self.first_on is None:
            return next((due for due in self.dates if due > day), None)
        at = max(0, _months_between(self.first_on, day) // self.every_months)
        while (due := add_months(self.first_on, at * self.every_months)) <= day:
            at += 1
        return due if due.year <= LAST_YEAR else None

    def last_until(self, day: dt.date) -> dt.date | None:
        """The last due day that is not after this one."""
        if self.every_months is None or self.first_on is None:
            return max((due for due in self.dates if due <= day), default=None)
        if day < self.first_on:
            return None
        at = _months_between(self.first_on, day) // self.every_months
        due = add_months(self.first_on, at * self.every_months)
        return due if due <= day else add_months(self.first_on, (at - 1) * self.every_months)


def _months_between(first: dt.date, last: dt.date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day so many months later, or the last one of a month that lacks it."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


class Hold(StrEnum):
    """Why a round that is due does not open."""

    UNPUBLISHED = "unpublished"
    """The team has a round that is not published: it waits for it."""
    JUST_PUBLISHED = "just-published"
    """One was published today: it opens tomorrow."""
    TOO_SMALL = "too-small"
    """The team has become too small for anonymous answers."""
    FROM_FILE = "from-file"
    """The last round came from a file: there is nothing to open."""
    NOT_OFFERED = "not-offered"
    """A questionnaire of the last round is no longer offered, or no longer goes with the others."""


@dataclass(frozen=True, slots=True)
class TeamFacts:
    """What is known of a team's rounds, as days where the organisation is; `None` where there is none.

    `last_begun_on` is the day of the newest one's opening, or of its making where it has none; `has_unpublished` and
    `published_on` are about the newest one, too.
    """

    last_begun_on: dt.date | None = None
    has_unpublished: bool = False
    published_on: dt.date | None = None


def due_on(
    rule: RepetitionRule, handled_on: dt.date | None, last_begun_on: dt.date | None, today: dt.date
) -> dt.date | None:
    """The due day for which a round is still to be made. Of several that were missed, only the last one counts; one on
    or after which a round began by itself or by hand is done with."""
    due = rule.last_until(today)
    if due is None or (handled_on is not None and due <= handled_on):
        return None
    return None if last_begun_on is not None and last_begun_on >= due else due


def hold_of_rounds(facts: TeamFacts, today: dt.date) -> Hold | None:
    """What of the team's rounds keeps a due one from opening today."""
    if facts.has_unpublished:
        return Hold.UNPUBLISHED
    if facts.published_on is not None and facts.published_on >= today:
        return Hold.JUST_PUBLISHED
    return None


def is_overdue(rule: RepetitionRule, since: dt.date, today: dt.date) -> bool:
    """Whether no round has been published for the rule's interval plus a month, `since` the last one or since the team
    was made; never within a month of the rule's first day."""
    if rule.every_months is not None and rule.first_on is not None:
        return today > max(add_months(since, rule.every_months + GRACE_MONTHS), add_months(rule.first_on, GRACE_MONTHS))
    due = rule.next_after(since)
    return due is not None and today > add_months(due, GRACE_MONTHS)
