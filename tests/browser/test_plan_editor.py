"""The plan in Chromium as managers change it: laptop and phone, both languages, with and without JavaScript."""

from __future__ import annotations

from pathlib import Path

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
    folder = tmp_path_factory.mktemp("plans")
    app = create_app(Settings(folder, migrated_sqlite(folder / "browser.sqlite"), SECRET), testing=True)
    app.test_client_class = PageClient
    world = World.make(app)
    with serving(app) as address:
        yield world, address
    close_app(app)


@pytest.fixture
def visit(served, device):
    """Opens the plan of a new round as somebody, or that of a round once more."""
    world, root = served

    def open_plan(address=None, *, person="manager", width=1280, language="es-CO", **more):
        page = device(width, language, **more)
        page.address, page.root = address or publish(world, *sheets(6)), root
        page.goto(f"{root}/sign-in")
        page.fill("input[name=email]", f"{person}@example.com")
        page.fill("input[name=password]", PASSWORD)
        page.locator("main button[type=submit]").first.click()
        page.goto(f"{root}{page.address}/plan")
        return page

    return open_plan


def first_place(page):
    return page.locator("input[name=pillar-0]").input_value()


@ways(
    "width, language, scheme",
    [(320, "en-US", "light")],
    [
        (1280, "es-CO", "dark"),
        (320, "en-US", "dark"),
        (360, "es-CO", "light"),
        (360, "es-CO", "dark"),
        (1280, "es-CO", "light"),
    ],
)
def test_every_page_of_the_plan_is_sound(visit, width, language, scheme):
    page = visit(width=width, language=language, color_scheme=scheme, reduced_motion="reduce", bypass_csp=True)
    look(page)
    place = first_place(page)
    page.locator(f"button[value='remove:{place}:1']").click()
    page.locator(f"button[value='own:{place}']").click()
    look(page)
    for path in (f"plan/actions?heading={place}&at=0", "plan/pillars", "plan/preview"):
        page.goto(f"{page.root}{page.address}/{path}")
        if "preview" not in path:
            look(page)
    reader = visit(page.address, person="viewer", width=width, language=language, color_scheme=scheme, bypass_csp=True)
    look(reader)


@ways("width, scripts", [(360, True), (1280, False)], [(360, False), (1280, True)])
def test_a_plan_is_changed_and_printed(visit, width, scripts):
    page = visit(width=width, java_script_enabled=scripts)
    place = first_place(page)
    page.fill(f"[name=owner-{place}-0]", "Ana María")
    page.locator(f"button[value='remove:{place}:1']").click()
    assert page.locator(f"[name=owner-{place}-0]").input_value() == "Ana María"
    expect(page.locator(f"[name=owner-{place}-1]")).to_have_count(0)
    page.locator("button[value=undo]").click()
    expect(page.locator(f"[name=owner-{place}-1]")).to_have_count(1)  # once the page that it leads to is there
    page.locator(f"button[value='choose:{place}:1']").click()
    page.locator("main button[name=action][value='']").click()
    page.fill(f"[name=title-{place}-1]", "Café con clientes")
    with page.expect_download() as download:
        page.locator("button[value=print]").click()
    name = download.value.suggested_filename
    assert name.startswith("plan-mesa-de-ayuda-")
    assert name.endswith(".pdf")
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF")
    page.reload()
    expect(page.locator(".versions a")).to_have_count(1)
    assert page.complaints == []


def test_on_a_phone_no_proposal_is_cut(visit):
    page = visit(width=360)
    place = first_place(page)
    page.locator(f"button[value='choose:{place}:0']").click()
    page.locator("main button[name=action][value='']").click()
    page.fill(f"[name=title-{place}-0]", "Preguntar a diez clientes por semana qué fue lo que más les costó hacer")
    fields = page.locator("main .place textarea")
    assert fields.count() > 10
    cut = "all => all.filter(one => one.scrollHeight > one.clientHeight + 1).map(one => `${one.name}: ${one.value}`)"
    assert fields.evaluate_all(cut) == []
    expect(page.locator("main .place input[type=text]")).to_have_count(0)


