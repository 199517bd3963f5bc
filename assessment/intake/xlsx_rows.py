"""Reads the rows of an XLSX workbook's sheet with the answers.

openpyxl is imported when the first workbook is read: it would slow down every start of the command.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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

_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_HIDDEN_ROW = re.compile(rb"<(?:\w+:)?row\s[^>]*>")
_LINE_NUMBER = re.compile(rb'\sr="(\d{1,7})"')
_IS_HIDDEN = re.compile(rb'\shidden="(?:1|true)"')
_LONGEST_TAG = 1_000
_CARRIAGE_RETURN = "_x000D_"
_LOOKED_AT = 12
"""Rows in which the headers of a sheet are looked for."""


def read_xlsx(
    data: bytes,
    is_known: Callable[[str], bool],
    max_unpacked_mb: int = MAX_UNPACKED_MB,
    max_cells: int = MAX_CELLS,
) -> Grid:
    """The rows of the first visible sheet that looks like answers: `is_known` knows the questionnaire's headers.

    Raises `UnreadableTable`, also while the rows are read.
    """
    with _damage_as_problem():
        has_formulas = _check_archive(data, max_unpacked_mb)
        if is_strict(data):
            data = transitional(data)
        workbook = _open_workbook(data)
        if not workbook.worksheets:
            raise UnreadableTable(Problem(ProblemCode.WORKBOOK_DAMAGED))
        chosen = _sheet_with_answers(workbook, is_known)
        empty_formulas = _formulas_without_value(data, chosen, max_cells) if has_formulas else {}
        hidden = _hidden_lines(data, workbook.worksheets[chosen])
    rows = _rows(workbook, chosen, empty_formulas, max_cells)
    return Grid(rows, has_exact_rows=False, notes=_notes(workbook, chosen), hidden_lines=hidden)


def _notes(workbook: Workbook, chosen: int) -> tuple[Note, ...]:
    """Which sheet was read, where there are others."""
    name = workbook.worksheets[chosen].title
    others = [title for title in workbook.sheetnames if title != name]
    if not others:
        return ()
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


def _sheet_with_answers(workbook: Workbook, is_known: Callable[[str], bool]) -> int:
    """The first visible sheet with headers of the questionnaire; else the first one with any; else the first."""
    sheets = list(enumerate(workbook.worksheets))
    visible = [(index, sheet) for index, sheet in sheets if sheet.sheet_state == "visible"] or sheets
    if len(visible) == 1:
        return visible[0][0]
    tables: list[int] = []
    for index, sheet in visible:
        first_rows = [[trim(cell) for cell in row if isinstance(cell, str)] for row in _first_rows(sheet)]
        if any(sum(map(is_known, titles)) > 1 for titles in first_rows):
            return index
        if any(len(list(filter(None, titles))) > 1 for titles in first_rows):
            tables.append(index)
    return tables[0] if tables else visible[0][0]


def _first_rows(sheet: Any) -> Iterator[tuple[Any, ...]]:
    sheet.reset_dimensions()
    return islice(sheet.iter_rows(values_only=True, max_col=MAX_COLUMNS), _LOOKED_AT)


def _hidden_lines(data: bytes, sheet: Any) -> frozenset[int]:
    """The rows that a filter, or somebody by hand, hides: they count, but whoever looks at the sheet misses them."""
    path = str(getattr(sheet, "_worksheet_path", "")).lstrip("/")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if path not in archive.namelist():
            return frozenset()
        numbers = (_LINE_NUMBER.search(tag) for tag in _found(archive, path, _HIDDEN_ROW) if _IS_HIDDEN.search(tag))
        return frozenset(int(number[1]) for number in numbers if number)


def _sheet_rows(workbook: Workbook, chosen: int, max_cells: int, *, values_only: bool = False) -> Iterator[Any]:
    """Rows from the first, each up to its last cell. Raises `UnreadableTable` for a worksheet that exceeds a limit."""
    sheet: Any = workbook.worksheets[chosen]
    sheet.reset_dimensions()  # what a file says about its own size is often wrong
    cells = 0
    for line, row in enumerate(sheet.iter_rows(values_only=values_only), start=1):
        cells += max(1, len(row))
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
    is_date = isinstance(value, (dt.datetime, dt.date, dt.time, dt.timedelta))
    return str(value), ProblemCode.CELL_IS_DATE if is_date else None
