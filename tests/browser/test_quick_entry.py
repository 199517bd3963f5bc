"""A sheet of paper typed by keyboard alone: about sixty keys, each kept at once."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from assessment.app import close_app, create_app
from assessment.infra.settings import Settings
from assessment.services.rounds import open_round
from assessment.store.paper_sheets import PaperSheet
from assessment.store.responses import Response
from tests.browser.conftest import serving
from tests.browser.look import look
from tests.databases import migrated_sqlite
from tests.web.applications import SECRET
from tests.web.client import PageClient
from tests.web.world import NOW, PASSWORD, World

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")

FEW_KEYS = 60
"""At the pace of somebody who types digits with one hand (two a second or so), this is well within 40 seconds."""
POINTS = [{"id": f"moment-{at}", "name": f"Momento {at}", "phase": "middle"} for at in range(1, 7)]


@pytest.fixture
def desk(tmp_path):
    app = create_app(Settings(tmp_path, migrated_sqlite(tmp_path / "browser.sqlite"), SECRET), testing=True)
    app.test_client_class = PageClient
    world = World.make(app)
    with app.extensions["escala_database"].writing() as session:
        round_ = open_round(
            session,
            organisation_id=world.organisation,
            team_id=world.team,
            name="Ronda 1",
            opens_at=NOW,
            closes_at=None,
            asks_role=True,
            now=NOW,
        )
        round_.points = POINTS
        round_id = round_.id
    with serving(app) as address:
        yield world, round_id, address
    close_app(app)


def stored(world, query):
    with world.app.extensions["escala_database"].reading() as session:
        return session.scalars(query).all()


class Keyboard:
    def __init__(self, page) -> None:
        self.page, self.pressed = page, 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.pressed += 1


def sign_in(page, root):
    page.goto(f"{root}/sign-in")
    page.fill("input[name=email]", "manager@example.com")
    page.fill("input[name=password]", PASSWORD)
    page.locator("main button[type=submit]").first.click()


def make_mistakes(page):
    """A wrong key says so and changes nothing; back, and another answer; a reload loses nothing; a row stays empty."""
    page.keyboard.press("9")
    expect(page.locator("#paper-wrong")).to_contain_text("«9» no es ninguna de las respuestas aquí")
    page.keyboard.press("Backspace")
    expect(page.locator("#items-role-modelling-1")).to_be_focused()
    page.keyboard.press("2")
    expect(page.locator("#paper-state")).to_contain_text("Guardado")
    page.reload()
    expect(page.locator("#items-role-modelling-2")).to_be_focused()
    assert page.locator("#items-role-modelling-1").input_value() == "2"
    page.keyboard.press("Enter")
    page.keyboard.press("3")
    expect(page.locator("#paper-state")).to_contain_text("Guardado")
    page.reload()  # a row was left empty on purpose: on after the last one that is filled
    expect(page.locator("#items-role-modelling-4")).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")


def test_a_sheet_is_typed_kept_at_every_key_and_counted_by_about_sixty_keys(desk, device):
    world, round_id, root = desk
    page = device(1280, "es-CO", bypass_csp=True)
    sign_in(page, root)
    page.goto(f"{root}{world.team_address}/rounds/{round_id}/paper")
    look(page)
    page.get_by_role("button", name="Digitar la hoja siguiente").click()
    expect(page.locator("h1")).to_have_text("Hoja 1")
    expect(page.locator("#role-role")).to_be_focused()
    look(page)
    keyboard = Keyboard(page)
    keyboard.press("1")
    keyboard.press(*"4321054321" * 4, *"44444")
    make_mistakes(page)
    keyboard.press("n", "5", "3")
    expect(page.locator("#focus-focus")).to_be_focused()
    keyboard.press("c", "a", "l")
    expect(page.locator("#ladder-moment-1")).to_be_focused()
    keyboard.press(*"654320")
    expect(page.locator("#comment-comment")).to_be_focused()
    expect(page.locator("#paper-count")).to_contain_text("56 de 57 filas")
    keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Hoja 2")
    assert keyboard.pressed <= FEW_KEYS
    (answers,) = stored(world, select(Response.answers))
    assert len(answers["items"]) == 48
    assert answers["items"]["role-modelling-1"] == 2
    assert answers["items"]["role-modelling-2"] == "DK"
    assert list(answers["ladder"].values()) == [6, 5, 4, 3, 2, "DK"]
    assert answers["focus"] == ["language", "recruitment", "role-modelling"]
    assert [sheet.number for sheet in stored(world, select(PaperSheet))] == [2]


def test_neither_a_lost_network_nor_a_second_page_loses_what_was_typed(desk, device):
    world, round_id, root = desk
    page = device(1280, "es-CO")
    sign_in(page, root)
    page.goto(f"{root}{world.team_address}/rounds/{round_id}/paper")
    page.get_by_role("button", name="Digitar la hoja siguiente").click()
    expect(page.locator("#role-role")).to_be_focused()
    page.context.set_offline(True)
    page.keyboard.press("2")
    page.keyboard.press("5")
    expect(page.locator("#paper-state")).to_contain_text("Sin conexión")
    page.context.set_offline(False)
    expect(page.locator("#paper-state")).to_contain_text("Guardado", timeout=15000)
    (sheet,) = stored(world, select(PaperSheet))
    assert sheet.answers == {"role": "leader", "items": {"language-1": 5}}
    other = page.context.new_page()
    other.goto(page.url)
    other.keyboard.press("3")
    expect(other.locator("#paper-state")).to_contain_text("Guardado")
    page.keyboard.press("1")
    expect(page.locator("#paper-wrong")).to_contain_text("cambió en otra página")
    page.keyboard.press("4")  # does nothing any more
    assert page.locator("#items-language-3").input_value() == ""
    (sheet,) = stored(world, select(PaperSheet))
    assert sheet.answers["items"] == {"language-1": 5, "language-2": 3}
    page.keyboard.press("Control+Enter")
    expect(page.locator("#errors")).to_contain_text("Aquí está lo que digitó en esta")
    expect(page.locator("#role-role")).to_be_focused()
    page.keyboard.press("1")  # the keyboard goes on
    expect(page.locator("#items-language-1")).to_be_focused()
    page.keyboard.press("Control+Enter")
    expect(page.locator("#paper-asks")).to_contain_text("¿Es todo lo de esta hoja?")
    expect(page.locator("#items-language-3")).to_be_focused()
    page.keyboard.press("Control+Enter")
    expect(page.locator("h1")).to_have_text("Hoja 2")


def test_without_a_script_a_sheet_is_a_plain_form(desk, device):
    world, round_id, root = desk
    page = device(360, "en-US", java_script_enabled=False)
    sign_in(page, root)
    page.goto(f"{root}{world.team_address}/rounds/{round_id}/paper")
    look(page, audit=False)
    page.get_by_role("button", name="Type the next sheet").click()
    look(page, audit=False)
    page.fill("#items-language-1", "7")
    page.fill("#items-language-2", "3")
    page.keyboard.press("Enter")  # which counts nothing
    expect(page.locator("#errors")).to_contain_text("Row 1: “7” is no answer.")
    expect(page.locator("#paper-keys")).to_be_hidden()
    page.fill("#items-language-1", "n")
    page.fill("#focus-focus", "b")
    page.get_by_role("button", name="Stop for now").click()
    page.get_by_role("link", name="Go on with sheet 1").click()
    assert page.locator("#items-language-1").input_value() == "0"
    page.get_by_role("button", name="Count it and go on").click()
    expect(page.locator("#paper-asks")).to_contain_text("Only 3 of its")
    page.get_by_role("button", name="Count it and go on").click()
    expect(page.locator("h1")).to_have_text("Sheet 2")
    (answers,) = stored(world, select(Response.answers))
    assert answers["items"] == {"language-1": "DK", "language-2": 3}
    assert answers["focus"] == ["vision"]
