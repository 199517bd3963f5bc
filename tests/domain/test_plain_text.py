"""What people type, as it is kept."""

from __future__ import annotations

import pytest

from assessment.domain.plain_text import plain_line, plain_text, without_web_addresses


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("\u200b\ufeff\u2060", ""),
        ("\u200d", ""),
        (" \u200d Ana \u200c", "Ana"),
        ("Caja\u202e1 ajaC", "Caja1 ajaC"),
        ("Caja\x00 1\x7f", "Caja 1"),
        ("Atención", "Atención"),
        ("👩\u200d🔧 Taller", "👩\u200d🔧 Taller"),
        ("می\u200cخواهم", "می\u200cخواهم"),
    ],
)
def test_signs_that_nobody_sees_are_not_kept_but_those_that_spell_are(typed: str, kept: str) -> None:
    assert plain_text(typed) == plain_line(typed) == kept


def test_lines_stay_lines_whatever_the_device_ends_them_with() -> None:
    assert plain_text("uno\r\ndos\rtres\ncuatro\t5 ") == "uno\ndos\ntres\ncuatro\t5"
    assert plain_line("uno\r\n  dos\t3") == "uno dos 3"


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("Bank security evil-bank.com", "Bank security evil-bank. com"),
        ("evil．com", "evil. com"),
        ("evil。co.uk", "evil. co. uk"),
        ("Caja evil.com?u=1", "Caja"),
        ("Caja evil.com:8080", "Caja"),
        ("Caja evil.com/x", "Caja"),
        ("https://evil.com", "…"),
        ("//evil", "…"),
        ("a@evil.com", "…"),
        ("Dr.House", "Dr. House"),
        ("Clínica S.A.S. Turno 7.30", "Clínica S.A.S. Turno 7.30"),
        ("Mesa de ayuda (N1/N2)", "Mesa de ayuda (N1/N2)"),
    ],
)
def test_a_name_goes_to_strangers_without_anything_that_mail_programs_make_a_link_of(name: str, sent: str) -> None:
    assert without_web_addresses(name) == sent
