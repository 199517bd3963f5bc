"""The workbook to fill in: a sheet for the responses, and a second one that explains each column.

XlsxWriter, which has no types, is imported when the first workbook is written: it would slow down every start of the
command.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from assessment.domain.questionnaire import Questionnaire
from assessment.infra.languages import Localisation
from assessment.infra.spreadsheets import safe_text
from assessment.intake.cells import ROLE_WORDS
from assessment.intake.sections.column import columns_of
from assessment.intake.sections.ladder import LADDER_PREFIX, point_answers

Workbook: TypeAlias = Any
Worksheet: TypeAlias = Any
Format: TypeAlias = Any

_ROWS_TO_FILL = 1_000
_WIDTHS = {"team": 22, "role": 12, "respondent": 14, "focus": 32}
_TEXT_WIDTH = 60
_MAX_ERROR_TITLE = 32


@dataclass(frozen=True, slots=True)
class _Column:
    """One column of the template: what is asked, and what may be answered. `choices` fill a drop-down list."""

    header: str
    question: str
    answers: str
    choices: tuple[str, ...] = ()
    is_text: bool = False


def workbook_of(headers: Sequence[str], questionnaire: Questionnaire, reader: Localisation) -> bytes:
    """An XLSX file without macros or formulas: an empty sheet of responses, then the instructions."""
    import xlsxwriter

    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as workbook:
        columns = list(_columns(headers, questionnaire, reader))
        _write_responses(workbook, columns, reader)
        _write_instructions(workbook, columns, questionnaire, reader)
    return target.getvalue()


def _columns(headers: Sequence[str], questionnaire: Questionnaire, reader: Localisation) -> Iterator[_Column]:
    fixed = {column.header: column for column in _fixed_columns(reader)}
    asked = {column.id: column for column in columns_of(questionnaire)}
    ladder = questionnaire.ladder
    for header in headers:
        if header in fixed:
            yield fixed[header]
        elif header in asked:
            column = asked[header]
            answers = column.answers(reader)
            is_text = column.part == "texts"
            yield _Column(header, reader.text(column.question), answers.explained, answers.choices, is_text=is_text)
        else:
            answers = point_answers(ladder, reader)
            question = f"{header.removeprefix(LADDER_PREFIX)}: {reader.text(ladder.question)}"
            yield _Column(header, question, answers.explained, answers.choices)


def _fixed_columns(reader: Localisation) -> Iterator[_Column]:
    yield _Column(
        "team",
        reader.gettext("The team's name"),
        reader.gettext("Required in every row, always written in the same way."),
        is_text=True,
    )
    yield _Column(
        "role",
        reader.gettext("Who answers"),
        reader.gettext(
            "staff, leader or customer; empty = staff. consensus = the agreed answers of the whole team: "
            "then the team has only this row, apart from its customers'."
        ),
        tuple(reader.text(word) for word in ROLE_WORDS.values()),
    )
    yield _Column(
        "respondent",
        reader.gettext("A code for the person"),
        reader.gettext(
            "Optional, without names. With the same code in each round, answers can be compared; "
            "within a team each code is used once."
        ),
        is_text=True,
    )


def _write_responses(workbook: Workbook, columns: Sequence[_Column], reader: Localisation) -> None:
    sheet = workbook.add_worksheet(reader.gettext("Responses"))
    head, text = _head_format(workbook), workbook.add_format({"num_format": "@"})
    for index, column in enumerate(columns):
        usual = _TEXT_WIDTH if column.is_text else max(10, len(column.header) + 2)
        sheet.set_column(index, index, _WIDTHS.get(column.header, usual), text if column.is_text else None)
        _write_text(sheet, 0, index, column.header, head)
        sheet.write_comment(0, index, column.question, {"x_scale": 2})
        if column.choices:
            sheet.data_validation(1, index, _ROWS_TO_FILL, index, _list_validation(column.choices, reader))
    sheet.freeze_panes(1, 1)


def _list_validation(choices: Sequence[str], reader: Localisation) -> dict[str, object]:
    return {
        "validate": "list",
        "source": list(choices),
        "error_title": reader.gettext("This is not an answer")[:_MAX_ERROR_TITLE],
        "error_message": reader.gettext(
            "Choose one of: %(choices)s; or leave the cell empty.", choices=", ".join(choices)
        ),
    }


def _write_instructions(
    workbook: Workbook, columns: Sequence[_Column], questionnaire: Questionnaire, reader: Localisation
) -> None:
    sheet = workbook.add_worksheet(reader.gettext("Instructions"))
    plain, head = workbook.add_format(), _head_format(workbook)
    title = workbook.add_format({"bold": True, "font_size": 14})
    wrapped = workbook.add_format({"text_wrap": True, "valign": "top"})
    for index, width in enumerate((24, 64, 64)):
        sheet.set_column(index, index, width)
    titles = " · ".join(reader.text(asked.title) for asked in questionnaire.together)
    _write_text(sheet, 0, 0, titles, title)
    guide = (
        reader.gettext("Write one row for each person on the first sheet, below the headers."),
        reader.gettext("Do not change the headers of the first sheet; the order of the columns does not matter."),
    )
    for line, sentence in enumerate(guide, start=1):
        _write_text(sheet, line, 0, sentence, plain)
    head_line = len(guide) + 2
    headers = (reader.gettext("Column"), reader.gettext("What it asks"), reader.gettext("Answers"))
    for index, header in enumerate(headers):
        _write_text(sheet, head_line, index, header, head)
    for line, column in enumerate(columns, start=head_line + 1):
        for index, text in enumerate((column.header, column.question, column.answers)):
            _write_text(sheet, line, index, text, wrapped)
    sheet.freeze_panes(head_line + 1, 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(head_line)


def _head_format(workbook: Workbook) -> Format:
    return workbook.add_format({"bold": True, "bottom": 1, "bg_color": "#EEF1F4"})


def _write_text(sheet: Worksheet, line: int, index: int, text: str, style: Format) -> None:
    """A text cell that no spreadsheet program takes for a formula, not even when it is saved as CSV and read again."""
    sheet.write_string(line, index, safe_text(text), style)
