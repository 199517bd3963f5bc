"""XLSX workbooks: numbers, dates, formulas, empty cells and malicious archives."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from assessment.domain.answers import DK
from assessment.domain.questionnaire import Questionnaire
from assessment.intake.codes import NoteCode, ProblemCode
from assessment.intake.problems import InvalidFile
from assessment.intake.responses import read_responses
from tests.intake.build import ResponsesFile, codes
from tests.intake.conftest import Problems


def save(rows: list[list[Any]], path: Path, *, others: tuple[str, ...] = ()) -> Path:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.title = "Respuestas"
    for row in rows:
        sheet.append(row)
    for title in others:
        workbook.create_sheet(title).append(["team"])
    workbook.save(path)
    return path


def numbers(row: list[str]) -> list[Any]:
    return [int(cell) if cell.isdigit() else cell or None for cell in row]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "respuestas.xlsx"


def test_whole_numbers_are_read_however_they_are_stored(
    file: ResponsesFile, path: Path, questionnaire: Questionnaire
) -> None:
    row = numbers(file.put("respondent", "12").put("voice-2", "").rows[0])
    row[3:7] = [3.0, "4", "NS", 5]
    read = read_responses(save([file.header, row], path), questionnaire).teams[0].sheets[0]
    assert [read.items[f"language-{number}"] for number in range(1, 5)] == [3, 4, DK, 5]
    assert "voice-2" not in read.items
    assert read.respondent == "12"


def test_rows_may_leave_out_empty_cells_and_empty_rows_count(
    two_rows: ResponsesFile, path: Path, questionnaire: Questionnaire, problems_of: Problems
) -> None:
    first, second = (numbers(row) for row in two_rows.rows)
    rows = [two_rows.header, first[:20], [], [None, " "], second]
    responses = read_responses(save(rows, path), questionnaire)
    assert [len(sheet.items) for sheet in responses.teams[0].sheets] == [17, 48]
    second[5] = 3.5
    (problem,) = problems_of(save(rows, path))
    assert (problem.code, problem.line, problem.column) == (ProblemCode.DECIMAL, 5, "language-3")
    assert problem.values["letter"] == "F"


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (dt.datetime(2026, 3, 2), ProblemCode.CELL_IS_DATE),
        (dt.date(2026, 3, 2), ProblemCode.CELL_IS_DATE),
        (dt.time(3, 2), ProblemCode.CELL_IS_DATE),
        (True, ProblemCode.CELL_IS_TRUTH_VALUE),
        ("#N/A", ProblemCode.CELL_IS_ERROR),
        ("=1+2", ProblemCode.FORMULA_WITHOUT_VALUE),
        (3.5, ProblemCode.DECIMAL),
        (-3, ProblemCode.OUT_OF_RANGE),
        ("'3", ProblemCode.APOSTROPHE),
    ],
)
@pytest.mark.parametrize("column", ["language-1", "ladder:contact"])
def test_an_invalid_answer_is_reported_by_line_and_column(
    *, value: object, code: ProblemCode, column: str, file: ResponsesFile, path: Path, problems_of: Problems
) -> None:
    row = numbers(file.rows[0])
    row[file.header.index(column)] = value
    (problem,) = problems_of(save([file.header, row], path))
    assert (problem.code, problem.line, problem.column) == (code, 2, column)


@pytest.mark.parametrize("column", ["team", "respondent", "comment", "role", "focus"])
def test_dates_are_no_texts_either(column: str, file: ResponsesFile, path: Path, problems_of: Problems) -> None:
    row = numbers(file.rows[0])
    row[file.header.index(column)] = dt.date(2026, 1, 2)
    (problem,) = problems_of(save([file.header, row], path))
    assert (problem.code, problem.column) == (ProblemCode.CELL_IS_DATE, column)


def test_dates_in_ignored_columns_do_not_matter(file: ResponsesFile, path: Path, questionnaire: Questionnaire) -> None:
    row = [*numbers(file.rows[0]), dt.datetime(2026, 3, 2, 10, 30), "=NOW()"]
    save([[*file.header, "Marca temporal", "Hora"], row], path)
    responses = read_responses(path, questionnaire, ignore_unknown=True)
    assert len(responses.teams[0].sheets[0].items) == 48


def test_calculated_formulas_are_read_by_their_value(
    file: ResponsesFile, path: Path, questionnaire: Questionnaire
) -> None:
    with xlsxwriter.Workbook(str(path)) as workbook:
        page = workbook.add_worksheet()
        page.write_row(0, 0, file.header)
        page.write_row(1, 0, numbers(file.rows[0]))
        page.write_formula(1, 3, "=1+1", None, 2)
        page.write_formula(1, 4, '=IF(1,"","")', None, "")
        page.write_formula(1, 5, '="Siem"&"pre"', None, "Siempre")
    rewritten(path, "xl/worksheets/sheet1.xml", b'<c r="E2">', b'<c r="E2" t="str">')  # so does Excel
    items = read_responses(path, questionnaire).teams[0].sheets[0].items
    assert (items["language-1"], items.get("language-2"), items["language-3"]) == (2, None, 5)


def test_only_the_first_worksheet_is_read_with_a_note(
    file: ResponsesFile, path: Path, questionnaire: Questionnaire
) -> None:
    responses = read_responses(save(file.all_rows, path, others=("Notas",)), questionnaire)
    notes = [note for note in responses.notes if note.code is NoteCode.READ_SHEET]
    assert [note.values["sheet"] for note in notes] == ["Respuestas"]


def test_an_empty_workbook_is_a_problem(path: Path, problems_of: Problems) -> None:
    assert codes(problems_of(save([], path))) == [ProblemCode.FILE_EMPTY]


def test_a_table_in_one_column_is_a_problem(path: Path, problems_of: Problems) -> None:
    assert codes(problems_of(save([["team,language-1"], ["Soporte,4"]], path))) == [ProblemCode.ONE_COLUMN]


def test_values_without_header_are_a_problem(file: ResponsesFile, path: Path, problems_of: Problems) -> None:
    rows = [file.header, numbers(file.rows[0]), [*numbers(file.rows[0]), None, 7]]
    problems = problems_of(save(rows, path))
    assert (problems[0].code, problems[0].values["letter"], problems[0].values["first"]) == (
        ProblemCode.HEADER_EMPTY,
        "BD",
        "3",
    )


def test_a_very_wide_worksheet_is_refused(file: ResponsesFile, path: Path, problems_of: Problems) -> None:
    workbook = openpyxl.Workbook()
    page = workbook.active
    assert page is not None
    page.append(file.header)
    page["XFD2"] = 1
    workbook.save(path)
    assert codes(problems_of(path)) == [ProblemCode.TOO_MANY_COLUMNS]


def rewritten(path: Path, part: str, old: bytes, new: bytes) -> Path:
    """The workbook with `old` replaced in one of its parts, as a damaged or malicious program would write it."""
    data = io.BytesIO()
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, content.replace(old, new) if name == part else content)
    path.write_bytes(data.getvalue())
    return path


def test_a_row_far_below_what_spreadsheets_have_is_refused(
    file: ResponsesFile, path: Path, problems_of: Problems
) -> None:
    save(file.all_rows, path)
    rewritten(path, "xl/worksheets/sheet1.xml", b'<row r="2"', b'<row r="999999999"')
    assert codes(problems_of(path)) == [ProblemCode.TOO_MANY_ROWS]


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        ("xl/worksheets/sheet1.xml", b"</row>", b"<row>"),
        ("xl/worksheets/sheet1.xml", b'r="A1"', b'r="ZZZZ1"'),
        ("xl/worksheets/sheet1.xml", b"<v>4</v>", b"<v>four</v>"),
        ("xl/workbook.xml", b"sheets>", b"sheep>"),
        ("xl/workbook.xml", b"</workbook>", b""),
        ("[Content_Types].xml", b"spreadsheetml", b"wordprocessing"),
    ],
)
def test_a_damaged_workbook_is_a_problem(
    *, part: str, old: bytes, new: bytes, file: ResponsesFile, path: Path, problems_of: Problems
) -> None:
    save([file.header, numbers(file.rows[0])], path)
    assert codes(problems_of(rewritten(path, part, old, new))) == [ProblemCode.WORKBOOK_DAMAGED]


def test_entities_that_grow_are_refused(file: ResponsesFile, path: Path, problems_of: Problems) -> None:
    save([file.header, numbers(file.rows[0])], path)
    entities = b'<!DOCTYPE worksheet [<!ENTITY e0 "ha">'
    for number in range(1, 30):
        entities += b'<!ENTITY e%d "&e%d;&e%d;">' % (number, number - 1, number - 1)
    rewritten(path, "xl/worksheets/sheet1.xml", b"<worksheet", entities + b"]><worksheet")
    rewritten(path, "xl/worksheets/sheet1.xml", b"<v>4</v>", b"<v>&e29;</v>")
    assert codes(problems_of(path)) == [ProblemCode.WORKBOOK_DAMAGED]


def test_a_workbook_that_unpacks_to_too_much_is_refused(file: ResponsesFile, path: Path, problems_of: Problems) -> None:
    save(file.all_rows, path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/media/image1.png", b"small")
        archive.getinfo("xl/media/image1.png").file_size = 500_000_001
    assert codes(problems_of(path)) == [ProblemCode.WORKBOOK_TOO_LARGE]


def test_a_workbook_may_have_as_many_cells_as_its_reader_allows(
    file: ResponsesFile, path: Path, questionnaire: Questionnaire
) -> None:
    save(file.all_rows, path)
    cells = sum(len(row) for row in file.all_rows)
    assert read_responses(path, questionnaire, max_cells=cells).teams
    with pytest.raises(InvalidFile) as caught:
        read_responses(path, questionnaire, max_cells=cells - 1)
    (problem,) = caught.value.problems
    assert (problem.code, problem.values["limit"]) == (ProblemCode.WORKBOOK_TOO_MANY_CELLS, str(cells - 1))