def test_what_is_typed_is_saved_and_seen_on_page_1_without_leaving_the_page(visit):
    page = visit()
    place = first_place(page)
    page.locator(f"[name=owner-{place}-0]").press_sequentially("Ana María, ")
    playwright.expect(page.locator("[data-status]")).to_have_text("Guardado.")
    playwright.expect(page.frame_locator("[data-preview]").locator("body")).to_contain_text("Ana María, ")
    page.fill(f"[name=due-{place}-0]", "")
    playwright.expect(page.locator(f"[id='due-{place}-0-error']")).to_have_text("Falta elegir para cuándo.")
    assert page.locator(f"[name=due-{place}-0]").get_attribute("aria-invalid") == "true"
    page.reload()
    assert page.locator(f"[name=owner-{place}-0]").input_value().startswith("Ana María, ")
    assert page.complaints == []


def test_somebody_else_s_change_is_told_and_nothing_is_overwritten(visit):
    ana = visit()
    luis = visit(ana.address, person="administrator")
    field = f"[name=owner-{first_place(ana)}-0]"
    ana.fill(field, "Ana")
    playwright.expect(ana.locator("[data-status]")).to_have_text("Guardado.")
    luis.fill(field, "Luis")
    playwright.expect(luis.locator("[data-status]")).to_contain_text("el plan cambió mientras tanto")
    luis.locator(".plan-side button[value=save]").click()
    assert luis.locator("[role=alert] h2").inner_text() == "El plan cambió mientras usted escribía"
    assert luis.locator(field).input_value() == "Luis"
    ana.reload()
    assert ana.locator(field).input_value() == "Ana"


def test_the_page_that_tells_of_somebody_else_s_change_saves_only_by_its_button(visit):
    ana = visit()
    luis = visit(ana.address, person="administrator")
    field = f"[name=owner-{first_place(ana)}-0]"
    ana.fill(field, "Ana")
    playwright.expect(ana.locator("[data-status]")).to_have_text("Guardado.")
    luis.clock.install()
    luis.fill(field, "Luis")
    luis.locator(".plan-side button[value=save]").click()
    playwright.expect(luis.locator("[data-status]")).to_have_text("Todavía no se ha guardado.")
    sent = []
    luis.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    luis.fill(field, "Luis Alberto")
    luis.clock.fast_forward(60_000)
    assert sent == []
    ana.reload()
    assert ana.locator(field).input_value() == "Ana"
    luis.locator(".plan-side button[value=save]").click()
    playwright.expect(luis.locator("[role=alert]")).to_have_count(0)
    assert luis.locator(field).input_value() == "Luis Alberto"


def test_what_the_browser_s_back_shows_is_the_plan_as_it_is(visit):
    """A browser would put what was typed once into the fields of another action that stands there by now."""
    page = visit()
    place = first_place(page)
    field = f"[name=measure-{place}-0]"
    page.fill(field, "Tres quejas menos")
    page.check(f"[name=done-{place}-0]")
    with page.expect_navigation():
        page.locator(".plan-side button[value=save]").click()
    page.goto(f"{page.root}{page.address}/results")
    other = visit(page.address, person="administrator")
    other.locator(f"button[value='choose:{place}:0']").click()
    other.locator("main button[name=action]:not([value=''])").first.click()
    stored = other.locator(field).input_value()
    assert stored != "Tres quejas menos"
    page.go_back()
    assert page.locator(field).input_value() == stored
    assert not page.locator(f"[name=done-{place}-0]").is_checked()


def test_a_lost_connection_is_told_and_the_words_stay(visit):
    page = visit()
    field = f"[name=owner-{first_place(page)}-0]"
    page.context.set_offline(True)
    page.fill(field, "Ana")
    playwright.expect(page.locator("[data-status]")).to_contain_text("No se guardó")
    page.context.set_offline(False)
    page.fill(field, "Ana María")
    playwright.expect(page.locator("[data-status]")).to_have_text("Guardado.")


