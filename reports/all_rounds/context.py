"""What is shown of a team's rounds: plain, already localised data."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class RoundHead:
    """A round as the charts number it."""

    number: str
    name: str
    day: str
    note: str
    """That its answers were agreed, that it shows nothing, or that it asked in other words; empty otherwise."""
    changed_in: uuid.UUID | None = None
    """Its id where its results say what moved: it is compared with the round before."""


@dataclass(frozen=True, slots=True)
class PillarRounds:
    """A pillar's rounds: a chart, the scores in short, and each round's score in words, gaps with their reasons."""

    pillar: str
    name: str
    chart: Markup
    wide_chart: Markup
    """The same where it stands alone and has room."""
    narrow_chart: Markup
    """The same for paper."""
    figures: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PointRounds:
    """A moment's middle answer, round by round: the number of the step, and its name beside it."""

    name: str
    numbers: tuple[str, ...]
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RoundsBlock:
    rounds: tuple[RoundHead, ...]
    pillars: tuple[PillarRounds, ...]
    overall: tuple[str, ...]
    points: tuple[PointRounds, ...]
    how_to_read: str
    steps: str
    """What the numbers of the steps mean; empty without a ladder."""
    left_out: str
    """That there are earlier rounds which are not shown; empty where all are."""

    @property
    def is_several(self) -> bool:
        return len(self.rounds) > 1
