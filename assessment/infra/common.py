"""What the processes of one server have in common: the first of them keeps it, the others ask it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


class Counts(Protocol):
    """How often something was tried: what a storage of the library `limits` does for fixed windows."""

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Counts a try, in a window of `expiry` seconds from the first; returns how many there are now."""

    def get(self, key: str) -> int:
        """How many tries there are now."""

    def get_expiry(self, key: str) -> float:
        """When the window ends, in seconds since 1970."""

    def clear(self, key: str) -> None:
        """Forgets the tries."""


@dataclass(frozen=True, slots=True, repr=False)
class Common:
    """Without a repr: the code is a secret."""

    setup_code: str
    counts: Counts
