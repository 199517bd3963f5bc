"""Reads the rows of an XLSX workbook's sheet with the answers.

openpyxl is imported when the first workbook is read: it would slow down every start of the command.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from assessment.intake.codes import NoteCode, ProblemCode
from assessment.intake.grid import LAST_LINE, MAX_COLUMNS, MAX_ROWS, NO_FLAWS, Flaw, Grid, Row
from assessment.intake.notes import Note
from assessment.intake.problems import Problem, UnreadableTable
from assessment.intake.strict_xlsx import is_strict, transitional
from assessment.intake.text import is_spreadsheet_error, trim

if TYPE_CHECKING:
    from openpyxl import Workbook

MAX_UNPACKED_MB = 500
MAX_CELLS = 20_000_000
"""Empty cells before the last one of a row count as well: a few bytes can ask for a very wide worksheet."""
_UNPACKED_PER_MB = 30
_CELLS_PER_MB = 1_000_000
_LEAST_UNPACKED_MB = 5
_LEAST_CELLS = 300_000
"""A thousand people need 3 MB and 70,000 cells, and unpack to some twenty times the file."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a workbook may unpack to."""

    unpacked_mb: int = MAX_UNPACKED_MB
    cells: int = MAX_CELLS

    @classmethod
    def for_file(cls, size: int) -> Limits:
        """What a file of so many bytes needs: a small one that unpacks to much holds no answers but keeps us busy."""
        megabytes = size / 1_000_000
        return cls(
            min(MAX_UNPACKED_MB, max(_LEAST_UNPACKED_MB, round(megabytes * _UNPACKED_PER_MB))),
            min(MAX_CELLS, max(_LEAST_CELLS, round(megabytes * _CELLS_PER_MB))),
        )


_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_HIDDEN_ROW = re.compile(rb"<(?:\w+:)?row\s[^>]*>")
_LINE_NUMBER = re.compile(rb'\sr="(\d{1,7})"')
_IS_HIDDEN = re.compile(rb'\shidden="(?:1|true)"')
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*>")
_RANGE = re.compile(rb'\sref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})\d{1,7}"')
_LONGEST_TAG = 1_000
_CARRIAGE_RETURN = "_x000D_"
_LOOKED_AT = 12
"""Rows in which the headers of a sheet are looked for."""
_SHEETS_LOOKED_AT = 50


def read_xlsx(data: bytes, is_known: Callable[[str], bool], limits: Limits) -> Grid:
    """The rows of the first visible sheet that looks like answers: `is_known` knows the questionnaire's headers.

    Raises `UnreadableTable`, also while the rows are read.
    """
    with _damage_as_problem():
        has_formulas = _check_archive(data, limits.unpacked_mb)
        if is_strict(data):
            data = transitional(data)
        workbook = _open_workbook(data)
        if not workbook.worksheets:
            raise UnreadableTable(Problem(ProblemCode.WORKBOOK_DAMAGED))
        chosen, others = _sheets_with_answers(workbook, is_known)
        empty_formulas = _formulas_without_value(data, chosen, limits.cells) if has_formulas else {}
        hidden = _hidden_lines(data, workbook.worksheets[chosen])
        merged = _merged_headers(data, workbook.worksheets[chosen])
    rows = _rows(workbook, chosen, empty_formulas, limits.cells)
    notes = _notes(workbook, chosen, others)
    return Grid(rows, has_exact_rows=False, notes=notes, hidden_lines=hidden, merged=merged)


def _notes(workbook: Workbook, chosen: int, with_answers: Sequence[str]) -> tuple[Note, ...]:
    """Which sheet was read, where there are others."""
    name = workbook.worksheets[chosen].title
    others = [title for title in workbook.sheetnames if title != name]
    if not others:
        return ()
    if with_answers:
        return (Note(NoteCode.SHEETS_WITH_ANSWERS, {"sheet": name, "others": "\n".join(with_answers)}),)
    return (Note(NoteCode.READ_SHEET, {"sheet": name, "others": "\n".join(others)}),)


