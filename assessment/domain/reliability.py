"""How well the items of a pillar hold together, over all teams pooled: for consultants, never per team."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations

from assessment.domain import conventions as c
from assessment.domain.distributions import f_quantile
from assessment.domain.result import Interval, Reliability
from assessment.domain.summary import Score, mean, variance

Rows = Sequence[Sequence[Score]]


def cronbach_alpha(rows: Rows) -> float | None:
    """Cronbach's α (1951) of complete rows; `None` for one item, under two rows, or where the sums do not vary."""
    if len(rows) < 2 or len(rows[0]) < 2:
        return None
    items = len(rows[0])
    total = variance([sum(row) for row in rows])
    if total == 0:
        return None
    within = math.fsum(variance(column) for column in zip(*rows, strict=True))
    return items / (items - 1) * (1 - within / total)


def feldt_interval(alpha: float, n: int, items: int) -> Interval:
    """Feldt's 95 % interval of α (Feldt, Woodruff & Salih 1987): 1 − (1 − α)F, with n − 1 and (n − 1)(J − 1) df."""
    df1, df2 = n - 1, (n - 1) * (items - 1)
    return 1 - (1 - alpha) * f_quantile(0.975, df1, df2), 1 - (1 - alpha) * f_quantile(0.025, df1, df2)


def _correlation(first: Sequence[Score], second: Sequence[Score]) -> float | None:
    spread = variance(first) * variance(second)
    if spread == 0:
        return None
    n = len(first)
    mean1, mean2 = mean(first), mean(second)
    covariance = math.fsum((x - mean1) * (y - mean2) for x, y in zip(first, second, strict=True)) / (n - 1)
    return covariance / math.sqrt(spread)


def mean_correlation(rows: Rows) -> float | None:
    """The mean of Pearson's r over all pairs of items; `None` for one item or where an item does not vary."""
    if len(rows) < 2 or len(rows[0]) < 2:
        return None
    figures = [_correlation(x, y) for x, y in combinations(list(zip(*rows, strict=True)), 2)]
    known = [figure for figure in figures if figure is not None]
    return math.fsum(known) / len(known) if len(known) == len(figures) else None


def reliability(pillar: str, rows: Rows) -> Reliability:
    """α with its interval and the mean inter-item r; nothing but n under thirty complete rows."""
    n = len(rows)
    if n < c.RELIABILITY_N:
        return Reliability(pillar, n)
    alpha = cronbach_alpha(rows)
    return Reliability(
        pillar=pillar,
        n=n,
        alpha=alpha,
        feldt95=None if alpha is None else feldt_interval(alpha, n, len(rows[0])),
        mean_r=mean_correlation(rows),
    )
