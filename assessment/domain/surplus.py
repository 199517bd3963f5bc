"""More answers than people: what whoever reads a result is told of it.

Somebody who answers in the place of others knows what they said, and can work out what is left. Nobody can tell which
answers these are, so the result says that there may be some.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

LONGEST_REASON = 300
"""Letters of the reason for more answers than people."""


class UnexplainedSurplus(Exception):
    """More answers than people: somebody must correct the team's size first, or say why there are more."""

    def __init__(self, answered: int, size: int) -> None:
        super().__init__(f"{answered} > {size}")
        self.answered = answered
        self.size = size


@dataclass(frozen=True, slots=True)
class Surplus:
    """`answered` answers of a team of `size` people, now or until its size was corrected while the round was under way.

    `size_before` is the smallest size that it had then, `None` where it was not smaller; `reason` is why there are
    more, in the words of whoever published.
    """

    answered: int
    size: int
    size_before: int | None = None
    reason: str = ""

    @property
    def is_corrected(self) -> bool:
        """Whether there are as many people as answers by now."""
        return self.answered <= self.size


def surplus_of(answered: int, size: int, sizes_before: Iterable[int], reason: str = "") -> Surplus | None:
    """What is to be told, if anything; `sizes_before` are those that were corrected since the round began."""
    smallest = min([size, *sizes_before])
    if answered <= smallest:
        return None
    return Surplus(answered, size, smallest if smallest < size else None, reason)
