"""The page on which most people answer, and what its script asks for.

The page is the same for all who answer a round in a language, holds all steps, and knows nobody: browsers may keep it.
The device shows one step at a time and sends what was chosen in the background (`PATCH`), each change durable before it
is acknowledged. Those without JavaScript go from its first step to `step_pages`.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from flask import Response, abort, current_app, g, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from assessment.domain import conventions as c
from assessment.domain.answers import AnswerSheet, InvalidAnswer
from assessment.domain.rounds import RoundMode
from assessment.infra.clock import utc_now
from assessment.services.describe_round import RoundDescription
from assessment.services.respond import (
    LONGEST_COMMENT,
    AlreadySubmitted,
    DraftChange,
    Kept,
    LinkUsedUp,
    NothingAnswered,
    UnknownLink,
    change_known_draft,
    know_link,
)
from assessment.web.compression import client_accepts_gzip
from assessment.web.languages import reader
from assessment.web.respond.blueprint import blueprint
from assessment.web.respond.device_cookie import (
    DeviceCookie,
    device_name,
    link_name,
    new_device_cookie,
    read_device_cookie,
    round_handle,
    set_device_cookie,
)
from assessment.web.respond.forms import make_blank_form
from assessment.web.respond.question_pages import RoundPages, pages_of_link
from assessment.web.respond.sections.page import QuestionPage
from assessment.web.respond.visit import Visit, load_visit
from assessment.web.transactions import database

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
    ).encode()
    return RenderedPage(html, gzip.compress(html, 9, mtime=0), hashlib.sha256(html).hexdigest()[:12])


@dataclass(frozen=True, slots=True)
class Step:
    """A page of questions with its form, as templates show it."""

    page: QuestionPage
    form: Any
    position: int
    pages: RoundPages


# What the script asks for


@blueprint.get("/<handle>/answers")
def answers(handle: str) -> ResponseReturnValue:
    """The values of the fields that the device has answered, by step; the names of the device and of its link."""
    visit = load_visit(handle)
    with _sent_before():
        sheet = visit.read_draft()
    given = {page.slug: _chosen(page.data(sheet)) for page in visit.round_pages.pages if page.answered(sheet)}
    return jsonify(
        answers={} if visit.access.progress.answers is None else given,
        device=device_name(visit.cookie.device_secret),
        link=link_name(visit.cookie.link_token),
    )


@blueprint.patch("/<handle>/answers")
def change(handle: str) -> ResponseReturnValue:
    """Keeps some answers: `{"page": "7f", "number": 3, "answers": {"contact": {"contact-1": "4"}}, "device": "…"}`.

    A value that is null takes the answer back. 204: kept; 201: kept, and nothing had been before; 208: this change, or
    a later one of the same page, had arrived before.
    """
    sent = _sent_by_script()
    cookie = read_device_cookie(handle)
    _refuse_other_people(cookie, sent)
    if _change_at_once(handle, cookie, sent):
        return "", 204
    visit = load_visit(handle)
    try:
        with _sent_before():
            kept = visit.change_draft(_draft_change(visit.round_pages, sent))
    except InvalidAnswer:
        abort(400)
    return "", STATUS[kept]


def _change_at_once(handle: str, cookie: DeviceCookie, sent: Any) -> bool:
    """Whether the change was kept by one statement, as nearly all are; where not, it is to be found out why."""
    link = know_link(database(), cookie.link_token)
    if round_handle(link.round.id) != handle:
        raise UnknownLink
    try:
        change = _draft_change(pages_of_link(link), sent)
        return change_known_draft(database(), link, cookie=cookie.device_secret, change=change, now=utc_now())
    except InvalidAnswer:
        return False


@blueprint.post("/<handle>/answers/send")
def send_answers(handle: str) -> ResponseReturnValue:
    """Submits the response, once, however often it is asked: 204, or 422 where nothing was answered."""
    sent = _sent_by_script()
    visit = load_visit(handle)
    _refuse_other_people(visit.cookie, sent)
    try:
        visit.read_draft()
        visit.submit()
    except (AlreadySubmitted, LinkUsedUp):
        if visit.access.progress.answers is not None:  # those that counted came from another device
            abort(409)
    except NothingAnswered:
        return "", 422
    return "", 204


@blueprint.post("/<handle>/answers/another")
def another_person(handle: str) -> ResponseReturnValue:
    """Somebody else answers on the same device, where the one before has not sent: 204, and the device is theirs."""
    sent = _sent_by_script()
    visit = load_visit(handle)
    _refuse_other_people(visit.cookie, sent)
    if visit.access.is_personal or visit.is_consensus:
        abort(403)
    response = Response(status=204)
    set_device_cookie(response, handle, new_device_cookie(visit.cookie.link_token))
    return response


@contextmanager
def _sent_before() -> Iterator[None]:
    """409 for answers that were sent already, by whichever link: the script then keeps nothing of them."""
    try:
        yield
    except (AlreadySubmitted, LinkUsedUp):
        abort(409)


def _draft_change(pages: RoundPages, sent: Any) -> DraftChange:
    """Raises `InvalidAnswer`."""
    by_slug = pages.by_slug
    if not isinstance(sent, dict) or not isinstance(given := sent.get("answers"), dict):
        raise InvalidAnswer("answers", None)
    name, number = sent.get("page"), sent.get("number")
    if not isinstance(name, str) or not PAGE_NAME.fullmatch(name):
        raise InvalidAnswer("page", name)
    if type(number) is not int or not 0 < number <= HIGHEST_NUMBER:
        raise InvalidAnswer("number", number)
    merged: dict[str, Any] = {}
    for slug, values in given.items():
        if slug not in by_slug or not isinstance(values, dict):
            raise InvalidAnswer(slug, values)
        merge_parts(merged, by_slug[slug].change(values))
    return DraftChange(merged, name, number)


def merge_parts(merged: dict[str, Any], more: Mapping[str, Any]) -> None:
    """Adds the parts of one page's change to those of others."""
    for part, given in more.items():
        if isinstance(given, dict):
            merged.setdefault(part, {}).update(given)
        else:
            merged[part] = given


def _chosen(data: Mapping[str, Any]) -> dict[str, Any]:
    return {field: value for field, value in data.items() if value}


def _refuse_other_people(cookie: DeviceCookie, sent: Any) -> None:
    """409 for a page that was open when somebody else began to answer on this device: the cookie is theirs now."""
    if not isinstance(sent, dict):
        abort(400)
    if sent.get("device") != device_name(cookie.device_secret):
        abort(409)


def _sent_by_script() -> Any:
    """What a page of ours sent. Against forged requests, it is refused where it is not JSON, or comes from elsewhere.

    The device's cookie does not come along with what other sites send (`SameSite`), and browsers ask before they send
    JSON elsewhere; what they say of its origin is checked all the same. Those that say how it relates to ours need not
    be compared: a proxy may have changed our name.
    """
    if not request.is_json:
        abort(415)
    relation = request.headers.get("Sec-Fetch-Site")
    if relation is None and (origin := request.headers.get("Origin")) is not None:
        own = {f"{request.scheme}://{request.host}", current_app.extensions["escala_settings"].base_url}
        relation = "same-origin" if origin in own else "cross-site"
    if relation not in (None, "same-origin", "none"):
        abort(403)
    try:
        return request.get_json()
    except RecursionError:  # arrays in arrays in arrays
        abort(400)
