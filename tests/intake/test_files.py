"""Files that are not tables are refused with a remedy; encodings, separators and line numbers as in spreadsheets."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest

from assessment.domain.questionnaire import Questionnaire
from assessment.intake.codes import NoteCode, ProblemCode
from assessment.intake.files import MAX_FILE_MB
from assessment.intake.notes import describe_note
from assessment.intake.problems import InvalidFile
from assessment.intake.responses import read_responses
from tests.intake.build import ENGLISH, ResponsesFile, codes, csv_text
from tests.intake.conftest import Problems

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", ProblemCode.FILE_EMPTY),
        (b"\xef\xbb\xbf", ProblemCode.FILE_EMPTY),
        (b"\r\n\r\n;;;\r\n", ProblemCode.FILE_EMPTY),
        (b"sep=;\r\n", ProblemCode.FILE_EMPTY),
        (b"%PDF-1.7\n1 0 obj", ProblemCode.FILE_IS_PDF),
        (OLE + b"Workbook" * 100, ProblemCode.FILE_IS_OLD_OFFICE),
        (OLE + "EncryptedPackage".encode("utf-16-le"), ProblemCode.FILE_IS_LOCKED),
        (b"\x1f\x8b\x08\x00", ProblemCode.FILE_IS_ARCHIVE),
        (b"<!DOCTYPE html><html><table>", ProblemCode.FILE_IS_WEB_PAGE),
        (b"\xef\xbb\xbf  <?xml version='1.0'?><Workbook>", ProblemCode.FILE_IS_WEB_PAGE),
        (b"PK\x03\x04 cut short", ProblemCode.WORKBOOK_DAMAGED),
        (b"team,language-1\nSoporte,\x004\n", ProblemCode.FILE_HAS_NULS),
        ("team,language-1".encode("utf-16-le"), ProblemCode.FILE_HAS_NULS),
        (b"\xff\xfet", ProblemCode.ENCODING_UNKNOWN),
        (b"team,language-1\nDise\xf1o \x81,4\n", ProblemCode.ENCODING_UNKNOWN),
        (b"team|language-1\nSoporte|4\n", ProblemCode.ONE_COLUMN),
        (b"team\nSoporte\n", ProblemCode.ONE_COLUMN),
    ],
)
def test_a_file_that_is_not_a_table_is_refused(
    content: bytes, code: ProblemCode, tmp_path: Path, problems_of: Problems
) -> None:
    path = tmp_path / "responses.csv"
    path.write_bytes(content)
    assert codes(problems_of(path)) == [code]


@pytest.mark.parametrize(
    ("part", "content", "code"),
    [
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet", ProblemCode.FILE_IS_OPENDOCUMENT),
        ("xl/workbook.bin", "", ProblemCode.FILE_IS_BINARY_EXCEL),
        ("word/document.xml", "<w/>", ProblemCode.FILE_IS_ARCHIVE),
        ("xl/workbook.xml", "<workbook/>", ProblemCode.WORKBOOK_DAMAGED),
    ],
)
def test_archives_that_are_no_workbook_are_refused(
    part: str, content: str, code: ProblemCode, tmp_path: Path, problems_of: Problems
) -> None:
    path = tmp_path / "responses.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(part, content)
    assert codes(problems_of(path)) == [code]


def test_a_missing_file_is_a_problem(tmp_path: Path, problems_of: Problems) -> None:
    assert codes(problems_of(tmp_path / "nowhere" / "responses.csv")) == [ProblemCode.FILE_MISSING]


def test_a_folder_is_a_problem(tmp_path: Path, problems_of: Problems) -> None:
    assert codes(problems_of(tmp_path)) == [ProblemCode.FILE_IS_FOLDER]


def test_an_impossible_name_is_a_problem(tmp_path: Path, problems_of: Problems) -> None:
    assert codes(problems_of(tmp_path / "a\0b.csv")) == [ProblemCode.FILE_UNREADABLE]
    assert codes(problems_of(tmp_path / ("a" * 5_000))) == [ProblemCode.FILE_UNREADABLE]


@pytest.mark.skipif(os.name != "posix", reason="permissions as POSIX has them")
def test_a_file_without_permission_is_a_problem(tmp_path: Path, problems_of: Problems) -> None:
    path = tmp_path / "responses.csv"
    path.write_text("team,language-1\n")
    path.chmod(0)
    user = os.geteuid()
    if user == 0:
        os.seteuid(65_534)  # nobody: a superuser may read everything
    try:
        problems = codes(problems_of(path))
    finally:
        os.seteuid(user)
    assert problems == [ProblemCode.FILE_FORBIDDEN]


def test_a_huge_file_is_refused(tmp_path: Path, problems_of: Problems) -> None:
    path = tmp_path / "responses.csv"
    with path.open("wb") as file:
        file.truncate(MAX_FILE_MB * 1_000_000 + 1)
    assert codes(problems_of(path)) == [ProblemCode.FILE_TOO_LARGE]


@pytest.mark.parametrize("rows", ["a,1\n" * 200_001, "\n" * 1_048_577, ",\n" * 1_048_577])
def test_too_many_rows_are_refused(rows: str, tmp_path: Path, problems_of: Problems) -> None:
    path = tmp_path / "responses.csv"
    path.write_text("team,language-1\n" + rows)
    assert codes(problems_of(path)) == [ProblemCode.TOO_MANY_ROWS]


@pytest.mark.parametrize("header", ["team," + "x," * 2_000, "team,language-1\n" + "," * 2_000_000])
def test_too_many_columns_are_refused(header: str, tmp_path: Path, problems_of: Problems) -> None:
    path = tmp_path / "responses.csv"
    path.write_text(header + "\n")
    assert codes(problems_of(path)) == [ProblemCode.TOO_MANY_COLUMNS]


def test_a_header_without_rows_is_a_problem(items: list[str], tmp_path: Path, problems_of: Problems) -> None:
    path = ResponsesFile(items, rows=0).save(tmp_path)
    assert codes(problems_of(path)) == [ProblemCode.NO_ROWS]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_encodings_and_separators_are_recognised(
    encoding: str, separator: str, file: ResponsesFile, tmp_path: Path, questionnaire: Questionnaire
) -> None:
    file.put("team", "Diseño; «Bogotá», piso 2").put("comment", "Está\nbien, ¿no?")
    path = tmp_path / "responses.csv"
    path.write_bytes(csv_text(file.all_rows, separator).encode(encoding))
    responses = read_responses(path, questionnaire)
    assert [team.team for team in responses.teams] == ["Diseño; «Bogotá», piso 2"]
    assert responses.teams[0].sheets[0].comment == "Está\nbien, ¿no?"
    sentence = describe_note(responses.notes[0], ENGLISH)
    assert {"utf-8-sig": "UTF-8", "cp1252": "Windows-1252"}.get(encoding, encoding.upper()) in sentence
    assert ("tabs" if separator == "\t" else f"“{separator}”") in sentence


def test_utf_8_with_damaged_letters_is_not_taken_for_windows_1252(
    file: ResponsesFile, tmp_path: Path, problems_of: Problems
) -> None:
    file.put("team", "Atención técnica").put("comment", "más X días")
    path = tmp_path / "responses.csv"
    path.write_bytes(csv_text(file.all_rows).encode().replace(b"X", b"\xc3"))
    problems = problems_of(path)
    assert codes(problems) == [ProblemCode.ENCODING_MIXED]
    assert "más" in problems[0].values["value"]


def test_commas_in_unquoted_headers_do_not_hide_the_semicolons(
    file: ResponsesFile, tmp_path: Path, questionnaire: Questionnaire
) -> None:
    for item in questionnaire.items:
        file.rename(item.id, item.text.es)
    assert "," in file.header[3]
    path = tmp_path / "responses.csv"
    path.write_text("\n".join(";".join(row) for row in file.all_rows), encoding="utf-8")
    assert len(read_responses(path, questionnaire).teams[0].sheets[0].items) == 48


def test_separators_inside_quoted_headers_do_not_count(
    file: ResponsesFile, tmp_path: Path, problems_of: Problems
) -> None:
    path = file.add('A, "B", C, D, E', "x").save(tmp_path, separator=";")
    assert codes(problems_of(path)) == [ProblemCode.COLUMN_UNKNOWN]


def test_the_separator_line_of_excel_is_obeyed_and_not_counted(
    file: ResponsesFile, tmp_path: Path, questionnaire: Questionnaire, problems_of: Problems
) -> None:
    path = tmp_path / "responses.csv"
    path.write_text("sep=;\r\n" + csv_text(file.all_rows, ";"), encoding="utf-8", newline="")
    assert read_responses(path, questionnaire).teams[0].team == "Soporte"
    path.write_text("sep=;\r\n" + csv_text(file.put("voice-1", "9").all_rows, ";"), encoding="utf-8", newline="")
    assert [problem.line for problem in problems_of(path)] == [2]


def test_lines_are_counted_as_a_spreadsheet_shows_them(items: list[str], tmp_path: Path, problems_of: Problems) -> None:
    file = ResponsesFile(items, rows=3)
    file.put("comment", "uno\ndos\r\ntres", row=1).put("vision-2", "7", row=3)
    path = tmp_path / "responses.csv"
    header, first, second, third = (
        csv_text([[*row] for row in file.all_rows[:1]]),
        *(csv_text([row]) for row in file.rows),
    )
    path.write_text(f"{header}{first}\n,,,\n{second}{third}", encoding="utf-8", newline="")
    (problem,) = problems_of(path)
    assert (problem.code, problem.line, problem.column) == (ProblemCode.OUT_OF_RANGE, 6, "vision-2")


def test_empty_rows_above_the_header_are_counted(file: ResponsesFile, tmp_path: Path, problems_of: Problems) -> None:
    path = tmp_path / "responses.csv"
    path.write_text("\n\n" + csv_text(file.rename("team", "tteam").all_rows), encoding="utf-8", newline="")
    assert {problem.line for problem in problems_of(path)} == {3}


def test_a_row_that_ends_among_the_statements_is_a_problem(
    two_rows: ResponsesFile, tmp_path: Path, problems_of: Problems
) -> None:
    two_rows.rows[0] = two_rows.rows[0][:-4]
    (problem,) = problems_of(two_rows.save(tmp_path))
    assert (problem.code, problem.line) == (ProblemCode.ROW_TOO_SHORT, 2)
    assert problem.values == {"found": "50", "expected": "54"}


def test_cells_missing_after_the_last_statement_are_empty(
    two_rows: ResponsesFile, tmp_path: Path, questionnaire: Questionnaire
) -> None:
    two_rows.rows[0] = two_rows.rows[0][:-3]
    first, second = read_responses(two_rows.save(tmp_path), questionnaire).teams[0].sheets
    assert (len(first.items), first.ladder, second.ladder) == (48, {}, {"contact": 4})


def test_a_row_with_more_cells_is_a_problem(two_rows: ResponsesFile, tmp_path: Path, problems_of: Problems) -> None:
    two_rows.rows[1].append("de más")
    (problem,) = problems_of(two_rows.save(tmp_path))
    assert (problem.code, problem.line) == (ProblemCode.ROW_TOO_LONG, 3)


def test_surplus_empty_cells_are_no_problem(
    two_rows: ResponsesFile, tmp_path: Path, questionnaire: Questionnaire
) -> None:
    two_rows.header.append("")
    two_rows.rows[0].extend(["", " ", "\xa0"])
    responses = read_responses(two_rows.save(tmp_path), questionnaire)
    assert len(responses.teams[0].sheets) == 2


@pytest.mark.parametrize("row", ['Soporte,"4"4,5\n', 'Soporte,"4,5\nand on\n'])
def test_broken_quotation_marks_are_a_problem_of_their_row(row: str, tmp_path: Path, problems_of: Problems) -> None:
    path = tmp_path / "responses.csv"
    path.write_text("team,language-1,language-2\nSoporte,4,4\n" + row)
    (problem,) = problems_of(path)
    assert (problem.code, problem.line) == (ProblemCode.QUOTES_BROKEN, 3)


def test_a_cell_beyond_all_bounds_is_a_problem_of_its_row(tmp_path: Path, problems_of: Problems) -> None:
    path = tmp_path / "responses.csv"
    path.write_text('team,language-1\nSoporte,4\nSoporte,"' + "x" * 140_000)
    (problem,) = problems_of(path)
    assert (problem.code, problem.line) == (ProblemCode.CELL_HUGE, 3)


def test_many_problems_are_found_in_one_pass_and_reported_in_reading_order(
    two_rows: ResponsesFile, tmp_path: Path, problems_of: Problems
) -> None:
    two_rows.put("language-2", "9", row=1).put("role", "jefe", row=2).put("focus", "speed", row=1)
    two_rows.put("voice-4", "3,5", row=2).drop("vision-1").add("edad", "33", "41")
    two_rows.rows.append(["Soporte"])
    problems = [(problem.line, problem.code) for problem in problems_of(two_rows.save(tmp_path))]
    assert problems == [
        (1, ProblemCode.ITEM_COLUMN_MISSING),
        (1, ProblemCode.COLUMN_UNKNOWN),
        (2, ProblemCode.OUT_OF_RANGE),
        (2, ProblemCode.FOCUS_UNKNOWN),
        (3, ProblemCode.ROLE_UNKNOWN),
        (3, ProblemCode.DECIMAL),
        (4, ProblemCode.ROW_TOO_SHORT),
    ]


def test_problems_beyond_the_maximum_are_only_counted(
    items: list[str], tmp_path: Path, problems_of: Problems, questionnaire: Questionnaire
) -> None:
    file = ResponsesFile(items, rows=250)
    file.rows = [[*row[:3], *(f"x{row[2]} {item}" for item in items), *row[-3:]] for row in file.rows]
    path = file.save(tmp_path)
    with pytest.raises(InvalidFile) as caught:
        read_responses(path, questionnaire)
    assert caught.value.count == 250 * 48
    assert len(caught.value.problems) == 10_000
    assert problems_of(path)[0].line == 2


def test_the_same_file_is_read_whatever_its_name(
    file: ResponsesFile, tmp_path: Path, questionnaire: Questionnaire
) -> None:
    path = file.save(tmp_path).rename(tmp_path / "responses.xlsx")
    responses = read_responses(path, questionnaire)
    assert responses.notes[0].code is NoteCode.READ_WITH_SEPARATOR
