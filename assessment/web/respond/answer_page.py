"""The page on which most people answer, and what its script asks for.

The page is the same for all who answer a round in a language, holds all steps, and knows nobody: browsers may keep it.
The device shows one step at a time and sends what was chosen in the background (`PATCH`), each change durable before it
is acknowledged. Those without JavaScript go from its first step to `step_pages`.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from flask import Response, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from assessment.domain import conventions as c
from assessment.domain.answers import AnswerSheet
from assessment.domain.respondent_code import FEWEST_SIGNS, LONGEST_CODE
from assessment.domain.rounds import RoundMode
from assessment.services.describe_round import RoundDescription
from assessment.services.respond import (
    LONGEST_COMMENT,
    Kept,
)
from assessment.web.compression import client_accepts_gzip
from assessment.web.languages import reader
from assessment.web.respond.blueprint import blueprint
from assessment.web.respond.forms import make_blank_form, too_short_code
from assessment.web.respond.question_pages import RoundPages
from assessment.web.respond.sections.page import QuestionPage
from assessment.web.respond.visit import Visit, load_visit

CACHE_FOREVER = "private, max-age=31536000, immutable"
REVALIDATE = "private, no-cache"
PAGES_KEPT = 64
"""Rendered pages in memory, of some 15 KB each."""
PAGE_NAME = re.compile(r"[0-9a-f]{2}")
"""Short, so that the numbers that a draft keeps of all its pages stay small."""
HIGHEST_NUMBER = 1_000_000
STATUS = {Kept.BEGUN: 201, Kept.CHANGED: 204, Kept.BEFORE: 208}


class PageContent(NamedTuple):
    """All that the page shows."""

    handle: str
    round_name: str
    description: RoundDescription
    minimum_group: int
    asks_code: bool
    has_personal_links: bool
    plan_path: str
    round_pages: RoundPages
    language_tag: str

    @property
    def is_consensus(self) -> bool:
        return self.round_pages.mode is RoundMode.CONSENSUS


@dataclass(frozen=True, slots=True)
class RenderedPage:
    plain: bytes
    compressed: bytes
    version: str


@blueprint.get("/<handle>/<any(es, en):language>")
def answer_page(handle: str, language: str) -> ResponseReturnValue:
    """The page, to be kept by the browser under an address that names its version."""
    g.escala_language = language
    visit = load_visit(handle)
    visit.read_draft()
    page = rendered_page(visit)
    is_compressed = client_accepts_gzip()
    response = Response(page.compressed if is_compressed else page.plain, mimetype="text/html")
    if is_compressed:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = CACHE_FOREVER if request.args.get("v") == page.version else REVALIDATE
    response.set_etag(page.version + ("-gz" if is_compressed else ""))
    return response.make_conditional(request)


def answer_page_url(visit: Visit, anchor: str | None = None) -> str:
    """Where the visitor answers, in their language."""
    return url_for(
        "respond.answer_page",
        handle=visit.handle,
        language=reader().language,
        v=rendered_page(visit).version,
        _anchor=anchor,
    )


def rendered_page(visit: Visit) -> RenderedPage:
    """The page in the reader's language, rendered once for all."""
    round_ = visit.access.round
    return _render(
        PageContent(
            visit.handle,
            round_.name,
            visit.description,
            round_.minimum_group,
            round_.asks_code,
            round_.has_personal_links,
            visit.plan_path,
            visit.round_pages,
            reader().tag,
        )
    )


@lru_cache(maxsize=PAGES_KEPT)
def _render(content: PageContent) -> RenderedPage:
    pages, nothing = content.round_pages, AnswerSheet()
    steps = [
        Step(
            page,
            make_blank_form(pages.form_class(at, reader()), data=page.data(nothing), prefix=f"{page.slug}."),
            at + 1,
            pages,
        )
        for at, page in enumerate(pages.pages)
    ]
    html = render_template(
        "respond/answer.html",
        visit=content,
        steps=steps,
        counted=frozenset(item.id for item in pages.questionnaire.counted_items),
        comments_minimum=c.COMMENTS_N,
        longest_comment=LONGEST_COMMENT,
        longest_code=LONGEST_CODE,
        fewest_signs=FEWEST_SIGNS,
        too_short_code=too_short_code(reader()),
    ).encode()
    return RenderedPage(html, gzip.compress(html, 9, mtime=0), hashlib.sha256(html).hexdigest()[:12])


@dataclass(frozen=True, slots=True)
class Step:
    """A page of questions with its form, as templates show it."""

    page: QuestionPage
    form: Any
    position: int
    pages: RoundPages
