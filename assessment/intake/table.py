"""Reads a file into a table: one header, and rows numbered as a spreadsheet shows them."""

from __future__ import annotations

import io
import os
import warnings
import zipfile
from dataclasses import dataclass
from pathlib import Path

from assessment.intake.codes import ProblemCode
from assessment.intake.csv_rows import read_csv
from assessment.intake.grid import MAX_COLUMNS, MAX_ROWS, Cell, Grid, Row
from assessment.intake.notes import Note
from assessment.intake.problems import InvalidFile, Problem, ProblemLog, UnreadableTable
from assessment.intake.text import trim
from assessment.intake.xlsx_rows import MAX_CELLS, MAX_UNPACKED_MB, read_xlsx

__all__ = ["Cell", "Row", "Table", "read_table"]

MAX_FILE_MB = 100

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOCKED = "EncryptedPackage".encode("utf-16-le")
_ARCHIVES = (b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf", b"BZh", b"\xfd7zXZ")
_MARKUP = ("<!doctype", "<html", "<?xml", "<table", "<workbook")


@dataclass(frozen=True, slots=True)
class Table:
    """A file's header and its non-empty rows, each with a cell under every header.

    `header_line` is 1 unless there are empty rows above the header. `problems` concern single rows, which are left
    out of `rows`; `problem_count` counts them all. `notes` say how the file was read.
    """

    header: tuple[Cell, ...]
    header_line: int
    rows: tuple[Row, ...]
    notes: tuple[Note, ...] = ()
    problems: tuple[Problem, ...] = ()
    problem_count: int = 0


def read_table(source: Path | bytes, *, max_unpacked_mb: int = MAX_UNPACKED_MB, max_cells: int = MAX_CELLS) -> Table:
    """Reads a CSV or XLSX file, from a path or as bytes; the content decides which it is, not the name.

    Raises `InvalidFile` for a file that cannot be opened, is not a table, or exceeds a limit.
    """
    try:
        with warnings.catch_warnings():  # openpyxl warns of styles and extensions, which do not matter here
            warnings.filterwarnings("ignore", module="openpyxl")
            data = source if isinstance(source, bytes) else _bytes(source)
            return _table(_grid(data, max_unpacked_mb, max_cells))
    except UnreadableTable as unreadable:
        raise InvalidFile(name_of(source), [unreadable.problem]) from unreadable.__cause__


def name_of(source: Path | bytes) -> str:
    """A file's name in messages; bytes have none."""
    return "" if isinstance(source, bytes) else str(source)


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE_MB * 1_000_000 + 1)
    except FileNotFoundError:
        raise UnreadableTable(Problem(ProblemCode.FILE_MISSING)) from None
    except IsADirectoryError:
        raise UnreadableTable(Problem(ProblemCode.FILE_IS_FOLDER)) from None
    except PermissionError:
        is_folder = os.path.isdir(path)  # noqa: PTH112 - Path.is_dir() raises if even stat is forbidden
        code = ProblemCode.FILE_IS_FOLDER if is_folder else ProblemCode.FILE_FORBIDDEN  # Windows forbids folders
        raise UnreadableTable(Problem(code)) from None
    except (OSError, ValueError) as error:  # ValueError: a name with a NUL in it
        raise UnreadableTable(Problem(ProblemCode.FILE_UNREADABLE)) from error
    if len(data) > MAX_FILE_MB * 1_000_000:
        raise UnreadableTable(Problem(ProblemCode.FILE_TOO_LARGE, values={"limit": str(MAX_FILE_MB)}))
    return data


def _grid(data: bytes, max_unpacked_mb: int, max_cells: int) -> Grid:
    if zipfile.is_zipfile(io.BytesIO(data)) and data.startswith(b"PK"):
        _require_workbook(data)
        return read_xlsx(data, max_unpacked_mb, max_cells)
    code = _file_problem(data)
    if code is not None:
        raise UnreadableTable(Problem(code))
    return read_csv(data)


