"""PDF/UA-1: a plan that a screen reader can read, in the right language and order."""

from __future__ import annotations

import os
from itertools import pairwise
from pathlib import Path

import pytest

from tests.reports.pdfs import catalogue_of, elements_below, fonts_of, read, structure_of
from tests.reports.plans import EVERY_SAMPLE, FILLED, ONE_OF_EACH, Sample

OURS = {"Source Sans", "Source Sans Ext", "Source Serif 4", "Source Serif 4 Ext"}
every_team = pytest.mark.parametrize(
    "plan", [*dict.fromkeys([*FILLED, *EVERY_SAMPLE])] if os.environ.get("CI") else ONE_OF_EACH, indirect=True, ids=str
)
Plan = tuple[Sample, Path]

NONE_BELOW = "excellent"
"""The team without a pillar below its target: why there are no priorities is one sentence, without a heading."""
WHY = ("Por qué estas prioridades", "Why these priorities")
BOOKMARKS = {
    "es": [
        "Los doce pilares de una cultura de servicio",
        "Por qué estas prioridades",
        "Los próximos 90 días",
        "Cómo leer esto",
    ],
    "en": ["The twelve pillars of a service culture", "Why these priorities", "The next 90 days", "How to read this"],
}


@every_team
def test_a_plan_says_its_title_and_its_language(plan: Plan) -> None:
    sample, path = plan
    catalogue, metadata = catalogue_of(path), read(path).metadata
    assert catalogue["/Lang"] == sample.locale
    assert catalogue["/ViewerPreferences"]["/DisplayDocTitle"]
    assert sample.source.plan.team in metadata.title
    assert metadata.title.startswith("Plan de acción" if sample.reader.language == "es" else "Service action plan")


@every_team
def test_a_plan_declares_itself_tagged_and_pdf_ua(plan: Plan) -> None:
    catalogue = catalogue_of(plan[1])
    assert catalogue["/MarkInfo"]["/Marked"]
    xmp = catalogue["/Metadata"].get_data()
    assert b"http://www.aiim.org/pdfua/ns/id/" in xmp
    assert b'pdfuaid:part="1"' in xmp or b"<pdfuaid:part>1<" in xmp


@every_team
def test_every_picture_has_a_text_in_its_place(plan: Plan) -> None:
    sample, path = plan
    figures = [element for element in structure_of(path) if element["/S"] == "/Figure"]
    assert len(figures) >= 12
    texts = [str(figure.get("/Alt", "")).strip() for figure in figures]
    assert all(len(text) > 5 for text in texts)
    reader = sample.reader
    for pillar in sample.source.questionnaire.pillars:
        assert any(text.startswith(f"{reader.text(pillar.name)}: ") for text in texts)


@every_team
def test_headings_begin_with_one_title_and_skip_no_rank(plan: Plan) -> None:
    ranks = [
        int(str(element["/S"])[2:])
        for element in structure_of(plan[1])
        if element["/S"] in {"/H1", "/H2", "/H3", "/H4"}
    ]
    assert ranks[0] == 1
    assert ranks.count(1) == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(ranks))


@every_team
def test_every_table_has_headers(plan: Plan) -> None:
    _sample, path = plan
    tables = [element for element in structure_of(path) if element["/S"] == "/Table"]
    assert len(tables) >= 6
    assert all(any(cell["/S"] == "/TH" for cell in elements_below(table)) for table in tables)


@every_team
def test_bookmarks_lead_through_the_document_in_order(plan: Plan) -> None:
    sample, path = plan
    reader = read(path)
    marks: list[tuple[str, int]] = []

    def collect(entries) -> None:
        for entry in entries:
            if isinstance(entry, list):
                collect(entry)
            else:
                marks.append((entry.title, reader.get_destination_page_number(entry)))

    collect(reader.outline)
    pages = [page for _, page in marks]
    assert pages == sorted(pages)
    assert pages[0] == 0
    titles = [title for title, _ in marks]
    expected = [title for title in BOOKMARKS[sample.reader.language] if sample.name != NONE_BELOW or title not in WHY]
    assert [title for title in titles if title in expected] == expected


@every_team
def test_every_font_travels_with_the_document(plan: Plan) -> None:
    for name, descriptor in fonts_of(plan[1]).items():
        assert str(descriptor["/FontFamily"]) in OURS, name
        assert any(key in descriptor for key in ("/FontFile", "/FontFile2", "/FontFile3")), name
