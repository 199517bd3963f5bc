"""How far the people of a team see the same thing.

Sources: Burke & Dunlap 2002 (AD); James, Demaree & Wolf 1984 and LeBreton & Senter 2008 (r_wg); Brown & Hauenstein 2005
(a_wg); Tastle & Wierman 2007 (consensus of an ordinal scale).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from assessment.domain import conventions as c
from assessment.domain.result import PillarAgreement, PointAgreement
from assessment.domain.summary import Score, mean, variance

Rows = Sequence[Sequence[Score]]
"""Complete rows: one per person, one whole value per item."""


def absolute_deviations(counts: Sequence[int], n: int) -> int:
    """Σ|x − median| over n answers, given how often each value 1…A occurs.

    Each step between two neighbouring values is crossed by everybody on the smaller side of it.
    """
    total = below = 0
    for count in counts:
        below += count
        total += below if 2 * below < n else n - below
    return total


def item_average_deviation(counts: Sequence[int]) -> Fraction:
    """AD about the median of one item, Σ|x − median|/n, from how often each value 1…A occurs; needs one value."""
    n = sum(counts)
    return Fraction(absolute_deviations(counts, n), n)


def average_deviation(counts_by_item: Sequence[Sequence[int]]) -> float | None:
    """AD_Md(J): the mean over items of their AD about the median, each on its available answers, in scale points.

    Items that nobody answered take no part; `None` where no item has an answer.
    """
    answered = [item_average_deviation(counts) for counts in counts_by_item if sum(counts)]
    return float(sum(answered) / len(answered)) if answered else None


def _mean_variance(rows: Rows) -> float | None:
    """The mean over items of s² (n − 1) over complete rows; `None` under three rows."""
    if len(rows) < 3:
        return None
    columns = list(zip(*rows, strict=True))
    return math.fsum(variance(column) for column in columns) / len(columns)


def r_wg_j(rows: Rows, null_variance: float) -> float | None:
    """r_wg(J) = J(1 − q)/(J(1 − q) + q), q = min(1, mean s²/σ²), in [0, 1]; `None` under three complete rows."""
    spread = _mean_variance(rows)
    if spread is None:
        return None
    q = min(1.0, spread / null_variance)
    items = len(rows[0])
    return items * (1 - q) / (items * (1 - q) + q)


def r_wg_j_star(rows: Rows, null_variance: float) -> float | None:
    """r*_wg = 1 − mean s²/σ², not truncated (Lindell, Brandt & Whitney 1999); `None` under three complete rows."""
    spread = _mean_variance(rows)
    return None if spread is None else 1 - spread / null_variance


def a_wg(rows: Rows, scale_points: int) -> float | None:
    """a_wg(J) on a scale from 1 to `scale_points`, in [−1, 1].

    The mean over items of 1 − 2s²/{[(H + L)M − M² − HL]·n/(n − 1)}. An item whose mean is too near an end for the
    figure to be interpretable is left out, unless all chose that end: then it is 1. `None` where none is left,
    or under three complete rows.
    """
    n = len(rows)
    if n < 3:
        return None
    low, high = 1, scale_points
    figures = []
    for column in zip(*rows, strict=True):
        average = Fraction(sum(column), n)
        if average in (low, high):
            figures.append(1.0)
        elif Fraction(low * (n - 1) + high, n) <= average <= Fraction(high * (n - 1) + low, n):
            largest = ((high + low) * average - average**2 - high * low) * Fraction(n, n - 1)
            figures.append(1 - 2 * variance(column) / float(largest))
    return math.fsum(figures) / len(figures) if figures else None


def pillar_agreement(n: int, ad: float | None, scale_points: int) -> PillarAgreement:
    """The rule in words: close up to A/12, fair up to A/6, else split; none under eight answers.

    Eight, because random answers pass A/6 in 18 % of teams of five but in 3 % of teams of eight.
    """
    if ad is None or n < c.AGREEMENT_N:
        return "none"
    if ad <= scale_points / c.CLOSE_DIVISOR + c.TOLERANCE:
        return "close"
    return "fair" if ad <= scale_points / c.SPLIT_DIVISOR + c.TOLERANCE else "split"


def consensus(counts: Sequence[int]) -> float | None:
    """Cns = 1 + Σ pᵢ·log₂(1 − |i − μ|/(A − 1)), in [0, 1]; `None` under three answers."""
    n = sum(counts)
    if n < 3:
        return None
    span = len(counts) - 1
    average = mean([value for value, count in enumerate(counts, start=1) for _ in range(count)])
    terms = (
        count / n * math.log2(1 - abs(value - average) / span) for value, count in enumerate(counts, start=1) if count
    )
    return min(1.0, max(0.0, 1 + math.fsum(terms)))


def point_agreement(n: int, figure: float | None) -> PointAgreement:
    """The rule in words for a perception point; none under eight answers."""
    if figure is None or n < c.AGREEMENT_N:
        return "none"
    if figure >= c.CONSENSUS_SAME_STEP - c.TOLERANCE:
        return "same step"
    if figure >= c.CONSENSUS_CLOSE - c.TOLERANCE:
        return "close"
    return "spread" if figure >= c.CONSENSUS_SPREAD - c.TOLERANCE else "no common view"
