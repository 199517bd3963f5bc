"""Rows become teams: names, codes, agreed answers and perception points."""

from __future__ import annotations

from pathlib import Path

import pytest

from assessment.domain.answers import DK, AnswerSheet, Role
from assessment.domain.questionnaire import Questionnaire
from assessment.intake.codes import NoteCode, ProblemCode
from assessment.intake.notes import describe_note
from assessment.intake.responses import read_responses
from tests.intake.build import ENGLISH, ResponsesFile, codes
from tests.intake.conftest import Problems


def file_of(items: list[str], *rows: dict[str, str]) -> ResponsesFile:
    """A file with one row per dictionary, which holds what differs from the usual row."""
    file = ResponsesFile(items, rows=len(rows))
    for number, changes in enumerate(rows, start=1):
        for column, value in changes.items():
            file.put(column, value, number)
    return file


def test_a_row_becomes_an_answer_sheet(items: list[str], tmp_path: Path, questionnaire: Questionnaire) -> None:
    row = {
        "role": "leader",
        "voice-1": "NS",
        "voice-2": "",
        "focus": "voice;vision",
        "comment": " Gracias\r\npor todo ",
    }
    team = read_responses(file_of(items, row).save(tmp_path), questionnaire).teams[0]
    expected = {item: 4 for item in items if item != "voice-2"} | {"voice-1": DK}
    assert team.sheets == (
        AnswerSheet(Role.LEADER, expected, {"contact": 4}, ("voice", "vision"), "Gracias\npor todo", "A1"),
    )
    assert (team.points, team.asked_focus, team.mode) == (("contact",), True, "individual")


def test_teams_come_in_order_of_first_appearance(
    items: list[str], tmp_path: Path, questionnaire: Questionnaire
) -> None:
    rows = [{"team": name} for name in ("Ventas", "Soporte", "Ventas", "Almacén")]
    teams = read_responses(file_of(items, *rows).save(tmp_path), questionnaire).teams
    assert [(team.team, len(team.sheets)) for team in teams] == [("Ventas", 2), ("Soporte", 1), ("Almacén", 1)]


def test_white_space_in_a_team_name_does_not_matter(
    items: list[str], tmp_path: Path, questionnaire: Questionnaire
) -> None:
    rows = [{"team": name} for name in ("Mesa de ayuda", " Mesa  de\xa0ayuda\u200b", "Mesa de\nayuda")]
    teams = read_responses(file_of(items, *rows).save(tmp_path), questionnaire).teams
    assert [(team.team, len(team.sheets)) for team in teams] == [("Mesa de ayuda", 3)]


def test_the_same_letters_stored_in_two_ways_are_one_team(
    items: list[str], tmp_path: Path, questionnaire: Questionnaire
) -> None:
    rows = [{"team": name} for name in ("Gesti\u00f3n", "Gestio\u0301n")]
    assert len(read_responses(file_of(items, *rows).save(tmp_path), questionnaire).teams) == 1


def test_names_that_are_nearly_alike_stay_apart_with_a_note(
    items: list[str], tmp_path: Path, questionnaire: Questionnaire
) -> None:
    rows = [{"team": name} for name in ("Gestión", "Ventas", "GESTION")]
    responses = read_responses(file_of(items, *rows).save(tmp_path), questionnaire)
    assert [team.team for team in responses.teams] == ["Gestión", "Ventas", "GESTION"]
    notes = [describe_note(note, ENGLISH) for note in responses.notes if note.code is NoteCode.TEAMS_ALIKE]
    assert len(notes) == 1
    assert "“Gestión”, “GESTION”" in notes[0]


def test_a_code_used_twice_in_a_team_is_a_problem_that_names_both_lines(
    items: list[str], tmp_path: Path, problems_of: Problems
) -> None:
    rows: list[dict[str, str]] = [{}, {}, {"respondent": " A1 "}]
    (problem,) = problems_of(file_of(items, *rows).save(tmp_path))
    assert (problem.code, problem.line, problem.column) == (ProblemCode.RESPONDENT_TWICE, 4, "respondent")
    assert problem.values["other"] == "2"


@pytest.mark.parametrize(
    "second",
    [
        {"team": "Ventas", "respondent": "A1"},
        {"role": "customer", "respondent": "A1"},
        {"respondent": "a1"},
        {"respondent": ""},
    ],
)
def test_a_code_may_be_used_in_other_teams_and_by_customers(
    second: dict[str, str], items: list[str], tmp_path: Path, questionnaire: Questionnaire
) -> None:
    responses = read_responses(file_of(items, {}, second).save(tmp_path), questionnaire)
    assert sum(len(team.sheets) for team in responses.teams) == 2


def test_agreed_answers_are_the_teams_only_row_customers_apart(
    items: list[str], tmp_path: Path, questionnaire: Questionnaire
) -> None:
    rows: list[dict[str, str]] = [{"role": "cliente"}, {"role": "consenso"}, {"role": "customer"}, {"team": "Ventas"}]
    teams = read_responses(file_of(items, *rows).save(tmp_path), questionnaire).teams
    assert [(team.mode, len(team.own_sheets)) for team in teams] == [("consensus", 1), ("individual", 1)]


@pytest.mark.parametrize("other", ["staff", "leader", "consensus"])
def test_agreed_answers_beside_others_are_a_problem(
    other: str, items: list[str], tmp_path: Path, problems_of: Problems
) -> None:
    rows: list[dict[str, str]] = [{"role": other}, {"role": "consensus"}, {"team": "Ventas"}]
    (problem,) = problems_of(file_of(items, *rows).save(tmp_path))
    assert problem.code is ProblemCode.CONSENSUS_NOT_ALONE
    assert {str(problem.line), problem.values["others"]} == {"2", "3"}


def test_agreed_answers_beside_many_others_name_only_some(
    items: list[str], tmp_path: Path, problems_of: Problems
) -> None:
    (problem,) = problems_of(file_of(items, {"role": "consensus"}, *({} for _ in range(9))).save(tmp_path))
    assert problem.values["others"] == "3, 4, 5, 6, 7, …"


def test_a_wrong_role_does_not_bring_further_problems(items: list[str], tmp_path: Path, problems_of: Problems) -> None:
    rows: list[dict[str, str]] = [{"role": "consensus"}, {"role": "client"}]
    assert codes(problems_of(file_of(items, *rows).save(tmp_path))) == [ProblemCode.ROLE_UNKNOWN]


def test_a_team_has_the_points_that_somebody_of_it_answered(
    items: list[str], tmp_path: Path, questionnaire: Questionnaire
) -> None:
    file = file_of(items, {}, {"team": "Ventas", "ladder:contact": ""}, {"team": "Ventas", "ladder:contact": ""})
    file.add("ladder:case", "", "3", "").add("ladder:closing", "NS", "", "")
    file.add("ladder:after", "", "", "2").put("role", "customer", row=3)
    teams = read_responses(file.save(tmp_path), questionnaire).teams
    assert [team.points for team in teams] == [("contact", "closing"), ("case", "after")]
