"""Makes a table of a file's cells: finds the header, and numbers the rows as a spreadsheet shows them."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from assessment.intake.codes import NoteCode, ProblemCode
from assessment.intake.files import read_bytes, read_grid
from assessment.intake.grid import MAX_COLUMNS, MAX_ROWS, Cell, Grid, Row
from assessment.intake.letters import damage_in
from assessment.intake.notes import Note
from assessment.intake.problems import InvalidFile, Problem, ProblemLog, UnreadableTable
from assessment.intake.text import trim, words
from assessment.intake.xlsx_rows import MAX_CELLS, MAX_UNPACKED_MB

__all__ = ["Cell", "Row", "Table", "read_table"]

_LOOKED_AT = 10
"""Rows in which the header is looked for: some people write a title above it."""
_SECOND_ROW_WORDS = frozenset({"response", "open ended response", "respuesta", "respuesta abierta"})
"""What SurveyMonkey writes below a question that has no parts."""
_CLEARLY_MORE = 3


@dataclass(frozen=True, slots=True)
class Table:
    """A file's header and its non-empty rows, each with a cell under every header.

    `header_line` is the line of the header. `notes` say how the file was read.
    """

    header: tuple[Cell, ...]
    header_line: int
    rows: tuple[Row, ...]
    notes: tuple[Note, ...] = ()


def read_table(
    source: Path | bytes,
    log: ProblemLog,
    is_known: Callable[[str], bool] = lambda header: False,
    *,
    max_unpacked_mb: int = MAX_UNPACKED_MB,
    max_cells: int = MAX_CELLS,
) -> Table:
    """Reads a CSV or XLSX file, from a path or as bytes; the content decides which it is, not the name.

    `is_known` says whether a header is one of the questionnaire's; problems of single rows, which are left out, are
    added to `log`. Raises `InvalidFile` for a file that cannot be opened, is not a table, or exceeds a limit.
    """
    grid: Grid | None = None
    try:
        with warnings.catch_warnings():  # openpyxl warns of styles and extensions, which do not matter here
            warnings.filterwarnings("ignore", module="openpyxl")
            data = source if isinstance(source, bytes) else read_bytes(source)
            grid = read_grid(data, is_known, max_unpacked_mb, max_cells)
            return _table(grid, log, is_known)
    except UnreadableTable as unreadable:
        notes = grid.notes if grid is not None else ()
        raise InvalidFile(name_of(source), [unreadable.problem], notes=notes) from unreadable.__cause__


def name_of(source: Path | bytes) -> str:
    """A file's name in messages; bytes have none."""
    return "" if isinstance(source, bytes) else str(source)


@dataclass(frozen=True, slots=True)
class _Header:
    """The titles, the line on which they (or the last of them) are, and how this was found."""

    titles: tuple[str, ...]
    line: int
    notes: tuple[Note, ...] = ()


def _table(grid: Grid, log: ProblemLog, is_known: Callable[[str], bool]) -> Table:
    rows = iter(grid.rows)
    header, rest = _find_header(rows, is_known)
    titles = header.titles
    named_width = max((index + 1 for index, title in enumerate(titles) if title), default=0)
    if named_width < 2:
        raise UnreadableTable(Problem(ProblemCode.ONE_COLUMN, header.line, values={"value": "".join(titles)}))
    _check_width(len(titles))
    _check_letters(Row(header.line, titles), are_names=True)
    table_rows: list[Row] = []
    width = len(titles)
    count = hidden = 0
    for row in rest:
        if row.is_empty:
            continue
        count += 1
        if count > MAX_ROWS:
            raise UnreadableTable(Problem(ProblemCode.TOO_MANY_ROWS, values={"limit": str(MAX_ROWS)}))
        _check_letters(row)
        hidden += row.line in grid.hidden_lines
        if not grid.has_exact_rows:
            width = max(width, len(row.cells))
            _check_width(width)
        elif any(trim(cell) for cell in row.cells[width:]):
            values = {"found": str(len(row.cells)), "expected": str(named_width)}
            log.add(Problem(ProblemCode.ROW_TOO_LONG, row.line, values=values))
            continue
        table_rows.append(row)
    if not count:
        log.add(Problem(ProblemCode.NO_ROWS))
    cells = tuple(Cell(index, title) for index, title in enumerate((*titles, *[""] * (width - len(titles)))))
    padded = tuple(
        row if len(row.cells) == width else _padded(row, width, named_width if grid.has_exact_rows else 0)
        for row in table_rows
    )
    notes = (*grid.notes, *header.notes)
    if hidden:
        notes += (Note(NoteCode.HIDDEN_ROWS, {"count": str(hidden)}),)
    return Table(cells, header.line, padded, notes)


