"""Lists of teams, pasted or as files: what is understood, and what is said of each line that is not."""

from __future__ import annotations

import contextlib
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from assessment.catalogue.catalogue import load_team_kinds
from assessment.intake.problems import InvalidFile, ProblemCode
from assessment.intake.team_list import (
    MOST_TEAMS,
    SENTENCES,
    LineProblem,
    NoTeams,
    TeamLine,
    TooManyTeams,
    Usual,
    check_lines,
    describe_finding,
    read_team_file,
    read_team_text,
    write_lines,
)
from tests.intake.build import READERS

KINDS = load_team_kinds()
SHOP = next(kind for kind in KINDS if kind.id == "shop")


def pasted(text: str, usual: Usual = Usual()):  # noqa: B008 - frozen
    return read_team_text(text, KINDS, usual)


def file(data: bytes, usual: Usual = Usual()):  # noqa: B008 - frozen
    return read_team_file(data, KINDS, usual, max_unpacked_mb=5, max_cells=300_000)


def workbook(*rows: list[object]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def said(list_) -> list[tuple[str, int | None, str]]:
    return [(line.name, line.size, line.kind) for line in list_.lines]


def problems(list_) -> dict[int, list[LineProblem]]:
    return {line.line: [finding.code for finding in line.problems] for line in list_.lines if line.problems}


@pytest.mark.parametrize("separator", [";", "\t", " ; "])
def test_a_line_says_name_size_and_kind_in_either_language(separator):
    lines = [
        ("Tienda Norte", "12", SHOP.name.es),
        ("Tienda  Sur", "9", SHOP.name.en.upper()),
        ("Tienda Oeste", "8", "shop"),
    ]
    found = pasted("\n".join(separator.join(line) for line in lines))
    assert said(found) == [("Tienda Norte", 12, "shop"), ("Tienda Sur", 9, "shop"), ("Tienda Oeste", 8, "shop")]
    assert not found.has_header


def test_only_names_take_the_rest_from_what_holds_for_all():
    assert said(pasted("Caja, turno 1\n\n  Bodega  \n", Usual(7, "shop"))) == [
        ("Caja, turno 1", 7, "shop"),
        ("Bodega", 7, "shop"),
    ]


@pytest.mark.parametrize(
    "header",
    [
        "name;size;kind",
        "Nombre;Tamaño;Tipo",
        "Equipo;¿Cuántas personas?;Tipo de equipo",
        "TEAM NAME;people;Kind of team",
    ],
)
def test_headers_are_known_in_both_languages(header):
    found = file(f"{header}\nCaja;12;shop\n".encode())
    assert said(found) == [("Caja", 12, "shop")]
    assert found.has_header


def test_columns_may_stand_in_another_order_among_others_and_below_a_title():
    data = workbook(["Equipos 2027"], [], ["Nº", "Tipo", "Jefe", "Personas", "Equipo"], [1, "shop", "Ana", 12, "Caja"])
    assert said(file(data)) == [("Caja", 12, "shop")]


def test_columns_that_mean_nothing_are_named():
    data = workbook(["Nº", "Tipo", "Jefe", "Personas", "Equipo"], [1, "shop", "Ana", 12, "Caja"])
    assert file(data).unread == ("Nº", "Jefe")
    assert pasted("name;size;kind\nCaja;12;shop").unread == ()


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("TIENDA", "shop"),
        ("Tiendas", "shop"),
        ("hoteles", "hotel"),
        ("otro", "other"),
        ("Otros", "other"),
        ("Other", "other"),
        ("clinica", "clinic"),
        ("Servicio técnico", "field-service"),
        ("servicios prof.", "professional-services"),
        ("Mesa de ayuda", "service-desk"),
    ],
)
def test_a_kind_is_known_as_people_write_it(words, kind):
    assert said(pasted(f"Caja;12;{words}")) == [("Caja", 12, kind)]


def test_a_beginning_that_may_be_two_kinds_is_none():
    assert problems(pasted("Caja;12;servicio")) == {1: [LineProblem.KIND_AMBIGUOUS]}
    assert problems(pasted("Caja;12;ho")) == {1: [LineProblem.KIND_UNKNOWN]}


@pytest.mark.parametrize(
    "text",
    [
        "Caja;12;shop;Norte;Costa",
        "Caja\t12\tshop\tNorte; costa, norte",
        "Equipo;Personas;Tipo;Etiquetas\nCaja;12;shop;Norte;Costa",
        "Región;Equipo;Personas;Tipo;Unidad\nNorte;Caja;12;shop;Costa",
    ],
)
def test_tags_come_with_the_list(text):
    [line] = pasted(text).lines
    assert not line.problems
    assert [tag.lower() for tag in line.tags] == ["norte", "costa"]


