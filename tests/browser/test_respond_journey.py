"""Answering in Chromium as people do: phone and desktop, both languages, with and without JavaScript, light and dark.

The accessibility audit is axe-core's.
"""

from __future__ import annotations

import os
from itertools import product
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from assessment.domain.rounds import RoundMode
from assessment.services.answer_documents import sheet_from_document
from tests.browser.answering import (
    MOMENTS,
    SHOWN,
    answer_before,
    answer_of,
    answers_to_all,
    begin,
    choose,
    chosen,
    document,
    drafts,
    eventually,
    go_to,
    is_kept,
    open_page,
    press_back,
    press_next,
    send,
    sent,
    some,
    step_shown,
    wait_for_step,
    wait_until_saved,
)
from tests.browser.conftest import serving
from tests.browser.look import look
from tests.browser.matrix import ways
from tests.web.respond_rounds import NOW, PILLARS, POINTS, QUESTIONNAIRE, world

HEAVIEST = 25_000
MOST_TAPS = 62
ALL = answers_to_all()
STEPS = [*PILLARS, "focus", *MOMENTS, "role", "comment", "send"]

IN_CI = bool(os.environ.get("CI"))
AUDITED = STEPS if IN_CI else (MOMENTS[0], "comment", "send")
"""An audit is dear, and steps of one kind differ in words: at home one of each; of some, as they are once answered."""

COUNT_TAPS = """() => {
  window.taps = 0;
  addEventListener("click", (event) => { window.taps += event.isTrusted ? 1 : 0; }, true);
}"""


@pytest.fixture(scope="module")
def served():
    with world("sqlite") as world_, serving(world_.app) as address:
        yield world_, address


@pytest.fixture
def answering(served, device):
    """A page of a phone on which a round is answered, opened at its first page: with the world, and its link."""

    def make(width=360, language="en-US", *, round_=None, **more):
        world_, address = served
        token = world_.open_round(**(round_ or {}))
        page = device(width, language, **{"reduced_motion": "reduce", **more})
        page.set_default_timeout(8000)
        open_page(page, address, token)
        return page, world_, token

    return make


@ways("width, language", [(360, "es-CO")], [(360, "en-US"), (1280, "es-CO"), (1280, "en-US")])
def test_a_whole_journey_arrives_and_takes_few_taps(answering, width, language):
    page, world_, token = answering(width, language, round_={"asks_role": True}, has_touch=True)
    page.evaluate(COUNT_TAPS)
    page.locator("#begin").tap()
    tap_through(page, some(ALL, *PILLARS))
    wait_for_step(page, "focus")
    for pillar in PILLARS[:3]:
        answer_of(page, "focus", "focus", pillar).tap()
    page.locator(f"{SHOWN} [type=submit]").tap()
    tap_through(page, some(ALL, *MOMENTS) | {"role": {"role": "leader"}})
    wait_for_step(page, "comment")
    page.locator(f"{SHOWN} textarea").fill("¡Más ñandúes!")
    page.locator(f"{SHOWN} [type=submit]").tap()
    wait_for_step(page, "send")
    assert not page.locator(f"{SHOWN} .missing").is_visible()
    page.locator(f"{SHOWN} [type=submit]").tap()
    wait_for_step(page, "thanks")
    assert urlsplit(page.url).path.endswith("/thanks")
    [arrived] = world_.answers(token)
    sheet = sheet_from_document(arrived)
    assert {"items": sheet.items, "ladder": sheet.ladder} == document(ALL)
    assert (set(sheet.focus), sheet.role, sheet.comment) == ({*PILLARS[:3]}, "leader", "¡Más ñandúes!")
    assert page.evaluate("taps") <= MOST_TAPS
    assert page.complaints == []


def test_a_code_of_ones_own_goes_out_with_sending_and_stays_nowhere(answering):
    page, world_, token = answering(round_={"asks_code": True})
    begin(page)
    choose(page, some(ALL, PILLARS[0]))
    wait_until_saved(page)
    go_to(page, "send")
    page.locator("#code").fill("a1")
    press_next(page)
    assert page.locator("#code-short").is_visible()
    assert step_shown(page) == "send"
    page.locator("#code").fill("Río Tunjuelo 47")
    send(page)
    [arrived] = world_.answers(token)
    assert len(arrived["respondent"]) == 32
    assert "Tunjuelo" not in page.content() + page.evaluate("JSON.stringify(sessionStorage)")
    assert page.complaints == []


def tap_through(page, answers):
    for step, values in answers.items():
        wait_for_step(page, step)
        for field, value in values.items():
            answer_of(page, step, field, value).tap()


