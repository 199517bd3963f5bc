"""Who accompanies an organisation, in the foot of each document: small, whole, and without another page."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from assessment.infra.languages import Localisation
from reports.action_plan import build as action_plan
from reports.check_in import build as check_in
from reports.closing_sheet import build as closing_sheet
from reports.engine.consultancy import Consultancy
from reports.executive import build as executive
from reports.feedback import build as feedback
from reports.paper_kit import build as paper_kit
from reports.paper_kit.build import Sheet
from reports.poster import build as poster
from tests.infra.test_pictures import picture
from tests.reports import test_executive, test_feedback, test_paper_kit, test_poster
from tests.reports.pdfs import boxes_of, pages_of
from tests.reports.plans import Sample, kept_log

SPANISH, ENGLISH = Localisation("es", "CO"), Localisation("en", "GB")
WORDS = {"es": "Con el acompañamiento de", "en": "Accompanied by"}
NAMES = ("Faro Consultores", "W" * 60, "<b>شركة</b> {{ 7 * 7 }}")
PLAN = Sample("poor")

Make = Callable[[Consultancy, Localisation], bytes]


def _plan(consultancy: Consultancy, reader: Localisation) -> bytes:
    return action_plan.build_pdf(replace(PLAN.source, consultancy=consultancy, paper=reader.paper), reader)


def _feedback(consultancy: Consultancy, reader: Localisation) -> bytes:
    source = test_feedback.feedback(PLAN)
    source = replace(source, plan=replace(source.plan, consultancy=consultancy, paper=reader.paper))
    return feedback.build_pdf(feedback.build_context(source, reader), reader)


def _kit(consultancy: Consultancy, reader: Localisation) -> bytes:
    source = replace(test_paper_kit.source_for(reader), consultancy=consultancy)
    return paper_kit.build_pdf(source, Sheet.LADDER, reader)


DOCUMENTS: dict[str, Make] = {
    "plan": _plan,
    "check-in": lambda consultancy, reader: check_in.build_pdf(
        replace(PLAN.source, consultancy=consultancy, paper=reader.paper), reader
    ),
    "summary": lambda consultancy, reader: executive.build_pdf(
        test_executive.source_of(4, consultancy=consultancy), reader
    ),
    "feedback": _feedback,
    "kit": _kit,
    "closing": lambda consultancy, reader: closing_sheet.build_pdf(
        replace(PLAN.source, is_blank=False, consultancy=consultancy, paper=reader.paper), reader, lines=18
    ),
    "poster": lambda consultancy, reader: poster.build_pdf(
        replace(test_poster.SOURCE, consultancy=consultancy, paper=reader.paper), reader
    ),
    "posters": lambda consultancy, reader: poster.build_posters_pdf(
        [replace(test_poster.SOURCE, consultancy=consultancy)] * 2, "Posters", reader
    ),
}


def logo(width: int, height: int) -> str:
    return "data:image/png;base64," + base64.b64encode(picture(size=(width, height))).decode("ascii")


@pytest.mark.parametrize(
    ("name", "reader", "size", "words"),
    [
        (name, (SPANISH, ENGLISH)[at % 2], ((600, 30), (40, 600), (300, 120))[at % 3], NAMES[at % 3])
        for at, name in enumerate(DOCUMENTS)
    ],
    ids=list(DOCUMENTS),
)
def test_a_document_says_on_each_page_who_accompanies_and_is_as_long_as_without(
    tmp_path: Path, name: str, reader: Localisation, size: tuple[int, int], words: str
) -> None:
    with_, without = tmp_path / "with.pdf", tmp_path / "without.pdf"
    with kept_log() as logged:
        with_.write_bytes(DOCUMENTS[name](Consultancy(words, logo(*size)), reader))
        without.write_bytes(DOCUMENTS[name](Consultancy(), reader))
    assert logged == []
    assert len(pages_of(with_)) == len(pages_of(without))
    for page, boxes in zip(pages_of(with_), boxes_of(with_), strict=True):
        said = WORDS[reader.language].split()
        assert page.count(" ".join(said)) == 1
        assert "Ron Kaufman" in page
        # Letters that are written from the right are not compared: how they are read out of a PDF is the reader's.
        assert re.sub(r"[^\x21-\x7e]|</?b>", "", words) in page.replace(" ", "")
        # Below everything else, and within what printers reach.
        foot = next(word for word in boxes.words if word.text == said[0] and word.top > boxes.height * 0.9)
        assert max(word.bottom for word in boxes.words if word.top >= foot.top) < boxes.height - 12
    assert WORDS[reader.language] not in " ".join(pages_of(without))
