"""Inviting and joining in Chromium: two people, two devices; every page on the way is audited by axe-core."""

from __future__ import annotations

import re
import shutil
import threading
from pathlib import Path

import axe_playwright_python
import pytest
from werkzeug.serving import WSGIRequestHandler, make_server

from assessment.app import create_app
from assessment.infra.settings import Settings
from tests.web.world import PASSWORD, World

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
WRONG = """async () => {
  const found = (await axe.run()).violations.map(v => v.id + ' ' + v.nodes[0].html.slice(0, 120));
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  const small = [...document.querySelectorAll('main a, main button, main input:not([type=hidden], [type=radio])')]
    .filter(e => e.getBoundingClientRect().height < 43.9).map(e => e.outerHTML.slice(0, 120));
  return [...found, ...(wide > 0 ? [`wider than the screen by ${wide}`] : []), ...small];
}"""


class _Quiet(WSGIRequestHandler):
    def log(self, type, message, *args):
        """The test says what went wrong."""


@pytest.fixture
def served(tmp_path):
    app = create_app(Settings(tmp_path, f"sqlite:///{tmp_path / 'a.sqlite'}", "k" * 40), testing=True)
    world = World.make(app)
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield world, f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()
    app.extensions["escala_database"].engine.dispose()


@pytest.fixture
def device():
    with playwright.sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])

        def make(width, language, scheme):
            # The audit is a script that no page would let in.
            context = browser.new_context(
                viewport={"width": width, "height": 720}, locale=language, color_scheme=scheme, bypass_csp=True
            )
            context.add_init_script(AXE)
            return context.new_page()

        yield make
        browser.close()


def is_sound(page):
    page.wait_for_load_state("load")
    assert page.evaluate(WRONG) == [], page.url


@pytest.mark.parametrize(
    ("width", "language", "scheme"), [(320, "es-CO", "light"), (1280, "en-US", "dark"), (320, "en-US", "dark")]
)
def test_somebody_is_invited_joins_and_is_removed(served, device, width, language, scheme):
    world, home = served
    administrator, ana = device(width, language, scheme), device(width, language, scheme)
    administrator.goto(f"{home}/sign-in")
    administrator.fill("[name=email]", "administrator@example.com")
    administrator.fill("[name=password]", PASSWORD)
    administrator.click("main button")
    administrator.wait_for_url(f"{home}/")
    for path in (world.address, "/account", "/account/sign-out-everywhere", f"{world.address}/members"):
        administrator.goto(home + path)
        is_sound(administrator)
    administrator.goto(f"{home}{world.address}/members/invite")
    is_sound(administrator)
    administrator.fill("[name=email]", "ana.maria.de.los.angeles@una-empresa-de-nombre-largo.example.com")
    administrator.click("main form button")
    administrator.wait_for_selector("textarea")
    is_sound(administrator)
    assert administrator.locator(".copy button").count() == 1
    link = re.search(r"http://\S+/join/\S+", administrator.input_value("textarea"))
    assert link
    ana.goto(link.group())
    is_sound(ana)
    ana.fill("[name=password]", "una frase propia y larga")
    ana.click("main form button")
    ana.wait_for_url(f"{home}{world.address}")
    administrator.goto(f"{home}{world.address}/members")
    is_sound(administrator)
    administrator.locator("li", has_text="ana.maria").locator("a").last.click()
    is_sound(administrator)
    administrator.click("main button")
    administrator.wait_for_url(f"{home}{world.address}/members")
    assert ana.goto(f"{home}{world.address}").status == 404