def _find_header(rows: Iterator[Row], is_known: Callable[[str], bool]) -> tuple[_Header, Iterator[Row]]:
    """The header and the rows below it.

    It is the first row that is not empty, unless one of the next is clearly the header: below a title, or in two
    rows, question above statement, as SurveyMonkey writes it.
    """
    first: list[Row] = []
    for row in rows:
        if not row.is_empty:
            first.append(row)
        if len(first) == _LOOKED_AT:
            break
    if not first:
        raise UnreadableTable(Problem(ProblemCode.FILE_EMPTY))
    known: dict[str, bool] = {}

    def score(titles: Sequence[str]) -> int:
        for title in titles:
            if title and title not in known:
                known[title] = is_known(title)
        return sum(known[title] for title in titles if title)

    titles = _titles(first[0])
    own_score = score(titles)
    usual = _Header(titles, first[0].line), chain(first[1:], rows)
    if len(titles) > MAX_COLUMNS or own_score >= max(2, len(list(filter(None, titles))) // 2):
        return usual
    best_score, best = own_score + _CLEARLY_MORE - 1, usual
    for at, row in enumerate(first):
        if at and (found := score(_titles(row))) > best_score:
            note = Note(NoteCode.HEADER_BELOW, {"line": str(row.line)})
            best_score, best = found, (_Header(_titles(row), row.line, (note,)), chain(first[at + 1 :], rows))
    for above, below, rest in zip(first, first[1:], range(2, len(first) + 1), strict=False):
        both = _joined(_titles(above), _titles(below))
        if (found := score(both)) > best_score:
            note = Note(NoteCode.HEADER_IN_TWO_ROWS, {"line": str(above.line), "next": str(below.line)})
            best_score, best = found, (_Header(both, below.line, (note,)), chain(first[rest:], rows))
    return best


def _titles(row: Row) -> tuple[str, ...]:
    return tuple(trim(cell) for cell in row.cells)


def _joined(above: tuple[str, ...], below: tuple[str, ...]) -> tuple[str, ...]:
    """Two rows as one header, "question [statement]"; a question stands over the first of its statements alone."""
    titles: list[str] = []
    question = ""
    for index in range(max(len(above), len(below))):
        own = above[index] if index < len(above) else ""
        part = below[index] if index < len(below) else ""
        question = own or question
        if not part or words(part) in _SECOND_ROW_WORDS:
            titles.append(own)
        else:
            titles.append(f"{question} [{part}]" if question else part)
    return tuple(titles)


def _check_width(width: int) -> None:
    if width > MAX_COLUMNS:
        raise UnreadableTable(Problem(ProblemCode.TOO_MANY_COLUMNS, values={"limit": str(MAX_COLUMNS)}))


def _check_letters(row: Row, *, are_names: bool = False) -> None:
    """One damaged letter says that the whole file was saved in a wrong encoding once."""
    if not are_names and not damage_in("\n".join(row.cells)):
        return  # at once: a file has many cells
    for text in row.cells:
        if damage_in(text, is_name=are_names):
            raise UnreadableTable(Problem(ProblemCode.LETTERS_DAMAGED, row.line, values={"value": trim(text)}))


def _padded(row: Row, width: int, expected: int) -> Row:
    """The row with a cell under every header; `expected` is how many it should have, if that is known."""
    cells = row.cells[:width]
    given = len(cells) if len(cells) < expected else None
    return Row(row.line, cells + ("",) * (width - len(cells)), row.flaws, given)
