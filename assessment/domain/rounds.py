"""A round's life: draft → open → stopped → published, derived from facts and the time, never stored.

Dates stop a round by themselves, whether or not a job runs. A stopped round may reopen, since nobody has seen anything;
publishing is irreversible.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class RoundMode(StrEnum):
    """A round is answered, agreed by consensus or imported: never two of them."""

    ANSWERED = "answered"
    CONSENSUS = "consensus"
    IMPORTED = "imported"


class RoundPurpose(StrEnum):
    """What a round is for. A team has at most one unpublished round of each purpose."""

    ASSESSMENT = "assessment"
    PULSE = "pulse"


def least_answers(mode: RoundMode, minimum_group: int) -> int:
    """How many answers it takes that too few is not why there is no result: a file with fewer is no round, and one
    sheet is all of a team that answers together."""
    return minimum_group if mode is RoundMode.ANSWERED else 1


class Audience(StrEnum):
    """Who is meant to open a round's link."""

    TEAM = "team"
    CUSTOMERS = "customers"


class RoundState(StrEnum):
    DRAFT = "draft"
    SCHEDULED = "scheduled"
    OPEN = "open"
    STOPPED = "stopped"
    PUBLISHED = "published"


UNOPENED = (RoundState.DRAFT, RoundState.SCHEDULED)
"""Before anybody could answer."""


class RoundError(Exception):
    """The round is not in the state that the act needs; `state` is the one it is in."""

    def __init__(self, state: RoundState) -> None:
        super().__init__(state)
        self.state = state


class RoundNotOpen(RoundError):
    """Answers are not taken: not yet, or no more."""


class RoundNotStopped(RoundError):
    """Publishing needs a round that has stopped."""


class RoundAlreadyPublished(RoundError):
    """Nothing of a published round can change."""


class RoundAlreadyOpened(RoundError):
    """What a round asks, and when it opens, is frozen once it has opened."""


class RoundNotPublished(RoundError):
    """Results are seen once the round is published, by nobody before."""


class WrongRoundMode(Exception):
    """Not with a round of this mode: one whose answers came in a file takes none from people, for instance."""

    def __init__(self, mode: RoundMode) -> None:
        super().__init__(mode)
        self.mode = mode


class InvalidDates(ValueError):
    """A round must close after it opens, and in the future."""


def check_dates(opens_at: dt.datetime, closes_at: dt.datetime | None, now: dt.datetime) -> None:
    """Raises `InvalidDates`."""
    if closes_at is not None and closes_at <= max(opens_at, now):
        raise InvalidDates


@dataclass(frozen=True, slots=True)
class RoundFacts:
    """When a round opens, closes, was stopped by hand and was published; all aware times."""

    mode: RoundMode
    opens_at: dt.datetime | None
    closes_at: dt.datetime | None
    stopped_at: dt.datetime | None
    published_at: dt.datetime | None

    def state(self, now: dt.datetime) -> RoundState:
        if self.published_at is not None:
            return RoundState.PUBLISHED
        if self.mode is RoundMode.IMPORTED:
            return RoundState.STOPPED
        if self.opens_at is None:
            return RoundState.DRAFT
        if self.stopped_at is not None or (self.closes_at is not None and now >= self.closes_at):
            return RoundState.STOPPED
        return RoundState.SCHEDULED if now < self.opens_at else RoundState.OPEN

    def require_open(self, now: dt.datetime) -> None:
        """Raises `RoundNotOpen`."""
        if (state := self.state(now)) is not RoundState.OPEN:
            raise RoundNotOpen(state)

    def require_stopped(self, now: dt.datetime) -> None:
        """Raises `RoundNotStopped`."""
        if (state := self.state(now)) is not RoundState.STOPPED:
            raise RoundNotStopped(state)

    def require_unopened(self, now: dt.datetime) -> None:
        """Raises `RoundAlreadyOpened`."""
        if (state := self.state(now)) not in (RoundState.DRAFT, RoundState.SCHEDULED):
            raise RoundAlreadyOpened(state)

    def require_unpublished(self, now: dt.datetime) -> None:
        """Raises `RoundAlreadyPublished`."""
        if (state := self.state(now)) is RoundState.PUBLISHED:
            raise RoundAlreadyPublished(state)
