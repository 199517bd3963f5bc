"""Following a plan up in Chromium: the board, and the meeting by its buttons and by its keys."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from assessment.app import close_app, create_app
from assessment.infra.settings import Settings
from tests.browser.conftest import serving
from tests.browser.look import look
from tests.browser.matrix import ways
from tests.databases import migrated_sqlite
from tests.web.applications import SECRET
from tests.web.client import PageClient
from tests.web.test_results import publish, sheets
from tests.web.world import PASSWORD, World

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    folder = tmp_path_factory.mktemp("meetings")
    app = create_app(Settings(folder, migrated_sqlite(folder / "browser.sqlite"), SECRET), testing=True)
    app.test_client_class = PageClient
    world = World.make(app)
    with serving(app) as address:
        yield world, address
    close_app(app)


@pytest.fixture
def visit(served, device):
    """Opens a page about the plan of a new round as its manager."""
    world, root = served

    def open_page(path, *, width=1280, language="es-CO", **more):
        page = device(width, language, **more)
        page.address, page.root = publish(world, *sheets(6)), root
        page.goto(f"{root}/sign-in")
        page.fill("input[name=email]", "manager@example.com")
        page.fill("input[name=password]", PASSWORD)
        page.locator("main button[type=submit]").first.click()
        page.goto(f"{root}{page.address}{path}")
        return page

    return open_page


@ways(
    "width, language, scheme",
    [(1280, "en-US", "dark")],
    [(360, "es-CO", "light"), (360, "en-US", "dark"), (1280, "es-CO", "light")],
)
def test_the_board_and_the_list_with_all_that_is_folded_are_sound(visit, width, language, scheme):
    page = visit("/plan/follow?view=board", width=width, language=language, color_scheme=scheme, bypass_csp=True)
    look(page)
    page.locator("article .moves button").first.click()
    page.wait_for_url("**view=board#at-*")
    page.locator("article form summary").first.click()
    page.locator("article details[open] button").click()
    playwright.expect(page.locator("article details[open] .error")).to_be_visible()
    look(page)
    page.locator("article details[open] textarea").fill("No hay presupuesto")
    page.locator("article details[open] button").click()
    page.locator(".given-up summary").first.click()
    look(page)
    page.goto(f"{page.root}{page.address}/plan/follow")
    for folded in page.locator("main summary").all():
        folded.click()
    page.locator("input[name^=evidence]").first.fill(f"https://example.org/{'x' * 270}")
    page.locator("main .following > .actions button").click()
    page.locator("main .follow summary").first.click()
    playwright.expect(page.locator(".evidence a")).to_be_visible()
    look(page)


@ways(
    "width, language, scripts",
    [(360, "en-US", False), (1280, "es-CO", True)],
    [(360, "es-CO", True), (1280, "en-US", False)],
)
def test_the_meeting_is_held_by_its_buttons(visit, width, language, scripts):
    page = visit("/plan/meeting", width=width, language=language, java_script_enabled=scripts, bypass_csp=True)
    look(page, audit=scripts)
    for said in ("done", "goes-on", "stuck"):
        if "/end" not in page.url:
            page.locator(f"button[value={said}]").click()
            page.wait_for_load_state("load")
    look(page, audit=scripts)
    page.goto(f"{page.root}{page.address}/plan/meeting/end")
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**closed=1")
    look(page, audit=scripts)
    expect(page.locator("a[href$='page-1.pdf']")).to_have_count(1)


def test_on_a_phone_what_is_pressed_is_in_sight_without_scrolling(visit):
    page = visit("/plan/meeting", width=360)
    page.set_viewport_size({"width": 360, "height": 740})
    page.evaluate("scrollTo(0, 0)")
    for said in ("done", "goes-on", "stuck"):
        box = page.locator(f"button[value={said}]").bounding_box()
        assert box["y"] + box["height"] <= 740
    for end in page.locator("header.site form button").all():
        expect(end).to_be_visible()
    page.goto(f"{page.root}{page.address}/plan/follow")
    page.locator("main .follow summary").first.click()
    box = page.locator("main .following > .actions button").bounding_box()
    assert box["y"] + box["height"] <= 740
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.locator("header.site form button").click()
    page.wait_for_url(lambda url: "/plan/" not in url)


def test_the_keys_press_the_buttons_but_not_in_a_field_nor_once_they_are_turned_off(visit):
    page = visit("/plan/meeting")
    first = page.url
    page.locator("textarea[name=note]").press_sequentially("A las 3 y a las 2")
    assert page.locator("textarea[name=note]").input_value() == "A las 3 y a las 2"
    assert page.url == first
    toggle = page.locator("[data-keys] button")
    toggle.click()
    page.locator("h1").click()
    page.keyboard.press("1")
    expect(page.locator("button[aria-keyshortcuts]")).to_have_count(0)
    assert page.url == first
    toggle.click()
    page.locator("h1").click()
    page.keyboard.press("3")
    page.wait_for_url(lambda url: url != first)
    page.goto(f"{page.root}{page.address}/plan/follow?view=board")
    stuck = page.locator("section[aria-labelledby=column-blocked] article")
    assert stuck.count() == 1
    assert "A las 3 y a las 2" in stuck.inner_text()
