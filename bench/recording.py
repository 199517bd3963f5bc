"""What a respondent's browser sends: recorded from the real page in Chromium, so that no replay can send less.

A person is played who taps an answer to everything, writes a comment and sends; the page decides what it asks for and
when. What differs from device to device stands as `{…}` in what is replayed.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.browser.look import CHROMIUM

COMMENT = "Más calma por la tarde."
PHONE = {"width": 360, "height": 640}
NOT_SENT_AGAIN = frozenset({"host", "connection", "content-length", "cookie"})
"""Headers that each replay has of its own."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """One request: its path, its headers and body as they were."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...]
    body: str


@dataclass(frozen=True, slots=True)
class Recording:
    address: str
    requests: tuple[Recorded, ...]
    taps: int

    @property
    def largest_change(self) -> int:
        """Bytes of the body; a comment is as long as somebody writes."""
        return max(len(one.body) for one in self.requests if one.method == "PATCH" and COMMENT not in one.body)


def record(address: str, link: str) -> Recording:
    """One whole journey. Raises `RuntimeError` where Chromium is missing."""
    from playwright.sync_api import sync_playwright

    if CHROMIUM is None:
        raise RuntimeError("Chromium is missing: make setup installs it")
    asked: list[Any] = []
    with sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = browser.new_context(viewport=PHONE, locale="es-CO", reduced_motion="reduce")  # type: ignore[arg-type]
        page = context.new_page()
        page.on("request", lambda one: asked.append(one))  # noqa: PLW0108 - Playwright marks what it is given
        page.goto(f"http://{address}{link}")
        taps = _answer_everything(page)
        # A file that browsers keep is asked for once, though Chromium tells of it at every step.
        sent = tuple({(one.method, one.path, one.body): one for one in map(_recorded, asked)}.values())
        browser.close()
    return Recording(address, sent, taps)


def _answer_everything(page: Any) -> int:
    """Taps as a person does; returns how often."""
    taps = 1
    page.locator("#begin").click()
    while True:
        step = page.locator(".step:not([hidden])")
        slug = step.get_attribute("data-slug")
        if slug == "send":
            break
        for question in step.locator("fieldset").all():
            options = question.locator("input")
            (options.first if options.first.get_attribute("type") == "checkbox" else options.nth(3)).click()
            taps += 1
        if step.locator("textarea").count():
            step.locator("textarea").fill(COMMENT)
        if step.is_visible() and page.locator(".step:not([hidden])").get_attribute("data-slug") == slug:
            step.locator("[type=submit]").click()
            taps += 1
    page.locator("[data-slug=send] [type=submit]").click()
    page.locator("[data-slug=thanks]").wait_for()
    return taps + 1


def _recorded(request: Any) -> Recorded:
    parts = urlsplit(request.url)
    headers = tuple(
        (name, value) for name, value in request.all_headers().items() if name not in NOT_SENT_AGAIN and name[0] != ":"
    )
    return Recorded(
        request.method, parts.path + (f"?{parts.query}" if parts.query else ""), headers, request.post_data or ""
    )


def as_script(recording: Recording) -> list[dict[str, Any]]:
    """The journey with `{link}`, `{handle}` and `{device}` where a replay has its own."""
    handle = next(one.path.split("/")[2] for one in recording.requests if "/answers" in one.path)
    script = []
    for one in recording.requests:
        path, body = one.path.replace(handle, "{handle}"), one.body
        if re.fullmatch(r"/r/[\w-]{22}", path):
            path = "{link}"
        if body:
            sent = json.loads(body)
            body = json.dumps(sent | ({"device": "{device}"} if sent.get("device") else {}), separators=(",", ":"))
        headers = "".join(f"{name}: {value}\r\n" for name, value in one.headers).replace(recording.address, "{host}")
        script.append({"method": one.method, "path": path, "headers": headers, "body": body})
    return script


def write(recording: Recording, file: Path) -> None:
    file.write_text(json.dumps(as_script(recording)), "utf-8")
