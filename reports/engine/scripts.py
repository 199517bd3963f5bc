"""Names in any script: which need their letters drawn together, and which are read from right to left."""

from __future__ import annotations

import unicodedata

_JOINERS = "\u200c\u200d"
_FIRST_COMPLEX = 0x590
"""Latin, Greek and Cyrillic come before; Hebrew, Arabic and the scripts of India after."""
_SIMPLE = ((0x1E00, 0x2100), (0x3000, 0xD800))
"""More Latin and Greek, and punctuation; Chinese, Japanese and Korean."""
_FROM_RIGHT = frozenset({"R", "AL"})
_ISOLATE, _END_ISOLATE = "\u2068", "\u2069"


def needs_shaping(text: str) -> bool:
    """Whether letters depend on their neighbours: drawn one by one, as in a chart, the text would be wrong."""
    return not text.isascii() and any(
        sign in _JOINERS or unicodedata.combining(sign) or _is_complex(ord(sign)) for sign in text
    )


def _is_complex(code: int) -> bool:
    return code >= _FIRST_COMPLEX and not any(first <= code < end for first, end in _SIMPLE)


def isolated(name: str) -> str:
    """The name so that one read from right to left does not turn what stands beside it, as a date or a score."""
    if name.isascii() or not any(unicodedata.bidirectional(sign) in _FROM_RIGHT for sign in name):
        return name
    return f"{_ISOLATE}{name}{_END_ISOLATE}"
