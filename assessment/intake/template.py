"""Writes an empty responses file with the right headers, as CSV or as a workbook with instructions."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from assessment.domain.questionnaire import Questionnaire
from assessment.infra.languages import Localisation
from assessment.intake.codes import ProblemCode
from assessment.intake.columns import match_columns
from assessment.intake.grid import Cell
from assessment.intake.problems import InvalidFile, Problem, ProblemLog
from assessment.intake.sections.column import Part, columns_of
from assessment.intake.sections.ladder import LADDER_PREFIX
from assessment.intake.table import Table
from assessment.intake.template_xlsx import workbook_of

__all__ = ["template_bytes", "template_headers", "write_template"]


def write_template(
    path: Path | None, questionnaire: Questionnaire, points: Sequence[str], reader: Localisation
) -> str | None:
    """Writes an empty responses file to `path`, by its suffix `.csv` or `.xlsx`; without a path, returns CSV text.

    `points` are the perception points, in sequence. An existing file is replaced. Raises `InvalidFile` for another
    suffix, a path that cannot be written, and points that are empty, too long or repeated.
    """
    if path is None:
        return _csv(template_headers(f"{questionnaire.id}.csv", questionnaire, points), reader, "\n")
    file = str(path)
    data = template_bytes(file, questionnaire, points, reader)
    try:
        path.write_bytes(data)
    except OSError as error:
        raise InvalidFile(file, [Problem(ProblemCode.FILE_NOT_WRITABLE)]) from error
    return None


def template_bytes(file: str, questionnaire: Questionnaire, points: Sequence[str], reader: Localisation) -> bytes:
    """An empty responses file in the format of `file`'s suffix.

    Raises `InvalidFile`, naming `file`, for another suffix, and for points that are empty, too long or repeated.
    """
    headers = template_headers(file, questionnaire, points)
    if file.lower().endswith(".csv"):
        return b"\xef\xbb\xbf" + _csv(headers, reader, "\r\n").encode("utf-8")
    if file.lower().endswith(".xlsx"):
        return workbook_of(headers, questionnaire, reader)
    raise InvalidFile(file, [Problem(ProblemCode.FILE_TYPE_UNKNOWN)])


def template_headers(file: str, questionnaire: Questionnaire, points: Sequence[str]) -> tuple[str, ...]:
    """The header row of a responses file. Raises `InvalidFile`, naming `file`, for points that a file cannot have."""

    def of(part: Part) -> list[str]:
        return [column.id for column in columns_of(questionnaire) if column.part == part]

    ladder = (LADDER_PREFIX + point.strip() for point in points)
    headers = ("team", "role", "respondent", *of("items"), *ladder, *of("choices"), *of("focus"), *of("texts"))
    log = ProblemLog()
    cells = tuple(Cell(index, header) for index, header in enumerate(headers))
    match_columns(Table(cells, 1, ()), questionnaire, log, ignore_unknown=False)
    log.raise_if_any(file)
    return headers


def _csv(headers: Sequence[str], reader: Localisation, line_end: str) -> str:
    """One header row; semicolons where the decimal sign is a comma, as spreadsheets there expect."""
    has_decimal_comma = "," in reader.number(0.5, 1)
    text = io.StringIO()
    csv.writer(text, delimiter=";" if has_decimal_comma else ",", lineterminator=line_end).writerow(headers)
    return text.getvalue()
