"""The empty file to fill in: right headers, a separator and words of the reader's country, no formulas."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import openpyxl
import pytest

from assessment.domain.answers import DK, Role
from assessment.domain.questionnaire import Questionnaire
from assessment.infra.languages import Localisation
from assessment.intake.codes import ProblemCode
from assessment.intake.problems import InvalidFile
from assessment.intake.responses import read_responses
from assessment.intake.template import write_template
from tests.intake.build import ENGLISH, READERS, check_sentence, codes
from tests.intake.conftest import Problems

POINTS = ["Primer contacto", "Cierre"]


def test_the_csv_template_has_one_header_row(items: list[str], questionnaire: Questionnaire) -> None:
    text = write_template(None, questionnaire, POINTS, ENGLISH)
    assert text is not None
    assert list(csv.reader(io.StringIO(text))) == [
        ["team", "role", "respondent", *items, "ladder:Primer contacto", "ladder:Cierre", "focus", "comment"]
    ]


@pytest.mark.parametrize(
    ("reader", "separator"),
    [
        (Localisation("en"), ","),
        (Localisation("en", "US"), ","),
        (Localisation("es"), ","),
        (Localisation("es", "MX"), ","),
        (Localisation("es", "CO"), ";"),
        (Localisation("es", "AR"), ";"),
    ],
)
def test_the_separator_is_the_one_of_the_country(
    reader: Localisation, separator: str, tmp_path: Path, questionnaire: Questionnaire
) -> None:
    path = tmp_path / "plantilla.csv"
    assert write_template(path, questionnaire, [], reader) is None
    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbfteam" + separator.encode() + b"role")
    assert content.endswith(b"\r\n")


@pytest.mark.parametrize("suffix", [".csv", ".CSV", ".xlsx"])
@pytest.mark.parametrize("reader", READERS)
def test_an_empty_template_only_lacks_answers(
    suffix: str, reader: Localisation, tmp_path: Path, questionnaire: Questionnaire, problems_of: Problems
) -> None:
    path = tmp_path / f"plantilla{suffix}"
    write_template(path, questionnaire, POINTS, reader)
    assert codes(problems_of(path)) == [ProblemCode.NO_ROWS]


def test_a_filled_csv_template_reads_back(tmp_path: Path, items: list[str], questionnaire: Questionnaire) -> None:
    path = tmp_path / "plantilla.csv"
    write_template(path, questionnaire, POINTS, Localisation("es", "CO"))
    with path.open("a", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerow(
            ["Diseño", "líder", "", *("3" for _ in items), "4", "NS", "voice", "ok"]
        )
    team = read_responses(path, questionnaire).teams[0]
    assert (team.team, team.points) == ("Diseño", tuple(POINTS))
    assert team.sheets[0].ladder == {"Primer contacto": 4, "Cierre": DK}


@pytest.mark.parametrize("reader", READERS)
def test_a_filled_workbook_reads_back(
    reader: Localisation, tmp_path: Path, items: list[str], questionnaire: Questionnaire
) -> None:
    path = tmp_path / "plantilla.xlsx"
    write_template(path, questionnaire, POINTS, reader)
    workbook = openpyxl.load_workbook(path)
    page = workbook.worksheets[0]
    choices = {
        column: [choice.strip('"') for choice in validation.formula1.split(",")]
        for validation in page.data_validations.dataValidation
        for column in range(1, page.max_column + 1)
        if page.cell(2, column).coordinate in validation.sqref
    }
    for line, pick in ((2, 0), (3, -1)):  # the first and the last answer of every list, by a leader
        page.cell(line, 1, "Mesa")
        for column, values in choices.items():
            page.cell(line, column, values[1] if column == 2 else values[pick])
    workbook.save(path)
    team = read_responses(path, questionnaire).teams[0]
    first, last = team.sheets
    assert first.items == dict.fromkeys(items, 1)
    assert last.items == dict.fromkeys(items, DK)
    assert first.ladder == {"Primer contacto": 1, "Cierre": 1}
    assert first.role is Role.LEADER
    assert len(choices) == 1 + len(items) + len(POINTS)


@pytest.mark.parametrize("reader", READERS)
def test_the_roles_of_the_list_are_understood(
    reader: Localisation, tmp_path: Path, questionnaire: Questionnaire
) -> None:
    path = tmp_path / "plantilla.xlsx"
    write_template(path, questionnaire, [], reader)
    workbook = openpyxl.load_workbook(path)
    page = workbook.worksheets[0]
    (roles,) = [
        validation.formula1.strip('"').split(",")
        for validation in page.data_validations.dataValidation
        if "B2" in validation.sqref
    ]
    for line, role in enumerate(roles, start=2):
        page.cell(line, 1, f"Equipo {line}")
        page.cell(line, 2, role)
    workbook.save(path)
    teams = read_responses(path, questionnaire).teams
    assert [team.sheets[0].role for team in teams] == list(Role)


@pytest.mark.parametrize("reader", READERS)
def test_the_instructions_explain_every_column(
    reader: Localisation, tmp_path: Path, items: list[str], questionnaire: Questionnaire
) -> None:
    path = tmp_path / "plantilla.xlsx"
    write_template(path, questionnaire, POINTS, reader)
    workbook = openpyxl.load_workbook(path)
    responses, instructions = workbook.worksheets
    explained = {row[0]: row[1:3] for row in instructions.iter_rows(values_only=True)}
    headers = [cell.value for cell in responses[1]]
    assert len(headers) == len(items) + 7
    assert all(all(explained[header]) for header in headers)
    assert explained["voice-1"][0] == reader.text(questionnaire.items[24].text)
    assert responses.freeze_panes == "B2"


def test_no_cell_can_be_taken_for_a_formula(tmp_path: Path, questionnaire: Questionnaire) -> None:
    path = tmp_path / "plantilla.xlsx"
    points = ["=HYPERLINK(1)", "+1", "-1", "@x"]
    write_template(path, questionnaire, points, ENGLISH)
    workbook = openpyxl.load_workbook(path)
    cells = [str(cell.value) for page in workbook for row in page.iter_rows() for cell in row if cell.value is not None]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    assert "ladder:=HYPERLINK(1)" in cells
    assert not [name for name in zipfile.ZipFile(path).namelist() if "vba" in name]
    text = write_template(None, questionnaire, points, ENGLISH) or ""
    assert not [cell for cell in next(csv.reader([text])) if cell.startswith(("=", "+", "-", "@"))]


@pytest.mark.parametrize(
    ("points", "code"),
    [
        ([""], ProblemCode.POINT_EMPTY),
        (["a", " A "], ProblemCode.COLUMN_TWICE),
        (["x" * 81], ProblemCode.TEXT_TOO_LONG),
        (["a\x00b"], ProblemCode.CONTROL_CHARACTER),
    ],
)
def test_points_that_no_file_could_hold_are_refused(
    points: list[str], code: ProblemCode, tmp_path: Path, questionnaire: Questionnaire
) -> None:
    path = tmp_path / "plantilla.csv"
    with pytest.raises(InvalidFile) as caught:
        write_template(path, questionnaire, points, ENGLISH)
    assert codes(caught.value.problems) == [code]
    assert not path.exists()


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("plantilla.ods", ProblemCode.FILE_TYPE_UNKNOWN),
        ("plantilla", ProblemCode.FILE_TYPE_UNKNOWN),
        ("missing/plantilla.csv", ProblemCode.FILE_NOT_WRITABLE),
        ("missing/plantilla.xlsx", ProblemCode.FILE_NOT_WRITABLE),
    ],
)
def test_a_path_that_cannot_be_written_is_a_problem(
    name: str, code: ProblemCode, tmp_path: Path, questionnaire: Questionnaire
) -> None:
    with pytest.raises(InvalidFile) as caught:
        write_template(tmp_path / name, questionnaire, POINTS, ENGLISH)
    assert codes(caught.value.problems) == [code]
    check_sentence(caught.value.problems[0])