@contextmanager
def _damage_as_problem() -> Iterator[None]:
    """Turns whatever openpyxl raises for a damaged workbook into one problem."""
    try:
        yield
    except UnreadableTable:
        raise
    except Exception as error:
        raise UnreadableTable(Problem(ProblemCode.WORKBOOK_DAMAGED)) from error


def _check_archive(data: bytes, max_unpacked_mb: int) -> bool:
    """Whether any sheet holds formulas. Raises `UnreadableTable` for a workbook that would be too large unpacked."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(part.file_size for part in archive.infolist()) > max_unpacked_mb * 1_000_000:
            raise UnreadableTable(Problem(ProblemCode.WORKBOOK_TOO_LARGE, values={"limit": str(max_unpacked_mb)}))
        sheets = [name for name in archive.namelist() if "worksheets/" in name and name.endswith(".xml")]
        return any(next(_found(archive, name, _FORMULA), None) is not None for name in sheets)


def _found(archive: zipfile.ZipFile, name: str, pattern: re.Pattern[bytes]) -> Iterator[bytes]:
    """What a pattern finds in a part of the archive, which may be large: piece by piece, the same tag never twice."""
    rest = b""
    with archive.open(name) as part:
        while chunk := part.read(1 << 20):
            text = rest + chunk
            end = 0
            for match in pattern.finditer(text):
                end = match.end()
                yield match[0]
            rest = text[max(end, len(text) - _LONGEST_TAG) :]


def _open_workbook(data: bytes, *, calculated: bool = True) -> Workbook:
    from openpyxl import load_workbook

    return load_workbook(io.BytesIO(data), read_only=True, data_only=calculated, keep_links=False)


def _sheets_with_answers(workbook: Workbook, is_known: Callable[[str], bool]) -> tuple[int, list[str]]:
    """The sheet that is read, and the names of other visible ones that hold answers as well.

    It is the first visible sheet with headers of the questionnaire; else the first one with any; else the first.
    """
    sheets = list(enumerate(workbook.worksheets))
    visible = [(index, sheet) for index, sheet in sheets if sheet.sheet_state == "visible"] or sheets
    if len(visible) == 1:
        return visible[0][0], []
    tables: list[int] = []
    chosen: int | None = None
    wanted = 0
    others: list[str] = []
    for index, sheet in visible[:_SHEETS_LOOKED_AT]:
        titles = [[trim(cell) for cell in row if isinstance(cell, str)] for row in _first_rows(sheet)]
        known = [sum(map(is_known, row)) for row in titles]
        most = max(known, default=0)
        if chosen is None and most > 1:
            chosen, wanted = index, most
        elif chosen is not None and most > 1 and most * 2 >= wanted and _has_rows_below(sheet, known.index(most)):
            others.append(sheet.title)
        elif any(len(list(filter(None, row))) > 1 for row in titles):
            tables.append(index)
    if chosen is not None:
        return chosen, others
    return (tables[0] if tables else visible[0][0]), []


def _has_rows_below(sheet: Any, at: int) -> bool:
    """Whether anything stands below the row `at` of a sheet."""
    return any(cell is not None for row in islice(_first_rows(sheet), at + 1, None) for cell in row)


def _first_rows(sheet: Any) -> Iterator[tuple[Any, ...]]:
    sheet.reset_dimensions()
    return islice(sheet.iter_rows(values_only=True, max_col=MAX_COLUMNS), _LOOKED_AT)


def _merged_headers(data: bytes, sheet: Any) -> dict[int, dict[int, int]]:
    """The merged cells among the first rows: by line, the first and the last column of each."""
    merged: dict[int, dict[int, int]] = {}
    for tag in _tags(data, sheet, _MERGED):
        cells = _RANGE.search(tag)
        if cells and int(cells[2]) <= _LOOKED_AT:
            spans = merged.setdefault(int(cells[2]), {})
            spans[_column_index(cells[1].decode("ascii"))] = _column_index(cells[3].decode("ascii"))
    return merged


def _column_index(letters: str) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - ord("A") + 1
    return index - 1


def _hidden_lines(data: bytes, sheet: Any) -> frozenset[int]:
    """The rows that a filter, or somebody by hand, hides: they count, but whoever looks at the sheet misses them."""
    numbers = (_LINE_NUMBER.search(tag) for tag in _tags(data, sheet, _HIDDEN_ROW) if _IS_HIDDEN.search(tag))
    return frozenset(int(number[1]) for number in numbers if number)


def _tags(data: bytes, sheet: Any, pattern: re.Pattern[bytes]) -> Iterator[bytes]:
    """The tags of a sheet's own part that a pattern finds."""
    path = str(getattr(sheet, "_worksheet_path", "")).lstrip("/")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if path in archive.namelist():
            yield from _found(archive, path, pattern)


