"""Makes the pictures in `docs/images/` from the sample data: they are real screenshots.

Needs Chromium and pdftoppm (poppler-utils). The clock stands still, so that dates and answers are the same each time.
"""

from __future__ import annotations

import datetime as dt
import io
import logging
import secrets
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from pathlib import Path
from urllib.parse import quote

import structlog
from flask import Flask
from PIL import Image, ImageOps
from playwright.sync_api import Browser, FloatRect, Locator, Page, sync_playwright
from werkzeug.serving import make_server

from assessment.app import close_app, create_app
from assessment.catalogue.samples import sample_of_first_visit
from assessment.cli.main import main as escala
from assessment.domain.colours import DEFAULT_ACCENT
from assessment.infra.clock import utc_now
from assessment.infra.languages import Localisation
from assessment.infra.settings import Settings
from assessment.services.sample_data import make_sample_data
from reports.poster.build import PosterSource, build_pdf

ROOT = Path(__file__).parent.parent
IMAGES = ROOT / "docs" / "images"
NOW = dt.datetime(2026, 11, 17, 15, tzinfo=dt.UTC)
PASSWORD = secrets.token_urlsafe(16)
TOP = 132
"""Where a page's content begins, below the name of Escala and the banner of sample data."""
HIGHEST = 1400
"""Pixels that a page of the documentation can show at once: what is below is left away."""
EDGE = "#d6d3ca"
COLOURS = 128
"""Enough for a picture of a page, at a third of the size."""


def main() -> None:
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "chromium-headless-shell"))), None)
    if chromium is None or shutil.which("pdftoppm") is None:
        sys.exit("The pictures need Chromium and pdftoppm (poppler-utils).")
    logging.disable(logging.INFO)
    IMAGES.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        _serving(_sample_app(Path(folder))) as address,
        sync_playwright() as tool,
    ):
        browser = tool.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        spanish = _signed_in(browser, address, "es-CO")
        _results(spanish, address)
        english = _signed_in(browser, address, "en-US")
        _plan_editor(english, address)
        _answering(browser, english, address)
        browser.close()
    _poster()
    _plan_page()


def _sample_app(folder: Path) -> Flask:
    app = create_app(Settings(folder, f"sqlite:///{folder / 'escala.sqlite'}", secrets.token_urlsafe(48)))
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with app.extensions["escala_database"].writing() as session:
        make_sample_data(
            session, [sample_of_first_visit("es"), sample_of_first_visit("en")], password=PASSWORD, now=NOW
        )
    real = utc_now  # this module's own is replaced, too, and comes first where it is run as a script
    for module in list(sys.modules.values()):
        if getattr(module, "utc_now", None) is real:
            vars(module)["utc_now"] = lambda: NOW
    return app


