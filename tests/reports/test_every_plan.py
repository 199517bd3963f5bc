"""What holds for every plan: of any team, in both languages, on both papers, filled in or to fill in by hand."""

from __future__ import annotations

import re

import pytest

from tests.reports.conftest import Print
from tests.reports.pdfs import MILLIMETRE, boxes_of, pages_of, pictures_of
from tests.reports.plans import EVERY_SAMPLE, Sample

SIZES = {"a4": (595.28, 841.89), "letter": (612, 792)}
RIGHTS = {
    "es": "Basado en ideas publicadas por Ron Kaufman; las marcas son de sus titulares; "
    "independiente, sin afiliación ni respaldo.",
    "en": "Based on ideas published by Ron Kaufman; marks belong to their owners; "
    "independent, neither affiliated nor endorsed.",
}
PROMISE = {"es": "Nuestra promesa a nuestros clientes", "en": "Our promise to our customers"}

every_sample = pytest.mark.parametrize("sample", EVERY_SAMPLE, ids=str)


@every_sample
def test_page_one_is_the_whole_plan_for_the_wall(sample: Sample, printed: Print) -> None:
    """Team, date, priorities, weakest point, at most five actions and the promise: all on the first page."""
    first, second, *_ = pages_of(printed(sample).path)
    source, reader = sample.source, sample.reader
    plan = source.plan
    expected = [plan.team, source.organisation, reader.date(source.printed_on), PROMISE[reader.language]]
    expected += [reader.text(source.questionnaire.pillars_by_id[entry.result.pillar].name) for entry in plan.pillars]
    expected += [source.point_name(plan.point.result.point)] if plan.point else []
    titles = [reader.text(planned.action.title) for planned in plan.actions]
    assert 2 <= len(titles) <= 5
    for words in expected + ([] if sample.is_blank else titles):
        assert words in first
    if sample.is_blank:
        assert not any(title in first for title in titles)
    assert PROMISE[reader.language] not in second
    assert ("Lo que dijo el equipo" if reader.language == "es" else "What the team said") in second


@every_sample
def test_a_plan_has_four_to_eight_pages_of_its_paper_with_numbers_and_rights(sample: Sample, printed: Print) -> None:
    path = printed(sample).path
    pages, boxes = pages_of(path), boxes_of(path)
    assert 4 <= len(pages) == len(boxes) <= 8
    for number, (words, page) in enumerate(zip(pages, boxes, strict=True), start=1):
        assert (page.width, page.height) == pytest.approx(SIZES[sample.paper], abs=0.5)
        assert re.search(rf"(?<!\d){number} ?/ ?{len(pages)}(?!\d)", words)
        assert RIGHTS[sample.reader.language] in words


@every_sample
def test_printing_warns_of_nothing(sample: Sample, printed: Print) -> None:
    assert printed(sample).logged == ()


@every_sample
def test_every_word_stands_within_the_margins(sample: Sample, printed: Print) -> None:
    margin = 14 * MILLIMETRE
    for page in boxes_of(printed(sample).path):
        outside = [
            word.text
            for word in page.words
            if word.left < margin
            or word.right > page.width - margin
            or word.top < margin - 2 * MILLIMETRE
            or word.bottom > page.height - 5 * MILLIMETRE
        ]
        assert outside == []


@every_sample
def test_no_page_is_blank_and_nothing_touches_the_edge_that_printers_cut(sample: Sample, printed: Print) -> None:
    dots_per_inch = 36
    edge = round(5 / 25.4 * dots_per_inch)
    for picture in pictures_of(printed(sample).path, dots_per_inch):
        assert 0.005 < picture.inked < 0.5
        for box in (
            (0, 0, picture.width, edge),
            (0, picture.height - edge, picture.width, picture.height),
            (0, 0, edge, picture.height),
            (picture.width - edge, 0, picture.width, picture.height),
        ):
            assert picture.darkest(*box) > 230


@every_sample
def test_no_page_but_the_last_is_more_than_half_empty_or_ends_with_a_heading(sample: Sample, printed: Print) -> None:
    *pages, _last = boxes_of(printed(sample).path)
    for number, page in enumerate(pages, start=1):
        body = [word for word in page.words if word.bottom < page.height - 19 * MILLIMETRE]
        lowest = max(body, key=lambda word: word.bottom)
        assert lowest.bottom > page.height / 2, number
        # Page 1 ends with the heading above the lines for the promise.
        assert number == 1 or lowest.bottom - lowest.top < 16, f"page {number} ends with a heading"


def test_what_is_not_clear_yet_stands_on_one_line(printed: Print) -> None:
    """A lone figure on a line of its own reads as one of the next row."""
    lines = 0
    for locale in ("es-CO", "en-US"):
        for page in boxes_of(printed(Sample("desk", locale)).path):
            begins = [word.top for word in page.words if word.text in ("cambió", "changed")]
            figures = [word.top for word in page.words if re.fullmatch(r"\+\d[.,]\d\.", word.text)]
            assert all(min(abs(top - begin) for begin in begins) < 1 for top in figures)
            lines += len(figures)
    assert lines > 10