def _sheet_rows(workbook: Workbook, chosen: int, max_cells: int, *, values_only: bool = False) -> Iterator[Any]:
    """Rows from the first, each up to its last cell. Raises `UnreadableTable` for a worksheet that exceeds a limit."""
    sheet: Any = workbook.worksheets[chosen]
    sheet.reset_dimensions()  # what a file says about its own size is often wrong
    cells = 0
    for line, row in enumerate(sheet.iter_rows(values_only=values_only), start=1):
        cells += len(row)
        if line > LAST_LINE:
            raise UnreadableTable(Problem(ProblemCode.TOO_MANY_ROWS, values={"limit": str(MAX_ROWS)}))
        if cells > max_cells:
            raise UnreadableTable(_too_wide_or_too_much(max_cells))
        yield tuple(row)


def _too_wide_or_too_much(max_cells: int) -> Problem:
    if max_cells < MAX_CELLS:
        return Problem(ProblemCode.WORKBOOK_TOO_MANY_CELLS, values={"limit": str(max_cells)})
    return Problem(ProblemCode.TOO_MANY_COLUMNS, values={"limit": str(MAX_COLUMNS)})


def _formulas_without_value(data: bytes, chosen: int, max_cells: int) -> dict[int, dict[int, str]]:
    """Formulas that no program has calculated yet, by line and column index.

    A formula whose result is an empty text is calculated: its cell is of type `str`.
    """
    uncalculated: dict[int, dict[int, str]] = {}
    cell_pairs = zip(
        _sheet_rows(_open_workbook(data), chosen, max_cells),
        _sheet_rows(_open_workbook(data, calculated=False), chosen, max_cells),
        strict=True,
    )
    for line, (values, formulas) in enumerate(cell_pairs, start=1):
        for index, (value, formula) in enumerate(zip(values, formulas, strict=True)):
            if formula.data_type == "f" and value.value is None and value.data_type != "str":
                uncalculated.setdefault(line, {})[index] = str(formula.value)
    return uncalculated


def _rows(workbook: Workbook, chosen: int, empty_formulas: dict[int, dict[int, str]], max_cells: int) -> Iterator[Row]:
    with _damage_as_problem():
        for line, values in enumerate(_sheet_rows(workbook, chosen, max_cells, values_only=True), start=1):
            cells: list[str] = []
            flaws: dict[int, Flaw] = {}
            for index, value in enumerate(values):
                text, code = _text(value)
                cells.append(text)
                if code is not None:
                    flaws[index] = Flaw(code, text)
            for index, formula in empty_formulas.get(line, {}).items():
                flaws[index] = Flaw(ProblemCode.FORMULA_WITHOUT_VALUE, formula)
            while cells and not cells[-1] and len(cells) - 1 not in flaws:
                cells.pop()
            yield Row(line, tuple(cells), flaws or NO_FLAWS)


def _text(value: object) -> tuple[str, ProblemCode | None]:
    """A cell's value as text, and what is wrong with its type, if anything."""
    if value is None:
        return "", None
    if isinstance(value, str):
        code = ProblemCode.CELL_IS_ERROR if is_spreadsheet_error(value) else None
        return value.replace(_CARRIAGE_RETURN, "") if _CARRIAGE_RETURN in value else value, code
    if isinstance(value, bool):
        return str(value).upper(), ProblemCode.CELL_IS_TRUTH_VALUE
    if isinstance(value, float) and value.is_integer():
        return str(int(value)), None
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat(), ProblemCode.CELL_IS_DATE
    is_date = isinstance(value, (dt.datetime, dt.date, dt.time, dt.timedelta))
    return str(value), ProblemCode.CELL_IS_DATE if is_date else None
