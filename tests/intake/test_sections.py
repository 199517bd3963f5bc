"""The columns of every kind of section, on scales of their own."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import openpyxl
import pytest

from assessment.domain.answers import DK
from assessment.domain.questionnaire import Questionnaire, ask_together
from assessment.infra.languages import Localisation
from assessment.intake.codes import ProblemCode
from assessment.intake.problems import InvalidFile
from assessment.intake.responses import read_responses
from assessment.intake.template import write_template
from tests.domain.build import build_pillar, build_scale, questionnaire_of, text
from tests.domain.test_sections import DESK, LEARNING
from tests.intake.build import READERS, check_sentence
from tests.questionnaires.every_kind import every_kind, person, save

ASKED = every_kind()


def sheet_of(path: Path, asked: Questionnaire = ASKED):
    (team,) = read_responses(path, asked).teams
    (sheet,) = team.sheets
    return sheet


def problems_of(path: Path, asked: Questionnaire = ASKED):
    with pytest.raises(InvalidFile) as caught:
        read_responses(path, asked)
    for problem in caught.value.problems:
        check_sentence(problem)
    return caught.value.problems


def test_every_section_fills_its_part_of_the_sheet(tmp_path: Path) -> None:
    row = person(7, tracking_1="No", tracking_2="doesn't apply", escalation_1="3", comment="Gracias", pride="El trato")
    sheet = sheet_of(save(tmp_path / "file.csv", [row]))
    assert (sheet.items["warmth-1"], sheet.items["care-2"]) == (7, 7)
    assert (sheet.items["tracking-1"], sheet.items["tracking-2"], sheet.items["escalation-1"]) == (1, DK, 3)
    assert sheet.items["meetings-rubric"] == 2
    assert sheet.ladder == {"contact": 3, "closing": 4}
    assert (sheet.focus, sheet.choices) == (("warmth",), {"learning": "trainers"})
    assert (sheet.comment, sheet.texts) == ("Gracias", {"pride": "El trato"})


@pytest.mark.parametrize(
    ("cell", "chosen"),
    [
        ("educators", "educators"),
        ("Educadores del servicio", "educators"),
        ("service educators", "educators"),
        ("Se habla mucho de servicio y se hace poco.", "lip-service"),
        ("  Lip service ", "lip-service"),
        ("", None),
    ],
)
def test_an_option_is_known_by_its_id_name_or_text(cell: str, chosen: str | None, tmp_path: Path) -> None:
    sheet = sheet_of(save(tmp_path / "file.csv", [person(learning=cell)]))
    assert sheet.choices.get("learning") == chosen


def test_an_unknown_option_is_told_with_those_that_exist(tmp_path: Path) -> None:
    (problem,) = problems_of(save(tmp_path / "file.csv", [person(learning="sleeping")]))
    assert (problem.code, problem.line, problem.column) == (ProblemCode.NOT_AN_OPTION, 2, "learning")
    assert problem.values["options"] == "nothing, lip-service, trainers, educators"


@pytest.mark.parametrize(
    ("column", "highest", "beyond"), [("warmth_1", "7", "8"), ("tracking_1", "3", "4"), ("meetings_rubric", "3", "5")]
)
def test_each_section_has_the_range_of_its_own_scale(column: str, highest: str, beyond: str, tmp_path: Path) -> None:
    assert sheet_of(save(tmp_path / "good.csv", [person(4, **{column: highest})]))
    (problem,) = problems_of(save(tmp_path / "bad.csv", [person(4, **{column: beyond})]))
    assert (problem.code, problem.values["high"]) == (ProblemCode.OUT_OF_RANGE, highest)


def test_choices_and_texts_may_lack_their_columns_and_items_may_not(tmp_path: Path) -> None:
    row = person()
    without = {name: cell for name, cell in row.items() if name not in {"learning", "comment", "pride", "focus"}}
    assert sheet_of(save(tmp_path / "file.csv", [without])).choices == {}
    del without["tracking-2"]
    (problem,) = problems_of(save(tmp_path / "file.csv", [without]))
    assert (problem.code, problem.values["item"]) == (ProblemCode.ITEM_COLUMN_MISSING, "tracking-2")


def test_a_header_may_be_the_question_of_a_choice_or_text(tmp_path: Path) -> None:
    row = person(comment="Sí", pride="Todo")
    row["Which description is most like your team?"] = row.pop("learning")
    row["¿De qué se siente orgulloso el equipo?"] = row.pop("pride")
    sheet = sheet_of(save(tmp_path / "file.csv", [row]))
    assert (sheet.choices, sheet.texts) == ({"learning": "trainers"}, {"pride": "Todo"})


def test_what_is_not_asked_has_no_column(tmp_path: Path) -> None:
    asked = questionnaire_of(DESK)
    row = {"team": "Mesa"} | {item.id: "2" for item in DESK.items}
    for column in ("ladder:contact", "focus", "comment"):
        (problem,) = problems_of(save(tmp_path / "file.csv", [row | {column: "3"}]), asked)
        assert (problem.code, problem.column) == (ProblemCode.COLUMN_UNKNOWN, column)
    assert len(sheet_of(save(tmp_path / "file.csv", [row]), asked).items) == 7


def test_a_questionnaire_without_items_needs_one_of_its_columns(tmp_path: Path) -> None:
    asked = questionnaire_of(LEARNING)
    sheet = sheet_of(save(tmp_path / "file.csv", [{"team": "Mesa", "learning": "talk"}]), asked)
    assert sheet.choices == {"learning": "talk"}
    (problem,) = problems_of(save(tmp_path / "file.csv", [{"team": "Mesa", "role": "staff"}]), asked)
    assert (problem.code, problem.values["item"]) == (ProblemCode.NO_ITEM_COLUMN, "learning")


@pytest.mark.parametrize("reader", READERS)
def test_a_template_has_the_columns_of_everything_and_reads_back(reader: Localisation, tmp_path: Path) -> None:
    path = tmp_path / "plantilla.xlsx"
    write_template(path, ASKED, ["contact"], reader)
    workbook = openpyxl.load_workbook(path)
    page, instructions = workbook.worksheets
    headers = [cell.value for cell in page[1]]
    assert headers[-6:] == ["meetings-rubric", "ladder:contact", "learning", "focus", "comment", "pride"]
    lists = {
        column: validation.formula1.strip('"').split(",")
        for validation in page.data_validations.dataValidation
        for column in range(1, page.max_column + 1)
        if page.cell(2, column).coordinate in validation.sqref
    }
    assert lists[headers.index("learning") + 1] == ["nothing", "lip-service", "trainers", "educators"]
    assert len(lists[headers.index("warmth-1") + 1]) == 8
    assert len(lists[headers.index("tracking-1") + 1]) == 4
    instructions_text = " ".join(str(cell.value) for row in instructions.iter_rows() for cell in row if cell.value)
    assert reader.text(ASKED.ladder.dont_know) in instructions_text
    page.cell(2, 1, "Mesa")
    for column, values in lists.items():
        page.cell(2, column, values[0] if column > 2 else "")
    workbook.save(path)
    sheet = sheet_of(path)
    assert set(sheet.items.values()) == {1}
    assert sheet.choices == {"learning": "nothing"}


def test_a_file_may_hold_the_answers_to_several_questionnaires(tmp_path: Path) -> None:
    desk = questionnaire_of(DESK, LEARNING, id_="service-desk")
    rules = questionnaire_of(
        type(DESK)(id="rules", title=text("Rules"), scale=build_scale(7), groups=(build_pillar("empower", 2),)),
        id_="rules",
    )
    asked = ask_together([desk, rules])
    headers = next(csv.reader(io.StringIO(write_template(None, asked, [], READERS[0]) or "")))
    assert headers[3:] == [*(item.id for item in DESK.items), "empower-1", "empower-2", "learning"]
    row = {"team": "Mesa", "empower-1": "7", "empower-2": "6", "learning": "teach"} | {i.id: "1" for i in DESK.items}
    sheet = sheet_of(save(tmp_path / "file.csv", [row]), asked)
    assert (sheet.items["empower-1"], sheet.items["contact-1"], sheet.choices["learning"]) == (7, 1, "teach")
