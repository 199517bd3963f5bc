"""How often Python looks through its objects for garbage."""

from __future__ import annotations

import gc


def look_for_garbage_seldom() -> None:
    """For before much is loaded that stays: looking through it after every 700 objects takes a third of the time."""
    gc.set_threshold(50_000, 20, 20)
