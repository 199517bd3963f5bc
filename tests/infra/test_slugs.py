"""Names as they stand in ids and file names."""

from __future__ import annotations

import pytest

from assessment.infra.slugs import name_from_slug, slug


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Atención al público", "atencion-al-publico"),
        ("  Caja 2 (tarde) ", "caja-2-tarde"),
        ("Ñandú & Cía.", "nandu-cia"),
        ("../../etc/passwd", "etc-passwd"),
        ("窓口", ""),
    ],
)
def test_a_slug_holds_only_lower_case_ascii_letters_digits_and_hyphens(name, expected):
    assert slug(name) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("entrega-a-domicilio", "Entrega a domicilio"), ("after_sales", "After sales"), ("B2B", "B2B"), ("-", "-")],
)
def test_an_id_is_shown_as_words_that_begin_with_a_capital(text, expected):
    assert name_from_slug(text) == expected


@pytest.mark.parametrize("words", ["Post-venta y auto-servicio", "Check-in", "café_bar", "Zona A_1", "entrega - caja"])
def test_a_persons_own_words_stay_as_they_are(words):
    assert name_from_slug(words) == words
