"""The check-in sheet: what is open, with its boxes, on one page that is understood without the application."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from reports.action_plan.build import build_page_one
from reports.check_in.build import build_context, build_html, build_pdf
from tests.reports.pdfs import catalogue_of, pages_of
from tests.reports.plans import ONE_OF_EACH, Sample, kept_log


@pytest.mark.parametrize(
    "sample", [*ONE_OF_EACH, Sample("long", "es-CO", "letter"), Sample("desk", "en-US", "a4")], ids=str
)
def test_it_is_one_page_with_every_open_action_its_day_and_the_three_meetings(tmp_path: Path, sample: Sample) -> None:
    source = replace(sample.source, is_blank=False)
    context, path = build_context(source, sample.reader), tmp_path / "sheet.pdf"
    with kept_log() as logged:
        path.write_bytes(build_pdf(source, sample.reader))
    assert logged == []
    (page,) = pages_of(path)
    assert len(context.actions) == len(source.plan.actions)
    for action in context.actions:
        assert action.due in page
    for day in context.meetings:
        assert day in page
    assert catalogue_of(path)["/Lang"] == sample.reader.tag


@pytest.mark.parametrize(
    "words", ["W" * 80, "Coordinar la entrega con los proveedores de la región y avisar antes de las nueve"]
)
def test_the_longest_words_of_a_team_stay_within_one_page(tmp_path: Path, words: str) -> None:
    sample = Sample("long", "es-CO", "letter")
    source = sample.source
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
                        owner=type(planned.action.owner)(words[:60], words[:60]),
                    ),
                )
                for planned in pillar.actions
            ),
        )
        for pillar in source.plan.pillars
    )
    path = tmp_path / "sheet.pdf"
    with kept_log() as logged:
        path.write_bytes(build_pdf(replace(source, plan=replace(source.plan, pillars=pillars)), sample.reader))
    assert logged == []
    assert len(pages_of(path)) == 1


def test_what_is_done_is_not_asked_about_and_where_all_is_done_the_sheet_says_so() -> None:
    sample = Sample("desk", "en-US")
    source = sample.source
    first, *others = source.plan.pillars
    done = replace(first, actions=tuple(replace(planned, is_done=True) for planned in first.actions))
    context = build_context(replace(source, plan=replace(source.plan, pillars=(done, *others))), sample.reader)
    titles = {action.title for action in context.actions}
    assert not titles & {sample.reader.text(planned.action.title) for planned in first.actions}
    nothing = replace(source, plan=replace(source.plan, pillars=(done,), point=None))
    assert "No action of the plan is open" in build_html(build_context(nothing, sample.reader), sample.reader)


def test_what_is_late_or_stuck_is_marked() -> None:
    sample = Sample("desk", "en-US")
    source = sample.source
    first, *others = source.plan.pillars
    marked = replace(first.actions[0], is_late=True), replace(first.actions[1], is_stuck=True)
    pillars = (replace(first, actions=(*marked, *first.actions[2:])), *others)
    html = build_html(
        build_context(replace(source, plan=replace(source.plan, pillars=pillars)), sample.reader), sample.reader
    )
    assert html.count('<b class="is-late">Late</b>') == html.count('<b class="is-late">Stuck</b>') == 1


def test_a_proposed_owner_is_left_to_be_written_in_and_hostile_words_stay_words() -> None:
    sample = Sample("desk", "en-US")
    source = replace(sample.source, organisation="<script>alert(1)</script>")
    context = build_context(source, sample.reader)
    assert {action.owner for action in context.actions} == {""}
    assert "<script>" not in build_html(context, sample.reader)


def test_page_1_alone_is_the_first_page_of_the_plan(tmp_path: Path) -> None:
    sample = Sample("desk", "es-CO")
    path = tmp_path / "page.pdf"
    with kept_log() as logged:
        path.write_bytes(build_page_one(sample.source, sample.reader))
    assert logged == []
    (page,) = pages_of(path)
    for planned in sample.source.plan.actions:
        assert sample.reader.text(planned.action.title) in page
