"""Makes a table of a file's cells: finds the header, and numbers the rows as a spreadsheet shows them."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

from assessment.intake.codes import NoteCode, ProblemCode
from assessment.intake.files import read_bytes, read_grid
from assessment.intake.grid import MAX_COLUMNS, MAX_ROWS, Cell, Grid, Row
from assessment.intake.letters import damage_in
from assessment.intake.notes import Note
from assessment.intake.problems import InvalidFile, Problem, ProblemLog, UnreadableTable
from assessment.intake.text import trim, words
from assessment.intake.xlsx_rows import Limits

__all__ = ["Cell", "Row", "Table", "read_table"]

_LOOKED_AT = 10
"""Rows in which the header is looked for: some people write a title above it."""
_SECOND_ROW_WORDS = frozenset({"response", "open ended response", "respuesta", "respuesta abierta"})
"""What SurveyMonkey writes below a question that has no parts."""
_CLEARLY_MORE = 3
_ROWS_OF_A_FORM = 2
"""Qualtrics writes two rows below its codes: the questions, and the names under which it imports them."""
_IMPORT_ID = re.compile(r'\{\s*"ImportId"\s*:')
_VV_CODE = re.compile(r"[A-Za-z]\w*_SQ\d{1,4}")


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
    max_unpacked_mb: int | None = None,
    max_cells: int | None = None,
) -> Table:
    """Reads a CSV or XLSX file, from a path or as bytes; the content decides which it is, not the name.

    `is_known` says whether a header is one of the questionnaire's; problems of single rows, which are left out, are
    added to `log`. What a workbook may unpack to grows with the file, unless it is given. Raises `InvalidFile` for a
    file that cannot be opened, is not a table, or exceeds a limit.
    """
    grid: Grid | None = None
    try:
        with warnings.catch_warnings():  # openpyxl warns of styles and extensions, which do not matter here
            warnings.filterwarnings("ignore", module="openpyxl")
            data = source if isinstance(source, bytes) else read_bytes(source)
            most = Limits.for_file(len(data))
            limits = Limits(
                max_unpacked_mb if max_unpacked_mb is not None else most.unpacked_mb,
                max_cells if max_cells is not None else most.cells,
            )
            grid = read_grid(data, is_known, limits)
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
    header, rest = _find_header(rows, is_known, grid.merged)
    rest, left_out = _below_codes(header.line, rest)
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
    notes = (*grid.notes, *header.notes, *left_out)
    if hidden:
        notes += (Note(NoteCode.HIDDEN_ROWS, {"count": str(hidden)}),)
    return Table(cells, header.line, padded, notes)


def _find_header(
    rows: Iterator[Row], is_known: Callable[[str], bool], merged: Mapping[int, Mapping[int, int]]
) -> tuple[_Header, Iterator[Row]]:
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
        both = _joined(_titles(above), _titles(below), is_known, merged.get(above.line, {}))
        if (found := score(both)) > best_score:
            note = Note(NoteCode.HEADER_IN_TWO_ROWS, {"line": str(above.line), "next": str(below.line)})
            best_score, best = found, (_Header(both, below.line, (note,)), chain(first[rest:], rows))
    return best


def _titles(row: Row) -> tuple[str, ...]:
    return tuple(trim(cell) for cell in row.cells)


def _joined(
    above: tuple[str, ...], below: tuple[str, ...], is_known: Callable[[str], bool], merged: Mapping[int, int]
) -> tuple[str, ...]:
    """Two rows as one header, "question [statement]"; a question stands over the first of its statements alone.

    It ends where its merged cell ends, if it has one, and where a part says by itself what it is.
    """
    titles: list[str] = []
    question = ""
    last = MAX_COLUMNS
    for index in range(max(len(above), len(below))):
        own = above[index] if index < len(above) else ""
        part = below[index] if index < len(below) else ""
        if own:
            question, last = own, merged.get(index, MAX_COLUMNS)
        elif index > last:
            question = ""
        if not part or words(part) in _SECOND_ROW_WORDS:
            titles.append(own)
        else:
            titles.append(f"{question} [{part}]" if question and not is_known(part) else part)
    return tuple(titles)


def _below_codes(header_line: int, rows: Iterator[Row]) -> tuple[Iterator[Row], tuple[Note, ...]]:
    """The rows below those in which a form repeats its questions and their codes, and which these were.

    Raises `UnreadableTable` for the codes of LimeSurvey: what its answers are called is in no row.
    """
    first = list(islice((row for row in rows if not row.is_empty), _ROWS_OF_A_FORM))
    if first and (code := _vv_code(first[0])):
        raise UnreadableTable(Problem(ProblemCode.SURVEY_CODES, first[0].line, values={"value": code}))
    at = next((at for at, row in enumerate(first) if _holds_import_ids(row)), None)
    if at is None:
        return chain(first, rows), ()
    lines = ", ".join(str(row.line) for row in first[: at + 1])
    return chain(first[at + 1 :], rows), (Note(NoteCode.FORM_ROWS_LEFT_OUT, {"lines": lines}),)


def _holds_import_ids(row: Row) -> bool:
    cells = [trim(cell) for cell in row.cells if cell and not cell.isspace()]
    return len(cells) > 1 and all(_IMPORT_ID.match(cell) for cell in cells)


def _vv_code(row: Row) -> str | None:
    """The first of several codes of LimeSurvey in the row below the header: a file of the kind "VV"."""
    codes = [cell for cell in map(trim, row.cells) if _VV_CODE.fullmatch(cell)]
    return codes[0] if len(codes) > 1 else None


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
