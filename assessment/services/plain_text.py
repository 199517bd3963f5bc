"""What people type, as it is kept: no control characters (a database may refuse them), one kind of line end."""

from __future__ import annotations

import unicodedata

_UNWANTED = frozenset({"Cc", "Cs"})


def plain_text(words: str) -> str:
    """Several lines. Line ends are made alike, so that they tell nothing of the device."""
    lines = words.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(sign for sign in lines if sign in "\n\t" or unicodedata.category(sign) not in _UNWANTED).strip()


def plain_line(words: str) -> str:
    """One line, with single spaces."""
    return " ".join(plain_text(words).split())
