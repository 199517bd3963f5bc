"""What people type, as it is kept."""

from __future__ import annotations

import pytest

from assessment.domain.plain_text import plain_line, plain_text


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
