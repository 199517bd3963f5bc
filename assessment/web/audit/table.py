"""The activity log as a table for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from assessment.infra.languages import N_, Localisation
from assessment.web.audit.words import Row

HEADERS = (N_("When"), N_("Who"), N_("What"), N_("Where"))
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def table_of(rows: Iterable[Row], reader: Localisation) -> bytes:
    """CSV in UTF-8, with semicolons where the decimal sign is a comma, as spreadsheets there expect. No cell is taken
    for a formula."""
    text = io.StringIO()
    has_decimal_comma = "," in reader.number(0.5, 1)
    writer = csv.writer(text, delimiter=";" if has_decimal_comma else ",", lineterminator="\r\n")
    writer.writerow([reader.gettext(words) for words in HEADERS])
    writer.writerows([_plain(cell) for cell in (row.moment, row.who, row.what, row.where)] for row in rows)
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _plain(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell
