"""What a law has people told before they answer, and how long things are kept."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from assessment.domain.texts import Text

MONTHS_KEPT = (1, 3, 6, 12, 24, 36, 60)
"""How long an organisation may keep things, in months, unless it keeps them until somebody deletes them."""
DAYS_A_MONTH = 365.25 / 12


@dataclass(frozen=True, slots=True)
class PrivacyLaw:
    """A template of what a law asks a notice to say. `to_check` is for the lawyer who reads it, not for respondents."""

    id: str
    name: Text
    countries: tuple[str, ...]
    basis: Text
    rights: tuple[Text, ...]
    how: Text
    authority: Text
    to_check: tuple[Text, ...]


def shorter(promised: int | None, wanted: int | None) -> int | None:
    """How many months something is kept: a promise is never extended, but may be overtaken. `None` is for ever."""
    given = [months for months in (promised, wanted) if months is not None]
    return min(given, default=None)


def is_over(ended_at: dt.datetime | None, months: int | None, now: dt.datetime) -> bool:
    """Whether the time of what is kept so many months after its end is over."""
    if ended_at is None or months is None:
        return False
    return ended_at + dt.timedelta(days=months * DAYS_A_MONTH) <= now


def end_of(stopped_at: dt.datetime | None, closes_at: dt.datetime | None, now: dt.datetime) -> dt.datetime | None:
    """When a round was over: stopped, or its last day had passed, whichever came first; `None` while it is not."""
    ends = [at for at in (stopped_at, closes_at) if at is not None and at <= now]
    return min(ends, default=None)
