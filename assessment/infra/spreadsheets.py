"""Texts in cells that no spreadsheet program takes for a formula."""

from __future__ import annotations

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
LONGEST_CELL = 32_000
"""Characters; Excel takes a few more."""


def safe_text(text: str) -> str:
    """The text, with a mark before it where it begins like a formula: also when it is saved as CSV and read again."""
    return ("'" + text if text.startswith(_FORMULA_STARTS) else text)[:LONGEST_CELL]
