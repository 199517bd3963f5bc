"""Worksheets of very many rows: XlsxWriter's own, but that their rows go to its file as text, without an object for
each cell, which takes most of its time. A thousand teams have two million cells.

Import it inside functions: XlsxWriter takes a tenth of a second.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from assessment.infra.spreadsheets import safe_text

DAY_NOUGHT = dt.date(1899, 12, 30)
"""From which spreadsheets count days."""


class LongSheet(Worksheet):
    """A sheet of a workbook with `constant_memory`. Its texts are shared: each is in the file once."""

    def write_rows(self, rows: Iterable[Sequence[Any]], formats: Sequence[Any], *, first: int, most: int) -> int:
        """Writes texts, numbers and days row by row, from row `first` on (from 0) and at most so many; returns the row
        of the last one. `formats` are those of the columns, for numbers and days. Nothing above may be written after.
        """
        self._write_single_row(first)  # the row above is still in memory
        columns = [(xl_col_to_name(at), f' s="{one._get_xf_index()}"') for at, one in enumerate(formats)]
        texts: dict[str, str] = {}
        line = first  # as the file counts them, from 1
        for row in islice(rows, most):
            line += 1
            cells = []
            for (name, style), value in zip(columns, row, strict=False):
                if value is None or value == "":
                    continue
                if isinstance(value, str):
                    index = texts.get(value)
                    if index is None:
                        index = texts[value] = str(self.str_table._get_shared_string_index(safe_text(value)))
                    cells.append(f'<c r="{name}{line}" t="s"><v>{index}</v></c>')
                elif isinstance(value, dt.date):
                    cells.append(f'<c r="{name}{line}"{style}><v>{(value - DAY_NOUGHT).days}</v></c>')
                else:
                    cells.append(f'<c r="{name}{line}"{style}><v>{value:.16G}</v></c>')
            self.fh.write(f'<row r="{line}">{"".join(cells)}</row>')
        if line > first:
            self._check_dimensions(line - 1, len(columns) - 1)
        self.previous_row = line
        return line - 1
