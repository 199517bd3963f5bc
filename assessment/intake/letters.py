"""The letters of a file: which encoding it has, and whether they were damaged before it was saved.

A file in another encoding than it says gives a wrong letter for every accented one: "Atenci—n", "AtenciÃ³n".
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

from assessment.intake.codes import ProblemCode
from assessment.intake.problems import Problem, UnreadableTable

_CONTEXT = 20
_OLD_ENCODINGS = {"mac_roman": "Mac Roman", "cp850": "DOS 850"}
"""Of Excel for Mac ("CSV (Macintosh)") and of "CSV (MS-DOS)"."""

_ACCENTED = frozenset("áéíóúüñÁÉÍÓÚÜÑ")
_SOUND = _ACCENTED | frozenset("¿¡«»“”‘’…–—·€°ºª©®™•\xa0")
"""What may stand beside a letter in Spanish or English."""
_EXPECTED = _SOUND | frozenset("àèìòùâêîôûãõçïëöäåøæßÀÈÌÒÙÂÊÎÔÛÃÕÇÏËÖÄÅØÆ")
"""The same in any language of Windows-1252. An «œ» comes in French, before a «u» or an «i»."""
_MAC_ENDING = re.compile(r"[cs]ión\b")


def decode(data: bytes) -> tuple[str, str]:
    """The text of a file and the name of its encoding.

    A byte order mark decides; without one it is UTF-8 or, where that is impossible, Windows-1252, unless this gives
    strange words and an older encoding sound ones. Raises `UnreadableTable` where nothing fits, or where most other
    letters are UTF-8 and some are damaged.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            return data.decode("utf-16"), "UTF-16"
        except UnicodeDecodeError:
            raise UnreadableTable(Problem(ProblemCode.ENCODING_UNKNOWN)) from None
    try:
        return data.decode("utf-8-sig"), "UTF-8"
    except UnicodeDecodeError as error:
        _refuse_damaged_utf_8(data, error.start)
    try:
        windows = data.decode("cp1252")
    except UnicodeDecodeError:
        windows = ""
    older = _older_encoding(data, windows)
    if older is not None:
        return data.decode(older), _OLD_ENCODINGS[older]
    if not windows:
        raise UnreadableTable(Problem(ProblemCode.ENCODING_UNKNOWN))
    return windows, "Windows-1252"


def _refuse_damaged_utf_8(data: bytes, damaged_at: int) -> None:
    """Windows-1252 letters are hardly ever valid UTF-8 by chance, so a majority of valid ones says what it was."""
    text = data.decode("utf-8", errors="replace")
    damaged = text.count("\ufffd")
    sound = sum(not sign.isascii() for sign in text) - damaged
    if data.startswith(codecs.BOM_UTF8) or sound > damaged:
        context = data[max(0, damaged_at - _CONTEXT) : damaged_at + _CONTEXT].decode("utf-8", errors="replace")
        raise UnreadableTable(Problem(ProblemCode.ENCODING_MIXED, values={"value": context}))


@dataclass(frozen=True, slots=True)
class _Impression:
    """How a text looks: accented letters within words, and signs that no word has."""

    accented: int
    strange: int


def _older_encoding(data: bytes, windows: str) -> str | None:
    """The older encoding in which the words are sound, if they are not in Windows-1252; `None` where it is not sure."""
    impressions = {encoding: _impression(data.decode(encoding), _SOUND) for encoding in _OLD_ENCODINGS}
    sound = {encoding: it.accented for encoding, it in impressions.items() if not it.strange and it.accented}
    if not sound:
        return None
    if windows and not _impression(windows, _EXPECTED).strange:
        # A dash between letters is no strange sign, but «ó» of a Mac: "Atenci—n".
        is_mac = "mac_roman" in sound and "—" in windows and _MAC_ENDING.search(data.decode("mac_roman"))
        return "mac_roman" if is_mac else None
    return max(sound, key=lambda encoding: sound[encoding])


def _impression(text: str, expected: frozenset[str]) -> _Impression:
    accented = strange = 0
    for before, sign, after in _signs_in_words(text):
        if sign in _ACCENTED:
            accented += 1
        elif sign == "œ" and expected is _EXPECTED and after in ("u", "i"):
            continue
        elif sign not in expected or (before.islower() and sign.isupper() and not after.isupper()):
            strange += 1
    return _Impression(accented, strange)


def _signs_in_words(text: str) -> Iterator[tuple[str, str, str]]:
    """Signs beyond ASCII with an ASCII letter beside them."""
    for match in re.finditer(r"[^\x00-\x7f]", text):
        at = match.start()
        before, after = text[at - 1 : at], text[at + 1 : at + 2]
        if (before.isascii() and before.isalpha()) or (after.isascii() and after.isalpha()):
            yield before, match[0], after


def _seen_as(encoding: str) -> str:
    """How the second byte of a UTF-8 letter looks in another encoding, as a character class."""
    signs = (bytes([byte]).decode(encoding, errors="ignore") or chr(byte) for byte in range(0x80, 0xC0) if byte != 0xA0)
    return "[" + re.escape("".join(signs)) + "]"


_DAMAGED = re.compile(
    "\ufffd"
    f"|Ã{_seen_as('cp1252')}|â€{_seen_as('cp1252')}|Â[¿¡«»°ºª·]"  # UTF-8 taken for Windows-1252
    f"|√{_seen_as('mac_roman')}|├{_seen_as('cp850')}"  # the same, on a Mac and under DOS
)
_FIRST_SIGNS = "\ufffdÃâÂ√├"
"""With one of which each damage begins: looking for them first is much faster."""
_LOST = re.compile(r"[^\W\d_]\?[^\W\d_]")


def damage_in(text: str, *, is_name: bool = False) -> bool:
    """Whether letters of the text were damaged; in a name, a question mark within a word says so, too."""
    if is_name and "?" in text and _LOST.search(text):
        return True
    may_be = not text.isascii() and any(sign in text for sign in _FIRST_SIGNS)
    return may_be and _DAMAGED.search(text) is not None