def press(page, button):
    """Presses a button and waits for the page that it leads to."""
    left = page.url
    button.click()
    page.wait_for_url(lambda url: url != left)


@ways("width, language", [(360, "en-US")], [(360, "es-CO"), (1280, "es-CO"), (1280, "en-US")])
def test_a_whole_journey_without_javascript_arrives(served, device, width, language):
    world_, address = served
    token = world_.open_round(asks_role=True)
    page = device(width, language, java_script_enabled=False)
    page.set_default_timeout(8000)
    page.goto(f"{address}/r/{token}")
    press(page, page.locator("#begin"))
    to_next = page.locator(".page-buttons button[value=next]")
    given = ALL if IN_CI else {step: dict([next(iter(values.items()))]) for step, values in ALL.items()}
    for pillar in PILLARS:
        assert page.url.endswith(f"/steps/{pillar}")
        for item, value in given[pillar].items():
            page.locator(f"input[name={item}][value='{value}']").click()
        press(page, to_next)
    page.locator("input[value=voice]").click()
    press(page, to_next)
    for moment in MOMENTS:
        page.locator(f"input[name=step][value='{ALL[moment]['step']}']").click()
        press(page, to_next)
    page.locator("input[value=leader]").click()
    press(page, to_next)
    page.locator("textarea").fill("¡Más ñandúes!")
    press(page, to_next)
    press(page, page.locator("main button"))
    assert page.url.endswith("/thanks")
    [arrived] = world_.answers(token)
    sheet = sheet_from_document(arrived)
    assert {"items": sheet.items, "ladder": sheet.ladder} == document(given)
    assert (sheet.focus, sheet.role, sheet.comment) == (("voice",), "leader", "¡Más ñandúes!")
    assert page.complaints == []


SOUND = ("width, language, scheme", [(360, "es-CO", "dark")], [
    one for one in product((320, 360, 1280), ("es-CO", "en-US"), ("light", "dark")) if one != (360, "es-CO", "dark")
])  # fmt: skip


@ways(*SOUND)
def test_every_step_is_sound(answering, width, language, scheme):
    page, _, _ = answering(
        width, language, round_={"asks_role": True}, color_scheme=scheme, reduced_motion="reduce", bypass_csp=True
    )
    look(page)
    for step in STEPS:
        go_to(page, step)
        look(page, audit=step in AUDITED)
    go_to(page, "focus")
    for pillar in PILLARS[:4]:
        answer_of(page, "focus", "focus", pillar).click()
    look(page)
    go_to(page, PILLARS[0])
    for at, item in enumerate(QUESTIONNAIRE.pillars[0].items[1:]):
        page.locator(f"[name='{PILLARS[0]}.{item.id}']").nth(at + 2).click()
    look(page)
    go_to(page, "send")
    send(page)
    look(page)
    page.reload()
    page.locator("form.another, .done-mark").wait_for()
    look(page, audit=IN_CI)


@ways(*SOUND)
def test_every_other_page_is_sound(served, device, width, language, scheme):
    world_, address = served
    token = world_.open_round(asks_role=True)
    page = device(width, language, color_scheme=scheme, reduced_motion="reduce", bypass_csp=True)
    for link in (world_.open_round(mode=RoundMode.CONSENSUS), "unknown"):
        page.goto(f"{address}/r/{link}")
        look(page, audit=IN_CI or link == "unknown")
    page.goto(f"{address}/r/{token}")
    root = page.url.rpartition("/")[0]
    page.goto(f"{root}/steps/focus")
    for at in range(4):
        page.locator(f"#focus-{at}").click()
    page.locator(".page-buttons button[value=next]").click()
    page.locator(".summary").wait_for()
    look(page)
    for step in (PILLARS[0], MOMENTS[0], "role", "comment"):
        page.goto(f"{root}/steps/{step}")
        look(page, audit=IN_CI)
    page.goto(f"{root}/steps/{PILLARS[0]}")
    page.locator(f"[name='{QUESTIONNAIRE.pillars[0].items[0].id}']").first.click()
    press(page, page.locator(".page-buttons button[value=next]"))
    page.goto(f"{root}/send")
    look(page)
    press(page, page.locator("main button"))
    look(page, audit=IN_CI)
    page.goto(f"{address}/r/{token}")
    page.locator("form.another").wait_for()
    look(page)


@pytest.mark.parametrize("language", ["es-CO", "en-US"])
def test_every_answer_is_easy_to_hit_on_every_phone(answering, language):
    page, _, _ = answering(320, language)
    for step in (PILLARS[0], MOMENTS[0]):
        go_to(page, step)
        for width in (320, 340, 358, 359, 360, 375, 384, 390, 412, 430, 448, 460):
            page.set_viewport_size({"width": width, "height": 640})
            look(page, audit=False)


