"""What people write into forms of their own: it is read where it is plain, and named first where it could be missed."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable

import openpyxl
import pytest

from assessment.domain.answers import Role, TeamAnswers
from assessment.domain.questionnaire import Questionnaire
from assessment.intake.codes import NoteCode, ProblemCode
from assessment.intake.notes import describe_note
from assessment.intake.problems import InvalidFile, Problem
from assessment.intake.responses import Responses, read_responses
from tests.intake.build import ENGLISH, READERS, check_sentence, codes
from tests.intake.exports import PEOPLE, POINTS, TEAM, Export, Rows, asked, csv_bytes, xlsx_bytes, zipped

STEPS = ("Deseado", "Esperado", "Deseado", "Básico", "Deseado", "Sorprendente")


@pytest.fixture(scope="module")
def questionnaire() -> Questionnaire:
    return asked()


@pytest.fixture(scope="module")
def spanish(questionnaire: Questionnaire) -> Export:
    return Export(questionnaire)


def read(rows: Rows, questionnaire: Questionnaire, *, ignore: bool = True, team: str = "") -> Responses:
    return read_responses(csv_bytes(rows), questionnaire, ignore_unknown=ignore, team=team)


def problems(
    source: Rows | bytes, questionnaire: Questionnaire, *, ignore: bool = True, team: str = ""
) -> tuple[Problem, ...]:
    data = source if isinstance(source, bytes) else csv_bytes(source)
    with pytest.raises(InvalidFile) as caught:
        read_responses(data, questionnaire, ignore_unknown=ignore, team=team)
    for problem in caught.value.problems:
        check_sentence(problem)
    return caught.value.problems


def note_of(responses: Responses, code: NoteCode) -> str:
    (note,) = [note for note in responses.notes if note.code is code]
    assert all("%(" not in describe_note(note, reader) for reader in READERS)
    return describe_note(note, ENGLISH)


def column(rows: Rows, header: str, values: list[str]) -> Rows:
    """The rows with one column more at the end."""
    return [[*row, value] for row, value in zip(rows, [header, *values], strict=True)]


def team_of(responses: Responses) -> TeamAnswers:
    (team,) = responses.teams
    return team


# --- The team --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "header",
    [
        *("¿Cuál es su equipo?", "¿A qué equipo pertenece?", "Inicio/Equipo", "equipo de trabajo", "inicio/team"),
        *("Área o equipo de trabajo", "Nombre de su equipo", "What team are you on?", "Which team are you in?"),
        *("1. ¿En qué equipo trabaja usted?", "Your team's name", "G01Q01. ¿A qué equipo perteneces?"),
    ],
)
@pytest.mark.parametrize("given", ["", "Mi equipo"])
def test_the_usual_questions_for_the_team_keep_teams_apart(
    header: str, given: str, spanish: Export, questionnaire: Questionnaire
) -> None:
    rows = spanish.rows([("Marca temporal", "2026/11/16")], team=header)
    for row in rows[4:]:
        row[1] = "Otro equipo"
    responses = read(rows, questionnaire, team=given)
    assert [(team.team, len(team.sheets)) for team in responses.teams] == [(TEAM, 3), ("Otro equipo", 3)]
    assert note_of(responses, NoteCode.TEAM_COLUMN).startswith("The team is in column B (“")


@pytest.mark.parametrize("header", ["¿El equipo es amable?", "Nombre", "Tamaño del equipo", "Team lead"])
def test_other_questions_with_the_word_are_no_team(header: str, spanish: Export, questionnaire: Questionnaire) -> None:
    responses = read(spanish.rows([(header, "Sí")]), questionnaire)
    assert [team.team for team in responses.teams] == [TEAM]


@pytest.mark.parametrize("header", ["Sede", "Department", "Pregunta 7"])
def test_a_column_that_could_be_the_team_is_named_first_with_what_it_holds(
    header: str, spanish: Export, questionnaire: Questionnaire
) -> None:
    rows = spanish.rows(team=header)
    for row in rows[4:]:
        row[0] = "Caja"
    responses = read(rows, questionnaire, team="Mi equipo")
    assert responses.notes[0].code is NoteCode.TEAM_COLUMN_MAYBE
    assert responses.notes[0].is_warning
    note = note_of(responses, NoteCode.TEAM_COLUMN_MAYBE)
    assert f"A: {header} ({TEAM}, Caja)" in note
    (problem,) = problems(rows, questionnaire)
    assert problem.code is ProblemCode.TEAM_COLUMN_UNCERTAIN
    assert f"A: {header} ({TEAM}, Caja)" in check_sentence(problem)


def test_without_a_column_that_could_be_the_team_none_is_named(spanish: Export, questionnaire: Questionnaire) -> None:
    rows = column([row[1:] for row in spanish.rows()], "Correo", [f"p{n}@ejemplo.org" for n in range(PEOPLE)])
    rows = column(rows, "startlanguage. Idioma inicial", ["es", "en"] * (PEOPLE // 2))
    rows = column(rows, "¿Acepta?", ["Sí", "No"] * (PEOPLE // 2))
    assert codes(problems(rows, questionnaire)) == [ProblemCode.TEAM_COLUMN_MISSING]
    notes = [note.code for note in read(rows, questionnaire, team="Caja").notes]
    assert NoteCode.TEAM_COLUMN_MAYBE not in notes
    assert NoteCode.TEAM_GIVEN in notes


# --- What matters most, with a column for each pillar ----------------------------------------------------------------

CHOSEN = ("language", "role-modelling")


def with_options(rows: Rows, questionnaire: Questionnaire, header: str, chosen: str, other: str) -> Rows:
    """Everybody chooses the first and the last; `header` and the cells may have {id}, {name} and {question}."""
    question = questionnaire_question(questionnaire)
    for pillar in questionnaire.pillars:
        values = {"id": pillar.id, "name": pillar.name.es, "question": question}
        cell = (chosen if pillar.id in CHOSEN else other).format(**values)
        rows = column(rows, header.format(**values), [cell] * (len(rows) - 1))
    return rows


def questionnaire_question(questionnaire: Questionnaire) -> str:
    (section,) = [section for section in questionnaire.sections if section.kind == "focus"]
    question = getattr(section, "question")  # noqa: B009 - only this kind of section has one
    return str(question.es)


@pytest.mark.parametrize(
    ("header", "chosen", "other"),
    [
        ("{question} [{name}]", "{name}", ""),
        ("{question} [{name}]", "Sí", "No"),
        ("{question} - Selected Choice - {name}", "{name}", ""),
        ("{question}/{name}", "1", "0"),
        ("focus[{id}]. {question} [{name}]", "Y", "{{question_not_shown}}"),
        ("focus/{id}", "1", "0"),
        ("final/focus/{id}", "1", "0"),
        ("{name}", "{name}", ""),
        ("{name}", "VERDADERO", "FALSO"),
    ],
)
@pytest.mark.parametrize("make", [csv_bytes, xlsx_bytes])
def test_a_column_for_each_pillar_is_what_matters_most(
    *,
    header: str,
    chosen: str,
    other: str,
    make: Callable[[Rows], bytes],
    spanish: Export,
    questionnaire: Questionnaire,
) -> None:
    data = make(with_options(spanish.rows(), questionnaire, header, chosen, other))
    responses = read_responses(data, questionnaire)
    assert {sheet.focus for sheet in team_of(responses).sheets} == {CHOSEN}
    assert team_of(responses).asked_focus
    assert note_of(responses, NoteCode.FOCUS_BY_OPTIONS).endswith("pillar: “AZ–BK”.")


def test_truth_values_of_a_workbook_say_what_is_chosen(spanish: Export, questionnaire: Questionnaire) -> None:
    rows = with_options(spanish.rows(), questionnaire, "{question} [{name}]", "1", "0")
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for number, row in enumerate(rows):
        sheet.append([*row[:51], *(cell == "1" if number else cell for cell in row[51:])])
    written = io.BytesIO()
    book.save(written)
    responses = read_responses(written.getvalue(), questionnaire)
    assert {sheet.focus for sheet in team_of(responses).sheets} == {CHOSEN}


def test_columns_of_pillars_beside_the_answer_itself_are_left_out(
    spanish: Export, questionnaire: Questionnaire
) -> None:
    rows = column(spanish.rows(), "focus", ["recovery role_modelling"] * PEOPLE)
    responses = read(with_options(rows, questionnaire, "focus/{id}", "1", "0"), questionnaire, ignore=False)
    assert team_of(responses).sheets[0].focus == ("recovery", "role-modelling")
    assert "column AZ" in note_of(responses, NoteCode.FOCUS_OPTIONS_REPEAT)


def test_ranks_say_not_what_is_chosen_and_this_is_said_first(spanish: Export, questionnaire: Questionnaire) -> None:
    rows = with_options(spanish.rows(), questionnaire, "{question} [{name}]", "2", "7")
    responses = read(rows, questionnaire)
    assert not team_of(responses).asked_focus
    assert responses.notes[0].code is NoteCode.FOCUS_OPTIONS_IGNORED
    assert codes(problems(rows, questionnaire, ignore=False)) == [ProblemCode.FOCUS_OPTIONS_UNCLEAR]


def test_a_cell_that_says_neither_is_a_problem_and_so_are_too_many(
    spanish: Export, questionnaire: Questionnaire
) -> None:
    rows = with_options(spanish.rows(), questionnaire, "{question} [{name}]", "1", "0")
    rows[1][-1] = "tal vez"
    rows[2][-12:-6] = ["1"] * 6
    found = problems(rows, questionnaire)
    assert [(problem.code, problem.line) for problem in found] == [
        (ProblemCode.NOT_A_MARK, 2),
        (ProblemCode.FOCUS_TOO_MANY, 3),
    ]


@pytest.mark.parametrize("sign", ["\n", " \r\n", " ", "; ", "|"])
def test_pillars_stand_apart_in_many_ways(sign: str, spanish: Export, questionnaire: Questionnaire) -> None:
    names = [pillar.name.es for pillar in questionnaire.pillars if pillar.id in CHOSEN]
    rows = column(spanish.rows(), "focus", [sign.join(names)] * PEOPLE)
    assert {sheet.focus for sheet in team_of(read(rows, questionnaire)).sheets} == {CHOSEN}


def test_of_several_pillars_the_one_that_is_none_is_quoted_once(spanish: Export, questionnaire: Questionnaire) -> None:
    name = questionnaire.pillars[0].name.es
    rows = column(spanish.rows(), "focus", [f"{name}, El sueldo {number}" for number in range(PEOPLE)])
    (problem,) = problems(rows, questionnaire)
    assert problem.code is ProblemCode.FOCUS_UNKNOWN
    sentence = check_sentence(problem)
    assert "“El sueldo 0”" in sentence
    assert "in 5 more places" in sentence


def test_numbers_of_a_form_ask_for_its_texts_once(spanish: Export, questionnaire: Questionnaire) -> None:
    rows = column(spanish.rows(answers=("4", "6", "4")), "focus", ["10", "7", "3", "2", "2", "1"])
    (problem,) = problems(rows, questionnaire)
    assert problem.code is ProblemCode.FOCUS_IS_NUMBER
    assert "Actual answer text" in check_sentence(problem)


# --- Answers under other headers -------------------------------------------------------------------------------------


def test_one_odd_cell_does_not_lose_a_point(spanish: Export, questionnaire: Questionnaire) -> None:
    rows = column(spanish.rows(), "Cierre", [*STEPS[:5], "Otro: depende"])
    (problem,) = problems(rows, questionnaire)
    assert (problem.code, problem.line, problem.column) == (ProblemCode.NOT_A_STEP, 7, "Cierre")
    rows[-1][-1] = ""
    assert "Cierre" in team_of(read(rows, questionnaire)).points


@pytest.mark.parametrize("values", [["4", "5", "3", "6", "4", "2"], ["4", "5", "3", "4", "4", "siete"]])
def test_numbers_that_could_be_steps_are_named_first_with_the_header_to_write(
    values: list[str], spanish: Export, questionnaire: Questionnaire
) -> None:
    rows = column(spanish.rows(), "Cierre", values)
    responses = read(rows, questionnaire)
    assert responses.notes[0].code is NoteCode.ANSWERS_IGNORED
    assert "“ladder:Cierre”" in note_of(responses, NoteCode.ANSWERS_IGNORED)
    (problem,) = problems(rows, questionnaire, ignore=False)
    assert problem.code is ProblemCode.COLUMNS_HOLD_ANSWERS
    assert "“ladder:Cierre”" in check_sentence(problem)


@pytest.mark.parametrize("values", [["1", "2", "3", "4", "5", "6"], ["33", "41", "29", "50", "5", "4"], ["1"] * 6])
def test_numbers_that_are_no_answers_are_not(values: list[str], spanish: Export, questionnaire: Questionnaire) -> None:
    notes = read(column(spanish.rows(), "Fila", values), questionnaire).notes
    assert NoteCode.ANSWERS_IGNORED not in [note.code for note in notes]


@pytest.mark.parametrize("form", ["{lived}", "{name}: {lived}", "{name} - {lived}", "4. {name}"])
def test_a_step_may_be_written_as_it_is_described(form: str, spanish: Export, questionnaire: Questionnaire) -> None:
    step = questionnaire.ladder.steps[3]
    text = form.format(name=step.name.es, lived=step.lived.es)
    rows = column(spanish.rows(), "Cierre", [text] * PEOPLE)
    assert {sheet.ladder["Cierre"] for sheet in team_of(read(rows, questionnaire)).sheets} == {4}


def test_a_column_of_roles_is_the_role(spanish: Export, questionnaire: Questionnaire) -> None:
    roles = ["Líder", "Personal", "Personal", "Soy parte del equipo", "Cliente", "Personal"]
    responses = read(column(spanish.rows(), "¿Usted es…?", roles), questionnaire)
    assert [sheet.role for sheet in team_of(responses).sheets].count(Role.STAFF) == 4
    assert "was read as role" in note_of(responses, NoteCode.COLUMN_BY_ANSWERS)
    assert responses.notes[0].is_warning


def test_a_column_of_pillars_is_what_matters_most(spanish: Export, questionnaire: Questionnaire) -> None:
    names = ", ".join(pillar.name.es for pillar in questionnaire.pillars if pillar.id in CHOSEN)
    responses = read(column(spanish.rows(), "Lo más importante", [names] * PEOPLE), questionnaire)
    assert {sheet.focus for sheet in team_of(responses).sheets} == {CHOSEN}
    assert "was read as focus" in note_of(responses, NoteCode.COLUMN_BY_ANSWERS)


def test_a_comment_under_other_words_is_named_first(spanish: Export, questionnaire: Questionnaire) -> None:
    responses = read(column(spanish.rows(), "Sus comentarios finales", ["Todo bien"] * PEOPLE), questionnaire)
    assert responses.notes[0].code is NoteCode.COLUMN_MAYBE
    assert "“comment”" in note_of(responses, NoteCode.COLUMN_MAYBE)
    (spanish_reader,) = READERS[1:]
    assert "«comentario»" in describe_note(responses.notes[0], spanish_reader)


@pytest.mark.parametrize("form", ["{question} ({part})", "{question}.{part}", "{question} {part}"])
def test_a_question_may_stand_before_its_part_in_other_ways(
    form: str, spanish: Export, questionnaire: Questionnaire
) -> None:
    rows = spanish.rows(
        item=lambda id_, text: form.format(question=spanish.question, part=text),
        point=lambda name: form.format(question=spanish.ladder_question, part=name),
    )
    team = team_of(read(rows, questionnaire, ignore=False))
    assert (team.points, len(team.sheets[0].items)) == (POINTS, 48)


def test_scores_of_a_quiz_are_no_answers(spanish: Export, questionnaire: Questionnaire) -> None:
    rows = spanish.rows(point=lambda name: f"{spanish.ladder_question} [{name}]")
    for header in list(rows[0][1:]):
        rows = column(rows, f"{header} [Puntuación]", ["-- / 0"] * PEOPLE)
    assert team_of(read(rows, questionnaire)).points == POINTS
    between = [[cell for pair in zip(row[:51], ["", *row[51:]], strict=True) for cell in pair] for row in rows]
    between[0][1] = "Puntuación"
    note = note_of(read(between, questionnaire), NoteCode.COLUMNS_BY_TEXT)
    assert "C, E … CS = language-1 … role-modelling-4" in note


def test_a_question_asked_twice_counts_once_where_one_column_is_empty(
    spanish: Export, questionnaire: Questionnaire
) -> None:
    full = spanish.rows()
    header, own = full[0][6], [row[6] for row in full[1:]]
    responses = read(column(full, header, [""] * PEOPLE), questionnaire, ignore=False)
    assert "AZ is empty" in note_of(responses, NoteCode.EMPTY_COLUMN_LEFT_OUT)
    for row in full[1:]:
        row[6] = ""
    assert read(column(full, header, own), questionnaire, ignore=False).teams == responses.teams
    for row, value in zip(full[1:4], own, strict=False):
        row[6] = value
    (problem,) = problems(column(full, header, ["", "", "", *own[3:]]), questionnaire)
    assert problem.code is ProblemCode.COLUMNS_TO_JOIN
    (problem,) = problems(column(full, header, own), questionnaire)
    assert problem.code is ProblemCode.COLUMN_TWICE


# --- Rows ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["4", "3,75"])
@pytest.mark.parametrize(
    "labels", [["9", "Total"], ["", "Promedio general"], ["Mediana", ""], ["AVERAGE", "Todos"], ["Total", TEAM]]
)
def test_a_total_is_not_a_person(value: str, labels: list[str], spanish: Export, questionnaire: Questionnaire) -> None:
    rows = spanish.rows([("Nº", "{n}")])
    if labels[0].isdigit():
        rows, labels = [row[1:] for row in rows], labels[1:]
    (problem,) = problems([*rows, [*labels, *[value] * 48, "", ""]], questionnaire)
    assert (problem.code, problem.line) == (ProblemCode.ROW_IS_TOTAL, PEOPLE + 2)


def test_averages_without_a_word_are_known_by_their_decimals(spanish: Export, questionnaire: Questionnaire) -> None:
    (problem,) = problems([*spanish.rows(), ["", *["3,75"] * 48, "", ""]], questionnaire)
    assert (problem.code, problem.line) == (ProblemCode.ROW_IS_TOTAL, PEOPLE + 2)


@pytest.mark.parametrize("team", ["Total", "Media", "Moda"])
def test_a_team_of_that_name_is_a_team(team: str, spanish: Export, questionnaire: Questionnaire) -> None:
    rows = [[team if cell == TEAM else cell for cell in row] for row in spanish.rows()]
    both = [*spanish.rows(), *rows[1:]]
    assert [found.team for found in read(both, questionnaire).teams] == [TEAM, team]


def test_rows_in_which_qualtrics_names_its_columns_are_left_out(spanish: Export, questionnaire: Questionnaire) -> None:
    texts, *people = spanish.rows()
    codes_above = ["Q1", *(f"Q2_{n}" for n in range(1, len(texts)))]
    names = [json.dumps({"ImportId": f"QID{n}"}) for n in range(len(texts))]
    for header in (codes_above, ["team", *(id_ for id_, _ in spanish.items), *texts[49:]]):
        responses = read([header, texts, names, *people], questionnaire)
        assert len(team_of(responses).sheets) == PEOPLE
        assert "3" in note_of(responses, NoteCode.FORM_ROWS_LEFT_OUT)


def test_codes_of_limesurvey_below_the_texts_are_refused_once(spanish: Export, questionnaire: Questionnaire) -> None:
    texts, *people = spanish.rows(answers=("AO04", "-oth-", "AO04"))
    below = ["team", *(f"{id_.replace('-', '')}_SQ001" for id_, _ in spanish.items), "ladder_SQ001", "ladder_SQ002"]
    (problem,) = problems([texts, below, *people], questionnaire)
    assert problem.code is ProblemCode.SURVEY_CODES


def test_values_that_a_spreadsheet_changed_are_called_so_in_text_as_well(
    spanish: Export, questionnaire: Questionnaire
) -> None:
    rows = spanish.rows()
    rows[1][3], rows[2][3], rows[3][3] = "03-abr", "VERDADERO", "2026-04-03 00:00:00"
    assert codes(problems(rows, questionnaire)) == [
        ProblemCode.CELL_IS_DATE,
        ProblemCode.CELL_IS_TRUTH_VALUE,
        ProblemCode.CELL_IS_DATE,
    ]


@pytest.mark.parametrize(
    ("header", "values", "code"),
    [
        ("código", ["A1"] * PEOPLE, ProblemCode.RESPONDENT_TWICE),
        ("comentario", [f"a\x1b[31m{n}" for n in range(PEOPLE)], ProblemCode.CONTROL_CHARACTER),
        ("comentario", [f"{n}" * 4001 for n in range(PEOPLE)], ProblemCode.TEXT_TOO_LONG),
        (
            "focus",
            [
                "; ".join(["voice", "vision", "measures", "language", *[x][: n % 2]])
                for n, x in enumerate(["recovery"] * PEOPLE)
            ],
            ProblemCode.FOCUS_TOO_MANY,
        ),
    ],
)
def test_what_is_wrong_alike_is_said_once(
    header: str, values: list[str], code: ProblemCode, spanish: Export, questionnaire: Questionnaire
) -> None:
    rows = column([*spanish.rows(), *spanish.rows()[1:]], header, [*values, *values])
    (problem,) = problems(rows, questionnaire)
    assert problem.code is code
    assert "more places" in check_sentence(problem)


# --- Workbooks and other files ---------------------------------------------------------------------------------------


def test_other_sheets_with_answers_are_named_first(spanish: Export, questionnaire: Questionnaire) -> None:
    rows = spanish.rows()
    data = xlsx_bytes(rows, "Ventas", more=[("Soporte", rows), ("Ayuda", [["Lea", "esto"]]), ("Vacía", rows[:1])])
    responses = read_responses(data, questionnaire)
    assert responses.notes[0].code is NoteCode.SHEETS_WITH_ANSWERS
    note = note_of(responses, NoteCode.SHEETS_WITH_ANSWERS)
    assert "“Ventas”" in note
    assert "not read: “Soporte”." in note


@pytest.mark.parametrize("merges", [True, False])
def test_a_question_above_ends_with_its_cell_or_at_a_header_of_its_own(
    merges: bool,
    spanish: Export,
    questionnaire: Questionnaire,
) -> None:
    texts, *people = spanish.rows()
    above = ["Equipo", *[""] * 48, spanish.ladder_question, "", "", ""]
    rows = [above, ["", *texts[1:], "Comentario", "Edad"], *([*row, "Bien", "33"] for row in people)]
    if not merges:
        rows = [row[:-1] for row in rows]
    book = openpyxl.load_workbook(io.BytesIO(xlsx_bytes(rows)))
    if merges:
        book.active.merge_cells("AX1:AY1")
    written = io.BytesIO()
    book.save(written)
    team = team_of(read_responses(written.getvalue(), questionnaire, ignore_unknown=True))
    assert (team.points, team.sheets[0].comment) == (POINTS, "Bien")


@pytest.mark.parametrize(("separator", "said"), [("|", "“|”"), (":", "“:”"), (" ", "spaces")])
def test_another_separator_is_named(separator: str, said: str, spanish: Export, questionnaire: Questionnaire) -> None:
    rows = spanish.rows(item=lambda id_, text: id_)
    quoted = "\r\n".join(separator.join(f'"{cell}"' for cell in row) for row in rows)
    (problem,) = problems(quoted.encode(), questionnaire)
    assert problem.code is ProblemCode.SEPARATOR_UNKNOWN
    assert said in check_sentence(problem)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", ProblemCode.FILE_IS_PICTURE),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", ProblemCode.FILE_IS_PICTURE),
        (b"\0\0\0\x18ftypheic\0\0\0\0", ProblemCode.FILE_IS_PICTURE),
        (b'[{"equipo": "A", "language-1": 4}]', ProblemCode.FILE_IS_JSON),
        (b'{"a": [1, 2]}', ProblemCode.FILE_IS_JSON),
        (b'{"url": "https://docs.google.com/open?id=abc", "doc_id": "abc"}', ProblemCode.FILE_IS_LINK),
        (b"{\\rtf1\\ansi hola}", ProblemCode.FILE_IS_RICH_TEXT),
    ],
)
def test_a_file_of_another_kind_is_called_by_its_name(
    data: bytes, code: ProblemCode, questionnaire: Questionnaire
) -> None:
    (problem,) = problems(data, questionnaire)
    assert problem.code is code


def test_a_small_workbook_may_not_unpack_to_much(spanish: Export, questionnaire: Questionnaire) -> None:
    many = b"<row>" + b"<c><v>1</v></c>" * 1000 + b"</row>"
    with zipfile.ZipFile(io.BytesIO(xlsx_bytes(spanish.rows()))) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    sheet = files["xl/worksheets/sheet1.xml"]
    for rows, code in (
        (320, ProblemCode.WORKBOOK_TOO_MANY_CELLS),
        (3000, ProblemCode.WORKBOOK_TOO_LARGE),
    ):
        files["xl/worksheets/sheet1.xml"] = sheet.replace(b"</sheetData>", many * rows + b"</sheetData>")
        (problem,) = problems(zipped(files), questionnaire)
        assert problem.code is code
