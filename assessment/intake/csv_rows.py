"""Reads the rows of a CSV file: its separator, its quoted cells."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice

from assessment.intake.codes import NoteCode, ProblemCode
from assessment.intake.grid import LAST_LINE, MAX_COLUMNS, MAX_ROWS, Grid, Row
from assessment.intake.letters import decode
from assessment.intake.notes import Note
from assessment.intake.problems import Problem, UnreadableTable
from assessment.intake.text import words

SEPARATORS = (",", ";", "\t")
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


def _fit(sample: str, separator: str) -> tuple[bool, bool, float, int]:
    rows = list(islice(_rows_before_errors(sample, separator), _SAMPLE_ROWS))
    if not rows:
        return False, False, 0.0, 0
    first = next((index for index, row in enumerate(rows) if any(row)), 0)
    header, body = rows[first], rows[first + 1 :]
    agreeing = sum(len(row) == len(header) for row in body)
    has_team = any(words(cell) in TEAM_NAMES for cell in header)
    return len(header) > 1, has_team, agreeing / len(body) if body else 1.0, len(header)


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
