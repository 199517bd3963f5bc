"""Slips to cut out: every link once, eight per page, nothing outside the page."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from assessment.infra.languages import Localisation, Paper
from reports.slips.build import SlipsSource, build_pdf
from tests.browser.matrix import ways
from tests.reports.pdfs import MILLIMETRE, boxes_of, catalogue_of, pages_of, structure_of
from tests.reports.plans import LONG_NAME, kept_log

LINKS = tuple(f"http://192.168.1.20:8000/r/Token-{number:02d}_lI0O" for number in range(11))
SOURCE = SlipsSource(
    organisation="Clínica del Valle",
    team="Mesa de ayuda",
    links=LINKS,
    minutes=9,
    minimum_group=6,
    until="28 de noviembre de 2026",
    accent="#0b6b6b",
)
READERS = {"es": Localisation("es", "CO"), "en": Localisation("en", "GB")}


@ways("paper, language", [("a4", "es"), ("letter", "en")], [("a4", "en"), ("letter", "es")])
@pytest.mark.parametrize("name", ["Mesa de ayuda", LONG_NAME, "<script>alert(1)</script>", "خدمة العملاء", "W" * 120])
def test_each_link_has_one_slip_within_the_page(tmp_path: Path, name: str, paper: Paper, language: str) -> None:
    path = tmp_path / "slips.pdf"
    with kept_log() as logged:
        path.write_bytes(
            build_pdf(dataclasses.replace(SOURCE, team=name, organisation=name, paper=paper), READERS[language])
        )
    assert logged == []
    pages = pages_of(path)
    assert len(pages) == 2
    text = "".join(pages).replace(" ", "")
    for link in LINKS:
        assert text.count(link.rpartition("/")[2]) == 1
    for page in boxes_of(path):
        for word in page.words:
            assert word.left >= 10 * MILLIMETRE
            assert word.right <= page.width - 10 * MILLIMETRE


def test_slips_are_read_aloud_in_their_language_with_a_text_for_each_code(tmp_path: Path) -> None:
    path = tmp_path / "slips.pdf"
    path.write_bytes(build_pdf(SOURCE, READERS["es"]))
    assert catalogue_of(path)["/Lang"] == "es-CO"
    texts = [str(element["/Alt"]) for element in structure_of(path) if element["/S"] == "/Figure"]
    assert texts == [f"Código QR de la dirección {link}" for link in LINKS]
    assert "Este enlace es suyo y cuenta una sola vez. Hasta el 28 de noviembre de 2026." in pages_of(path)[0]
