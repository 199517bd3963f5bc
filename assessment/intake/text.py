"""Text of cells: trimming, comparing without case and accents, and making it safe to print in a message."""

from __future__ import annotations

import re
import unicodedata

MAX_PRINTED = 40
_INVISIBLE = "\u200b\u200e\u200f\u2060\ufeff"
_EDGES = re.compile(rf"^[\s{_INVISIBLE}]+|[\s{_INVISIBLE}]+$")
_SAME_SIGNS = str.maketrans("’‘`´“”«»–—\u2011", "''''\"\"\"\"---", _INVISIBLE)
_NOT_WORDS = re.compile(r"[\W_]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")

_ERRORS = {
    *("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#GETTING_DATA"),
    *("#N/D", "#¡REF!", "#¡VALOR!", "#¡DIV/0!", "#¿NOMBRE?", "#¡NUM!", "#¡NULO!", "#¡DESBORDAMIENTO!", "#¡CALC!"),
}


def trim(text: str) -> str:
    """The text without white space (non-breaking included) and zero-width marks at both ends."""
    text = text.strip()
    if text.isascii():
        return text
    return _EDGES.sub("", text)


def one_line(text: str) -> str:
    """Trimmed, with single spaces inside and composed accents: how names are stored."""
    return unicodedata.normalize("NFC", " ".join(trim(text).split()))


def many_lines(text: str) -> str:
    """Trimmed, with plain line breaks and composed accents: how comments are stored."""
    return unicodedata.normalize("NFC", trim(text.replace("\r\n", "\n").replace("\r", "\n")))


def fold(text: str) -> str:
    """The text without case, accents and double spaces; all dashes are equal, and so are all quotation marks.

    Digits stay as they are: a full-width 3 does not become an ASCII one.
    """
    decomposed = unicodedata.normalize("NFD", text.translate(_SAME_SIGNS).casefold())
    return " ".join("".join(sign for sign in decomposed if not unicodedata.combining(sign)).split())


def words(text: str) -> str:
    """Only the words of a text, folded, with single spaces between them: how headers are compared."""
    return _NOT_WORDS.sub(" ", fold(text)).strip()


def has_control_characters(text: str) -> bool:
    """Whether the text holds characters that no document can show (line breaks and tabs are fine)."""
    return _CONTROL.search(text) is not None


def is_spreadsheet_error(text: str) -> bool:
    """Whether the text is an error value of a spreadsheet in English or Spanish, such as `#N/A`."""
    return text.upper() in _ERRORS


def printable(text: str, at_most: int = MAX_PRINTED) -> str:
    """The text for a message: at most `at_most` characters, with invisible ones written as escapes."""
    text = text[: at_most + 1]
    visible = "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode("ascii") for sign in text)
    return visible if len(visible) <= at_most else visible[: at_most - 1].rstrip() + "…"
