"""Long lists are shown in pages of rows."""

from __future__ import annotations

import math
from dataclasses import dataclass

ROWS_A_PAGE = 25


@dataclass(frozen=True, slots=True)
class Paging:
    """Page `page` of `pages`, counted from 1, of a list of `total` rows; `size` rows a page."""

    page: int
    pages: int
    total: int
    size: int

    @property
    def after(self) -> int:
        """How many rows come before this page."""
        return (self.page - 1) * self.size


def page_of(page: int, total: int, size: int = ROWS_A_PAGE) -> Paging:
    """The page asked for; where there is no such page, the nearest one. An empty list has one page."""
    pages = max(1, math.ceil(total / size))
    return Paging(min(max(page, 1), pages), pages, total, size)
