"""Each file that cannot be scored is refused in a sentence with line, column and remedy, in both languages."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from assessment.cli.console import MAX_PROBLEMS
from tests.cli.conftest import Escala
from tests.services.files import Person, save

GOOD = [Person(3, ladder={"contact": 3}, code=str(number)) for number in range(1, 6)]
"""Lines 2 to 6 of a file; the person to be refused is on line 7."""

# A person who cannot be counted; the column's letter and header; what is wrong and what to do, in English and Spanish.
PEOPLE = {
    "a decimal": (
        Person(3, {"voice-2": "3.5"}), "AC", "voice-2",
        "“3.5” has decimals; write a whole number from 1 to 5",
        "«3.5» tiene decimales; escriba un número entero de 1 a 5",
    ),
    "a decimal comma": (
        Person(3, {"voice-2": "3,5"}), "AC", "voice-2",
        "“3,5” has decimals; write a whole number", "«3,5» tiene decimales; escriba un número entero",
    ),
    "an answer off the scale": (
        Person(3, {"voice-2": 6}), "AC", "voice-2",
        "“6” is outside the scale; write a whole number from 1 to 5", "«6» está fuera de la escala; escriba un número",
    ),
    "a word": (
        Person(3, {"voice-2": "bien"}), "AC", "voice-2",
        "“bien” is not an answer of the scale; write", "«bien» no es una respuesta de la escala; escriba",
    ),
    "a seventh step": (
        Person(3, ladder={"contact": 7}), "AZ", "ladder:contact",
        "“7” is outside the scale; write a whole number from 1 to 6", "«7» está fuera de la escala; escriba un número",
    ),
    "an unknown role": (
        Person(3, role="boss"), "B", "role",
        "“boss” is not a role; write staff, leader, customer or consensus",
        "«boss» no es un rol; escriba personal, líder",
    ),
    "an unknown pillar": (
        Person(3, focus="voice;price"), "BA", "focus",
        "“price” is not a pillar of the questionnaire; write codes", "«price» no es un pilar del cuestionario; escriba",
    ),
    "a pillar twice": (
        Person(3, focus="voice|voice"), "BA", "focus",
        "“voice” is chosen more than once; write it once",
        "«voice» está elegido más de una vez; escríbalo una sola vez",
    ),
    "four pillars": (
        Person(3, focus="voice;vision;language;measures"), "BA", "focus",
        "more pillars are chosen (4) than allowed; keep at most 3",
        "se eligieron más pilares (4) de los permitidos; deje 3",
    ),
    "no team": (
        Person(3, team=""), "A", "team",
        "the team's name is missing; write it in every row", "falta el nombre del equipo; escríbalo en cada fila",
    ),
    "a code used before": (
        Person(3, code="2"), "C", "respondent",
        "“2” was already used in line 3 for the team “Soporte”; delete the repeated row or correct the code",
        "«2» ya se usó en la línea 3 para el equipo «Soporte»; borre la fila repetida o corrija el código",
    ),
    "agreed answers among others": (
        Person(3, role="consensus"), "B", "role",
        "keep either the agreed answers or the individual ones", "deje solo las acordadas o solo las individuales",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PEOPLE)
def test_a_row_is_refused_with_its_line_and_column(name: str, tmp_path: Path, escala: Escala) -> None:
    person, letter, header, english, spanish = PEOPLE[name]
    path = save(tmp_path / "a.csv", [*GOOD, person], ["contact"])
    positions = (
        ("en", f"Line 7, column {letter} (“{header}”)", english),
        ("es", f"Línea 7, columna {letter} («{header}»)", spanish),
    )
    for locale, position, words in positions:
        answer = escala("score", path, locale=locale)
        assert answer.code == 2
        (message,) = answer.messages
        assert message.startswith(f"{path}: {position}: ")
        assert words in message


def without_column(text: str, header: str) -> str:
    at = text.splitlines()[0].split(",").index(header)
    rows = (line.split(",") for line in text.splitlines())
    return "\n".join(",".join(cells[:at] + cells[at + 1 :]) for cells in rows)


QUESTION = "The team asks customers how the service went for them."

# The error made in a good file; the messages in English and Spanish, each as the parts that it must have.
FILES: dict[str, tuple[Callable[[str], str | bytes], list[str], list[str]]] = {
    "an empty file": (
        lambda text: "", ["is empty; write a header row"], ["está vacío; escriba una fila de encabezados"],
    ),
    "empty lines": (
        lambda text: "\n\n\n", ["is empty; write a header row"], ["está vacío; escriba una fila de encabezados"],
    ),
    "a header alone": (
        lambda text: text.splitlines()[0],
        ["no answers; write one row for each person"],
        ["escriba debajo una fila por cada"],
    ),
    "no team column": (
        lambda text: without_column(text, "team"),
        ["Line 1: there is no column for the team; add one with the header “team”"],
        ["Línea 1: falta la columna del equipo; agregue una con el encabezado «equipo»"],
    ),
    "no item column": (
        lambda text: "team,role\nSoporte,staff\n",
        ["Line 1: no column is a statement of the questionnaire; use headers such as “language-1”"],
        ["Línea 1: ninguna columna es una frase del cuestionario; use encabezados como «language-1»"],
    ),
    "an item missing": (
        lambda text: without_column(text, "voice-2"),
        ["Line 1: there is no column for the statement voice-2", "add one with the header “voice-2”"],
        ["Línea 1: falta la columna de la frase voice-2", "agregue una con el encabezado «voice-2»"],
    ),
    "two columns for one item": (
        lambda text: text.replace("comment", "voice-1"),
        ["Line 1, column BB (“voice-1”)", "column AB (“voice-1”) both stand for “voice-1”; keep only one of them"],
        ["Línea 1, columna BB («voice-1»)", "la columna AB («voice-1») significan lo mismo", "deje solo una"],
    ),
    "an item by id and by text": (
        lambda text: text.replace("comment", QUESTION.upper()),
        ["Line 1, column BB", "column AB (“voice-1”) both stand for “voice-1”; keep only one of them"],
        ["Línea 1, columna BB", "la columna AB («voice-1») significan lo mismo", "deje solo una de las dos"],
    ),
    "an unknown column": (
        lambda text: text.replace("comment", "edad"),
        ["Line 1, column BB (“edad”)", "correct its header, delete it, or", "--ignore-unknown"],
        ["Línea 1, columna BB («edad»)", "corrija su encabezado, bórrela o", "--ignore-unknown"],
    ),
    "a point without a name": (
        lambda text: text.replace("ladder:contact", "ladder:"),
        ["Line 1, column AZ (“ladder:”)", "write it after the colon"],
        ["Línea 1, columna AZ («ladder:»)", "escríbalo después de los dos puntos"],
    ),
    "a short row": (
        lambda text: text.rstrip().rsplit(",", 4)[0],
        ["Line 6: this row ends among the statements: it has fewer cells (50) than the header (54); complete it"],
        ["Línea 6: esta fila termina en medio de las frases: tiene menos celdas (50) que el encabezado (54)"],
    ),
    "a long row": (
        lambda text: text.rstrip() + ",gracias",
        ["Line 6: this row has more cells (55) than the header (54); put texts", "between quotation marks"],
        ["Línea 6: esta fila tiene más celdas (55) que el encabezado (54); ponga entre comillas"],
    ),
    "a PDF": (
        lambda text: b"%PDF-1.7\n", ["is a PDF document; open the original table"], ["PDF; abra la tabla original"],
    ),
    "no text at all": (
        lambda text: bytes(range(256)), ["neither UTF-8 nor Windows-1252; save it"], ["ni en Windows-1252; guárdelo"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_refused_with_what_to_do(name: str, tmp_path: Path, escala: Escala) -> None:
    make_error, english, spanish = FILES[name]
    path = save(tmp_path / "a.csv", GOOD, ["contact"])
    content = make_error(path.read_text("utf-8"))
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    for locale, parts in (("en", english), ("es", spanish)):
        answer = escala("score", path, locale=locale)
        assert answer.code == 2
        assert answer.messages[0].startswith(f"{path}: ")
        for part in parts:
            assert part in answer.err


@pytest.mark.parametrize("name", ["nothing.csv", "."])
def test_a_path_that_is_not_a_file_is_refused_by_name(name: str, tmp_path: Path, escala: Escala) -> None:
    answer = escala("score", tmp_path / name)
    assert answer.code == 2
    assert answer.err.startswith(f"{tmp_path / name}: Th")


def test_all_problems_of_a_file_are_reported_in_one_pass(tmp_path: Path, escala: Escala) -> None:
    rows = [*GOOD, Person(3, {"voice-2": 6}, role="boss"), Person(3, team=""), Person(3, {"language-1": "x"})]
    answer = escala("score", save(tmp_path / "a.csv", rows, ["contact"]))
    assert [message.split(": ")[1].partition(" (")[0] for message in answer.messages] == [
        "Line 7, column B", "Line 7, column AC", "Line 8, column A", "Line 9, column D",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("bad", "more"), [(20, None), (21, "… and 1 more problem."), (1500, "… and 1,480 more problems.")]
)
def test_of_many_problems_twenty_are_shown_and_the_rest_counted(
    bad: int, more: str | None, tmp_path: Path, escala: Escala
) -> None:
    path = save(tmp_path / "a.csv", [Person(3, {"voice-2": f"x{number}"}) for number in range(bad)])
    messages = escala("score", path).messages
    assert [" voice-2" in message or "(“voice-2”)" in message for message in messages[:MAX_PROBLEMS]] == [True] * 20
    assert messages[MAX_PROBLEMS:] == ([more] if more else [])


def test_one_cause_in_many_rows_is_one_message(tmp_path: Path, escala: Escala) -> None:
    path = save(tmp_path / "a.csv", [Person(3, {"voice-2": 6})] * 1_500)
    (message,) = escala("score", path).messages
    assert "Line 2, column AC" in message
    assert "The same is wrong in 1,499 more places." in message
    (message,) = escala("score", path, locale="es-CO").messages
    assert "Lo mismo ocurre en otros 1.499 lugares." in message


def test_a_file_without_a_team_column_is_read_where_the_team_is_named(tmp_path: Path, escala: Escala) -> None:
    path = save(tmp_path / "a.csv", GOOD)
    path.write_text(without_column(path.read_text("utf-8"), "team"), encoding="utf-8")
    refused = escala("score", path)
    assert refused.code == 2
    assert "--team-name NAME" in refused.err
    named = escala("score", path, "--team-name", "Mesa de ayuda")
    assert named.code == 0
    assert [team["team"] for team in json.loads(named.out)["teams"]] == ["Mesa de ayuda"]
    assert "read as the team “Mesa de ayuda”" in named.err


def test_a_column_that_could_name_the_team_is_said_before_all_else(tmp_path: Path, escala: Escala) -> None:
    path = save(tmp_path / "a.csv", [*GOOD, *(Person(3, team="Caja", ladder={"contact": 3}) for _ in range(5))])
    path.write_text(path.read_text("utf-8-sig").replace("team,", "Sede,", 1), encoding="utf-8")
    refused = escala("score", path, "--ignore-unknown")
    assert refused.code == 2
    assert "A: Sede (" in refused.err
    assert "--team-name" not in refused.err
    named = escala("score", path, "--ignore-unknown", "--team-name", "Mesa de ayuda")
    assert named.code == 0
    assert "teams are mixed" in named.err.splitlines()[0]
    assert "Caja)" in named.err.splitlines()[0]


def test_columns_are_called_by_the_readers_words(tmp_path: Path, escala: Escala) -> None:
    path = save(tmp_path / "a.csv", GOOD)
    text = path.read_text("utf-8-sig")
    path.write_text(
        text.replace("team,", "¿A qué equipo pertenece?,", 1).replace(",comment", ",Comentario", 1), "utf-8"
    )
    messages = escala("score", path, locale="es-CO").err
    assert "El equipo está en la columna A («¿A qué equipo pertenece?»)." in messages
    assert "se leyó como comentario" in messages


def test_a_refused_workbook_of_several_sheets_says_which_one_was_read(tmp_path: Path, escala: Escala) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["Lea esto", "primero"])
    page = book.create_sheet("Respuestas")
    for row in csv.reader(save(tmp_path / "a.csv", [*GOOD, Person(9)]).read_text("utf-8").splitlines()):
        page.append(row)
    book.save(tmp_path / "a.xlsx")
    sheet, problem = escala("score", tmp_path / "a.xlsx").messages
    assert "The sheet “Respuestas” was read" in sheet
    assert "is outside the scale" in problem


def test_a_refused_file_is_left_as_it_was(tmp_path: Path, escala: Escala) -> None:
    path = save(tmp_path / "a.csv", [*GOOD, Person(9)])
    before = path.read_bytes()
    assert escala("score", path).code == 2
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