def test_a_dark_page_is_dark(answering):
    page, _, _ = answering(color_scheme="dark")
    red, green, blue = page.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)")
    assert max(red, green, blue) < 60


@ways("language", ["es-CO"], ["en-US"])
def test_to_begin_nobody_has_to_scroll(answering, language):
    page, _, _ = answering(360, language, round_={"asks_role": True})
    page.set_viewport_size({"width": 360, "height": 640})
    box = page.locator("#begin").bounding_box()
    assert box["y"] + box["height"] <= 640


def test_a_tap_on_a_ladder_step_chooses_and_goes_on_and_there_is_a_way_back(answering):
    page, _, _ = answering()
    go_to(page, MOMENTS[0])
    answer_of(page, MOMENTS[0], "step", "2").click()
    wait_for_step(page, MOMENTS[1])
    press_back(page)
    wait_for_step(page, MOMENTS[0])
    assert chosen(page) == {MOMENTS[0]: {"step": "2"}}
    answer_of(page, MOMENTS[0], "step", "2").click()
    wait_for_step(page, MOMENTS[1])
    page.go_back()
    wait_for_step(page, MOMENTS[0])
    answer_of(page, MOMENTS[0], "step", "5").click()
    wait_for_step(page, MOMENTS[1])
    assert chosen(page) == {MOMENTS[0]: {"step": "5"}}


def test_the_last_statement_of_a_step_leads_to_the_next_and_a_changed_answer_nowhere(answering):
    page, _, _ = answering()
    begin(page)
    step, following = PILLARS[:2]
    *fields, last = ALL[step]
    for field in fields:
        answer_of(page, step, field, "3").click()
        assert step_shown(page) == step
    answer_of(page, step, last, "3").click()
    wait_for_step(page, following)
    press_back(page)
    for field in (last, fields[0]):
        answer_of(page, step, field, "1").click()
        answer_of(page, step, field, "1").click()
    assert step_shown(page) == step
    assert chosen(page)[step] == {**dict.fromkeys(fields, "3"), fields[0]: "1", last: "1"}


def test_three_pillars_matter_most_and_a_fourth_is_explained_at_once(answering):
    page, world_, token = answering()
    go_to(page, "focus")
    line = page.locator(f"{SHOWN} .chosen")
    assert line.inner_text() == "0 of 3 chosen"
    for at, pillar in enumerate(PILLARS[:3], start=1):
        answer_of(page, "focus", "focus", pillar).click()
        assert line.inner_text() == f"{at} of 3 chosen"
    answer_of(page, "focus", "focus", PILLARS[3]).click()
    assert not answer_of(page, "focus", "focus", PILLARS[3]).is_checked()
    assert line.inner_text() == "3 are chosen already. To choose another, take one back first."
    assert line.evaluate("e => e.getBoundingClientRect().top >= 0 && e.getBoundingClientRect().bottom <= innerHeight")
    answer_of(page, "focus", "focus", PILLARS[0]).click()
    answer_of(page, "focus", "focus", PILLARS[3]).click()
    assert line.inner_text() == "3 of 3 chosen"
    wait_until_saved(page)
    [draft] = drafts(world_, token)
    assert draft["focus"] == sorted(PILLARS[1:4])


def test_the_review_shows_only_what_is_missing_and_leads_there(answering):
    page, _, _ = answering()
    step = PILLARS[0]
    first, *others = ALL[step]
    answer_before(page, some(ALL, *PILLARS[1:], *MOMENTS[1:]) | {step: dict.fromkeys(others, "4")})
    go_to(page, "send")
    missing = page.locator(f"{SHOWN} .missing button:visible")
    assert missing.evaluate_all("all => all.map((one) => one.dataset.go)") == [step, "focus", MOMENTS[0], "comment"]
    assert missing.first.locator(".state-of-step").inner_text() == "1 missing"
    missing.first.click()
    wait_for_step(page, step)
    answer_of(page, step, first, "4").click()
    wait_for_step(page, "send")
    assert missing.evaluate_all("all => all.map((one) => one.dataset.go)") == ["focus", MOMENTS[0], "comment"]


def test_a_comment_that_is_full_says_so(answering):
    page, _, _ = answering()
    go_to(page, "comment")
    full = page.get_by_text("No more fits: a comment has at most 4,000 characters.")
    page.locator(f"{SHOWN} textarea").fill("a" * 3999)
    assert not full.is_visible()
    page.locator(f"{SHOWN} textarea").press("a")
    assert full.is_visible()


