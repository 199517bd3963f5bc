"""The raw cells of a file, in the same form for CSV and XLSX."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from assessment.intake.codes import ProblemCode
from assessment.intake.notes import Note

MAX_COLUMNS = 2_000
MAX_ROWS = 200_000
"""Rows that are not empty, without the header."""
LAST_LINE = 1_048_576
"""No spreadsheet has more rows, empty ones included."""


def column_letter(index: int) -> str:
    """The letter that a spreadsheet shows over column `index` (from 0): A, B … Z, AA …"""
    letters = ""
    number = index + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the header: `index` counts columns from 0, `text` is trimmed."""

    index: int
    text: str

    @property
    def letter(self) -> str:
        return column_letter(self.index)


@dataclass(frozen=True, slots=True)
class Flaw:
    """Why a cell of a workbook is neither a text nor a number: a problem only if its column is used."""

    code: ProblemCode
    text: str


NO_FLAWS: Mapping[int, Flaw] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Row:
    """One row; `line` is its number in a spreadsheet, from 1. `flaws` names bad cells by column index.

    `given`: how many of its cells the file has, where it has fewer than the header.
    """

    line: int
    cells: tuple[str, ...]
    flaws: Mapping[int, Flaw] = field(default_factory=lambda: NO_FLAWS)
    given: int | None = None

    @property
    def is_empty(self) -> bool:
        return not self.flaws and not any(cell and not cell.isspace() for cell in self.cells)


NOT_MERGED: Mapping[int, Mapping[int, int]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Grid:
    """All rows of a file in order, empty ones included.

    `has_exact_rows`: every row should have as many cells as the header (CSV); a workbook leaves out empty cells.
    `hidden_lines` are rows that a workbook does not show. `merged`: by line, the first and last columns of cells that
    a workbook merges.
    """

    rows: Iterable[Row]
    has_exact_rows: bool
    notes: tuple[Note, ...] = field(default=())
    hidden_lines: frozenset[int] = frozenset()
    merged: Mapping[int, Mapping[int, int]] = field(default_factory=lambda: NOT_MERGED)
