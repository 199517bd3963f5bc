"""Reads the rows of an XLSX workbook's first sheet.

openpyxl is imported when the first workbook is read: it would slow down every start of the command.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from assessment.intake.codes import NoteCode, ProblemCode
from assessment.intake.grid import LAST_LINE, MAX_COLUMNS, MAX_ROWS, NO_FLAWS, Flaw, Grid, Row
from assessment.intake.notes import Note
from assessment.intake.problems import Problem, UnreadableTable
from assessment.intake.text import is_spreadsheet_error

if TYPE_CHECKING:
    from openpyxl import Workbook

MAX_UNPACKED_MB = 500
MAX_CELLS = 20_000_000
"""Empty cells before the last one of a row count as well: a few bytes can ask for a very wide worksheet."""

_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_CARRIAGE_RETURN = "_x000D_"


def read_xlsx(data: bytes, max_unpacked_mb: int = MAX_UNPACKED_MB, max_cells: int = MAX_CELLS) -> Grid:
    """The rows of the first sheet. Raises `UnreadableTable`, also while the rows are read."""
    with _damage_as_problem():
        has_formulas = _check_archive(data, max_unpacked_mb)
        workbook = _open_workbook(data)
        if not workbook.worksheets:
            raise UnreadableTable(Problem(ProblemCode.WORKBOOK_DAMAGED))
        sheets = workbook.sheetnames
        empty_formulas = _formulas_without_value(data, max_cells) if has_formulas else {}
    notes = (Note(NoteCode.READ_SHEET, {"sheet": workbook.worksheets[0].title}),) if len(sheets) > 1 else ()
    return Grid(_rows(workbook, empty_formulas, max_cells), has_exact_rows=False, notes=notes)


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
        return any(_holds_formulas(archive, name) for name in sheets)


def _holds_formulas(archive: zipfile.ZipFile, name: str) -> bool:
    tail = b""
    with archive.open(name) as part:
        while chunk := part.read(1 << 20):
            if _FORMULA.search(tail + chunk):
                return True
            tail = chunk[-32:]
    return False


def _open_workbook(data: bytes, *, calculated: bool = True) -> Workbook:
    from openpyxl import load_workbook

    return load_workbook(io.BytesIO(data), read_only=True, data_only=calculated, keep_links=False)


def _sheet_rows(workbook: Workbook, max_cells: int, *, values_only: bool = False) -> Iterator[tuple[Any, ...]]:
    """Rows from the first, each up to its last cell. Raises `UnreadableTable` for a worksheet that exceeds a limit."""
    sheet: Any = workbook.worksheets[0]
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


def _formulas_without_value(data: bytes, max_cells: int) -> dict[int, dict[int, str]]:
    """Formulas that no program has calculated yet, by line and column index.

    A formula whose result is an empty text is calculated: its cell is of type `str`.
    """
    uncalculated: dict[int, dict[int, str]] = {}
    cell_pairs = zip(
        _sheet_rows(_open_workbook(data), max_cells),
        _sheet_rows(_open_workbook(data, calculated=False), max_cells),
        strict=True,
    )
    for line, (values, formulas) in enumerate(cell_pairs, start=1):
        for index, (value, formula) in enumerate(zip(values, formulas, strict=True)):
            if formula.data_type == "f" and value.value is None and value.data_type != "str":
                uncalculated.setdefault(line, {})[index] = str(formula.value)
    return uncalculated


def _rows(workbook: Workbook, empty_formulas: dict[int, dict[int, str]], max_cells: int) -> Iterator[Row]:
    with _damage_as_problem():
        for line, values in enumerate(_sheet_rows(workbook, max_cells, values_only=True), start=1):
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