def test_somebody_else_begins_anew_where_another_had_begun(answering):
    page, world_, token = answering()
    assert not page.get_by_text("Did somebody else answer here before you?").is_visible()
    answer_before(page, some(ALL, PILLARS[0]))
    page.get_by_text("Did somebody else answer here before you?").click()
    page.get_by_role("button", name="Start over").click()
    page.wait_for_function("() => document.querySelectorAll('form.step input:checked').length === 0")
    begin(page)
    wait_for_step(page, PILLARS[0])
    choose(page, some(ALL, PILLARS[0]))
    go_to(page, "send")
    send(page)
    assert len(world_.answers(token)) == 1


def test_a_tap_meant_for_the_step_before_chooses_nothing_in_the_next(answering):
    page, world_, token = answering()
    go_to(page, MOMENTS[0])
    answer_of(page, MOMENTS[0], "step", "3").click()
    for _ in range(5):  # wherever it lands
        page.mouse.click(180, 300 + 60 * _)
    wait_for_step(page, MOMENTS[1])
    wait_until_saved(page)
    assert chosen(page) == {MOMENTS[0]: {"step": "3"}}
    assert drafts(world_, token) == [document({MOMENTS[0]: {"step": "3"}})]


def test_nothing_at_all_cannot_be_sent_and_little_is_sent_with_a_warning(answering):
    page, world_, token = answering(round_={"asks_role": True})
    go_to(page, "comment")
    page.locator(f"{SHOWN} textarea").fill(" \n ")
    press_next(page)
    assert "Nothing has been answered yet" in page.locator(SHOWN).inner_text()
    assert not page.locator(f"{SHOWN} [type=submit]").is_visible()
    go_to(page, PILLARS[3])
    answer_of(page, PILLARS[3], f"{PILLARS[3]}-1", "2").click()
    go_to(page, "send")
    assert "Statements answered: 1 of 48" in page.locator(SHOWN).inner_text()
    send(page)
    assert [answers["items"] for answers in world_.answers(token)] == [{f"{PILLARS[3]}-1": 2}]


def test_the_keyboard_suffices_and_enter_goes_on(answering):
    page, world_, token = answering(1280)
    page.locator("#begin").focus()
    page.keyboard.press("Enter")
    step = PILLARS[0]
    wait_for_step(page, step)
    for _ in ALL[step]:
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowRight")
    assert chosen(page) == {step: dict.fromkeys(ALL[step], "3")}
    assert step_shown(page) == step
    page.keyboard.press("Enter")
    wait_for_step(page, PILLARS[1])
    page.go_back()
    wait_for_step(page, step)
    assert chosen(page) == {step: dict.fromkeys(ALL[step], "3")}
    go_to(page, "send")
    page.locator(f"{SHOWN} [type=submit]").focus()
    page.keyboard.press("Enter")
    wait_for_step(page, "thanks")
    assert sent(world_, token) == [document({step: dict.fromkeys(ALL[step], "3")})]


def test_arrow_keys_never_go_on_by_themselves(answering):
    page, _, _ = answering()
    go_to(page, MOMENTS[0])
    answer_of(page, MOMENTS[0], "step", "5").click()
    wait_for_step(page, MOMENTS[1])
    page.locator(f"{SHOWN} [data-go=back]").focus()
    page.keyboard.press("Enter")
    wait_for_step(page, MOMENTS[0])
    answer_of(page, MOMENTS[0], "step", "5").focus()
    for key, value in (("ArrowDown", "4"), ("ArrowUp", "5"), ("ArrowUp", "6")):
        page.keyboard.press(key)
        assert chosen(page) == {MOMENTS[0]: {"step": value}}
        assert step_shown(page) == MOMENTS[0]


def test_a_new_step_is_said_to_who_cannot_see_it(answering):
    page, _, _ = answering()
    begin(page)
    wait_for_step(page, PILLARS[0])
    heading = page.locator(f"{SHOWN} h1")
    assert heading.evaluate("e => e === document.activeElement")
    assert page.title() == f"{heading.inner_text()} · Escala"
    assert page.evaluate("scrollY") == 0


