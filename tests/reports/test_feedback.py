"""The page that tells those who answered what came of it: one page, whatever the team said and planned."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assessment.domain.texts import Text
from reports.engine.qr import address_code
from reports.feedback.build import FeedbackSource, build_context, build_html, build_message, build_pdf
from tests.reports.pdfs import catalogue_of, pages_of, structure_of
from tests.reports.plans import EVERY_SAMPLE, LONG_NAME, Sample, kept_log

LINK = "https://escala.example.com/p/Ab1lI0OoQz-_x9Kq2mNpTw"


def feedback(sample: Sample, *, is_decided: bool = True, link: str = LINK, team: str = "") -> FeedbackSource:
    source = replace(sample.source, is_blank=False)
    return FeedbackSource(
        plan=source, team=team or source.plan.team, round="Ronda de noviembre", is_decided=is_decided, link=link
    )


@pytest.mark.parametrize("sample", EVERY_SAMPLE, ids=str)
def test_it_is_one_page_that_says_what_was_said_and_what_will_be_done(tmp_path: Path, sample: Sample) -> None:
    source, path = feedback(sample), tmp_path / "page.pdf"
    with kept_log() as logged:
        path.write_bytes(build_pdf(build_context(source, sample.reader), sample.reader))
    assert logged == []
    (page,) = pages_of(path)
    words = " ".join(page.split())
    context = build_context(source, sample.reader)
    for sentence in (*context.said, *(promise.title for promise in context.promises), context.next):
        assert " ".join(sentence.split()) in words
    assert len(context.promises) == len(source.plan.plan.actions) > 0
    assert LINK.removeprefix("https://") in page.replace(" ", "").replace("\n", "")
    assert catalogue_of(path)["/Lang"] == sample.reader.tag
    assert {"/H1", "/H2", "/Table", "/LI"} <= {str(element.get("/S")) for element in structure_of(path)}


def test_the_longest_words_stay_on_one_page(tmp_path: Path) -> None:
    sample = Sample("desk", "es-CO", "letter")
    source = feedback(sample, team=f"{LONG_NAME} {LONG_NAME[:17]}")
    plan = source.plan.plan
    words = "W" * 20 + " palabra" * 12
    long = Text(words, words)
    pillars = tuple(
        replace(
            pillar,
            actions=tuple(
                replace(
                    planned,
                    action=replace(planned.action, title=long, owner=long),
                    has_proposed_owner=False,
                )
                for planned in pillar.actions
            ),
        )
        for pillar in plan.pillars
    )
    source = replace(source, plan=replace(source.plan, plan=replace(plan, pillars=pillars)))
    path = tmp_path / "page.pdf"
    path.write_bytes(build_pdf(build_context(source, sample.reader), sample.reader))
    assert len(pages_of(path)) == 1


def test_an_owner_whom_nobody_named_is_left_to_be_written_in() -> None:
    sample = Sample("small")
    source = feedback(sample)
    assert all(planned.has_proposed_owner for planned in source.plan.plan.actions)
    assert {promise.who for promise in build_context(source, sample.reader).promises} == {""}


def test_what_is_done_is_said_among_what_was_promised() -> None:
    sample = Sample("desk", "en-US")
    source = feedback(sample)
    first, *others = source.plan.plan.pillars
    done = replace(first.actions[0], is_done=True)
    plan = replace(source.plan.plan, pillars=(replace(first, actions=(done, *first.actions[1:])), *others))
    promises = build_context(replace(source, plan=replace(source.plan, plan=plan)), sample.reader).promises
    assert [one.title for one in promises if one.by == "Done"] == [sample.reader.text(done.action.title).rstrip(".")]


@pytest.mark.parametrize("locale", ["es-CO", "en-US"])
def test_before_the_team_has_decided_nothing_is_promised(locale: str) -> None:
    sample = Sample("desk", locale)
    source = feedback(sample, is_decided=False, link="")
    context, message = build_context(source, sample.reader), build_message(source, sample.reader)
    assert context.promises == ()
    html = build_html(context, sample.reader)
    for planned in source.plan.plan.actions:
        title = sample.reader.text(planned.action.title)
        assert title not in message
        assert title not in html
    assert "<svg" not in html


@pytest.mark.parametrize("locale", ["es-CO", "en-US"])
def test_the_message_says_the_same_in_plain_words(locale: str) -> None:
    sample = Sample("desk", locale)
    source = feedback(sample)
    context, message = build_context(source, sample.reader), build_message(source, sample.reader)
    lines = message.splitlines()
    assert all(f"• {sentence}" in lines for sentence in context.said)
    assert all(any(line.startswith(f"• {promise.title}") for line in lines) for promise in context.promises)
    assert lines[-1] == LINK
    assert "<" not in message
    assert "\u2066" not in message


def test_what_was_agreed_together_thanks_nobody_for_answering_alone() -> None:
    sample = Sample("consensus", "en-US")
    assert "agreed on the answers" in build_context(feedback(sample), sample.reader).thanks
    assert address_code(LINK, sample.reader) in build_html(
        build_context(feedback(sample), sample.reader), sample.reader
    )
