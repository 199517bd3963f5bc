"""Inviting and joining in Chromium: two people, two devices; every page on the way is audited by axe-core."""

from __future__ import annotations

import re

import pytest

from assessment.app import close_app, create_app
from assessment.infra.settings import Settings
from tests.browser.conftest import serving
from tests.browser.look import look
from tests.browser.matrix import ways
from tests.databases import migrated_sqlite
from tests.web.world import PASSWORD, World


@pytest.fixture
def served(tmp_path):
    app = create_app(Settings(tmp_path, migrated_sqlite(tmp_path / "a.sqlite"), "k" * 40), testing=True)
    world = World.make(app)
    with serving(app) as address:
        yield world, address
    close_app(app)


@ways("width, language, scheme", [(320, "es-CO", "light")], [(1280, "en-US", "dark"), (320, "en-US", "dark")])
def test_somebody_is_invited_joins_and_is_removed(served, device, width, language, scheme):
    world, home = served
    administrator, ana = (device(width, language, color_scheme=scheme, bypass_csp=True) for _ in range(2))
    administrator.goto(f"{home}/sign-in")
    administrator.fill("[name=email]", "administrator@example.com")
    administrator.fill("[name=password]", PASSWORD)
    administrator.click("main button")
    administrator.wait_for_url(f"{home}/")
    for path in (world.address, "/account", "/account/sign-out-everywhere", f"{world.address}/members"):
        administrator.goto(home + path)
        look(administrator)
    administrator.goto(f"{home}{world.address}/members/invite")
    look(administrator)
    administrator.fill("[name=email]", "ana.maria.de.los.angeles@una-empresa-de-nombre-largo.example.com")
    administrator.click("main form button")
    administrator.wait_for_selector("textarea")
    look(administrator)
    assert administrator.locator(".copy button").count() == 1
    link = re.search(r"http://\S+/join/\S+", administrator.input_value("textarea"))
    assert link
    administrator.goto(link.group())
    look(administrator)
    ana.goto(link.group())
    look(ana)
    ana.fill("[name=password]", "una frase propia y larga")
    ana.click("main form button")
    ana.wait_for_url(f"{home}{world.address}")
    administrator.goto(f"{home}{world.address}/log")
    look(administrator)
    assert administrator.locator("main .people > li").count() == 2
    administrator.goto(f"{home}{world.address}/members")
    look(administrator)
    administrator.locator("li", has_text="ana.maria").locator("a").first.click()
    administrator.check("[name=scope][value=some]")
    administrator.click("main form button")
    look(administrator)
    administrator.locator(".boxes label").first.click()
    administrator.click("main form button")
    administrator.wait_for_url(f"{home}{world.address}/members")
    assert "Mesa de ayuda" in administrator.locator("li", has_text="ana.maria").inner_text()
    administrator.locator("li", has_text="ana.maria").locator("a").last.click()
    look(administrator)
    administrator.click("main button")
    administrator.wait_for_url(f"{home}{world.address}/members")
    assert ana.goto(f"{home}{world.address}").status == 404
