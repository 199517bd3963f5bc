"""Answering in Chromium as people do: phone and desktop, both languages, with and without JavaScript, light and dark.

The accessibility audit is axe-core's.
"""

from __future__ import annotations

import gzip
from itertools import product
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from assessment.domain.rounds import RoundMode
from assessment.services.answer_documents import sheet_from_document
from tests.browser.conftest import serving
from tests.browser.look import look
from tests.browser.matrix import ways
from tests.web.respond_rounds import NOW, PILLARS, POINTS, QUESTIONNAIRE, world

HEAVIEST = 60_000


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with world("sqlite", tmp_path_factory.mktemp("browser")) as world_, serving(world_.app) as address:
        yield world_, address


def press(page, button):
    """Presses a button and waits for the page that it leads to, whether a script shows it or the browser."""
    left = page.url
    button.click()
    page.wait_for_url(lambda url: url != left)


def press_next(page):
    press(page, page.locator(".page-buttons button[value=next]"))


def slug(page):
    return page.url.rpartition("/")[2]


@ways(
    "width, language, scripts",
    [(360, "es-CO", True), (360, "en-US", False)],
    [(360, "es-CO", False), (360, "en-US", True), *product((1280,), ("es-CO", "en-US"), (True, False))],
)
def test_a_whole_journey_arrives(served, device, width, language, scripts):
    world_, address = served
    token = world_.open_round(asks_role=True)
    page = device(width, language, java_script_enabled=scripts)
    page.goto(f"{address}/r/{token}")
    press(page, page.locator("main button"))
    for pillar in QUESTIONNAIRE.pillars:
        assert slug(page) == pillar.id
        for item in pillar.items:
            page.locator(f"input[name={item.id}][value='4']").click()
        press_next(page)
    page.locator("input[value=voice]").click()
    press_next(page)
    for _ in POINTS:
        page.locator("input[name=step][value='2']").click()
        press_next(page)
    page.locator("input[value=leader]").click()
    press_next(page)
    page.locator("textarea").fill("¡Más ñandúes!")
    press_next(page)
    press(page, page.locator("main button"))
    assert slug(page) == "thanks"
    [document] = world_.answers(token)
    sheet = sheet_from_document(document)
    assert sheet.items == {item.id: 4 for item in QUESTIONNAIRE.items}
    assert sheet.ladder == dict.fromkeys(POINTS, 2)
    assert (sheet.focus, sheet.role, sheet.comment) == (("voice",), "leader", "¡Más ñandúes!")
    assert page.complaints == []


@ways(
    "width, language, scheme",
    [(1280, "es-CO", "dark")],
    [
        (320, "en-US", "light"),
        (320, "en-US", "dark"),
        (360, "es-CO", "light"),
        (360, "es-CO", "dark"),
        (1280, "es-CO", "light"),
    ],
)
def test_every_kind_of_page_is_sound(served, device, width, language, scheme):
    world_, address = served
    token = world_.open_round(asks_role=True)
    page = device(width, language, color_scheme=scheme, reduced_motion="reduce", bypass_csp=True)
    page.goto(f"{address}/r/{token}")
    root = page.url.rpartition("/")[0]
    look(page)
    for step in (PILLARS[0], PILLARS[5], "focus", f"moment-{POINTS[0]}", "role", "comment", "send"):
        page.goto(f"{root}/{step}")
        look(page)
    page.goto(f"{root}/focus")
    for at in range(4):
        page.locator(f"#focus-{at}").click()
    page.locator(".page-buttons button[value=next]").click()
    page.locator(".summary").wait_for()
    look(page)
    page.goto(f"{root}/{PILLARS[0]}")
    for at, item in enumerate(QUESTIONNAIRE.pillars[0].items):
        page.locator(f"input[name={item.id}]").nth(at + 2).click()
    look(page)
    press_next(page)
    page.goto(f"{root}/send")
    look(page)
    press(page, page.locator("main button"))
    look(page)
    page.goto(f"{address}/r/{token}")
    look(page)
    for other in (world_.open_round(mode=RoundMode.CONSENSUS), "unknown"):
        page.goto(f"{address}/r/{other}")
        look(page)


def test_an_answer_is_kept_as_soon_as_it_is_chosen(served, device):
    world_, address = served
    page = device()
    page.goto(f"{address}/r/{world_.open_round()}")
    press(page, page.locator("main button"))
    with page.expect_response(lambda response: response.request.method == "POST") as saved:
        page.locator("input[name=language-1][value='5']").click()
    assert saved.value.status == 204
    page.reload()
    assert page.locator("input[name=language-1][value='5']").is_checked()


