"""A client that looks at every page it is given: title, one h1, unique ids, labels, language, nonces, sound HTML."""

from __future__ import annotations

import re
from collections import Counter
from functools import cached_property, lru_cache
from html import unescape
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
CLOSES_ITSELF = frozenset("p li dt dd option tr td th thead tbody".split())
UNLABELLED = frozenset({"hidden", "submit", "button", "image", "reset"})
NOT_IN_P = frozenset("p ul ol form div section table".split())
TOLD_APART = frozenset("script style title h1 textarea".split())
"""Whose text is not simply text of the page."""
REFERRING = ("for", "aria-describedby", "aria-labelledby")

# HTML as our templates write it, so that a page is read in a tenth of the time that a parser for any HTML takes.
# What is neither is a problem of the page.
PIECE = re.compile(
    r"""(?P<text>[^<]+) | <(?P<start>[a-zA-Z](?:[^<>"']++|"[^"]*+"|'[^']*+')*+)> | </(?P<end>[a-zA-Z][^\s<>]*)\s*>
        | <!--.*?--> | <!doctype\s+html>""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
NAME = re.compile(r"[a-zA-Z][^\s/]*")
ATTRIBUTE = re.compile(r"""\s+([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?""")


@lru_cache(10_000)
def _read_tag(inside: str) -> tuple[str, dict[str, str], bool, tuple[str, ...]]:
    """Of what stands between `<` and `>`: name, attributes (not to be changed), whether it ends itself, problems."""
    name = NAME.match(inside)
    assert name
    tag, at = name[0].lower(), name.end()
    given: dict[str, str] = {}
    problems = []
    while found := ATTRIBUTE.match(inside, at):
        attribute, at = found[1].lower(), found.end()
        if attribute in given:
            problems.append(f"an attribute twice in <{tag}>")
        given[attribute] = unescape(found[2] or found[3] or found[4] or "")
    rest = inside[at:].strip()
    if rest not in ("", "/"):
        problems.append(f"no attribute: {rest} in <{tag}>")
    if "style" in given or any(attribute.startswith("on") for attribute in given):
        problems.append(f"style or handler in <{tag}>")
    return tag, given, rest == "/", tuple(problems)


class Page:
    """What a page holds, and everything that is wrong with it."""

    def __init__(self, html: str) -> None:
        self.problems: list[str] = []
        self.texts: list[str] = []
        self.ids: list[str] = []
        self.lang = ""
        self.title = ""
        self.headings: list[str] = []
        self.links: list[str] = []
        self.forms: list[dict[str, Any]] = []
        self._controls: list[tuple[str, dict[str, str]]] = []
        self._labels: set[str] = set()
        self._open: list[tuple[str, dict[str, str]]] = []
        self._told_apart = 0
        self._references: list[str] = []
        self._nonces: list[str] = []
        self._option: str | None = None
        self._read(html)
        self._check()

    @cached_property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())

    @property
    def h1(self) -> str:
        return self.headings[0] if self.headings else ""

    @property
    def nonces(self) -> list[str]:
        return self._nonces

    # Reading

    def _read(self, html: str) -> None:
        at = 0
        while found := PIECE.match(html, at):
            at = found.end()
            if found.lastgroup == "text":
                text = found[0]
                self._take_text(unescape(text) if "&" in text else text)
            elif found.lastgroup == "start":
                self._take_start(*_read_tag(found["start"]))
            elif found.lastgroup == "end":
                self._take_end(found["end"].lower())
        if at < len(html):
            self.problems.append(f"no HTML: {html[at : at + 80]!r}")

    def _take_start(self, tag: str, given: dict[str, str], ends_itself: bool, problems: tuple[str, ...]) -> None:
        self.problems += problems
        if "id" in given:
            self.ids.append(given["id"])
        for name in REFERRING:
            if name in given:
                self._references += given[name].split()
        if tag in NOT_IN_P and self._open and self._open[-1][0] == "p":
            self.problems.append(f"<{tag}> in <p>")
        if tag not in VOID:
            self._open.append((tag, given))
            self._told_apart += tag in TOLD_APART
        if handler := STARTS.get(tag):
            handler(self, given)
        if ends_itself and tag not in VOID:
            self._take_end(tag)

    def _take_end(self, tag: str) -> None:
        while self._open and self._open[-1][0] != tag and self._open[-1][0] in CLOSES_ITSELF:
            self._open.pop()
        if not self._open or self._open[-1][0] != tag:
            self.problems.append(f"</{tag}> closes <{self._open[-1][0] if self._open else 'nothing'}>")
        else:
            self._open.pop()
            self._told_apart -= tag in TOLD_APART

    def _take_text(self, text: str) -> None:
        if not self._told_apart:
            self.texts.append(text)
            return
        tags = [tag for tag, _ in self._open]
        if "script" in tags or "style" in tags:
            if text.strip():
                self.problems.append("inline script or style")
            return
        if "title" in tags and "svg" not in tags:
            self.title += text
            return
        if "h1" in tags and "template" not in tags:
            self.headings[-1] += text.strip() and text
        if "textarea" in tags and "form" in tags:
            name = self._open[-1][1].get("name", "")
            self.forms[-1]["data"][name] += text.removeprefix("\r\n").removeprefix("\n")
        self.texts.append(text)

    def _start_html(self, given: dict[str, str]) -> None:
        self.lang = given.get("lang", "")

    def _start_h1(self, given: dict[str, str]) -> None:
        """Those of a template are shown one at a time."""
        if "template" not in [tag for tag, _ in self._open]:
            self.headings.append("")

    def _start_a(self, given: dict[str, str]) -> None:
        self.links.append(given.get("href", ""))

    def _start_script(self, given: dict[str, str]) -> None:
        """With a nonce; on pages of respondents and participants, a file of their application without one."""
        if not given.get("src", "").startswith(("/r/static/", "/w/static/")):
            self._nonces.append(given.get("nonce", ""))
            if not given.get("nonce") or "src" not in given:
                self.problems.append("a script without nonce or src")

    def _start_label(self, given: dict[str, str]) -> None:
        if "for" in given:
            self._labels.add(given["for"])

    def _start_img(self, given: dict[str, str]) -> None:
        if "alt" not in given:
            self.problems.append("an image without alt")

    def _start_form(self, given: dict[str, str]) -> None:
        self.forms.append(
            {
                "action": given.get("action", ""),
                "method": given.get("method", "get").lower(),
                "encoding": given.get("enctype") or None,
                "data": {},
            }
        )

    def _control(self, tag: str, given: dict[str, str]) -> None:
        self._controls.append((tag, given))
        if not self.forms or "form" not in [name for name, _ in self._open] or "name" not in given:
            return
        kind = given.get("type", "text") if tag == "input" else tag
        if kind in ("checkbox", "radio") and "checked" not in given:
            return
        if kind not in ("submit", "button", "image", "select"):
            self.forms[-1]["data"][given["name"]] = given.get("value", "on" if kind == "checkbox" else "")

    def _start_input(self, given: dict[str, str]) -> None:
        self._control("input", given)

    def _start_select(self, given: dict[str, str]) -> None:
        self._control("select", given)
        self._option = given.get("name")

    def _start_textarea(self, given: dict[str, str]) -> None:
        self._control("textarea", given)

    def _start_option(self, given: dict[str, str]) -> None:
        if self._option and self.forms and ("selected" in given or self._option not in self.forms[-1]["data"]):
            self.forms[-1]["data"][self._option] = given.get("value", "")

    # Judging

    def _check(self) -> None:
        if not self.title.strip():
            self.problems.append("no title")
        if self.lang.partition("-")[0] not in ("es", "en"):
            self.problems.append(f"lang is {self.lang!r}")
        if len(self.headings) != 1 or not self.h1.strip():
            self.problems.append(f"h1: {self.headings}")
        if repeated := {id_ for id_, times in Counter(self.ids).items() if times > 1}:
            self.problems.append(f"ids used twice: {sorted(repeated)}")
        if missing := set(self._references) - set(self.ids):
            self.problems.append(f"refers to missing ids: {sorted(missing)}")
        anchors = {link[1:] for link in self.links if link.startswith("#") and len(link) > 1}
        if missing := anchors - set(self.ids):
            self.problems.append(f"links to missing ids: {sorted(missing)}")
        for tag, given in self._controls:
            labelled = given.get("id") in self._labels or "aria-label" in given or "aria-labelledby" in given
            if not labelled and not (tag == "input" and given.get("type") in UNLABELLED):
                self.problems.append(f"<{tag} name={given.get('name')}> has no label")
        if self._open and {tag for tag, _ in self._open} - CLOSES_ITSELF:
            self.problems.append(f"never closed: {[tag for tag, _ in self._open]}")


STARTS = {name.removeprefix("_start_"): method for name, method in vars(Page).items() if name.startswith("_start_")}


class PageClient(FlaskClient):
    """Every HTML answer is read and judged; `page` of the last one is kept."""

    page: Page
    at: str
    """Where the last page was."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        response = super().open(*args, **kwargs)
        if response.mimetype == "text/html" and response.data and not 300 <= response.status_code < 400:
            self.page = Page(response.get_data(as_text=True))
            self.at = response.request.full_path.rstrip("?")
            assert not self.page.problems, f"{response.request.path}: {self.page.problems}"
            policy = response.headers["Content-Security-Policy"]
            assert "'unsafe" not in policy
            assert all(f"'nonce-{nonce}'" in policy for nonce in self.page.nonces)
        return response

    def fill(self, values: dict[str, Any] | None = None, *, form: int = -1, **kwargs: Any) -> TestResponse:
        """Sends a form of the last page as a browser without JavaScript would, with some values changed."""
        chosen = self.page.forms[form]
        data = {**chosen["data"], **(values or {})}
        return self.open(
            chosen["action"] or self.at,
            method=chosen["method"].upper(),
            **(
                {"data": data, "content_type": chosen["encoding"]}
                if chosen["method"] == "post"
                else {"query_string": data}
            ),
            **kwargs,
        )
