"""Lists of teams and addresses, as people paste them and as spreadsheets have them."""

from __future__ import annotations

import io

import pytest
from openpyxl import Workbook

from assessment.intake.problems import InvalidFile
from assessment.intake.team_addresses import (
    GivenTeamAddress,
    read_pasted_team_addresses,
    read_team_address_file,
)


def told(found: list[GivenTeamAddress]) -> list[tuple[str, str, str, str]]:
    return [(one.team, one.person.address, one.person.name, one.person.language) for one in found]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Caja\tana@example.com\tAna Pérez\tes", ("Caja", "ana@example.com", "Ana Pérez", "es")),
        ("Caja;ana@example.com", ("Caja", "ana@example.com", "", "")),
        ("Caja, ana@example.com, Ana, English", ("Caja", "ana@example.com", "Ana", "en")),
        ('"Caja, turno noche", ana@example.com', ("Caja, turno noche", "ana@example.com", "", "")),
        ("Caja; Ana Pérez <ana@example.com>", ("Caja", "ana@example.com", "Ana Pérez", "")),
        ("Caja: ana@example.com", ("Caja", "ana@example.com", "", "")),
        ("Mesa de ayuda ana@example.com", ("Mesa de ayuda", "ana@example.com", "", "")),
        ("ana@example.com", ("", "ana@example.com", "", "")),
        ("ana@example.com; Ana", ("", "ana@example.com", "Ana", "")),
        ("Caja; nadie", ("Caja", "", "", "")),
        ("Caja", ("Caja", "", "", "")),
    ],
)
def test_a_line_is_a_team_and_a_person(line: str, expected: tuple[str, str, str, str]) -> None:
    assert told(read_pasted_team_addresses(line)) == [expected]


def test_several_addresses_of_a_line_are_several_people_of_its_team() -> None:
    found = read_pasted_team_addresses("Caja; ana@example.com; Luis <luis@example.com>")
    assert told(found) == [("Caja", "ana@example.com", "", ""), ("Caja", "luis@example.com", "Luis", "")]


@pytest.mark.parametrize("separator", ["\t", ";", ","])
def test_headers_say_which_column_is_which(separator: str) -> None:
    rows = (["Correo electrónico", "Nombre", "Equipo", "Idioma"], ["ana@example.com", "Ana", "Caja", "inglés"])
    text = "\n".join(separator.join(row) for row in rows)
    assert told(read_pasted_team_addresses(text)) == [("Caja", "ana@example.com", "Ana", "en")]
    assert told(read_team_address_file(text.encode())) == [("Caja", "ana@example.com", "Ana", "en")]


def test_lines_are_counted_as_they_stand() -> None:
    found = read_pasted_team_addresses("Equipo;Correo\n\nCaja;ana@example.com\nCaja;")
    assert [one.person.row for one in found] == [3, 4]


def test_a_workbook_is_read_as_its_rows_are() -> None:
    book, held = Workbook(), io.BytesIO()
    for row in (["Team", "E-mail", "First name", "Last name"], ["Caja", "ana@example.com", "Ana", "Pérez"], ["Caja"]):
        book.active.append(row)
    book.save(held)
    found = read_team_address_file(held.getvalue())
    assert told(found) == [("Caja", "ana@example.com", "Ana Pérez", ""), ("Caja", "", "", "")]


def test_a_file_that_is_none_says_so() -> None:
    with pytest.raises(InvalidFile):
        read_team_address_file(b"\x89PNG\r\n\x1a\n\0\0")
