"""How much room words take on a slide: an estimate on the safe side, since nobody knows which fonts a laptop has."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

_NARROW = frozenset("fijlrtI.,;:'|!()[]· ")
_WIDE = frozenset("mwMW@%—…")
SAFETY = 1.1
"""A font that stands in for another may be so much wider."""
LEADING = 1.2
POINTS = 72.0
"""To an inch."""


def width_of(text: str, size: float) -> float:
    """The width of a line in inches, in letters of so many points."""
    return SAFETY * size / POINTS * sum(map(_ems, text))


def _ems(sign: str) -> float:
    if sign in _NARROW:
        return 0.32
    if sign in _WIDE:
        return 0.88
    if unicodedata.combining(sign):
        return 0.0
    if unicodedata.east_asian_width(sign) in "WF":
        return 1.0
    return 0.7 if sign.isupper() else 0.55


def lines_of(text: str, size: float, width: float) -> int:
    """Into how many lines of `width` inches the text falls, broken between words."""
    lines = 0
    for paragraph in text.split("\n"):
        lines, room = lines + 1, width
        for word in paragraph.split(" "):
            wide = width_of(word, size)
            if wide > room and room < width:
                lines, room = lines + 1, width
            while wide > width:  # a word longer than a line
                lines, wide = lines + 1, wide - width
            room -= wide + width_of(" ", size)
    return lines


def height_of(text: str, size: float, width: float) -> float:
    """The height of a paragraph in inches."""
    return lines_of(text, size, width) * size * LEADING / POINTS


def largest(texts: Sequence[str], width: float, height: float, sizes: Sequence[int], *, gap: float = 0.0) -> int:
    """The largest of `sizes` (points, the largest first) in which paragraphs fit a box; the smallest if none does.

    `gap` is what stands between two paragraphs, in lines.
    """
    for size in sizes:
        gaps = gap * size * LEADING / POINTS * max(0, len(texts) - 1)
        if sum(height_of(text, size, width) for text in texts) + gaps <= height:
            return size
    return sizes[-1]


def cut(text: str, size: float, width: float) -> str:
    """The text where it fits a line, else its beginning."""
    if width_of(text, size) <= width:
        return text
    while text and width_of(f"{text}…", size) > width:
        text = text[:-1]
    return f"{text.rstrip()}…"
