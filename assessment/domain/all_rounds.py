"""All published rounds of a team beside each other, from their released scores: what may be joined by a line."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace

from assessment.domain.questionnaire import Ladder, Pillar
from assessment.domain.result import Interval
from assessment.domain.scale import Scale


@dataclass(frozen=True, slots=True)
class PastFigure:
    """A released score of one round, on the scale of the pillars; `score` is `None` where it is withheld."""

    score: float | None
    ci95: Interval | None = None
    n: int | None = None


@dataclass(frozen=True, slots=True)
class PastRound:
    """One published round. `pillars` and `steps` (median steps) lack what it did not ask.

    `wording` and `ladder_wording` are equal where two rounds asked the same in the same words, and empty where that is
    not known any more.
    """

    name: str
    published_on: dt.date
    is_agreed: bool
    wording: str
    ladder_wording: str
    scale: Scale | None
    overall: PastFigure
    pillars: Mapping[str, PastFigure]
    steps: Mapping[str, float | None]
    id: uuid.UUID | None = None

    @property
    def is_withheld(self) -> bool:
        """Whether nothing of it may be shown."""
        return not any(figure.score is not None for figure in self.pillars.values()) and not any(self.steps.values())


@dataclass(frozen=True, slots=True)
class AllRounds:
    """A team's rounds, the earliest first; the pillars, points and scale are those of the last one that asked them."""

    rounds: tuple[PastRound, ...]
    pillars: tuple[Pillar, ...]
    scale: Scale
    ladder: Ladder
    point_names: Mapping[str, str]
    left_out: int = 0
    """How many earlier rounds are not among `rounds`."""

    def last(self, at_most: int) -> AllRounds:
        """Only the last so many rounds."""
        gone = max(0, len(self.rounds) - at_most)
        return replace(self, rounds=self.rounds[gone:], left_out=self.left_out + gone)

    def figure(self, at: int, pillar: str) -> PastFigure | None:
        """A pillar's figure in one of the rounds; `None` where it was not asked, or on another scale."""
        past = self.rounds[at]
        if past.scale is not None and past.scale.size != self.scale.size:
            return None
        return past.pillars.get(pillar)

    def joins(self, at: int, pillar: str) -> bool:
        """Whether a line leads from the round before to this one: both are shown and averages, and asked alike."""
        if at == 0:
            return False
        before, now = self.rounds[at - 1], self.rounds[at]
        shown = [self.figure(at - 1, pillar), self.figure(at, pillar)]
        is_alike = bool(now.wording) and before.wording == now.wording
        return (
            is_alike
            and not before.is_agreed
            and not now.is_agreed
            and all(figure is not None and figure.score is not None for figure in shown)
        )
