"""Means, spreads and medians, exact where the data are whole numbers or fractions of them."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from fractions import Fraction

from assessment.domain.distributions import t_quantile
from assessment.domain.result import Interval

Score = Fraction | int


def whole(values: Sequence[Score]) -> tuple[list[int], int]:
    """The values as whole numbers of 1/scale, and the scale: sums of integers are exact and much faster."""
    scale = math.lcm(*{value.denominator for value in values})
    return [value.numerator * (scale // value.denominator) for value in values], scale


def mean(values: Sequence[Score]) -> float:
    """The mean of exact values, correctly rounded; raises `ZeroDivisionError` where there is none."""
    numbers, scale = whole(values)
    return sum(numbers) / (scale * len(numbers))


def variance(values: Sequence[Score]) -> float:
    """The sample variance s² (n − 1), computed exactly; raises `ZeroDivisionError` for fewer than two values."""
    numbers, scale = whole(values)
    n, total = len(numbers), sum(numbers)
    squares = sum(number * number for number in numbers)
    return (n * squares - total * total) / (scale * scale * n * (n - 1))


def standard_deviation(values: Sequence[Score]) -> float | None:
    """The sample standard deviation (n − 1); `None` for fewer than two values."""
    return variance(values) ** 0.5 if len(values) > 1 else None


def median(counts: Sequence[int]) -> float:
    """The median of whole values 1, 2, …, given how often each occurs; raises `ValueError` where none does."""
    n = sum(counts)
    if n == 0:
        raise ValueError("median of no values")
    return (_at(counts, (n - 1) // 2) + _at(counts, n // 2)) / 2


def _at(counts: Sequence[int], rank: int) -> int:
    """The value at a rank (from 0) of the ordered values."""
    for value, count in enumerate(counts, start=1):
        rank -= count
        if rank < 0:
            return value
    raise IndexError(rank)


def interpolated_median(counts: Sequence[int]) -> float:
    """M + (n above − n below) / (2 · n equal), or M itself where no value equals the median M.

    Only to sort perception points by: it is never shown.
    """
    middle = median(counts)
    if middle != int(middle) or counts[int(middle) - 1] == 0:
        return middle
    equal = counts[int(middle) - 1]
    below = sum(counts[: int(middle) - 1])
    above = sum(counts[int(middle) :])
    return middle + (above - below) / (2 * equal)


def t_interval(centre: float, standard_error: float, df: float, confidence: float = 0.95) -> Interval:
    """A two-sided interval by Student's t."""
    half = t_quantile((1 + confidence) / 2, df) * standard_error
    return centre - half, centre + half


def mean_interval(values: Sequence[Score]) -> Interval | None:
    """The 95 % t-interval of a mean; `None` for fewer than two values."""
    n = len(values)
    if n < 2:
        return None
    return t_interval(mean(values), math.sqrt(variance(values) / n), n - 1)


def cliffs_delta(first: Sequence[Score], second: Sequence[Score]) -> float:
    """Cliff's δ = P(first > second) − P(first < second) (Cliff 1993), in [−1, 1]; both need a value."""
    ordered = sorted(second)
    n = len(ordered)
    wins = sum(bisect_left(ordered, value) - (n - bisect_right(ordered, value)) for value in first)
    return wins / (len(first) * n)
