"""The code that a respondent makes up and keeps, so that two rounds can be compared person by person."""

from __future__ import annotations

import unicodedata
from typing import Final

FEWEST_SIGNS: Final = 4
"""Letters and digits: two people of a team soon choose the same shorter one, and then neither is linked."""
LONGEST_CODE: Final = 60


class CodeTooShort(ValueError):
    """A code has fewer letters and digits than tell people apart."""


def plain_code(written: str) -> str:
    """The code as two rounds compare it: letters and digits alone, whatever their case and accents, or nothing.

    Raises `CodeTooShort`.
    """
    signs = "".join(sign for sign in unicodedata.normalize("NFKD", written[:LONGEST_CODE]) if sign.isalnum()).casefold()
    if written.strip() and len(signs) < FEWEST_SIGNS:
        raise CodeTooShort
    return signs
