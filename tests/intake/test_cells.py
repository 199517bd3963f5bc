"""What a cell may contain, and what is refused with a helpful sentence."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assessment.domain.answers import DK, Answer, Role
from assessment.domain.questionnaire import Questionnaire, Text
from assessment.intake.codes import ProblemCode
from assessment.intake.responses import read_responses
from tests.domain.build import with_pillars
from tests.intake.build import ResponsesFile, check_sentence, codes
from tests.intake.conftest import Problems


@pytest.mark.parametrize(
    ("cell", "answer"),
    [
        ("1", 1),
        (" 5\xa0", 5),
        ("\ufeff3", 3),
        ("", None),
        (" \xa0", None),
        ("DK", DK),
        ("dk", DK),
        ("Ns", DK),
        ("3.0", 3),
        ("3,00", 3),
        ("N/A", DK),
        ("n.a.", DK),
        ("No aplica", DK),
        ("NS/NC", DK),
        ("—", DK),
        ("Doesn’t apply", DK),
        ("casi_siempre", 4),
        ("No lo sé", DK),
        ("NO LO SE", DK),
        ("I don’t know", DK),
        ("No sé", DK),
        ("no aplica", DK),
        ("Don't know", DK),
        ("NA", DK),
        ("n/a", DK),
        ("-", DK),
        ("Casi siempre", 4),
        ("casi  SIEMPRE", 4),
        ("Sometimes", 3),
        ("4 - Casi siempre", 4),
        ("4. Nearly always", 4),
    ],
)
def test_an_item_takes_numbers_labels_and_dont_know(
    cell: str, answer: Answer | None, file: ResponsesFile, tmp_path: Path, questionnaire: Questionnaire
) -> None:
    read = read_responses(file.put("voice-1", cell).save(tmp_path), questionnaire).teams[0].sheets[0]
    assert read.items.get("voice-1") == answer
    assert len(read.items) == (47 if answer is None else 48)


def test_a_rubric_takes_the_text_of_a_level(file: ResponsesFile, tmp_path: Path, questionnaire: Questionnaire) -> None:
    levels = tuple(Text(es=f"Así se trabaja «{n}» veces.", en=f"Work is done “{n}” times.") for n in range(1, 6))
    first, *others = questionnaire.pillars
    rubric = replace(first.items[0], levels=levels)
    with_rubric = with_pillars(questionnaire, [replace(first, items=(rubric, *first.items[1:])), *others])
    path = file.put("language-1", 'Asi se trabaja "2" veces.').put("language-2", "Siempre").save(tmp_path)
    items = read_responses(path, with_rubric).teams[0].sheets[0].items
    assert (items["language-1"], items["language-2"]) == (2, 5)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("3,5", ProblemCode.DECIMAL),
        ("3.01", ProblemCode.DECIMAL),
        ("6.0", ProblemCode.OUT_OF_RANGE),
        ("-1.5", ProblemCode.DECIMAL),
        ("0", ProblemCode.OUT_OF_RANGE),
        ("6", ProblemCode.OUT_OF_RANGE),
        ("-3", ProblemCode.OUT_OF_RANGE),
        ("44", ProblemCode.OUT_OF_RANGE),
        ("'3", ProblemCode.APOSTROPHE),
        ("’Siempre", ProblemCode.APOSTROPHE),
        ("３", ProblemCode.FOREIGN_DIGITS),
        ("٣", ProblemCode.FOREIGN_DIGITS),
        ("³", ProblemCode.FOREIGN_DIGITS),
        ("#¡VALOR!", ProblemCode.CELL_IS_ERROR),
        ("#N/A", ProblemCode.CELL_IS_ERROR),
        ("03", ProblemCode.NOT_AN_ANSWER),
        ("+3", ProblemCode.NOT_AN_ANSWER),
        ("=3", ProblemCode.NOT_AN_ANSWER),
        ("3E0", ProblemCode.NOT_AN_ANSWER),
        ("1" * 5_000, ProblemCode.NOT_AN_ANSWER),
        ("tres", ProblemCode.NOT_AN_ANSWER),
        ("N", ProblemCode.NOT_AN_ANSWER),
        ("5 - Casi siempre", ProblemCode.NOT_AN_ANSWER),
        ("Criminal", ProblemCode.NOT_AN_ANSWER),
    ],
)
def test_anything_else_in_an_item_is_a_problem(
    cell: str, code: ProblemCode, file: ResponsesFile, tmp_path: Path, problems_of: Problems
) -> None:
    (problem,) = problems_of(file.put("voice-1", cell).save(tmp_path))
    assert (problem.code, problem.line, problem.column) == (code, 2, "voice-1")
    assert problem.values["value"] == cell.removesuffix(".0")


@pytest.mark.parametrize(
    ("cell", "answer"),
    [
        ("6", 6),
        ("", None),
        ("ns", DK),
        ("I don't know", DK),
        ("desired", 4),
        ("INCREIBLE", 6),
        ("Básico", 2),
        ("Surprising", 5),
        ("Criminal: promesa rota", 1),
        ("Expected: the usual", 3),
        ("5. Sorprendente", 5),
        ("4 · Deseado: como prefiere", 4),
    ],
)
def test_a_perception_point_takes_steps_by_number_id_and_name(
    cell: str, answer: Answer | None, file: ResponsesFile, tmp_path: Path, questionnaire: Questionnaire
) -> None:
    file.add("ladder:closing", "3").put("ladder:contact", cell)
    read = read_responses(file.save(tmp_path), questionnaire).teams[0].sheets[0]
    assert read.ladder.get("contact") == answer


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("0", ProblemCode.OUT_OF_RANGE),
        ("7", ProblemCode.OUT_OF_RANGE),
        ("4,5", ProblemCode.DECIMAL),
        ("Bueno", ProblemCode.NOT_A_STEP),
        ("Casi siempre", ProblemCode.NOT_A_STEP),
    ],
)
def test_anything_else_in_a_perception_point_is_a_problem(
    cell: str, code: ProblemCode, file: ResponsesFile, tmp_path: Path, problems_of: Problems
) -> None:
    (problem,) = problems_of(file.put("ladder:contact", cell).save(tmp_path))
    assert problem.code is code
    if code is not ProblemCode.NOT_A_STEP:
        assert "from 1 to 6" in check_sentence(problem)


@pytest.mark.parametrize(
    ("cell", "role"),
    [
        ("", Role.STAFF),
        ("Staff", Role.STAFF),
        ("personal", Role.STAFF),
        ("EQUIPO", Role.STAFF),
        ("leader", Role.LEADER),
        ("Líder", Role.LEADER),
        ("lider", Role.LEADER),
        ("Jefatura", Role.LEADER),
        ("Customer", Role.CUSTOMER),
        (" cliente ", Role.CUSTOMER),
        ("consensus", Role.CONSENSUS),
        ("Consenso", Role.CONSENSUS),
    ],
)
def test_roles_have_names_in_both_languages(
    cell: str, role: Role, file: ResponsesFile, tmp_path: Path, questionnaire: Questionnaire
) -> None:
    read = read_responses(file.put("role", cell).save(tmp_path), questionnaire)
    assert read.teams[0].sheets[0].role is role


def test_without_a_role_column_everybody_is_staff(
    file: ResponsesFile, tmp_path: Path, questionnaire: Questionnaire
) -> None:
    read = read_responses(file.drop("role", "respondent", "focus", "comment").save(tmp_path), questionnaire)
    assert read.teams[0].sheets[0].role is Role.STAFF
    assert read.teams[0].sheets[0].respondent is None
    assert not read.teams[0].asked_focus


@pytest.mark.parametrize("cell", ["jefe", "1", "staff, leader"])
def test_another_role_is_a_problem(cell: str, file: ResponsesFile, tmp_path: Path, problems_of: Problems) -> None:
    assert codes(problems_of(file.put("role", cell).save(tmp_path))) == [ProblemCode.ROLE_UNKNOWN]


@pytest.mark.parametrize(
    ("cell", "focus"),
    [
        ("", ()),
        (" ; ", ()),
        ("voice", ("voice",)),
        ("voice;language", ("voice", "language")),
        ("voice | Language | VISION", ("voice", "language", "vision")),
        ("Voz del cliente;Inducción;", ("voice", "orientation")),
        ("voz del cliente, Reconocimiento y recompensas", ("voice", "recognition")),
        ("Role-modelling", ("role-modelling",)),
        ("Service recovery and guarantees", ("recovery",)),
    ],
)
def test_focus_takes_ids_and_names_of_pillars(
    cell: str, focus: tuple[str, ...], file: ResponsesFile, tmp_path: Path, questionnaire: Questionnaire
) -> None:
    team = read_responses(file.put("focus", cell).save(tmp_path), questionnaire).teams[0]
    assert team.sheets[0].focus == focus
    assert team.asked_focus


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("speed", ProblemCode.FOCUS_UNKNOWN),
        ("voice, speed", ProblemCode.FOCUS_UNKNOWN),
        ("voice; language, vision", ProblemCode.FOCUS_UNKNOWN),
        ("voice;Voz del cliente", ProblemCode.FOCUS_REPEATED),
        ("voice;language;vision;recovery", ProblemCode.FOCUS_TOO_MANY),
    ],
)
def test_another_focus_is_a_problem(
    cell: str, code: ProblemCode, file: ResponsesFile, tmp_path: Path, problems_of: Problems
) -> None:
    assert codes(problems_of(file.put("focus", cell).save(tmp_path))) == [code]


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        ("team", "", ProblemCode.TEAM_EMPTY),
        ("team", " \xa0\u200b", ProblemCode.TEAM_EMPTY),
        ("team", "x" * 121, ProblemCode.TEXT_TOO_LONG),
        ("team", "Sopor\x1bte", ProblemCode.CONTROL_CHARACTER),
        ("team", "#N/D", ProblemCode.CELL_IS_ERROR),
        ("respondent", "x" * 81, ProblemCode.TEXT_TOO_LONG),
        ("respondent", "A\x001".replace("\x00", "\x02"), ProblemCode.CONTROL_CHARACTER),
        ("comment", "x" * 4_001, ProblemCode.TEXT_TOO_LONG),
        ("comment", "bien\x07", ProblemCode.CONTROL_CHARACTER),
    ],
)
def test_texts_have_bounds(
    *, column: str, cell: str, code: ProblemCode, file: ResponsesFile, tmp_path: Path, problems_of: Problems
) -> None:
    (problem,) = problems_of(file.put(column, cell).save(tmp_path))
    assert (problem.code, problem.column) == (code, column)


def test_texts_at_their_bounds_are_valid(file: ResponsesFile, tmp_path: Path, questionnaire: Questionnaire) -> None:
    file.put("team", "x" * 120).put("respondent", "y" * 80).put("comment", "z" * 4_000)
    read = read_responses(file.save(tmp_path), questionnaire).teams[0]
    assert (len(read.team), len(read.sheets[0].comment)) == (120, 4_000)


def test_a_long_or_invisible_value_is_shown_short_and_visible(
    file: ResponsesFile, tmp_path: Path, problems_of: Problems
) -> None:
    (problem,) = problems_of(file.put("voice-1", "uno\ndos\u202e" + "x" * 100).save(tmp_path))
    sentence = check_sentence(problem)
    assert "“uno\\ndos\\u202exxx" in sentence
    assert "x…”" in sentence
    assert len(sentence) < 260
