"""What we promised: one page with every action that is not finished, and places to sign."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assessment.domain.plans.proposal import PlannedAction
from reports.closing_sheet.build import LINES_OF_A_PAGE, MOST_LINES, build_context, build_pdf, usual_lines
from tests.reports.pdfs import catalogue_of, pages_of
from tests.reports.plans import ONE_OF_EACH, Sample, kept_log


@pytest.mark.parametrize("sample", [*ONE_OF_EACH, Sample("long", "es-CO", "letter")], ids=str)
def test_it_is_one_page_with_every_action_and_its_day(tmp_path: Path, sample: Sample) -> None:
    source = replace(sample.source, is_blank=False)
    context, path = build_context(source, sample.reader, lines=LINES_OF_A_PAGE), tmp_path / "sheet.pdf"
    with kept_log() as logged:
        path.write_bytes(build_pdf(source, sample.reader, lines=LINES_OF_A_PAGE))
    assert logged == []
    (page,) = pages_of(path)
    assert len(context.actions) == len(source.plan.actions)
    words = " ".join(page.split())
    for action in context.actions:
        assert action.title in words
        assert action.due in words
    assert catalogue_of(path)["/Lang"] == sample.reader.tag


def test_the_longest_words_stay_on_one_page_and_more_lines_go_on_behind_it(tmp_path: Path) -> None:
    sample = Sample("long", "es-CO", "letter")
    words = "Coordinar la entrega con los proveedores de la región y avisar antes de las nueve"
    pillars = tuple(
        replace(
            pillar,
            actions=tuple(
                replace(
                    planned,
                    has_proposed_owner=False,
                    action=replace(
                        planned.action,
                        title=type(planned.action.title)(words, words),
                        owner=type(planned.action.owner)("W" * 60, "W" * 60),
                    ),
                )
                for planned in pillar.actions
            ),
        )
        for pillar in sample.source.plan.pillars
    )
    source = replace(sample.source, plan=replace(sample.source.plan, pillars=pillars))
    for lines in (1, 6, 12, LINES_OF_A_PAGE):  # the roomiest that still has two lines a title
        shorter = tuple(
            replace(
                one,
                actions=tuple(
                    _named(planned, "Coordinar la entrega con los proveedores de aquí cerca") for planned in one.actions
                ),
            )
            for one in pillars
        )
        path = tmp_path / f"roomy-{lines}.pdf"
        roomy = replace(source, organisation="", plan=replace(source.plan, team="Caja", pillars=shorter))
        assert build_context(roomy, sample.reader, lines=lines).fit == "roomy"
        path.write_bytes(build_pdf(roomy, sample.reader, lines=lines))
        assert len(pages_of(path)) == 1
    for plan, lines, pages in ((source, LINES_OF_A_PAGE, 1), (sample.source, 10_000, 2)):
        path = tmp_path / f"sheet-{lines}.pdf"
        path.write_bytes(build_pdf(plan, sample.reader, lines=lines))
        assert len(pages_of(path)) == pages
    assert build_context(source, sample.reader, lines=10_000).lines == MOST_LINES


def _named(planned: PlannedAction, title: str) -> PlannedAction:
    texts = type(planned.action.title)
    return replace(planned, action=replace(planned.action, title=texts(title, title), owner=texts("Ana", "Ana")))


def test_there_is_a_place_for_each_person_as_far_as_they_fit() -> None:
    assert [usual_lines(size) for size in (3, 12, 400)] == [6, 12, LINES_OF_A_PAGE]