def test_the_keyboard_suffices_and_enter_goes_on(served, device):
    world_, address = served
    page = device(1280)
    page.goto(f"{address}/r/{world_.open_round()}")
    page.locator("main button").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{PILLARS[0]}")
    page.locator("input[name=language-1]").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert page.locator("input[name=language-1][value='3']").is_checked()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{PILLARS[1]}")
    assert page.locator("html").get_attribute("lang") == "es-CO"
    page.go_back()
    assert page.locator("input[name=language-1][value='3']").is_checked()


def test_the_language_button_keeps_what_was_chosen(served, device):
    world_, address = served
    page = device(java_script_enabled=False)
    page.goto(f"{address}/r/{world_.open_round()}")
    page.locator("main button").click()
    page.locator("input[name=language-2][value=DK]").click()
    page.locator(".languages button").click()
    assert page.locator("h1").inner_text() == "Common service language"
    assert page.locator("input[name=language-2][value=DK]").is_checked()


def test_a_first_visit_weighs_little(served, device):
    world_, address = served
    page = device()
    files = set()
    page.on("response", lambda response: files.add(response.url) if "/static/" in response.url else None)
    page.goto(f"{address}/r/{world_.open_round()}")
    weight = len(gzip.compress(page.content().encode()))
    press(page, page.locator("main button"))
    weight += len(gzip.compress(page.content().encode()))
    assert {Path(urlsplit(file).path).name for file in files} >= {"tokens.css", "respond.css", "respond.js"}
    weight += sum(len(gzip.compress(page.request.get(file).body())) for file in files)
    assert weight < HEAVIEST / 2


def test_a_script_sends_one_request_a_step_and_says_the_new_page_to_who_cannot_see_it(served, device):
    world_, address = served
    page = device()
    page.goto(f"{address}/r/{world_.open_round()}")
    page.wait_for_load_state("networkidle")
    asked = []
    page.on("request", lambda one: asked.append((one.method, slug(one))) if "/static/" not in one.url else None)
    press(page, page.locator("main button"))
    page.locator("input[name=language-1][value='2']").click()
    press_next(page)
    assert asked == [("POST", "welcome"), ("POST", PILLARS[0])]
    assert page.locator("h1").evaluate("e => e === document.activeElement")
    assert page.title().startswith(page.locator("h1").inner_text())
    page.locator(".languages button").click()
    page.get_by_role("heading", name="Engaging service vision").wait_for()
    assert page.locator("html").get_attribute("lang") == "en-CO"
    press(page, page.locator(".page-buttons button[value=back]"))
    assert page.locator("input[name=language-1][value='2']").is_checked()


def test_back_forward_and_reload_lead_where_they_should(served, device):
    world_, address = served
    page = device()
    page.goto(f"{address}/r/{world_.open_round()}")
    press(page, page.locator("main button"))
    press_next(page)
    page.go_back()
    page.locator("#language-1").wait_for()
    page.locator("input[name=language-4][value='5']").click()
    page.go_forward()
    page.locator("#vision-1").wait_for()
    page.reload()
    page.locator("#vision-1").wait_for()
    page.go_back()
    page.locator("#language-1").wait_for()
    assert page.locator("input[name=language-4][value='5']").is_checked()


def test_a_lost_connection_is_said_kindly_and_loses_nothing(served, device):
    world_, address = served
    page = device(language="en-US")
    page.goto(f"{address}/r/{world_.open_round()}")
    press(page, page.locator("main button"))
    page.locator("input[name=language-1][value='3']").click()
    page.context.set_offline(True)
    page.locator("input[name=language-2][value='4']").click()
    page.locator(".page-buttons button[value=next]").click()
    page.locator("[data-send-error]").wait_for()
    assert "Nothing is gone" in page.locator("[data-send-error]").inner_text()
    assert page.locator("input[name=language-2][value='4']").is_checked()
    page.context.set_offline(False)
    press_next(page)
    press(page, page.locator(".page-buttons button[value=back]"))
    assert page.locator("input[name=language-1][value='3']").is_checked()
    assert page.locator("input[name=language-2][value='4']").is_checked()


def test_a_round_that_stops_on_the_way_is_told_in_place(served, device):
    world_, address = served
    token = world_.open_round()
    page = device(language="en-US")
    page.goto(f"{address}/r/{token}")
    press(page, page.locator("main button"))
    world_.change(token, stopped_at=NOW)
    page.locator(".page-buttons button[value=next]").click()
    page.get_by_role("heading", name="These questions are closed").wait_for()