def test_a_team_has_eight_tags_at_most():
    assert problems(pasted("Caja;12;shop;" + ";".join("abcdefghi"))) == {1: [LineProblem.TOO_MANY_TAGS]}


def test_what_was_understood_can_be_pasted_again():
    lines = pasted("Caja;12;shop;Norte;Costa\nBodega;7;hotel").lines
    written = write_lines(lines, {kind.id: kind.name.es for kind in KINDS}.__getitem__)
    assert pasted(written).lines == lines


def test_a_file_with_one_column_of_names_is_a_list():
    assert said(file(b"Nombre\nCaja\nBodega\n", Usual(5, "shop"))) == [
        ("Caja", 5, "shop"),
        ("Bodega", 5, "shop"),
    ]


def test_each_line_says_what_is_wrong_with_it():
    found = pasted(
        "Caja;12;shop\n;12;shop\nBodega;muchas;shop\nTaller;0;shop\nNoche;8;astronauts\nDía;;\nCAJA;13;shop\n"
        + "Archivo;9;shop;norte;"
        + "y" * 31
        + "\n"
        + "x" * 121
        + ";9;shop"
    )
    assert problems(found) == {
        2: [LineProblem.NAME_MISSING],
        3: [LineProblem.SIZE_WRONG],
        4: [LineProblem.SIZE_WRONG],
        5: [LineProblem.KIND_UNKNOWN],
        6: [LineProblem.SIZE_MISSING, LineProblem.KIND_MISSING],
        7: [LineProblem.TWICE_OTHERWISE],
        8: [LineProblem.TAG_TOO_LONG],
        9: [LineProblem.NAME_TOO_LONG],
    }
    for line in found.lines:
        for finding in line.problems:
            for reader in READERS:
                assert "%(" not in describe_finding(finding, reader)


def test_every_problem_has_a_sentence():
    assert set(SENTENCES) == set(LineProblem)


def test_a_line_that_says_the_same_again_is_left_out():
    found = pasted("Atención\nATENCION\nAtención;5;shop", Usual(5, "shop"))
    assert [line.same_as for line in found.lines] == [None, 1, 1]
    assert not found.has_problems


def test_an_error_value_of_a_spreadsheet_is_told():
    book = workbook(["Equipo", "Personas", "Tipo"], ["Caja", "=1/0", "shop"])
    assert problems(file(book)) == {2: [LineProblem.SIZE_WRONG]}


def test_there_are_bounds():
    with pytest.raises(NoTeams):
        pasted(" \n\t\n")
    with pytest.raises(NoTeams):
        file(b"name;size;kind\n")
    with pytest.raises(TooManyTeams):
        pasted("\n".join(f"Equipo {number}" for number in range(MOST_TEAMS + 1)))
    assert len(pasted("\n".join(f"Equipo {number}" for number in range(MOST_TEAMS))).lines) == MOST_TEAMS


@pytest.mark.parametrize(("data", "code"), [(b"%PDF-1.7", ProblemCode.FILE_IS_PDF), (b"", ProblemCode.FILE_EMPTY)])
def test_what_is_no_table_is_refused(data, code):
    with pytest.raises(InvalidFile) as refused:
        file(data)
    assert [problem.code for problem in refused.value.problems] == [code]


def test_damaged_letters_are_told_rather_than_kept():
    with pytest.raises(InvalidFile) as refused:
        file("nombre;personas;tipo\nAtenciÃ³n;12;shop\n".encode())
    assert refused.value.problems[0].code is ProblemCode.LETTERS_DAMAGED


def test_what_was_understood_is_checked_anew():
    lines = [TeamLine(3, "Caja", 12, "shop"), TeamLine(4, "name", 5, "nothing")]
    assert problems(check_lines(lines, KINDS)) == {4: [LineProblem.KIND_UNKNOWN]}


@given(st.text(max_size=300))
def test_no_text_is_taken_for_more_than_it_is(text):
    try:
        found = pasted(text)
    except NoTeams:
        return
    for line in found.lines:
        assert line.problems or (line.size and line.kind and line.name)


@given(st.binary(max_size=300))
def test_no_bytes_raise_anything_else(data):
    with contextlib.suppress(InvalidFile, NoTeams, TooManyTeams):
        file(data)