def test_the_other_language_keeps_the_step_and_the_answers(answering):
    page, world_, token = answering(language="es-CO")
    begin(page)
    choose(page, some(ALL, PILLARS[0]))
    wait_for_step(page, PILLARS[1])
    answer_of(page, PILLARS[1], f"{PILLARS[1]}-2", "DK").click()
    page.locator(".languages a").click()
    page.get_by_role("heading", name="Engaging service vision").wait_for()
    assert page.locator("html").get_attribute("lang") == "en-CO"
    expected = {PILLARS[0]: ALL[PILLARS[0]], PILLARS[1]: {f"{PILLARS[1]}-2": "DK"}}
    eventually(lambda: chosen(page), expected)
    press_back(page)
    wait_for_step(page, PILLARS[0])
    wait_until_saved(page)
    world_.change(token, stopped_at=NOW)
    answer_of(page, PILLARS[0], f"{PILLARS[0]}-1", "5").click()
    page.get_by_role("heading", name="These questions are closed").wait_for()


def test_the_language_button_keeps_what_was_chosen_without_javascript(served, device):
    world_, address = served
    page = device(language="es-CO", java_script_enabled=False)
    page.set_default_timeout(8000)
    page.goto(f"{address}/r/{world_.open_round()}")
    press(page, page.locator("#begin"))
    page.locator("input[name=language-2][value=DK]").click()
    page.locator(".languages button").click()
    page.get_by_role("heading", name="Common service language").wait_for()
    assert page.locator("input[name=language-2][value=DK]").is_checked()


def test_a_first_visit_weighs_little_with_all_questions_in_it(served, device):
    world_, address = served
    page = device()
    answers = []

    def note(answer):
        answers.append(answer)

    page.on("response", note)
    page.goto(f"{address}/r/{world_.open_round(asks_role=True)}")
    page.wait_for_load_state("networkidle")
    weights = {Path(urlsplit(one.url).path).name: int(one.header_value("Content-Length") or 0) for one in answers}
    assert weights.keys() >= {"es", "respond.css", "respond.js"}
    assert sum(weights.values()) < HEAVIEST, weights
    assert page.locator("fieldset").count() == len(QUESTIONNAIRE.items) + len(POINTS) + 2
    page.context.set_offline(True)
    begin(page)
    choose(page, some(ALL, *PILLARS[:2]))
    go_to(page, MOMENTS[-1])
    choose(page, some(ALL, MOMENTS[-1]))
    wait_for_step(page, "role")


def test_back_forward_and_reload_lead_where_they_should(answering):
    page, _, _ = answering()
    begin(page)
    press_next(page)
    wait_for_step(page, PILLARS[1])
    page.go_back()
    wait_for_step(page, PILLARS[0])
    answer_of(page, PILLARS[0], f"{PILLARS[0]}-4", "5").click()
    page.go_forward()
    wait_for_step(page, PILLARS[1])
    page.reload()
    wait_for_step(page, PILLARS[1])
    page.go_back()
    wait_for_step(page, PILLARS[0])
    eventually(lambda: chosen(page), {PILLARS[0]: {f"{PILLARS[0]}-4": "5"}})
    page.go_back()
    wait_for_step(page, "")


def test_a_fresh_tab_goes_on_where_the_other_stopped(served, answering):
    page, world_, token = answering()
    assert page.locator("#begin").inner_text() == "Begin"
    answer_before(page, some(ALL, *PILLARS[:3]))
    go_to(page, PILLARS[3])
    answer_of(page, PILLARS[3], f"{PILLARS[3]}-1", "2").click()
    wait_until_saved(page)
    page.close()
    fresh = page.context.new_page()
    open_page(fresh, served[1], token)
    fresh.get_by_role("link", name="Continue where I left off").click()
    wait_for_step(fresh, PILLARS[3])
    assert chosen(fresh) == some(ALL, *PILLARS[:3]) | {PILLARS[3]: {f"{PILLARS[3]}-1": "2"}}
    assert world_.answers(token) == []


def test_nothing_stays_on_the_device_after_sending(answering):
    page, world_, token = answering()
    begin(page)
    choose(page, some(ALL, *PILLARS[:2]))
    go_to(page, "send")
    send(page)
    assert not is_kept(page)
    expect(page.locator("input, textarea")).to_have_count(0)
    page.go_back()
    wait_for_step(page, "thanks")
    expect(page.locator("input, textarea")).to_have_count(0)
    page.reload()
    page.get_by_role("heading", name="already sent").wait_for()
    assert not is_kept(page)
    assert sent(world_, token) == [document(some(ALL, *PILLARS[:2]))]
    assert drafts(world_, token) == []


def test_a_round_that_stops_on_the_way_is_told(answering):
    page, world_, token = answering()
    begin(page)
    world_.change(token, stopped_at=NOW)
    choose(page, some(ALL, PILLARS[0]))
    page.get_by_role("heading", name="These questions are closed").wait_for()
