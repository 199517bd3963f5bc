"""Tags of teams: a few short words each, such as a region or a unit."""

from __future__ import annotations

import re

from assessment.domain.plain_text import folded, plain_line

LONGEST_TAG = 30
MOST_TAGS = 8
"""That one team may have."""
_BETWEEN_TAGS = re.compile(r"[;,]")


def tag_key(name: str) -> str:
    """How a tag is found, however it is accented and in whatever case."""
    return folded(name) or name


def split_tags(typed: str) -> tuple[str, ...]:
    """The tags of a field, with commas or semicolons between them: each once, as it was first written."""
    found: dict[str, str] = {}
    for name in filter(None, map(plain_line, _BETWEEN_TAGS.split(typed))):
        found.setdefault(tag_key(name), name)
    return tuple(found.values())