def _require_workbook(data: bytes) -> None:
    """Raises `UnreadableTable` for archives that are not workbooks."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            mimetype = b""
            if "mimetype" in names:
                with archive.open("mimetype") as part:
                    mimetype = part.read(100)
    except Exception as error:  # a damaged archive makes zipfile raise almost anything
        raise UnreadableTable(Problem(ProblemCode.WORKBOOK_DAMAGED)) from error
    if b"opendocument" in mimetype:
        raise UnreadableTable(Problem(ProblemCode.FILE_IS_OPENDOCUMENT))
    if "xl/workbook.bin" in names:
        raise UnreadableTable(Problem(ProblemCode.FILE_IS_BINARY_EXCEL))
    if not any(name.startswith("xl/") for name in names):
        raise UnreadableTable(Problem(ProblemCode.FILE_IS_ARCHIVE))


def _file_problem(data: bytes) -> ProblemCode | None:
    """The problem with a file that is neither text nor a workbook."""
    if not data:
        return ProblemCode.FILE_EMPTY
    if data.startswith(b"%PDF-"):
        return ProblemCode.FILE_IS_PDF
    if data.startswith(_OLE):
        return ProblemCode.FILE_IS_LOCKED if _LOCKED in data else ProblemCode.FILE_IS_OLD_OFFICE
    if data.startswith(b"PK\x03\x04"):
        return ProblemCode.WORKBOOK_DAMAGED
    if data.startswith(_ARCHIVES):
        return ProblemCode.FILE_IS_ARCHIVE
    start = data[:200].decode("utf-8-sig", errors="replace").lstrip().lower()
    return ProblemCode.FILE_IS_WEB_PAGE if start.startswith(_MARKUP) else None


def _table(grid: Grid) -> Table:
    rows = iter(grid.rows)
    header_row = next((row for row in rows if not row.is_empty), None)
    if header_row is None:
        raise UnreadableTable(Problem(ProblemCode.FILE_EMPTY))
    titles = [trim(cell) for cell in header_row.cells]
    named_width = max((index + 1 for index, title in enumerate(titles) if title), default=0)
    if named_width < 2:
        raise UnreadableTable(Problem(ProblemCode.ONE_COLUMN, header_row.line, values={"value": "".join(titles)}))
    _check_width(len(titles))
    log = ProblemLog()
    table_rows: list[Row] = []
    width = len(titles)
    count = 0
    for row in rows:
        if row.is_empty:
            continue
        count += 1
        if count > MAX_ROWS:
            raise UnreadableTable(Problem(ProblemCode.TOO_MANY_ROWS, values={"limit": str(MAX_ROWS)}))
        if grid.has_exact_rows:
            problem = _width_problem(row, named_width, width) if len(row.cells) != width else None
            if problem is not None:
                log.add(problem)
                continue
        else:
            width = max(width, len(row.cells))
            _check_width(width)
        table_rows.append(row)
    if not count:
        log.add(Problem(ProblemCode.NO_ROWS))
    header = tuple(Cell(index, title) for index, title in enumerate(titles + [""] * (width - len(titles))))
    padded = tuple(row if len(row.cells) == width else _padded(row, width) for row in table_rows)
    return Table(header, header_row.line, padded, grid.notes, tuple(log.problems), log.count)


def _check_width(width: int) -> None:
    if width > MAX_COLUMNS:
        raise UnreadableTable(Problem(ProblemCode.TOO_MANY_COLUMNS, values={"limit": str(MAX_COLUMNS)}))


def _width_problem(row: Row, named_width: int, width: int) -> Problem | None:
    """What is wrong, if anything, with a row that has not `width` cells; the first `named_width` have a header."""
    cells = len(row.cells)
    values = {"found": str(cells), "expected": str(named_width)}
    if cells < named_width:
        return Problem(ProblemCode.ROW_TOO_SHORT, row.line, values=values)
    if any(trim(cell) for cell in row.cells[width:]):
        return Problem(ProblemCode.ROW_TOO_LONG, row.line, values=values)
    return None


def _padded(row: Row, width: int) -> Row:
    cells = row.cells[:width]
    return Row(row.line, cells + ("",) * (width - len(cells)), row.flaws)
