"""Did it work? What the first round afterwards says of what a finished action serves: afterwards, never because of it.

When an action was done is told by its events. A round answers that opened fourteen days later at least.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from assessment.domain import conventions as c
from assessment.domain.plans.choices import ActionStatus
from assessment.domain.result import Change, LadderChange
from assessment.domain.texts import Text

MOST_COMPARED_LATER = 3
"""How many later rounds than the next may be compared with a plan's round: with one made-up round after the other,
somebody would read its exact figures off the changes."""


class Unanswered(StrEnum):
    """Why a round says nothing of what a finished action serves."""

    OTHER_WORDING = "other-wording"
    """The plan's round asked in other words."""
    CONSENSUS = "consensus"
    """The team agreed on its answers in this round."""
    PLAN_OF_CONSENSUS = "plan-of-consensus"
    """The team agreed on its answers in the plan's round."""
    FROM_FILE = "from-file"
    """The round's answers came in a file, and nobody knows when they were given."""
    TOO_FEW = "too-few"
    """This round, or what the action serves in one of the two, had too few answers, or a figure too near an end."""
    ANSWERS_DELETED = "answers-deleted"
    """The time of the answers of one of the two rounds was over."""
    NOT_ASKED = "not-asked"
    """One of the two rounds did not ask about it: a moment that the team took away."""
    COMPARED_BEFORE = "compared-before"
    """The plan's round was compared with as many others as it may be."""
    UNKNOWN_DAY = "unknown-day"
    """Nobody knows when it was done: it was before what becomes of actions was kept."""

    @property
    def is_final(self) -> bool:
        """Whether no later round can answer either."""
        return self in (self.PLAN_OF_CONSENSUS, self.ANSWERS_DELETED, self.COMPARED_BEFORE, self.UNKNOWN_DAY)


@dataclass(frozen=True, slots=True)
class PastEvent:
    """What became of an action at a time: what each field said before and after; nothing when it was added."""

    happened_at: dt.datetime
    changes: Mapping[str, Sequence[str]]


def finished_at(status: ActionStatus, events: Iterable[PastEvent]) -> dt.datetime | None:
    """When an action was done that is done now: the last time that it became so; one that is done from the beginning,
    when it was added. `None` where it is not done, or no event tells."""
    if status is not ActionStatus.DONE:
        return None
    known = sorted(events, key=lambda event: event.happened_at)
    became = [event for event in known if "status" in event.changes]
    if not became:
        return known[0].happened_at if known and not known[0].changes else None
    last = became[-1]
    return last.happened_at if last.changes["status"][1] == ActionStatus.DONE else None


def is_answered_by(done_at: dt.datetime, opened_at: dt.datetime) -> bool:
    """Whether a round opened late enough to say something of an action that was done then."""
    return opened_at - done_at >= dt.timedelta(days=c.ANSWERED_AFTER_DAYS)


def of_similar_start(starts: Mapping[str, float], begun: Iterable[float], *, within: float) -> tuple[str, ...]:
    """Of these pillars, with their scores, those that began as low as one of those with an action: by Δ at most."""
    taken = tuple(begun)
    return tuple(
        pillar for pillar, score in starts.items() if any(abs(score - other) <= within + c.TOLERANCE for other in taken)
    )


@dataclass(frozen=True, slots=True)
class FinishedAction:
    """An action that was done: what it is, which pillar or moment it serves, and on which day, where that is known."""

    title: Text
    ref_id: str
    is_point: bool
    finished_on: dt.date | None
    library_id: str = ""
    point_name: str = ""
    """What the moment was called in the plan's round: the team may have taken it away since."""


@dataclass(frozen=True, slots=True)
class OpenAction:
    """An action that is not finished: what it is, and which pillar or moment it serves."""

    title: Text
    ref_id: str
    is_point: bool
    library_id: str = ""
    point_name: str = ""
    """What the moment was called in the plan's round."""


@dataclass(frozen=True, slots=True)
class ActionOutcome:
    """What a round says of a finished action; `change` is of the pillar or moment that it serves, since its plan's
    round. Without one, `reason` says why."""

    action: FinishedAction
    change: Change | LadderChange | None
    reason: Unanswered | None


@dataclass(frozen=True, slots=True)
class PlanOutcomes:
    """What a round says of the finished actions of one plan, which stands on the round of this name; `others` are
    pillars of a similar start without an action in it."""

    round_name: str
    actions: tuple[ActionOutcome, ...]
    others: tuple[Change, ...] = ()
