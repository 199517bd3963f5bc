"""What people type, cleaned to be stored: no control characters (a database may refuse them), one kind of line end.

Invisible characters go as well: a name of nothing else would be a link without words, and characters that change the
direction of writing would make a name read as another.
"""

from __future__ import annotations

import re
import unicodedata

_WEB_ADDRESS = re.compile(r"\S*(?://|www\.|@|\w\.\w+[/?:])\S*", re.IGNORECASE)
_DOT_IN_WORD = re.compile(r"(?<=\w)[.。](?=[^\W\d]{2})")
"""Between a word and two letters, as in example.org; "S.A." has none."""
_UNWANTED = frozenset({"Cc", "Cf", "Cs"})
_JOINERS = "\u200c\u200d"
"""Invisible, too, but between letters of some scripts, and in emoji, they are part of the spelling."""


def plain_text(words: str) -> str:
    """Several lines, with one kind of line end, which says nothing about the device."""
    lines = words.replace("\r\n", "\n").replace("\r", "\n")
    wanted = "\n\t" + _JOINERS
    plain = "".join(sign for sign in lines if sign in wanted or unicodedata.category(sign) not in _UNWANTED)
    return plain.strip().strip(_JOINERS).strip()


def plain_line(words: str) -> str:
    """One line, with single spaces."""
    return " ".join(plain_text(words).split())


def folded(words: str) -> str:
    """Words as they are looked for: without accents and capitals."""
    apart = unicodedata.normalize("NFKD", words.casefold())
    return " ".join("".join(sign for sign in apart if not unicodedata.combining(sign)).split())


def without_web_addresses(name: str) -> str:
    """A name that goes to strangers in our name: an address in it would be a link that we seem to recommend.

    Mail programs make a link of a bare domain, too: after its dot comes a space.
    """
    plain = _WEB_ADDRESS.sub(" ", unicodedata.normalize("NFKC", name))
    return " ".join(_DOT_IN_WORD.sub(". ", plain).split()) or "…"