@contextmanager
def _serving(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        close_app(app)


def _signed_in(browser: Browser, address: str, language: str) -> Page:
    page = _device(browser, 1280, 900, language)
    page.goto(f"{address}/sign-in")
    page.locator("#email").fill("demo@escala.example")
    page.locator("#password").fill(PASSWORD)
    _follow(page.locator("main form button[type=submit]"))
    return page


def _device(browser: Browser, width: int, height: int, language: str, scale: float = 1) -> Page:
    context = browser.new_context(
        viewport={"width": width, "height": height},
        device_scale_factor=scale,
        locale=language,
        timezone_id="America/Bogota",
        color_scheme="light",
        reduced_motion="reduce",
    )
    return context.new_page()


def _open_team(page: Page, address: str, team: str) -> None:
    """By its name, whatever the organisation."""
    page.goto(f"{address}/?name={quote(team)}")
    _follow(page.get_by_role("link", name=team, exact=True).first)


def _follow(link: Locator) -> None:
    """Goes where a link leads, and waits for that page: the one that is left has loaded long ago."""
    with link.page.expect_navigation():
        link.click()


def _results(page: Page, address: str) -> None:
    """From the headline to the end of the ladder map; of a first round, where no change stands between the two."""
    _open_results(page, address, "Recepción y citas", "Primera ronda")
    page.set_viewport_size({"width": 1040, "height": 900})
    _save_screenshot(page, "results", top=0, bottom=_end(page, "section[aria-labelledby=ladder] .whole-map"))


def _open_results(page: Page, address: str, team: str, round_: str) -> None:
    _open_team(page, address, team)
    _follow(page.locator("main a[href$='/rounds']").first)
    _follow(page.get_by_role("link", name=round_).first)


def _plan_editor(page: Page, address: str) -> None:
    """The first pillar of a plan, and page 1 beside it."""
    _open_results(page, address, "Field technicians", "Fourth round")
    _follow(page.locator("main a[href$='/plan']").first)
    page.wait_for_load_state("networkidle")
    _save_screenshot(page, "plan-editor", top=TOP, bottom=_end(page, ".preview .sheet") + 24)


def _answering(browser: Browser, manager: Page, address: str) -> None:
    """A perception point of an open round, with one step chosen."""
    _open_team(manager, address, "Showroom")
    _follow(manager.locator("section[aria-labelledby=rounds] .cards a").first)
    link = manager.locator("#link").input_value()
    phone = _device(browser, 390, 844, "en-US", scale=1.3)
    phone.goto(link)
    phone.locator("#begin").click()
    phone.evaluate("location.hash = '#moment-greeting'")
    # As by the keyboard: a tap would lead to the next step.
    phone.locator("form.step:not([hidden]) .ladder-step-4 input").evaluate("field => field.click()")
    phone.locator("#state.saved").wait_for()
    phone.mouse.move(0, 0)  # nothing looks as if somebody pointed at it
    _save_screenshot(phone, "answering")


def _end(page: Page, selector: str) -> float:
    return float(page.locator(selector).evaluate("one => one.getBoundingClientRect().bottom + window.scrollY"))


def _save_screenshot(page: Page, name: str, *, top: float = 0, bottom: float | None = None) -> None:
    size = page.viewport_size or {"width": 0}
    clip = None if bottom is None else FloatRect(x=0, y=top, width=size["width"], height=bottom - top)
    shot = page.screenshot(clip=clip, full_page=True, animations="disabled", caret="hide")
    _save_picture(name, Image.open(io.BytesIO(shot)))


def _poster() -> None:
    reader = Localisation("es", "CO")
    source = PosterSource(
        organisation="Clínica Aguaclara (ejemplo)",
        team="Mesa de ayuda de sistemas",
        round="Primera ronda",
        link="https://escala.example.com/r/k3Vq7mZt1xRb9LwE2nCy5A",
        minutes=9,
        minimum_group=5,
        opens="",
        until=reader.date(NOW.date() + dt.timedelta(days=9)),
        accent=DEFAULT_ACCENT,
    )
    _save_picture("poster", _first_page(build_pdf(source, reader)))


def _plan_page() -> None:
    with tempfile.TemporaryDirectory() as folder:
        plan = Path(folder) / "plan.pdf"
        examples = ROOT / "examples"
        answers, before = examples / "mesa-de-ayuda.csv", examples / "mesa-de-ayuda-anterior.csv"
        given = [str(answers), "--previous", str(before), "--team", "Mesa de ayuda", "--date", NOW.date().isoformat()]
        with redirect_stderr(io.StringIO()) as errors:
            if escala(["plan", *given, "--locale", "es-CO", "-o", str(plan)]):
                sys.exit(errors.getvalue())
        _save_picture("plan-page-1", _first_page(plan.read_bytes()))


def _first_page(pdf: bytes) -> Image.Image:
    """With an edge, so that the paper stands out on white."""
    command = ["pdftoppm", "-png", "-r", "80", "-f", "1", "-l", "1", "-singlefile", "-"]
    done = subprocess.run(command, input=pdf, capture_output=True, check=True)  # noqa: S603 - every word is ours
    return ImageOps.expand(Image.open(io.BytesIO(done.stdout)), border=1, fill=EDGE)


def _save_picture(name: str, picture: Image.Image) -> None:
    path = IMAGES / f"{name}.png"
    picture = picture.crop((0, 0, picture.width, min(picture.height, HIGHEST)))
    picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    print(f"{path.relative_to(ROOT)}: {picture.width} × {picture.height}, {path.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main()
