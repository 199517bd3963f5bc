"""Running a round in Chromium: from a team to its link, the sequence by keyboard, a file with errors, copying.

Both languages, phone and desktop, light and dark, with and without JavaScript; the audit is axe-core's.
"""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import serving
from tests.browser.look import look
from tests.browser.matrix import ways
from tests.web.applications import application, made_once
from tests.web.test_import import responses
from tests.web.test_results import publish, sheets
from tests.web.world import PASSWORD, World

NAMES = "width, language, scheme, scripts"
PHONE, DESKTOP = (360, "es-CO", "light", True), (1280, "en-US", "dark", False)
OTHERS = [(360, "en-US", "dark", False), (1280, "es-CO", "light", True)]
both_ways = ways(NAMES, [PHONE, DESKTOP], OTHERS)
phone_first = ways(NAMES, [PHONE], [DESKTOP, *OTHERS])
desktop_first = ways(NAMES, [DESKTOP], [PHONE, *OTHERS])


@pytest.fixture
def served():
    """An application that was used before: with another one, each test would compile templates and start processes."""
    with application("sqlite", testing=False) as app:
        world = replace(made_once(app, "world", lambda: World.make(app)), app=app)
        with serving(app) as address:
            yield world, address


def press(page, place):
    """Presses a button or link, and waits for the page that it leads to."""
    with page.expect_navigation():
        page.locator(place).last.click()


def press_enter(page):
    with page.expect_navigation():
        page.keyboard.press("Enter")


def sign_in(page, address):
    page.goto(f"{address}/sign-in")
    page.fill("input[name=email]", "manager@example.com")
    page.fill("input[name=password]", PASSWORD)
    press(page, "main button[type=submit]")


@phone_first
def test_from_a_team_to_its_link_and_its_poster(served, device, width, language, scheme, scripts):
    world, address = served
    page = device(width, language, color_scheme=scheme, java_script_enabled=scripts)
    sign_in(page, address)
    page.goto(address + world.team_address)
    look(page, audit=scripts)
    press(page, "main a[href$='/rounds/new']")
    look(page, audit=scripts)
    press(page, "main form button[type=submit]")
    look(page, audit=scripts)
    link = page.locator("#link").input_value()
    assert link.startswith(f"{address}/r/")
    for words in ("message", "reminder"):
        assert page.locator(f"#{words}").input_value().endswith(link)
    # At an address of this machine's own it is not offered, and can be made all the same.
    expect(page.locator("form[action$='poster.pdf']")).to_have_count(0)
    # Made in another process: the answer to the first requests may be the page that says so.
    answers = (page.request.get(f"{page.url}/poster.pdf").body() for _ in range(30))
    assert any(body.startswith(b"%PDF") for body in answers)
    page.goto(f"{address}{world.team_address}/rounds/new")
    look(page, audit=scripts)
    expect(page.locator("main .button")).to_have_count(1)
    assert page.complaints == []


def test_a_message_is_copied_by_its_button(served, device):
    world, address = served
    page = device(1280, "en-US", permissions=["clipboard-read", "clipboard-write"])
    sign_in(page, address)
    page.goto(f"{address}{world.team_address}/rounds/new")
    press(page, "main form button[type=submit]")
    for field in ("link", "message", "reminder"):
        page.locator(f".copy:has(#{field}) button").click()
        page.locator(f".copy:has(#{field}) [role=status]:has-text('Copied')").wait_for()
        assert page.evaluate("navigator.clipboard.readText()") == page.locator(f"#{field}").input_value()


@desktop_first
def test_the_sequence_is_put_in_order_by_keyboard(served, device, width, language, scheme, scripts):
    world, address = served
    page = device(width, language, color_scheme=scheme, java_script_enabled=scripts)
    sign_in(page, address)
    page.goto(f"{address}{world.team_address}/points")
    look(page, audit=scripts)

    def names():
        return [field.input_value() for field in page.locator(".sequence input").all()]

    before = names()
    page.locator(".sequence input").first.fill("Saludo")
    page.locator(".sequence li").nth(2).locator("button").first.focus()
    press_enter(page)
    assert names() == ["Saludo", before[2], before[1], *before[3:]]
    page.locator("#new_name").focus()
    page.keyboard.type("Despedida")
    press_enter(page)
    assert "Despedida" in names()
    page.locator(".sequence input").first.fill(" ")
    press(page, "button[value=done]")
    expect(page.locator(".summary")).to_have_count(1)
    look(page, audit=scripts)
    assert page.complaints == []


@phone_first
def test_a_file_with_errors_is_mended_and_becomes_a_round(served, device, width, language, scheme, scripts):
    world, address = served
    page = device(width, language, color_scheme=scheme, java_script_enabled=scripts)
    sign_in(page, address)
    page.goto(f"{address}{world.team_address}/rounds/import")
    look(page, audit=scripts)

    def read(data):
        page.set_input_files("#file", {"name": "respuestas.csv", "mimeType": "text/csv", "buffer": data})
        press(page, "main form button")
        page.wait_for_load_state("load")

    read(responses().replace(b",4,", b",9,", 3))
    expect(page.locator(".problems li")).to_have_count(3)
    look(page, audit=scripts)
    read(responses("Caja", "Bodega"))
    look(page, audit=scripts)
    press(page, "main form button")
    expect(page.locator("#file_team-error")).to_have_count(1)
    look(page, audit=scripts)
    page.locator("input[value=Bodega]").check()
    press(page, "main form button")
    look(page, audit=scripts)
    press(page, "a[href$='/publish']")
    look(page, audit=scripts)
    page.locator("#confirmed").check()
    press(page, "main form button")
    assert page.url.endswith("/results")
    assert page.complaints == []


@both_ways
def test_what_is_fixed_follows_the_way_of_answering(served, device, width, language, scheme, scripts):
    world, address = served
    page = device(width, language, color_scheme=scheme, java_script_enabled=scripts)
    sign_in(page, address)
    page.goto(f"{address}{world.team_address}/rounds/new")
    each, together = page.locator("p.if-each").first, page.locator("p.if-together")
    assert (each.is_visible(), together.is_visible()) == (True, False)
    page.check("input[name=mode][value=consensus]")
    assert (each.is_visible(), together.is_visible()) == (False, True)
    expect(page.locator("p.if-each >> visible=true")).to_have_count(0)


@both_ways
def test_on_a_phone_what_stands_under_charts_is_folded_also_without_scripts(
    served, device, width, language, scheme, scripts
):
    world, address = served
    results = publish(world, *sheets(12))
    page = device(width, language, color_scheme=scheme, java_script_enabled=scripts)
    sign_in(page, address)
    page.goto(f"{address}{results}/results")
    look(page, audit=scripts)
    is_phone = width < 700
    for fold, detail in (("#pillars", ".pillars .detail"), ("#order", "table")):
        section = page.locator(f"section:has(> {fold})")
        button, folded = (
            section.locator(".fold summary").first,
            section.locator(detail, has_text=re.compile(r"\S")).first,
        )
        assert (button.is_visible(), folded.is_visible()) == (is_phone, not is_phone)
        if is_phone:
            button.click()
            assert folded.is_visible()
