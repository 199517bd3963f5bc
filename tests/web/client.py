"""A client that looks at every page it is given: title, one h1, unique ids, labels, language, nonces, sound HTML."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
CLOSES_ITSELF = frozenset("p li dt dd option tr td th thead tbody".split())
UNLABELLED = frozenset({"hidden", "submit", "button", "image", "reset"})


class Page(HTMLParser):
    """What a page holds, and everything that is wrong with it."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
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
        self._references: list[str] = []
        self._nonces: list[str] = []
        self._option: str | None = None
        self.feed(html)
        self.close()
        self._check()

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.texts)).strip()

    @property
    def h1(self) -> str:
        return self.headings[0] if self.headings else ""

    @property
    def nonces(self) -> list[str]:
        return self._nonces

    # Reading

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if len(given) != len(attrs):
            self.problems.append(f"an attribute twice in <{tag}>")
        if "style" in given or any(name.startswith("on") for name in given):
            self.problems.append(f"style or handler in <{tag}>")
        if "id" in given:
            self.ids.append(given["id"])
        for name in ("for", "aria-describedby", "aria-labelledby"):
            self._references += given.get(name, "").split()
        if tag in ("p", "ul", "ol", "form", "div", "section", "table") and self._open and self._open[-1][0] == "p":
            self.problems.append(f"<{tag}> in <p>")
        if tag not in VOID:
            self._open.append((tag, given))
        handler = getattr(self, f"_start_{tag}", None)
        if handler:
            handler(given)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open[-1][0] != tag and self._open[-1][0] in CLOSES_ITSELF:
            self._open.pop()
        if not self._open or self._open[-1][0] != tag:
            self.problems.append(f"</{tag}> closes <{self._open[-1][0] if self._open else 'nothing'}>")
        else:
            self._open.pop()

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_data(self, data: str) -> None:
        tags = [tag for tag, _ in self._open]
        if "script" in tags or "style" in tags:
            if data.strip():
                self.problems.append("inline script or style")
            return
        if "title" in tags and "svg" not in tags:
            self.title += data
            return
        if "h1" in tags and "template" not in tags:
            self.headings[-1] += data.strip() and data
        if "textarea" in tags and "form" in tags:
            name = self._open[-1][1].get("name", "")
            self.forms[-1]["data"][name] += data.removeprefix("\r\n").removeprefix("\n")
        self.texts.append(data)

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
        if repeated := {id_ for id_ in self.ids if self.ids.count(id_) > 1}:
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
