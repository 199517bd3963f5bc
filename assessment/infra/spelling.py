"""American spelling: English texts are written once, as in Britain, and spelt as in America for readers there."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

AMERICAN_COUNTRIES: Final = frozenset({"US", "PR", "PH"})
WORDS: Final = {
    "anonymised": "anonymized",
    "apologise": "apologize",
    "apologises": "apologizes",
    "authorisation": "authorization",
    "authorise": "authorize",
    "behaviour": "behavior",
    "behaviours": "behaviors",
    "catalogue": "catalog",
    "colour": "color",
    "colours": "colors",
    "enquiry": "inquiry",
    "favour": "favor",
    "favours": "favors",
    "judgement": "judgment",
    "modelling": "modeling",
    "neighbouring": "neighboring",
    "organisation": "organization",
    "organisations": "organizations",
    "practise": "practice",
    "practised": "practiced",
    "practises": "practices",
    "practising": "practicing",
    "recognise": "recognize",
    "recognised": "recognized",
    "recognises": "recognizes",
    "rumour": "rumor",
}
# Not in a placeholder (%(organisation)s), an option (--organisation), an id (role-modelling) or an address.
_BRITISH = re.compile(rf"(?<!%\()(?<![\w/-])({'|'.join(WORDS)})(?![\w/-])", re.IGNORECASE)


@lru_cache(maxsize=4096)
def american(text: str) -> str:
    """An English text of ours as Americans spell it."""
    return _BRITISH.sub(_spelt, text)


def _spelt(found: re.Match[str]) -> str:
    word = found[0]
    spelt = WORDS[word.lower()]
    return spelt.capitalize() if word[0].isupper() else spelt
