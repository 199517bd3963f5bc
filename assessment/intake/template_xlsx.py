"""The workbook to fill in: a sheet for the responses, and a second one that explains each column.

XlsxWriter, which has no types, is imported when the first workbook is written: it would slow down every start of the
command.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from assessment.domain.questionnaire import Questionnaire
from assessment.infra.languages import Localisation
from assessment.intake.cells import DONT_KNOW_CODE, ROLE_WORDS
from assessment.intake.headers import LADDER_PREFIX

Workbook: TypeAlias = Any
Worksheet: TypeAlias = Any
Format: TypeAlias = Any

_ROWS_TO_FILL = 1_000
_TEXT_COLUMNS = frozenset({"team", "respondent", "comment"})
_WIDTHS = {"team": 22, "role": 12, "respondent": 14, "focus": 32, "comment": 60}
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_MAX_ERROR_TITLE = 32


@dataclass(frozen=True, slots=True)
class _Column:
    """One column of the template: what is asked, and what may be answered. `choices` fill a drop-down list."""

    header: str
    question: str
    answers: str
    choices: tuple[str, ...] = ()


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
    code = reader.text(DONT_KNOW_CODE)
    scale, ladder = questionnaire.scale, questionnaire.ladder
    meaning = reader.text(scale.dont_know)
    skipped = reader.gettext("%(code)s = %(meaning)s; empty = no answer", code=code, meaning=meaning)
    values = tuple(str(point.value) for point in scale.points)
    steps = tuple(str(step.value) for step in ladder.steps)
    items = {item.id: item for item in questionnaire.items}
    fixed = {column.header: column for column in _fixed_columns(questionnaire, reader)}
    for header in headers:
        if header in fixed:
            yield fixed[header]
        elif header in items:
            item = items[header]
            labels = item.levels or tuple(point.label for point in scale.points)
            answers = _legend(values, map(reader.text, labels), skipped)
            yield _Column(header, reader.text(item.text), answers, (*values, code))
        else:
            answers = _legend(steps, (reader.text(step.label) for step in ladder.steps), skipped)
            question = f"{header.removeprefix(LADDER_PREFIX)}: {reader.text(ladder.question)}"
            yield _Column(header, question, answers, (*steps, code))


def _legend(values: Sequence[str], labels: Iterable[str], skipped: str) -> str:
    """What each answer means, one per line."""
    return "\n".join([*(f"{value} = {label}" for value, label in zip(values, labels, strict=True)), skipped])


def _fixed_columns(questionnaire: Questionnaire, reader: Localisation) -> Iterator[_Column]:
    yield _Column(
        "team",
        reader.gettext("The team's name"),
        reader.gettext("Required in every row, always written in the same way."),
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
    )
    pillars = ", ".join(f"{pillar.id} = {reader.text(pillar.name)}" for pillar in questionnaire.pillars)
    yield _Column(
        "focus",
        reader.text(questionnaire.focus.question),
        reader.gettext(
            "At most %(limit)s codes, with “;” between them: %(pillars)s",
            limit=reader.number(questionnaire.focus.at_most),
            pillars=pillars,
        ),
    )
    comment = questionnaire.comment
    yield _Column("comment", reader.text(comment.question), reader.text(comment.warning))


def _write_responses(workbook: Workbook, columns: Sequence[_Column], reader: Localisation) -> None:
    sheet = workbook.add_worksheet(reader.gettext("Responses"))
    head, text = _head_format(workbook), workbook.add_format({"num_format": "@"})
    for index, column in enumerate(columns):
        width = _WIDTHS.get(column.header, max(10, len(column.header) + 2))
        sheet.set_column(index, index, width, text if column.header in _TEXT_COLUMNS else None)
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
    _write_text(sheet, 0, 0, reader.text(questionnaire.title), title)
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
    sheet.write_string(line, index, "'" + text if text.startswith(_FORMULA_STARTS) else text, style)
