"""What is known of the time between two rounds of a team: what changed about the team and what was asked, what was
done, and which statements moved most. All of it from released results."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from assessment.domain.as_read import as_read
from assessment.domain.plans.outcomes import FinishedAction, OpenAction
from assessment.domain.result import PillarResult, TeamResult
from assessment.domain.sections.groups import GroupedSection, bound_as_read
from assessment.domain.texts import Text


@dataclass(frozen=True, slots=True)
class StatementMove:
    """The means of one statement in two rounds, as people read them; no test stands behind it."""

    item: str
    before: float
    after: float

    @property
    def difference(self) -> float:
        return as_read(self.after - self.before)


def statement_moves(before: TeamResult, now: TeamResult, section: GroupedSection) -> tuple[StatementMove, ...]:
    """Each statement whose answers may be drawn in both rounds (from ten answers), in the order of the questionnaire.

    Both results are released. A statement with a mean near an end in one of them is left out, as the mean is.
    """
    earlier, later = _means(before.pillars), _means(now.pillars)
    return tuple(
        StatementMove(item.id, earlier[item.id], later[item.id])
        for item in section.items
        if item.id in earlier
        and item.id in later
        and not bound_as_read(earlier[item.id], section.scale)
        and not bound_as_read(later[item.id], section.scale)
    )


def _means(pillars: Sequence[PillarResult]) -> dict[str, float]:
    return {
        item: as_read(sum(value * count for value, count in enumerate(counts, start=1)) / sum(counts))
        for pillar in pillars
        for item, counts in (pillar.answer_counts or {}).items()
        if sum(counts)
    }


def furthest_moves(moves: Sequence[StatementMove], *, at_most: int) -> tuple[StatementMove, ...]:
    """Those that moved furthest, up or down, first; none that moved as far as another that has no room."""
    sizes = sorted({abs(move.difference) for move in moves if move.difference}, reverse=True)
    chosen: tuple[StatementMove, ...] = ()
    for size in sizes:
        level = tuple(move for move in moves if abs(move.difference) == size)
        if len(chosen) + len(level) > at_most:
            break
        chosen += level
    return chosen


@dataclass(frozen=True, slots=True)
class Since:
    """The earlier round (its name and day, where they are known), and what is different since then.

    `size_…` are the numbers of people in the team (0 where nobody knows), `answered_…` of those who answered; points by
    their names; `asked_…` the titles of questionnaires that only one of the two rounds asked.
    """

    round_name: str = ""
    earlier_on: dt.date | None = None
    now_on: dt.date | None = None
    size_before: int = 0
    size_now: int = 0
    answered_before: int = 0
    answered_now: int = 0
    joined: int | None = None
    left: int | None = None
    """How many answered only now and only then, where codes tell; `None` where nobody knows."""
    minimum_before: int = 0
    minimum_now: int = 0
    points_new: tuple[str, ...] = ()
    points_gone: tuple[str, ...] = ()
    points_renamed: tuple[tuple[str, str], ...] = ()
    asked_new: tuple[Text, ...] = ()
    asked_gone: tuple[Text, ...] = ()
    is_other_edition: bool = False
    """Whether the text was written anew, though it asks for the same in the same words."""
    is_one_from_file: bool = False
    """Whether the answers of one of the two came in a file."""
    targets_changed: tuple[str, ...] = ()
    """The pillars whose target is another one now."""
    statements: tuple[StatementMove, ...] = ()
    had_plan: bool = True
    """Whether any round before had a plan, of which something could have been done."""
    done: tuple[FinishedAction, ...] = ()
    recent: tuple[FinishedAction, ...] = ()
    """What was done, of any earlier plan, so short before this round that only the next says what came of it."""
    still_open: tuple[OpenAction, ...] = ()
    """What is open in the plan before, and goes on in no other."""
    asked_codes: bool = False
    """Whether people could write a code of their own in this round, and `asked_codes_before` in the earlier one."""
    asked_codes_before: bool = False
    is_linked_before: bool = False
    """Whether the comparison before this one was of the same people: never two in a row."""
