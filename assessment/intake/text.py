"""Text of cells: trimming, comparing without case and accents, and making it safe to print in a message."""

from __future__ import annotations

import re
import unicodedata

MAX_PRINTED = 40
_INVISIBLE = "".join(
    chr(code)
    for first, last in (
        *((0xAD, 0xAD), (0x61C, 0x61C), (0x180E, 0x180E), (0x200B, 0x200B), (0x200E, 0x200F), (0x202A, 0x202E)),
        *((0x2060, 0x2064), (0x2066, 0x206F), (0xFEFF, 0xFEFF), (0xFFF9, 0xFFFB), (0xE0001, 0xE007F)),
    )
    for code in range(first, last + 1)
)
"""Signs without a shape, and those that turn the direction of writing. Joiners are not: they belong to the spelling."""
_INVISIBLE_SIGN = re.compile(f"[{_INVISIBLE}]")
_JOINERS = "\u200c\u200d"
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
    """Trimmed, with single spaces inside, composed accents and no invisible signs: how names are stored."""
    return unicodedata.normalize("NFC", " ".join(_visible(text).split()))


def many_lines(text: str) -> str:
    """Trimmed, with plain line breaks, composed accents and no invisible signs: how comments are stored."""
    return unicodedata.normalize("NFC", trim(_visible(text).replace("\r\n", "\n").replace("\r", "\n")))


def has_invisible_signs(text: str) -> bool:
    """Whether the text holds signs that nobody sees."""
    return not text.isascii() and _INVISIBLE_SIGN.search(text) is not None


def _visible(text: str) -> str:
    return text if text.isascii() else _INVISIBLE_SIGN.sub("", text)


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
    visible = "".join(
        sign if sign.isprintable() or sign in _JOINERS else sign.encode("unicode_escape").decode("ascii")
        for sign in text
    )
    return visible if len(visible) <= at_most else visible[: at_most - 1].rstrip() + "…"


def _escaped(sign: str) -> str:
    return sign.encode("unicode_escape").decode("ascii")
