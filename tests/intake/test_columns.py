"""Headers: ids, names and texts as form programs export them; matches are noted, everything else is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from assessment.domain.questionnaire import Questionnaire
from assessment.intake.codes import NoteCode, ProblemCode
from assessment.intake.notes import describe_note
from assessment.intake.responses import Responses, read_responses
from tests.intake.build import ENGLISH, READERS, ResponsesFile, check_sentence, codes
from tests.intake.conftest import Problems

SPANISH_TEXT = "Cuando algo falla, se corrige recuperación y garantías del servicio."
ENGLISH_TEXT = "When something fails, people mend service recovery and guarantees."


def sentences_of(responses: Responses) -> list[str]:
    return [describe_note(note, ENGLISH) for note in responses.notes]


@pytest.mark.parametrize(
    "header",
    [
        "recovery-4",
        " RECOVERY-4\xa0",
        "recovery_4",
        "pilares/recovery_4",
        "recovery[SQ004]",
        "recovery[4]",
        f"Pilares/{SPANISH_TEXT}",
        f"¿Con qué frecuencia? - {SPANISH_TEXT}",
        f"{SPANISH_TEXT} / {ENGLISH_TEXT}",
        f"{SPANISH_TEXT} | {ENGLISH_TEXT}",
        f"{SPANISH_TEXT}\n{ENGLISH_TEXT}",
        SPANISH_TEXT,
        ENGLISH_TEXT,
        "CUANDO ALGO FALLA, SE CORRIGE RECUPERACION Y GARANTIAS DEL SERVICIO",
        "«Cuando algo falla,\xa0se corrige recuperación y garantías del servicio»",
        f"12. {SPANISH_TEXT}",
        f"Q40 - {ENGLISH_TEXT}",
        f"P12) {SPANISH_TEXT}",
        f"Pregunta 3: {SPANISH_TEXT}",
        f"3.4 {ENGLISH_TEXT}",
        f"¿Con qué frecuencia? [{SPANISH_TEXT}]",
        f"¿Con qué frecuencia (elija [una])? [4. {SPANISH_TEXT}]",
        f"[{ENGLISH_TEXT}]",
        f"G02Q10[SQ004]. ¿Con qué frecuencia? [{SPANISH_TEXT}]",
        f"G02Q10. {ENGLISH_TEXT}",
        f"recovery-4. {ENGLISH_TEXT}",
        "¿Con qué frecuencia? [recovery-4]",
        " Cuando  algo falla,\nse corrige recuperación y garantías del servicio. ",
    ],
)
def test_an_item_is_recognised_by_its_id_or_text(
    header: str, file: ResponsesFile, tmp_path: Path, questionnaire: Questionnaire
) -> None:
    file.put("recovery-4", "2").rename("recovery-4", header)
    responses = read_responses(file.save(tmp_path), questionnaire)
    assert responses.teams[0].sheets[0].items["recovery-4"] == 2


def test_a_match_by_text_is_noted(file: ResponsesFile, tmp_path: Path, questionnaire: Questionnaire) -> None:
    file.rename("recovery-4", SPANISH_TEXT).rename("team", "Equipo").rename("comment", "Anything else you want to say?")
    notes = sentences_of(read_responses(file.save(tmp_path), questionnaire))
    assert (
        "Column AQ (“Cuando algo falla, se corrige recuperac…”) was read as recovery-4, by its text in Spanish."
        in notes
    )
    assert "The team is in column A (“Equipo”)." in notes
    assert "Column BB (“Anything else you want to say?”) was read as comment, by its text in English." in notes
    assert "Columns recognised by their code: 51." in notes


def test_statements_in_another_order_are_each_noted_where_they_are(
    file: ResponsesFile, tmp_path: Path, questionnaire: Questionnaire
) -> None:
    for item in questionnaire.items:
        file.rename(item.id, item.text.en)
    for row in file.all_rows:
        row[3], row[4], row[9] = row[9], row[4], row[3]
    note = next(note for note in read_responses(file.save(tmp_path), questionnaire).notes if "pairs" in note.values)
    assert "D = vision-3, E–I = language-2 … vision-2, J = language-1, K–AY = vision-4 …" in describe_note(
        note, ENGLISH
    )


def test_many_matches_by_text_are_noted_in_one_line(
    file: ResponsesFile, tmp_path: Path, questionnaire: Questionnaire
) -> None:
    for item in questionnaire.items:
        file.rename(item.id, item.text.en)
    responses = read_responses(file.save(tmp_path), questionnaire)
    notes = [note for note in responses.notes if note.code is NoteCode.COLUMNS_BY_TEXT]
    assert len(notes) == 1
    assert ": D–AY = language-1 … role-modelling-4." in describe_note(notes[0], ENGLISH)
    assert all(describe_note(note, reader) for reader in READERS for note in responses.notes)


@pytest.mark.parametrize(
    ("column", "header"),
    [
        ("team", "Equipo"),
        ("team", "TEAM"),
        ("role", "Rol"),
        ("respondent", "código"),
        ("respondent", "CODIGO"),
        ("respondent", "Persona"),
        ("focus", "Prioridades"),
        ("focus", "¿Qué pilares importan más ahora?"),
        ("focus", "5. Which pillars matter most now?"),
        ("comment", "Comentario"),
        ("comment", "¿Algo más que quiera decir?"),
    ],
)
def test_other_columns_have_names_in_both_languages(
    column: str, header: str, file: ResponsesFile, tmp_path: Path, questionnaire: Questionnaire
) -> None:
    file.put("focus", "voice").put("comment", "Bien").rename(column, header)
    team = read_responses(file.save(tmp_path), questionnaire).teams[0]
    read = team.sheets[0]
    assert (team.team, read.respondent, read.focus, read.comment) == ("Soporte", "A1", ("voice",), "Bien")


@pytest.mark.parametrize(
    "header", ["ladder: Primer contacto", "LADDER:Primer  contacto ", "Escalera : Primer contacto"]
)
def test_a_perception_point_is_what_follows_the_colon(
    header: str, file: ResponsesFile, tmp_path: Path, questionnaire: Questionnaire
) -> None:
    file.rename("ladder:contact", header)
    team = read_responses(file.save(tmp_path), questionnaire).teams[0]
    assert team.points == ("Primer contacto",)
    assert team.sheets[0].ladder == {"Primer contacto": 4}


def test_a_grid_of_the_ladder_question_gives_its_points(
    file: ResponsesFile, tmp_path: Path, questionnaire: Questionnaire
) -> None:
    file.rename("ladder:contact", "3. ¿Cómo cree que vive el cliente este momento? [Contacto]")
    file.add("G1Q2. How does the customer live this moment? [Cierre]", "2")
    responses = read_responses(file.save(tmp_path), questionnaire)
    assert responses.teams[0].points == ("Contacto", "Cierre")
    assert "Perception points, in the order of the file: “Contacto”, “Cierre”." in sentences_of(responses)


def test_the_names_of_other_columns_do_not_count_inside_a_grid(
    file: ResponsesFile, tmp_path: Path, problems_of: Problems
) -> None:
    assert codes(problems_of(file.add("¿Quién ayudó? [Equipo]", "sí").save(tmp_path))) == [ProblemCode.COLUMN_UNKNOWN]


def test_columns_come_in_any_order(file: ResponsesFile, tmp_path: Path, questionnaire: Questionnaire) -> None:
    file.put("language-1", "1").put("role-modelling-4", "5")
    file.header.reverse()
    for row in file.rows:
        row.reverse()
    read = read_responses(file.save(tmp_path), questionnaire).teams[0].sheets[0]
    assert (read.items["language-1"], read.items["role-modelling-4"]) == (1, 5)
    assert next(iter(read.items)) == "language-1"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("recovery-4", ENGLISH_TEXT),
        ("team", "Equipo"),
        ("ladder:contact", "Escalera: CONTACT"),
        ("comment", "comentarios"),
    ],
)
def test_two_columns_for_one_thing_are_a_problem_that_names_both(
    first: str, second: str, file: ResponsesFile, tmp_path: Path, problems_of: Problems
) -> None:
    (problem,) = problems_of(file.add(second, "4").save(tmp_path))
    assert problem.code is ProblemCode.COLUMN_TWICE
    assert (problem.column, problem.values["other"]) == (second, first)
    assert problem.line == 1


def test_points_that_differ_only_in_signs_are_two_points(
    file: ResponsesFile, tmp_path: Path, questionnaire: Questionnaire
) -> None:
    file.add("ladder:C#", "3").add("ladder:C++", "4")
    assert read_responses(file.save(tmp_path), questionnaire).teams[0].points == ("contact", "C#", "C++")


def test_a_header_that_could_mean_two_columns_is_a_problem(
    file: ResponsesFile, tmp_path: Path, problems_of: Problems
) -> None:
    file.drop("recovery-4").rename("language-1", f"language-1. {ENGLISH_TEXT}")
    problems = problems_of(file.save(tmp_path))
    assert codes(problems) == [ProblemCode.COLUMN_AMBIGUOUS]
    assert "(language-1, recovery-4)" in check_sentence(problems[0])


def test_unknown_columns_are_one_problem_that_names_them(
    file: ResponsesFile, tmp_path: Path, problems_of: Problems
) -> None:
    (alone,) = problems_of(file.add("Marca temporal", "hoy").save(tmp_path))
    assert (alone.code, alone.column) == (ProblemCode.COLUMN_UNKNOWN, "Marca temporal")
    (together,) = problems_of(file.add("Edad", "33").save(tmp_path))
    assert together.code is ProblemCode.COLUMNS_UNKNOWN
    assert "“BC: Marca temporal”, “BD: Edad”" in check_sentence(together)


@pytest.mark.parametrize(
    ("column", "header", "suggestion"),
    [
        ("team", "tema", "team"),
        ("team", "sección", None),
        ("team", "teams", "team"),
        ("language-1", "lenguage-1", "language-1"),
        ("language-1", "languaje_1", "language-1"),
        ("recovery-4", "Cuando algo falla se corrige la recuperación y las garantías", "recovery-4"),
        ("comment", "coment", "comment"),
    ],
)
def test_the_nearest_column_is_suggested(
    *, column: str, header: str, suggestion: str | None, file: ResponsesFile, tmp_path: Path, problems_of: Problems
) -> None:
    problems = problems_of(file.rename(column, header).save(tmp_path))
    problem = next(problem for problem in problems if problem.column == header)
    assert problem.values.get("suggestion") == suggestion
    expected = ProblemCode.COLUMN_UNKNOWN if suggestion is None else ProblemCode.COLUMN_UNKNOWN_SIMILAR
    assert problem.code is expected
    assert ("did you mean" in check_sentence(problem)) is (suggestion is not None)


def test_unknown_columns_may_be_ignored_with_a_note(
    file: ResponsesFile, tmp_path: Path, questionnaire: Questionnaire
) -> None:
    path = file.add("Marca temporal", "hoy").add("tema", "x").save(tmp_path)
    notes = sentences_of(read_responses(path, questionnaire, ignore_unknown=True))
    assert "Unknown columns that were ignored: “Marca temporal”, “tema”." in notes


def test_a_column_with_values_needs_a_header(file: ResponsesFile, tmp_path: Path, problems_of: Problems) -> None:
    problems = problems_of(file.add(" ", "x").save(tmp_path))
    assert codes(problems) == [ProblemCode.HEADER_EMPTY]
    assert check_sentence(problems[0]).startswith("Line 1, column BC: ")


def test_an_empty_column_needs_none(file: ResponsesFile, tmp_path: Path, questionnaire: Questionnaire) -> None:
    file.header.insert(4, "")
    file.rows[0].insert(4, " ")
    assert len(read_responses(file.save(tmp_path), questionnaire).teams[0].sheets[0].items) == 48


def test_each_missing_item_is_a_problem(file: ResponsesFile, tmp_path: Path, problems_of: Problems) -> None:
    problems = problems_of(file.drop("vision-2", "voice-1").save(tmp_path))
    assert [(problem.code, problem.values["item"]) for problem in problems] == [
        (ProblemCode.ITEM_COLUMN_MISSING, "vision-2"),
        (ProblemCode.ITEM_COLUMN_MISSING, "voice-1"),
    ]
    assert "“Every month somebody reviews engaging s…”" in check_sentence(problems[0])


def test_no_item_column_at_all_is_one_problem(
    file: ResponsesFile, items: list[str], tmp_path: Path, problems_of: Problems
) -> None:
    assert codes(problems_of(file.drop(*items).save(tmp_path))) == [ProblemCode.NO_ITEM_COLUMN]


def test_a_missing_team_column_is_a_problem_and_cells_are_still_checked(
    file: ResponsesFile, tmp_path: Path, problems_of: Problems
) -> None:
    problems = problems_of(file.put("voice-1", "0").drop("team").save(tmp_path))
    assert codes(problems) == [ProblemCode.TEAM_COLUMN_MISSING, ProblemCode.OUT_OF_RANGE]


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("ladder:", ProblemCode.POINT_EMPTY),
        ("Escalera: \xa0", ProblemCode.POINT_EMPTY),
        ("ladder:" + "x" * 81, ProblemCode.TEXT_TOO_LONG),
        ("ladder:con\x07tacto", ProblemCode.CONTROL_CHARACTER),
    ],
)
def test_a_perception_point_needs_a_valid_name(
    header: str, code: ProblemCode, file: ResponsesFile, tmp_path: Path, problems_of: Problems
) -> None:
    assert codes(problems_of(file.rename("ladder:contact", header).save(tmp_path))) == [code]
