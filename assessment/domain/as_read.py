"""Figures as people read them: what leaves a team is rounded like this before a chart, a title or a document has it.

The decimals are those that the words for figures have (`reports.engine.words`): one for what lies on a scale, whole
percents for shares.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from assessment.domain import conventions as c
from assessment.domain.result import Interval
from assessment.domain.scale import Scale


def as_read(figure: float) -> float:
    """A mean, a difference or an end of an interval: one decimal."""
    return round(figure, 1)


def share_as_read(share: float) -> float:
    """A share in [0, 1]: whole percents, a half rounded up as people do it."""
    return math.floor(100 * share + 0.5 + c.TOLERANCE) / 100


def for_experts(figure: float | None, *, decimals: int = 2) -> float | None:
    """A figure without words of its own, such as an index of agreement or an effect size."""
    return None if figure is None else round(figure, decimals)


def interval_as_read(interval: Interval | None, sizes: Sequence[int], scale: Scale) -> Interval | None:
    """The interval of a mean, or of a difference between groups of these sizes, where it may leave.

    Not where a group is under eight, and not where it is as narrow as answers nearly alike make it: beside the mean it
    would tell what each person answered. As narrow is also where all answered alike, so that no interval does not tell
    which of the two it was.
    """
    if interval is None or min(sizes) < c.INTERVAL_N:
        return None
    low, high = as_read(interval[0]), as_read(interval[1])
    narrow = 2 * scale.narrow_spread * math.sqrt(sum(1 / n for n in sizes))
    return (low, high) if (high - low) / 2 >= narrow - c.TOLERANCE else None
