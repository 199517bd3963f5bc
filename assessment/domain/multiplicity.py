"""Adjusted p values for a family of tests; input and output keep their order."""

from __future__ import annotations

from collections.abc import Sequence


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's step-down adjustment (1979): controls the chance of any false finding."""
    m = len(p_values)
    adjusted = [0.0] * m
    running = 0.0
    for rank, at in enumerate(sorted(range(m), key=p_values.__getitem__)):
        running = max(running, min(1.0, (m - rank) * p_values[at]))
        adjusted[at] = running
    return adjusted


def benjamini_hochberg(p_values: Sequence[float]) -> list[float]:
    """Benjamini & Hochberg's step-up adjustment (1995): controls the expected share of false findings."""
    m = len(p_values)
    adjusted = [0.0] * m
    running = 1.0
    for rank, at in enumerate(sorted(range(m), key=p_values.__getitem__, reverse=True)):
        running = min(running, p_values[at] * m / (m - rank))
        adjusted[at] = running
    return adjusted
