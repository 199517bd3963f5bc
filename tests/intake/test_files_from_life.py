"""Files as programs and people make them: each is read as it was meant, or refused for its true cause, once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from assessment.domain.answers import DK
from assessment.domain.questionnaire import Questionnaire
from assessment.intake.codes import NoteCode, ProblemCode
from assessment.intake.notes import describe_note
from assessment.intake.problems import InvalidFile, Problem
from assessment.intake.responses import Responses, read_responses
from tests.intake.build import ENGLISH, READERS, check_sentence, codes
from tests.intake.exports import FILES, PEOPLE, POINTS, TEAM, Export, asked, csv_bytes, xlsx_bytes, zipped

GRID = ("Primer contacto", "Diagnóstico", "Cierre")


@pytest.fixture(scope="module")
def questionnaire() -> Questionnaire:
    return asked()


@pytest.fixture(scope="module")
def spanish(questionnaire: Questionnaire) -> Export:
    return Export(questionnaire)


@pytest.fixture(scope="module")
def english(questionnaire: Questionnaire) -> Export:
    return Export(questionnaire, language="en")


def read(name: str, questionnaire: Questionnaire, *, ignore: bool = False, team: str = "") -> Responses:
    return read_responses(FILES / name, questionnaire, ignore_unknown=ignore, team=team)


def problems(source: Path | bytes, questionnaire: Questionnaire, *, ignore: bool = False) -> tuple[Problem, ...]:
    with pytest.raises(InvalidFile) as caught:
        read_responses(source, questionnaire, ignore_unknown=ignore)
    for problem in caught.value.problems:
        check_sentence(problem)
    assert len(caught.value.problems) == caught.value.count
    return caught.value.problems


def note_of(responses: Responses, code: NoteCode) -> str:
    """The sentence of the one note with this code, complete in both languages."""
    (note,) = [note for note in responses.notes if note.code is code]
    assert all("%(" not in describe_note(note, reader) for reader in READERS)
    return describe_note(note, ENGLISH)


# --- Letters ---------------------------------------------------------------------------------------------------------


def test_a_file_of_excel_for_mac_keeps_its_letters(questionnaire: Questionnaire) -> None:
    responses = read("enc_mac_roman.csv", questionnaire)
    assert [team.team for team in responses.teams] == [TEAM]
    assert "Mac Roman" in note_of(responses, NoteCode.READ_WITH_SEPARATOR)


@pytest.mark.parametrize("encoding", ["mac_roman", "cp850", "cp1252", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("team", ["Atención al público", "Diseño", "Número 1, página", "¿Qué? «Más»"])
def test_accents_survive_every_way_in_which_excel_saves_text(
    encoding: str, team: str, spanish: Export, questionnaire: Questionnaire
) -> None:
    rows = [[team if cell == TEAM else cell for cell in row] for row in spanish.rows()]
    data = csv_bytes(rows, ";", encoding, newline="\r" if encoding == "mac_roman" else "\r\n")
    assert [found.team for found in read_responses(data, questionnaire).teams] == [team]


@pytest.mark.parametrize("team", ["service—always", "lunes–viernes", "Cœur", "São Paulo", "don’t", "5 €"])
def test_windows_letters_are_not_taken_for_older_ones(team: str, english: Export, questionnaire: Questionnaire) -> None:
    rows = [[team if cell == TEAM else cell for cell in row] for row in english.rows()]
    data = csv_bytes(rows, ";", "cp1252")
    assert [found.team for found in read_responses(data, questionnaire).teams] == [team]


@pytest.mark.parametrize("name", ["enc_double_utf8.csv", "enc_replacement_char.csv"])
def test_a_damaged_file_is_refused_once_with_the_remedy(name: str, questionnaire: Questionnaire) -> None:
    (problem,) = problems(FILES / name, questionnaire)
    assert (problem.code, problem.line) == (ProblemCode.LETTERS_DAMAGED, 2)
    assert "From Text/CSV" in check_sentence(problem)


@pytest.mark.parametrize("team", ["AtenciÃ³n", "Atenci\ufffdn", "Atenci√≥n", "â€œCajaâ€\x9d", "Â¿Caja?"])
def test_damage_is_seen_in_a_workbook_as_in_a_text(team: str, spanish: Export, questionnaire: Questionnaire) -> None:
    rows = [[team if cell == TEAM else cell for cell in row] for row in spanish.rows()]
    for data in (csv_bytes(rows), xlsx_bytes(rows)):
        assert codes(problems(data, questionnaire)) == [ProblemCode.LETTERS_DAMAGED]


def test_a_question_mark_within_a_header_is_a_lost_letter(spanish: Export, questionnaire: Questionnaire) -> None:
    data = csv_bytes(spanish.rows()).decode().encode("ascii", errors="replace")
    assert codes(problems(data, questionnaire)) == [ProblemCode.LETTERS_DAMAGED]


def test_signs_that_nobody_sees_make_no_second_team(questionnaire: Questionnaire) -> None:
    responses = read("team_lre.csv", questionnaire)
    assert [(team.team, len(team.sheets)) for team in responses.teams] == [("Ventas", 8)]
    assert note_of(responses, NoteCode.SIGNS_REMOVED).endswith(": 4.")


# --- Rows and sheets -------------------------------------------------------------------------------------------------


def test_separators_that_excel_leaves_out_are_empty_cells(questionnaire: Questionnaire) -> None:
    responses = read("excel_block16_missing_separators.csv", questionnaire)
    assert len(responses.teams[0].sheets) == 40
    assert all(len(sheet.items) == 48 for sheet in responses.teams[0].sheets)
    assert note_of(responses, NoteCode.ROWS_COMPLETED).endswith(": 25.")


@pytest.mark.parametrize("name", ["hidden_first_sheet.xlsx", "instructions_first.xlsx"])
def test_the_first_visible_sheet_with_answers_is_read_and_named(name: str, questionnaire: Questionnaire) -> None:
    responses = read(name, questionnaire)
    assert len(responses.teams[0].sheets) == 8
    note = note_of(responses, NoteCode.READ_SHEET)
    assert "“Respuestas”" in note
    assert "Hoja_oculta" in note or "Instrucciones" in note


def test_problems_in_a_workbook_of_several_sheets_come_with_the_sheet(
    spanish: Export, questionnaire: Questionnaire
) -> None:
    rows = spanish.rows()
    rows[2][5] = "9"
    data = xlsx_bytes([["Lea esto", ""], ["primero", ""]], "Ayuda", more=[("Datos", rows)])
    with pytest.raises(InvalidFile) as caught:
        read_responses(data, questionnaire)
    assert codes(caught.value.problems) == [ProblemCode.OUT_OF_RANGE]
    assert [describe_note(note, ENGLISH) for note in caught.value.notes] == [
        "The sheet “Datos” was read; the others were not: “Ayuda”."
    ]


def test_rows_that_a_filter_hides_are_counted_and_this_is_said_first(questionnaire: Questionnaire) -> None:
    responses = read("filtered_rows.xlsx", questionnaire)
    assert len(responses.teams[0].sheets) == 8
    assert note_of(responses, NoteCode.HIDDEN_ROWS).endswith(": 3.")
    assert responses.notes[0].code is NoteCode.HIDDEN_ROWS


def test_a_strict_workbook_is_read(questionnaire: Questionnaire) -> None:
    assert len(read("strict_ooxml.xlsx", questionnaire).teams[0].sheets) == 8


@pytest.mark.parametrize("make", [csv_bytes, xlsx_bytes])
def test_a_title_above_the_header_is_left_out_and_this_is_said(
    make: Callable[..., bytes], spanish: Export, questionnaire: Questionnaire
) -> None:
    rows = spanish.rows()
    width = len(rows[0])
    titled = [["Encuesta de servicio", *[""] * (width - 1)], ["2026", *[""] * (width - 1)], *rows]
    responses = read_responses(make(titled), questionnaire)
    assert len(responses.teams[0].sheets) == PEOPLE
    assert "line 3" in note_of(responses, NoteCode.HEADER_BELOW)
    titled[4][3] = "9"
    (problem,) = problems(make(titled), questionnaire)
    assert problem.line == 5


# --- Archives --------------------------------------------------------------------------------------------------------


def test_the_one_table_in_an_archive_is_read(questionnaire: Questionnaire) -> None:
    responses = read("google_es.csv.zip", questionnaire, ignore=True)
    assert (len(responses.teams[0].sheets), responses.teams[0].points) == (8, GRID)
    assert "Cultura de servicio.csv" in note_of(responses, NoteCode.READ_IN_ARCHIVE)


def test_an_archive_of_a_mac_and_one_with_a_workbook_are_read(spanish: Export, questionnaire: Questionnaire) -> None:
    rows = spanish.rows()
    for files in (
        {"CSV/Encuesta.csv": csv_bytes(rows), "__MACOSX/CSV/._Encuesta.csv": b"\0\5\26\7", ".DS_Store": b"\0"},
        {"Excel/Encuesta.xlsx": xlsx_bytes(rows)},
    ):
        assert len(read_responses(zipped(files), questionnaire).teams[0].sheets) == PEOPLE


def test_of_several_tables_in_an_archive_none_is_guessed(spanish: Export, questionnaire: Questionnaire) -> None:
    data = csv_bytes(spanish.rows())
    (problem,) = problems(zipped({"a.csv": data, "b.csv": data, "leame.pdf": b"%PDF-"}), questionnaire)
    assert problem.code is ProblemCode.ARCHIVE_WITH_TABLES
    assert "a.csv, b.csv" in check_sentence(problem)


# --- Headers ---------------------------------------------------------------------------------------------------------


def test_a_file_of_one_team_needs_no_column_for_it(questionnaire: Questionnaire) -> None:
    responses = read("google_es_sin_equipo.csv", questionnaire, ignore=True, team=" Mi  equipo ")
    assert [(team.team, len(team.sheets)) for team in responses.teams] == [("Mi equipo", 8)]
    assert NoteCode.TEAM_GIVEN in [note.code for note in responses.notes]
    assert ProblemCode.TEAM_COLUMN_MISSING in codes(problems(FILES / "google_es_sin_equipo.csv", questionnaire))


def test_a_column_for_the_team_counts_more_than_a_given_name(questionnaire: Questionnaire) -> None:
    responses = read("labels_nose.csv", questionnaire, team="Otro")
    assert [team.team for team in responses.teams] == [TEAM]
    assert "“Otro”" in note_of(responses, NoteCode.TEAM_NAME_NOT_USED)


@pytest.mark.parametrize("name", ["msforms_es.xlsx", "google_untitled_grid.csv"])
@pytest.mark.parametrize("ignore", [True, False])
def test_columns_full_of_steps_are_points_by_their_own_names(
    name: str, ignore: bool, questionnaire: Questionnaire
) -> None:
    if not ignore:
        (problem,) = problems(FILES / name, questionnaire)
        assert problem.code in {ProblemCode.COLUMN_UNKNOWN, ProblemCode.COLUMNS_UNKNOWN}
        assert "Cierre" not in check_sentence(problem)
        return
    responses = read(name, questionnaire, ignore=True)
    assert responses.teams[0].points == GRID
    assert responses.notes[0].code is NoteCode.POINTS_BY_ANSWERS
    assert "Cierre" in note_of(responses, NoteCode.POINTS_BY_ANSWERS)


def test_the_two_header_rows_of_surveymonkey_are_understood(questionnaire: Questionnaire) -> None:
    (problem,) = problems(FILES / "surveymonkey_es.csv", questionnaire)
    assert problem.code is ProblemCode.COLUMNS_UNKNOWN
    assert "Dirección IP" in check_sentence(problem)
    responses = read("surveymonkey_es.csv", questionnaire, ignore=True)
    team = responses.teams[0]
    assert (team.team, len(team.sheets), team.points, team.sheets[0].comment) == (TEAM, 8, GRID, "ok")
    assert len(team.sheets[0].items) == 48
    assert "Lines 1 and 2" in note_of(responses, NoteCode.HEADER_IN_TWO_ROWS)


def test_headers_in_two_languages_are_one_statement(questionnaire: Questionnaire) -> None:
    assert codes(problems(FILES / "google_bilingual_headers.csv", questionnaire)) == [ProblemCode.COLUMN_UNKNOWN]
    responses = read("google_bilingual_headers.csv", questionnaire, ignore=True)
    assert (len(responses.teams[0].sheets[0].items), responses.teams[0].points) == (48, GRID)


def test_codes_of_limesurvey_are_read_where_they_are_numbers_in_order(questionnaire: Questionnaire) -> None:
    assert codes(problems(FILES / "lime_es_code_num.csv", questionnaire)) == [ProblemCode.COLUMNS_UNKNOWN]
    responses = read("lime_es_code_num.csv", questionnaire, ignore=True)
    sheet = responses.teams[0].sheets[0]
    assert (sheet.items["language-1"], sheet.items["role-modelling-4"]) == (4, 5)
    assert len(responses.teams[0].points) == 3
    assert "G–BB = language-1 … role-modelling-4" in note_of(responses, NoteCode.COLUMNS_BY_SURVEY_CODE)
    assert responses.notes[0].is_warning


def test_codes_of_answers_are_refused_once_with_the_export_that_helps(questionnaire: Questionnaire) -> None:
    (problem,) = problems(FILES / "lime_es_code_ao.csv", questionnaire, ignore=True)
    assert (problem.code, problem.line) == (ProblemCode.ANSWER_IS_CODE, 2)
    sentence = check_sentence(problem)
    assert "“Full answers”" in sentence
    assert "in 407 more places" in sentence


def test_codes_of_questions_are_refused_once(spanish: Export, questionnaire: Questionnaire) -> None:
    numbers = iter(range(1, 100))
    rows = spanish.rows(item=lambda id_, text: f"G01Q{next(numbers):02}[SQ001]", point=lambda name: f"G09Q{name[:2]}")
    (problem,) = problems(csv_bytes(rows, ";"), questionnaire, ignore=True)
    assert problem.code is ProblemCode.SURVEY_CODES
    assert "Full question text" in check_sentence(problem)


# --- Cells -----------------------------------------------------------------------------------------------------------


def test_a_fraction_of_zero_is_a_whole_number(questionnaire: Questionnaire) -> None:
    sheet = read("pandas_floats.csv", questionnaire).teams[0].sheets[0]
    assert (sheet.items["language-1"], sheet.ladder["contact"], len(sheet.items)) == (4, 3, 48)


def test_an_unnamed_column_that_numbers_the_rows_is_left_out(questionnaire: Questionnaire, spanish: Export) -> None:
    responses = read("pandas_index.csv", questionnaire)
    assert len(responses.teams[0].sheets) == 8
    assert "Column A" in note_of(responses, NoteCode.INDEX_IGNORED)
    rows = [["", *spanish.rows()[0]], *([str(n * 10), *row] for n, row in enumerate(spanish.rows()[1:]))]
    for data in (csv_bytes(rows), xlsx_bytes(rows)):
        assert codes(problems(data, questionnaire)) == [ProblemCode.HEADER_EMPTY]
        assert len(read_responses(data, questionnaire, ignore_unknown=True).teams[0].sheets) == PEOPLE


def test_every_way_of_not_knowing_is_accepted(questionnaire: Questionnaire) -> None:
    sheets = read("labels_nose.csv", questionnaire).teams[0].sheets
    assert [sheets[0].items[f"language-{number}"] for number in (1, 2, 3, 4)] == [DK] * 4


def test_ignoring_columns_never_loses_answers_unsaid(spanish: Export, questionnaire: Questionnaire) -> None:
    rows = spanish.rows(after=[("¿El equipo es amable?", "Casi siempre"), ("Edad", "33")])
    responses = read_responses(csv_bytes(rows), questionnaire, ignore_unknown=True)
    assert responses.notes[0].code is NoteCode.ANSWERS_IGNORED
    assert "¿El equipo es amable?" in note_of(responses, NoteCode.ANSWERS_IGNORED)
    assert "Edad" in note_of(responses, NoteCode.COLUMNS_IGNORED)
    assert codes(problems(csv_bytes(rows), questionnaire)) == [
        ProblemCode.COLUMNS_HOLD_ANSWERS,
        ProblemCode.COLUMN_UNKNOWN,
    ]


def test_many_missing_statements_are_one_problem(spanish: Export, questionnaire: Questionnaire) -> None:
    rows = [row[:30] for row in spanish.rows()]
    (problem,) = problems(csv_bytes(rows), questionnaire)
    assert problem.code is ProblemCode.ITEM_COLUMNS_MISSING
    assert "19 statements" in check_sentence(problem)


def test_one_cause_in_many_cells_is_one_sentence(spanish: Export, questionnaire: Questionnaire) -> None:
    rows = spanish.rows(answers=("Muy de acuerdo", "No lo sé", "Deseado"))
    (problem,) = problems(csv_bytes(rows), questionnaire)
    assert (problem.code, problem.line) == (ProblemCode.NOT_AN_ANSWER, 2)
    assert f"in {PEOPLE * 47 - 1} more places" in check_sentence(problem)


# --- As programs export them -----------------------------------------------------------------------------------------

GOOGLE = (("Marca temporal", "2026/11/16 10:26:{n:0>2} p. m. GMT-5"),)
MICROSOFT = (
    ("ID", "{n}"),
    ("Hora de inicio", "11/16/26 10:26:{n:0>2}"),
    ("Hora de finalización", "11/16/26 10:3{n}:00"),
    ("Correo electrónico", "anonymous"),
    ("Nombre", ""),
)
KOBO = (
    ("start", "2026-11-16T10:26:0{n}.000-05:00"),
    ("end", "2026-11-16T10:36:0{n}.000-05:00"),
)
KOBO_AFTER = (
    ("_id", "4711"),
    ("_uuid", "7e1c0f0e-1"),
    ("_submission_time", "2026-11-16T15:36:00"),
    ("_validation_status", ""),
    ("_index", "1"),
)
LIME = (
    ("id", "{n}"),
    ("submitdate", "2026-11-16 10:26:0{n}"),
    ("lastpage", "3"),
    ("startlanguage", "es"),
    ("seed", "12345{n}"),
)


def excel_windows_numbers(es: Export, en: Export) -> bytes:
    rows = es.rows(item=lambda id_, text: id_, point=lambda name: f"Escalera: {name}", answers=("4", "NS", "4"))
    return csv_bytes(rows, ";", "cp1252")


def excel_windows_decimals(es: Export, en: Export) -> bytes:
    return csv_bytes(es.rows(point=lambda name: f"ladder:{name}", answers=("4,0", "NS", "4,00")), ";", "cp1252")


def excel_unicode_text(es: Export, en: Export) -> bytes:
    return csv_bytes(es.rows(), "\t", "utf-16")


def excel_mac(es: Export, en: Export) -> bytes:
    return csv_bytes(es.rows(), ";", "mac_roman", newline="\r")


def excel_dos(es: Export, en: Export) -> bytes:
    return csv_bytes(es.rows(item=lambda id_, text: id_), ";", "cp850")


def excel_line_breaks_in_headers(es: Export, en: Export) -> bytes:
    return xlsx_bytes(es.rows(item=lambda id_, text: text.replace(" ", "\n", 2)), "Hoja1", more=[("Hoja2", [])])


def libreoffice_quoted(es: Export, en: Export) -> bytes:
    rows = es.rows()
    text = "\n".join(",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows)
    return text.encode()


def libreoffice_tabs(es: Export, en: Export) -> bytes:
    return csv_bytes(en.rows(team="Team"), "\t", "utf-8", newline="\n")


def libreoffice_notes_first(es: Export, en: Export) -> bytes:
    return xlsx_bytes([["Notas", "de trabajo"], ["1", "2"]], "Hoja1", more=[("Hoja2", es.rows())])


def google_forms_grid(es: Export, en: Export) -> bytes:
    rows = es.rows(
        GOOGLE,
        item=lambda id_, text: f"{es.question} [{text}]",
        point=lambda name: f"{es.ladder_question} [{name}]",
    )
    return csv_bytes(rows)


def google_forms_quiz(es: Export, en: Export) -> bytes:
    before = (*GOOGLE, ("Puntuación", "0 / 0"))
    return csv_bytes(es.rows(before, team="Nombre del equipo", item=lambda id_, text: f"{text} *"))


def google_sheets_tsv(es: Export, en: Export) -> bytes:
    return csv_bytes(en.rows((("Timestamp", "11/16/2026 22:26:0{n}"),), team="Team / Equipo"), "\t", newline="\r\n")


def google_sheets_workbook(es: Export, en: Export) -> bytes:
    return xlsx_bytes(es.rows(GOOGLE), "Respuestas de formulario 1", more=[("Hoja 2", [["Gráfico", "Total"]])])


def microsoft_forms_likert(es: Export, en: Export) -> bytes:
    return xlsx_bytes(es.rows(MICROSOFT, team="Equipo\xa0", item=lambda id_, text: f"{text}\xa0"), "Hoja1")


def microsoft_forms_quiz(es: Export, en: Export) -> bytes:
    extra = [(f"Points - {text}", "") for _, text in en.items] + [(f"Feedback - {text}", "") for _, text in en.items]
    before = [("ID", "{n}"), ("Start time", "11/16/26 10:2{n}"), ("Total points", "0")]
    return xlsx_bytes(en.rows(before, team="Your team", after=extra))


def microsoft_forms_numbered(es: Export, en: Export) -> bytes:
    numbers = iter(range(2, 99))
    return xlsx_bytes(es.rows(MICROSOFT, item=lambda id_, text: f"{next(numbers)}. {text}"))


def surveymonkey_two_rows(es: Export, en: Export) -> bytes:
    header, *rows = en.rows([("Respondent ID", "1180000000{n}"), ("IP Address", "10.0.0.{n}")], team="Team")
    questions = [en.question, *[""] * 47]
    ladder = [en.ladder_question, *[""] * (len(POINTS) - 1)]
    return csv_bytes([[*header[:3], *questions, *ladder], ["", "", "Response", *header[3:]], *rows])


def surveymonkey_workbook(es: Export, en: Export) -> bytes:
    header, *rows = es.rows([("ID del encuestado", "1180000000{n}")])
    questions = [es.question, *[""] * 47]
    above = [*header[:2], *questions, es.ladder_question, *[""] * (len(POINTS) - 1)]
    return zipped({"Excel/Cultura.xlsx": xlsx_bytes([above, ["", "Respuesta abierta", *header[2:]], *rows])})


def surveymonkey_condensed(es: Export, en: Export) -> bytes:
    rows = es.rows(
        [("ID del encuestado", "1180000000{n}")],
        item=lambda id_, text: f"{es.question} - {text}",
        point=lambda name: f"{es.ladder_question} - {name}",
    )
    return csv_bytes(rows)


def typeform_plain(es: Export, en: Export) -> bytes:
    after = [("Start Date (UTC)", "2026-11-16 10:26:00"), ("Submit Date (UTC)", "2026-11-16 10:36:00"), ("Tags", "")]
    return csv_bytes(es.rows([("#", "x0y{n}abc")], after=after))


def typeform_numbers(es: Export, en: Export) -> bytes:
    point = lambda name: f"{en.ladder_question}: {name}"  # noqa: E731
    return csv_bytes(en.rows([("#", "a{n}")], team="Your team", point=point, answers=("4", "", "4")))


def typeform_workbook(es: Export, en: Export) -> bytes:
    return xlsx_bytes(es.rows([("#", "a{n}")], item=lambda id_, text: f"*{text}*"), "Responses")


def limesurvey_full(es: Export, en: Export) -> bytes:
    rows = es.rows(
        LIME, item=lambda id_, text: f"{es.question} [{text}]", point=lambda name: f"{es.ladder_question} [{name}]"
    )
    return csv_bytes(rows, encoding="utf-8-sig")


def limesurvey_code_and_text(es: Export, en: Export) -> bytes:
    rows = es.rows(
        LIME,
        team="team. Equipo",
        item=lambda id_, text: f"pilares[{id_.replace('-', '')}]. {es.question} [{text}]",
        point=lambda name: f"escalera[p{name[:1]}]. {es.ladder_question} [{name}]",
    )
    return csv_bytes(rows, ";", "utf-8-sig")


def limesurvey_workbook(es: Export, en: Export) -> bytes:
    return xlsx_bytes(es.rows(LIME, answers=("Casi siempre", "N/A", "Deseado")), "Cultura de servicio")


def kobo_labels(es: Export, en: Export) -> bytes:
    return csv_bytes(es.rows(KOBO, after=KOBO_AFTER), ";")


def kobo_groups(es: Export, en: Export) -> bytes:
    rows = es.rows(KOBO, item=lambda id_, text: f"Los pilares/{text}", after=KOBO_AFTER)
    return xlsx_bytes(rows, "Cultura de servicio")


def kobo_values(es: Export, en: Export) -> bytes:
    rows = es.rows(
        KOBO,
        item=lambda id_, text: f"pilares/{id_.replace('-', '_')}",
        point=lambda name: f"ladder:{name}",
        answers=("casi_siempre", "no_lo_se", "deseado"),
        after=KOBO_AFTER,
    )
    return csv_bytes(rows, ";")


EXPORTS = [
    *(excel_windows_numbers, excel_windows_decimals, excel_unicode_text, excel_mac, excel_dos),
    *(excel_line_breaks_in_headers, libreoffice_quoted, libreoffice_tabs, libreoffice_notes_first),
    *(google_forms_grid, google_forms_quiz, google_sheets_tsv, google_sheets_workbook),
    *(microsoft_forms_likert, microsoft_forms_quiz, microsoft_forms_numbered),
    *(surveymonkey_two_rows, surveymonkey_workbook, surveymonkey_condensed),
    *(typeform_plain, typeform_numbers, typeform_workbook),
    *(limesurvey_full, limesurvey_code_and_text, limesurvey_workbook),
    *(kobo_labels, kobo_groups, kobo_values),
]


@pytest.mark.parametrize("export", EXPORTS, ids=lambda export: export.__name__)
def test_a_programs_export_is_read_as_it_was_meant(
    export: Callable[[Export, Export], bytes], spanish: Export, english: Export, questionnaire: Questionnaire
) -> None:
    responses = read_responses(export(spanish, english), questionnaire, ignore_unknown=True)
    (team,) = responses.teams
    assert (team.team, team.points, len(team.sheets)) == (TEAM, POINTS, PEOPLE)
    for sheet in team.sheets:
        assert sheet.items.get("language-1", DK) is DK
        assert {answer for item, answer in sheet.items.items() if item != "language-1"} == {4}
        assert len(sheet.items) >= 47
        assert set(sheet.ladder.values()) == {4}
    assert NoteCode.ANSWERS_IGNORED not in [note.code for note in responses.notes]


@pytest.mark.parametrize("export", EXPORTS, ids=lambda export: export.__name__)
def test_a_programs_export_is_refused_for_its_own_columns_alone_and_once(
    export: Callable[[Export, Export], bytes], spanish: Export, english: Export, questionnaire: Questionnaire
) -> None:
    data = export(spanish, english)
    known = read_responses(data, questionnaire, ignore_unknown=True)
    own = [note for note in known.notes if note.code is NoteCode.COLUMNS_IGNORED]
    if not own:
        assert read_responses(data, questionnaire).teams == known.teams
        return
    similar = {ProblemCode.COLUMN_UNKNOWN_SIMILAR} if "Respondent ID" in own[0].values["columns"] else set()
    expected = {ProblemCode.COLUMN_UNKNOWN, ProblemCode.COLUMNS_UNKNOWN} | similar
    found = codes(problems(data, questionnaire))
    assert set(found) <= expected
    assert len(found) == 1 + len(similar)
