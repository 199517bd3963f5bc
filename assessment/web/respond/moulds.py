"""Pages that many read alike are cast, not rendered: rendering was most of the time that a page of questions took.

Such a page is the same for everybody who reads it in one language, but for the answers chosen, the token against forged
forms and the nonce of its script. So it is rendered once with nothing chosen, and for each reader those three are put
in. Whatever else it shows must be part of its `MouldKey`.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any, NamedTuple

from assessment.services.describe_round import RoundDescription
from assessment.web.respond.question_pages import RoundPages

MOST = 1_000
"""Pages kept: some ten kilobytes each, those of about twenty rounds in both languages."""


class MouldKey(NamedTuple):
    """All that a page shows, but for what differs from reader to reader."""

    handle: str
    round: str
    description: RoundDescription
    minimum_group: int
    round_pages: RoundPages
    page: tuple[object, ...]
    """Which page it is, and all else that it depends on."""
    language_tag: str


@dataclass(frozen=True, slots=True)
class Mould:
    """A page with nothing chosen, and the token and nonce that it happened to be rendered with."""

    html: str
    token: str
    nonce: str

    def cast(self, chosen: Mapping[str, Any], *, token: str, nonce: str) -> str:
        """The page with these answers (a value or several for each field) for the reader of this token and nonce.

        Texts on the page cannot be mistaken for an input: in them, quotes are escaped.
        """
        page = self.html.replace(self.token, token).replace(self.nonce, nonce)
        for name, values in chosen.items():
            for value in values if isinstance(values, list) else (values,):
                mark = f'name="{name}" value="{value}"'
                page = page.replace(mark, f"{mark} checked", 1)
        return page


class Moulds:
    """The moulds of the pages that were asked for last."""

    def __init__(self) -> None:
        self._kept: OrderedDict[MouldKey, Mould] = OrderedDict()
        self._lock = Lock()

    def get(self, key: MouldKey, make: Callable[[], Mould]) -> Mould:
        with self._lock:
            if (found := self._kept.get(key)) is not None:
                self._kept.move_to_end(key)
                return found
        made = make()
        with self._lock:
            self._kept[key] = made
            if len(self._kept) > MOST:
                self._kept.popitem(last=False)
        return made
