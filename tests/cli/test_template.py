"""`escala template`: an empty responses file that `escala score` accepts once filled in."""

from __future__ import annotations

import csv
from pathlib import Path

import openpyxl
import pytest

from tests.cli.conftest import Escala
from tests.services.files import ITEMS


def test_the_headers_go_to_stdout_where_no_file_is_named(escala: Escala) -> None:
    answer = escala("template", "--points", "contact, closing ,")
    (header,) = csv.reader(answer.out.splitlines())
    assert header == ["team", "role", "respondent", *ITEMS, "ladder:contact", "ladder:closing", "focus", "comment"]
    assert (answer.code, answer.err) == (0, "")


def test_without_points_there_is_no_ladder(escala: Escala) -> None:
    assert "ladder:" not in escala("template").out


def test_another_questionnaire_has_its_own_headers(escala: Escala) -> None:
    out = escala("template", "--questionnaire", "service-culture-rubrics").out
    assert "voice-rubric" in out
    assert "voice-1" not in out


@pytest.mark.parametrize(("locale", "separator"), [("en-US", ","), ("es-MX", ","), ("es-CO", ";")])
def test_the_separator_is_the_one_that_spreadsheets_of_the_country_expect(
    locale: str, separator: str, escala: Escala
) -> None:
    assert escala("template", locale=locale).out.startswith(f"team{separator}role")


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx", "A.CSV"])
def test_a_filled_template_is_scored(name: str, tmp_path: Path, escala: Escala) -> None:
    path = tmp_path / name
    answer = escala("template", "--points", "contact", "-o", path, locale="es-CO")
    assert (answer.code, answer.out) == (0, "")
    assert str(path) in answer.err
    assert escala("score", path).code == 2  # a header without answers
    row = ["Soporte", "", "", *["3"] * len(ITEMS), "4", "voice", ""]
    if path.suffix == ".xlsx":
        book = openpyxl.load_workbook(path)
        for column, value in enumerate(row, start=1):
            book.worksheets[0].cell(2, column, value or None)
        book.save(path)
    else:
        with path.open("a", encoding="utf-8", newline="") as file:
            csv.writer(file, delimiter=";").writerow(row)
    assert escala("score", path, "--minimum-group", 1).code == 0


@pytest.mark.parametrize("points", ["x" * 300, "con\x01tact"])
def test_a_point_that_no_file_can_hold_is_refused(points: str, escala: Escala) -> None:
    assert escala("template", "--points", points).code == 2


def test_a_file_that_cannot_be_written_is_reported(tmp_path: Path, escala: Escala) -> None:
    folder = tmp_path / "folder.csv"
    folder.mkdir()
    for path, reason in ((folder, "is a folder"), (tmp_path / f"{'x' * 300}.csv", "cannot be written")):
        answer = escala("template", "-o", path)
        assert answer.code == 2
        assert reason in answer.err


def test_an_existing_file_is_replaced_only_on_request(tmp_path: Path, escala: Escala) -> None:
    path = tmp_path / "a.csv"
    path.write_text("filled in", "utf-8")
    answer = escala("template", "-o", path)
    assert answer.code == 2
    assert "exists already" in answer.err
    assert path.read_text("utf-8") == "filled in"
    assert escala("template", "-o", path, "--replace").code == 0
    assert path.read_text("utf-8-sig").startswith("team")


@pytest.mark.parametrize("typed", ["ladder:contact", " Ladder: contact"])
def test_a_point_may_be_typed_as_its_column_is_headed(typed: str, escala: Escala) -> None:
    out = escala("template", "--points", typed).out
    assert "ladder:contact," in out
    assert "ladder:ladder" not in out


def test_a_prefix_alone_is_no_point(escala: Escala) -> None:
    assert escala("template", "--points", "ladder:").code == 2
