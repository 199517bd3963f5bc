"""A manager's first round in Chromium, from the first visit to the plan in hand: in one sitting, without a manual."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from assessment.app import close_app, create_app, make_worker
from assessment.infra.languages import Localisation
from assessment.infra.settings import Settings
from tests.browser.conftest import serving
from tests.browser.look import look
from tests.browser.matrix import ways
from tests.databases import migrated_sqlite
from tests.reports.pdfs import pages_of
from tests.web.round_answers import answer_round

PATIENCE = 180_000
"""Milliseconds: a document gives way to everything else on the machine."""


@pytest.fixture
def server(tmp_path):
    """A server that nobody has visited, with all that works behind its pages."""
    database = migrated_sqlite(tmp_path / "escala.sqlite")
    app = create_app(Settings(tmp_path, database, "a secret that only tests know, long"))
    worker = make_worker(app)
    worker.start()
    with serving(app) as address:
        yield app, address
    close_app(app, worker)


def press(page, name: str) -> None:
    page.locator("main").get_by_role("button", name=name, exact=True).or_(
        page.locator("main").get_by_role("link", name=name, exact=True)
    ).first.click()


@ways(
    "width, language, scripts, scheme",
    [(360, "es", True, "dark")],
    [(1280, "en", False, "light"), (360, "en", False, "light"), (1280, "es", True, "dark")],
)
def test_a_first_round_in_one_sitting(server, device, tmp_path, width, language, scripts, scheme):
    app, address = server
    says = Localisation(language).gettext
    page = device(
        width,
        {"es": "es-CO", "en": "en-US"}[language],
        java_script_enabled=scripts,
        color_scheme=scheme,
        bypass_csp=True,
        accept_downloads=True,
    )

    page.goto(address)
    look(page, audit=scripts)
    press(page, says("Begin"))
    look(page, audit=scripts)
    fill_set_up(page)
    press(page, says("Set up"))
    look(page, audit=scripts)

    press(page, says("Open a round"))
    look(page, audit=scripts)
    press(page, says("Open the round"))
    look(page, audit=scripts)
    link = page.locator("#link").input_value()
    assert re.fullmatch(address + r"/r/[\w-]+", link)

    answer_round(app, link.rpartition("/")[2], 6, comment="Falta personal por las tardes.")
    page.reload()
    assert re.search(r"\b6\b.*\b8\b", page.locator("#counted").inner_text())
    press(page, says("Stop the round"))
    look(page, audit=scripts)
    press(page, says("Stop the round"))
    look(page, audit=scripts)
    press(page, says("Publish the results"))
    look(page, audit=scripts)
    page.locator("main input[type=checkbox]").check()
    press(page, says("Publish the results"))
    look(page, audit=scripts)
    assert page.url.endswith("/results")
    expect(page.locator("h1")).to_have_count(1)
    assert page.locator(".strips").first.is_visible() == (width == 360)
    assert what_scrolls(page) == []

    press(page, says("Make the plan"))
    look(page, audit=scripts)
    owner = page.locator("[name^='owner-']").first
    owner.fill("Ana María y Luis")
    plan, plan_page = tmp_path / "plan.pdf", page.url
    with page.expect_download(timeout=PATIENCE) as download:
        press(page, says("Print (PDF)"))
    download.value.save_as(plan)
    assert "Ana María y Luis" in pages_of(plan)[0]
    page.goto(plan_page)  # a print that takes longer than a moment has a page of its own
    look(page, audit=scripts)
    assert owner.input_value() == "Ana María y Luis"
    expect(page.locator(".versions a")).to_have_count(1)
    page.goto(address)
    look(page, audit=scripts)
    press(page, says("Share the plan"))
    assert owner.input_value() == "Ana María y Luis"
    assert page.complaints == []


def what_scrolls(page) -> list[str]:
    """Tables and charts that are wider than the room they have."""
    wider = "all => all.filter(one => one.scrollWidth > one.clientWidth).map(one => one.className)"
    scrolling: list[str] = page.locator("main .wide").evaluate_all(wider)
    return scrolling


def fill_set_up(page) -> None:
    page.locator("#email").fill("ana@example.com")
    page.locator("#password").fill("una frase que nadie adivina")
    page.locator("#organisation").fill("Clínica del Valle")
    page.locator("#country").select_option("CO")
    page.locator("#team").fill("Mesa de ayuda")
    page.locator("#size").fill("8")
    page.locator("#kind").select_option("service-desk")
