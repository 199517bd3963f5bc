"""The page that tells those who answered what came of it: one page, whatever the team said and planned."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assessment.domain.texts import Text
from reports.engine.qr import address_code
from reports.feedback.build import FeedbackSource, build_context, build_html, build_message, build_pdf
from tests.reports.pdfs import boxes_of, catalogue_of, pages_of, structure_of
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


@pytest.mark.parametrize("locale", ["es-CO", "en-US"])
def test_the_title_stands_on_one_line(tmp_path: Path, locale: str) -> None:
    for paper in ("a4", "letter"):
        sample, path = Sample("desk", locale, paper), tmp_path / f"{paper}.pdf"
        path.write_bytes(build_pdf(build_context(feedback(sample), sample.reader), sample.reader))
        words = [word for word in boxes_of(path)[0].words if word.bottom - word.top > 25]
        assert len(words) > 5
        assert max(word.top for word in words) - min(word.top for word in words) < 1


def test_what_is_done_is_no_promise_any_more_and_what_is_late_or_stuck_says_so() -> None:
    sample = Sample("desk", "en-US")
    source = feedback(sample)
    first, *others = source.plan.plan.pillars
    done = replace(first.actions[0], is_done=True)
    late = replace(first.actions[1], is_late=True, is_stuck=True)
    plan = replace(source.plan.plan, pillars=(replace(first, actions=(done, late, *first.actions[2:])), *others))
    source = replace(source, plan=replace(source.plan, plan=plan))
    context, message = build_context(source, sample.reader), build_message(source, sample.reader)
    title = sample.reader.text(done.action.title).rstrip(".")
    assert context.done == (title,)
    assert title not in {one.title for one in context.promises}
    assert [one.mark for one in context.promises if one.mark] == ["Late · Stuck"]
    assert build_html(context, sample.reader).count("Late · Stuck") == message.count("Late · Stuck") == 1
    assert message.index("What we will do:") < message.index("What we have done already:") < message.index(title)


def test_a_plan_that_is_done_promises_nothing_and_does_not_begin_anew() -> None:
    sample = Sample("desk", "en-US")
    source = feedback(sample)
    plan = source.plan.plan
    pillars = tuple(
        replace(pillar, actions=tuple(replace(one, is_done=True) for one in pillar.actions)) for pillar in plan.pillars
    )
    source = replace(source, plan=replace(source.plan, plan=replace(plan, pillars=pillars, point=None)))
    message = build_message(source, sample.reader)
    assert "What we will do:" not in message
    assert "we choose two or three" not in message


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
