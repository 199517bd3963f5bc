"""The answers that an item accepts, and every figure that depends on how many there are.

With A points: Δ = .075(A − 1), target 1 + .75(A − 1), bounds 1 + .05(A − 1) and A − .05(A − 1); maturity levels and
their cap on 1 + 4(x − 1)/(A − 1). All are product conventions, and on five points the well-known 0.3, 4, 1.2 and 4.8.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from assessment.domain import conventions as c
from assessment.domain.texts import Text

Bound = Literal["low", "high"]

SLIGHT_SKEW_VARIANCE = 1.34
"""Null variance of a slightly skewed distribution on five points (LeBreton & Senter 2008, table 2)."""


@dataclass(frozen=True, slots=True)
class ScalePoint:
    value: int
    label: Text


@dataclass(frozen=True)
class Scale:
    """The answers that an item accepts, from 1 to `len(points)`, and "I don't know" beside them."""

    question: Text
    points: tuple[ScalePoint, ...]
    dont_know: Text

    @cached_property
    def size(self) -> int:
        return len(self.points)

    @property
    def span(self) -> int:
        """From the lowest answer to the highest."""
        return self.size - 1

    # Maturity

    def on_five(self, score: float) -> float:
        """A score or median of this scale on the 1–5 of the maturity levels."""
        return score if self.size == c.LEVELS else 1 + (c.LEVELS - 1) * (score - 1) / self.span

    def level(self, score: float) -> int:
        """The nearest of the five anchors; a score on a cut takes the higher level."""
        return 1 + sum(self.on_five(score) >= cut - c.TOLERANCE for cut in c.LEVEL_CUTS)

    def is_capping(self, median: float) -> bool:
        """Whether an item with this median rarely happens, which holds the level of its group down."""
        return self.on_five(median) <= c.CAPPING_MEDIAN + c.TOLERANCE

    def percent(self, score: float) -> float:
        """0–100 for machines only: people see one scale."""
        return 100 * (score - 1) / self.span

    # Change and priorities

    @property
    def smallest_change(self) -> float:
        """Δ, the smallest change of interest."""
        return c.SMALLEST_CHANGE_SHARE * self.span

    @property
    def target(self) -> float:
        """The target of a group for which none was set."""
        return 1 + c.TARGET_SHARE * self.span

    # Anonymity

    @property
    def low_bound(self) -> float:
        return 1 + c.BOUND_SPAN_SHARE * self.span

    @property
    def high_bound(self) -> float:
        return self.size - c.BOUND_SPAN_SHARE * self.span

    @property
    def narrow_spread(self) -> float:
        """The standard deviation under which people's scores are nearly alike."""
        return c.NARROW_SPREAD_SHARE * self.span

    def bound_of(self, mean: float | None) -> Bound | None:
        """Whether a mean is so near an end that it would tell what everybody said."""
        if mean is None:
            return None
        if mean <= self.low_bound + c.TOLERANCE:
            return "low"
        return "high" if mean >= self.high_bound - c.TOLERANCE else None

    def at_bound(self, mean: float) -> float:
        """The bound that stands for a mean near an end."""
        return self.low_bound if self.bound_of(mean) == "low" else self.high_bound

    # Agreement

    @property
    def uniform_variance(self) -> float:
        """σ² = (A² − 1)/12 of answers spread evenly over A points."""
        return (self.size**2 - 1) / 12

    @property
    def slight_skew_variance(self) -> float | None:
        """Published for five points only."""
        return SLIGHT_SKEW_VARIANCE if self.size == c.LEVELS else None
