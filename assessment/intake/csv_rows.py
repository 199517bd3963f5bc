"""Reads the rows of a CSV file: its separator, its quoted cells."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice
from typing import NamedTuple

from assessment.intake.codes import NoteCode, ProblemCode
from assessment.intake.grid import LAST_LINE, MAX_COLUMNS, MAX_ROWS, Grid, Row
from assessment.intake.letters import decode
from assessment.intake.notes import Note
from assessment.intake.problems import Problem, UnreadableTable
from assessment.intake.text import words

SEPARATORS = (",", ";", "\t")
_OTHER_SEPARATORS = ("|", ":", "^", " ")
_COLUMNS_OF_A_TABLE = 5
TEAM_NAMES = frozenset({"team", "equipo"})
_SAMPLE_CHARACTERS = 262_144
_SAMPLE_ROWS = 50
_EXCEL_SEPARATOR_LINE = re.compile(r'"?sep=([,;\t])"?(?:\r\n|\r|\n|$)', re.IGNORECASE)
_MAX_SEPARATORS = 1_000_000


def read_csv(data: bytes) -> Grid:
    """The rows of a CSV file. Raises `UnreadableTable`, also while the rows are read."""
    text, encoding = decode(data)
    if "\x00" in text:
        raise UnreadableTable(Problem(ProblemCode.FILE_HAS_NULS))
    separator_line = _EXCEL_SEPARATOR_LINE.match(text)  # row 1 follows it in Excel
    if separator_line:
        text, separator = text[separator_line.end() :], separator_line[1]
    else:
        separator = detect_separator(text)
        _refuse_other_separator(text, separator)
    if separator == "\t":
        note = Note(NoteCode.READ_WITH_TABS, {"encoding": encoding})
    else:
        note = Note(NoteCode.READ_WITH_SEPARATOR, {"separator": separator, "encoding": encoding})
    return Grid(_rows(text, separator), has_exact_rows=True, notes=(note,))


def detect_separator(text: str) -> str:
    """The separator of the header row. Quoted headers, and headers that contain commas, do not mislead it.

    If several would divide the header: the one that gives a team column, then the one on which most rows agree, then
    the one that gives most columns.
    """
    sample = text[:_SAMPLE_CHARACTERS]
    return max(SEPARATORS, key=lambda separator: _fit(sample, separator))


def _refuse_other_separator(text: str, chosen: str) -> None:
    """Raises `UnreadableTable` for a table that is plainly divided by another sign than those we take."""
    sample = text[:_SAMPLE_CHARACTERS]
    own = _fit(sample, chosen)
    if own.has_team or (own.divides and own.agreeing == 1.0):
        return
    for separator in _OTHER_SEPARATORS:
        fit = _fit(sample, separator)
        if fit.columns >= _COLUMNS_OF_A_TABLE and fit.agreeing == 1.0:
            raise UnreadableTable(Problem(ProblemCode.SEPARATOR_UNKNOWN, 1, values={"separator": separator}))


class _Fit(NamedTuple):
    """How well a separator divides a file; the better one compares as greater."""

    divides: bool = False
    has_team: bool = False
    agreeing: float = 0.0
    columns: int = 0


def _fit(sample: str, separator: str) -> _Fit:
    rows = list(islice(_rows_before_errors(sample, separator), _SAMPLE_ROWS))
    if not rows:
        return _Fit()
    first = next((index for index, row in enumerate(rows) if any(row)), 0)
    header, body = rows[first], rows[first + 1 :]
    agreeing = sum(len(row) == len(header) for row in body)
    has_team = any(words(cell) in TEAM_NAMES for cell in header)
    return _Fit(len(header) > 1, has_team, agreeing / len(body) if body else 1.0, len(header))


def _rows_before_errors(sample: str, separator: str) -> Iterator[list[str]]:
    with suppress(csv.Error):  # the sample may end inside a quoted cell
        yield from filter(None, _parse(sample, separator))


def _parse(text: str, separator: str) -> Iterator[list[str]]:
    lines = _bounded(io.StringIO(text, newline=""), separator)
    return csv.reader(lines, delimiter=separator, strict=True, skipinitialspace=True)


def _bounded(lines: Iterable[str], separator: str) -> Iterator[str]:
    """The lines. Raises `UnreadableTable` for one with more cells than memory should hold."""
    for line in lines:
        if line.count(separator) > _MAX_SEPARATORS:
            raise UnreadableTable(Problem(ProblemCode.TOO_MANY_COLUMNS, values={"limit": str(MAX_COLUMNS)}))
        yield line


def _rows(text: str, separator: str) -> Iterator[Row]:
    line = 0
    try:
        for line, cells in enumerate(_parse(text, separator), start=1):
            if line > LAST_LINE:
                raise UnreadableTable(Problem(ProblemCode.TOO_MANY_ROWS, values={"limit": str(MAX_ROWS)}))
            yield Row(line, tuple(cells))
    except csv.Error as error:
        code = ProblemCode.CELL_HUGE if "field limit" in str(error) else ProblemCode.QUOTES_BROKEN
        raise UnreadableTable(Problem(code, line + 1)) from None
