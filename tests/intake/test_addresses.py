"""Lists of addresses as people have them: pasted from a mail program or a spreadsheet, or in a file."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from assessment.intake.addresses import GivenAddress, read_address_file, read_pasted_addresses
from assessment.intake.problems import InvalidFile

ANA, LUIS = "ana@example.com", "luis@example.com"


def seen(given_: list[GivenAddress]) -> list[tuple[str, str, str]]:
    return [(one.address, one.name, one.language) for one in given_]


@pytest.mark.parametrize(
    "pasted",
    [
        f"{ANA}\n{LUIS}",
        f"{ANA}, {LUIS}",
        f"{ANA};{LUIS};",
        f"{ANA} {LUIS}",
        f"<{ANA}>; <{LUIS}>",
        f"mailto:{ANA}\r\n\r\n  {LUIS}  ",
    ],
)
def test_addresses_alone_are_found_however_they_are_divided(pasted):
    assert seen(read_pasted_addresses(pasted)) == [(ANA, "", ""), (LUIS, "", "")]


@pytest.mark.parametrize(
    "pasted",
    [
        f"Ana Pérez <{ANA}>\nLuis Gil <{LUIS}>",
        f"Ana Pérez <{ANA}>; Luis Gil <{LUIS}>",
        f'"Ana Pérez" <{ANA}>, "Luis Gil" <{LUIS}>',
        f"Ana Pérez {ANA}\nLuis Gil {LUIS}",
        f"Ana Pérez\t{ANA}\n{LUIS}\tLuis Gil",
        f"Ana,Pérez,{ANA}\nLuis,Gil,{LUIS}",
    ],
)
def test_names_are_kept_with_their_addresses(pasted):
    assert seen(read_pasted_addresses(pasted)) == [(ANA, "Ana Pérez", ""), (LUIS, "Luis Gil", "")]


def test_a_name_with_a_comma_as_mail_programs_of_offices_write_it_is_one_person():
    assert seen(read_pasted_addresses(f"Pérez, Ana <{ANA}>; {LUIS}, Gil <gil@example.com>")) == [
        (ANA, "Pérez, Ana", ""),
        (LUIS, "", ""),
        ("gil@example.com", "Gil", ""),
    ]


def test_cells_of_a_spreadsheet_say_names_and_languages_and_its_header_is_no_person():
    pasted = f"Nombre\tCorreo electrónico\tIdioma\nAna\t{ANA}\tEspañol\nLuis\t{LUIS}\tInglés"
    assert seen(read_pasted_addresses(pasted)) == [(ANA, "Ana", "es"), (LUIS, "Luis", "en")]


def test_what_has_no_address_is_told_with_its_line_and_words():
    (wrong,) = [one for one in read_pasted_addresses(f"{ANA}\n\nLuis Gil\n") if not one.address]
    assert (wrong.row, wrong.words) == (3, "Luis Gil")


def workbook(rows: list[list[object]]) -> bytes:
    book, held = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(held)
    return held.getvalue()


@pytest.mark.parametrize(
    "rows",
    [
        [["Correo", "Nombre", "Idioma"], [ANA, "Ana", "es"], [LUIS, "Luis", "en"]],
        [["Language", "E-mail", "Full name", "Area"], ["Spanish", ANA, "Ana", "X"], ["EN", LUIS, "Luis", "Y"]],
        [[ANA, "Ana", "es"], [LUIS, "Luis", "inglés"]],
    ],
)
def test_files_are_read_with_headers_of_either_language_or_without(rows):
    expected = [(ANA, "Ana", "es"), (LUIS, "Luis", "en")]
    csv = "\n".join(";".join(row) for row in rows).encode("cp1252")
    assert seen(read_address_file(workbook(rows))) == expected
    assert seen(read_address_file(csv)) == expected


def test_a_file_of_addresses_alone_is_read():
    assert seen(read_address_file(f"{ANA}\n{LUIS}\n".encode())) == [(ANA, "", ""), (LUIS, "", "")]


def test_first_and_last_names_in_two_columns_become_one_name():
    csv = f"First name,Last name,Email\nAna,Pérez,{ANA}\n".encode()
    assert seen(read_address_file(csv)) == [(ANA, "Ana Pérez", "")]


def test_a_picture_is_refused_with_its_reason():
    with pytest.raises(InvalidFile):
        read_address_file(b"\x89PNG\r\n\x1a\n\0\0")


@given(st.text())
def test_whatever_is_pasted_is_read_line_by_line(text):
    lines = len(text.splitlines())
    assert all(1 <= one.row <= lines for one in read_pasted_addresses(text))