@ways(
    "width, language",
    [(320, "es-CO")],
    [(1280, "en-US"), (360, "en-US"), (1280, "es-CO")],
)
def test_a_plan_is_shared_and_read_on_a_phone_without_an_account(visit, device, width, language):
    page = visit(width=width, language=language, bypass_csp=True)
    page.locator("button[value=share]").click()
    page.locator("#plan-link").wait_for()
    look(page)
    phone = device(width, language, bypass_csp=True)
    phone.goto(page.locator("#plan-link").input_value())
    look(phone)
    expect(phone.locator(".plan-action")).to_have_count(5)
    phone.locator("a[hreflang]").click()
    assert phone.url.endswith("?lang=en" if language == "es-CO" else "?lang=es")
    page.locator("button[value=unshare]").click()
    page.locator("button[value=share]").wait_for()
    phone.reload()
    look(phone)
    expect(phone.locator(".plan-action")).to_have_count(0)
    assert phone.context.cookies() == []
    assert page.complaints == phone.complaints == []


@ways(
    "width, language",
    [(1280, "en-US")],
    [(360, "es-CO"), (360, "en-US"), (1280, "es-CO")],
)
def test_a_note_is_not_left_behind_without_a_question(visit, width, language):
    page = visit(width=width, language=language, bypass_csp=True)
    page.goto(f"{page.root}{page.address}/plan/follow")
    look(page)
    asked = []

    def stay(dialog):
        asked.append(dialog.type)
        dialog.dismiss()

    page.once("dialog", stay)
    for line in page.locator("main li > details > summary").all():
        line.click()
    notes = page.locator("main textarea[name^=note]")
    notes.nth(0).fill("Falta el permiso")
    notes.nth(1).fill("Empezamos el lunes")
    page.locator("main header a[href$='/results']").click()
    assert asked == ["beforeunload"]
    assert page.url.endswith("/plan/follow")
    page.locator("main select").nth(0).select_option("blocked")
    page.locator("main button[type=submit]").click()
    playwright.expect(page.locator("main .notice")).to_be_visible()
    look(page)
    assert notes.nth(0).input_value() == "Falta el permiso"
    assert notes.nth(1).input_value() == "Empezamos el lunes"
    page.locator("main header a[href$='/results']").click()  # saved: nobody asks
    page.wait_for_url("**/results")
    assert page.complaints == []


def test_that_it_keeps_a_draft_is_said_by_the_script_that_does(visit):
    page = visit()
    playwright.expect(page.locator("[data-status]")).to_have_text("Lo que usted escribe se guarda como borrador.")
    due = f"[name=due-{first_place(page)}-0]"
    before = page.locator(due).input_value()
    page.fill(due, "2020-01-01")
    playwright.expect(page.locator("[data-status]")).to_contain_text("una fecha queda fuera del plan")
    page.reload()
    assert page.locator(due).input_value() == before  # a day that no plan has is not kept


def test_the_size_of_a_team_keeps_its_distance_to_a_name_of_any_length(visit, served):
    world, root = served
    page = visit(width=360)
    page.goto(f"{root}{world.team_address}/edit")
    gaps = []
    for name in ("Caja", "Mantenimiento de equipos médicos y de laboratorio de la sede norte"):
        page.goto(f"{root}{world.team_address}/edit")
        page.fill("[name=name]", name)
        page.locator("main button[type=submit]").first.click()
        page.goto(f"{root}/")
        gaps.append(
            page.evaluate(
                """() => {
                  const words = document.createRange();
                  words.selectNodeContents(document.querySelector(".card h3 a"));
                  const size = document.querySelector(".card h3 + p").getBoundingClientRect();
                  return size.top - words.getBoundingClientRect().bottom;
                }"""
            )
        )
    assert abs(gaps[0] - gaps[1]) < 2
