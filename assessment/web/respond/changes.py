"""What the script of the answering page asks for: the answers so far, changes, sending.

A change is the request that is sent most, and nearly always it is the next one of a draft. `ChangesAtOnce` keeps such a
change before Flask has to do with it; whatever is not as usual goes on to the views, which find out why.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, abort, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.http import parse_cookie

from assessment.domain.answers import InvalidAnswer
from assessment.domain.respondent_code import CodeTooShort, plain_code
from assessment.infra.clock import utc_now
from assessment.services.respond import (
    AlreadySubmitted,
    DraftChange,
    Kept,
    LinkUsedUp,
    NothingAnswered,
    begin_known_draft,
    change_known_draft,
    know_link,
)
from assessment.web.origins import is_of_our_pages
from assessment.web.respond.blueprint import blueprint
from assessment.web.respond.device_cookie import Signer, new_device_cookie, set_device_cookie, signer
from assessment.web.respond.question_pages import RoundPages, pages_of_asked
from assessment.web.respond.visit import Visit, load_visit

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PAGE_NAME = re.compile(r"[0-9a-f]{2}")
"""Short, so that the numbers that a draft keeps of all its pages stay small."""
HIGHEST_NUMBER = 1_000_000
STATUS = {Kept.BEGUN: 201, Kept.CHANGED: 204, Kept.BEFORE: 208}
AT_ONCE: dict[Kept, tuple[str, list[tuple[str, str]]]] = {
    Kept.BEGUN: ("201 CREATED", [("Content-Length", "0"), ("Cache-Control", "no-store")]),
    Kept.CHANGED: ("204 NO CONTENT", []),
}
CHANGES = re.compile(r"/([0-9a-f]{12})/answers")


@blueprint.get("/<handle>/answers")
def answers(handle: str) -> ResponseReturnValue:
    """The values of the fields that the device has answered, by step; the names of the device and of its link."""
    visit = load_visit(handle)
    with _sent_before():
        sheet = visit.read_draft()
    given = {page.slug: _chosen(page.data(sheet)) for page in visit.round_pages.pages if page.answered(sheet)}
    return jsonify(
        answers={} if visit.access.progress.answers is None else given,
        device=signer().device_name(visit.cookie.device_secret),
        link=signer().link_name(visit.cookie.link_token),
    )


@blueprint.patch("/<handle>/answers")
def change(handle: str) -> ResponseReturnValue:
    """Keeps some answers: `{"page": "7f", "number": 3, "answers": {"contact": {"contact-1": "4"}}, "device": "…"}`.

    A value that is null takes the answer back. 204: kept; 201: kept, and nothing had been before; 208: this change, or
    a later one of the same page, had arrived before.
    """
    visit, sent = _load_sent(handle)
    try:
        with _sent_before():
            kept = visit.change_draft(_draft_change(visit.round_pages, sent))
    except InvalidAnswer:
        abort(400)
    return "", STATUS[kept]


@blueprint.post("/<handle>/answers/send")
def send_answers(handle: str) -> ResponseReturnValue:
    """Submits the response, once, however often it is asked: 204, or 422 where nothing was answered. 409: the answers
    that count came from another device."""
    visit, sent = _load_sent(handle)
    with _sent_before():
        try:
            visit.read_draft()
        except (AlreadySubmitted, LinkUsedUp):
            visit.require_counted()
            return "", 204
        try:
            visit.submit(_code_in(sent))
        except NothingAnswered:
            return "", 422
    return "", 204


def _code_in(sent: Mapping[str, Any]) -> str:
    """The respondent's code, if there is one. Our page sends none that is too short."""
    given = sent.get("code")
    try:
        return plain_code(given) if isinstance(given, str) else ""
    except CodeTooShort:
        return ""


@blueprint.post("/<handle>/answers/another")
def another_person(handle: str) -> ResponseReturnValue:
    """Somebody else answers on the same device, where the one before has not sent: 204, and the device is theirs."""
    visit, _ = _load_sent(handle)
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


def _load_sent(handle: str) -> tuple[Visit, dict[str, Any]]:
    """The visit, and what a page of ours sent for its device; anything else is refused."""
    sent = _read_sent(request.environ, request.get_data(), current_app.extensions["escala_settings"].base_url)
    visit = load_visit(handle)
    _refuse_other_device(signer(), visit.cookie.device_secret, sent)
    return visit, sent


def _read_sent(environ: WSGIEnvironment, body: bytes, base_url: str | None) -> dict[str, Any]:
    """What a page of ours sent. Against forged requests, it is refused where it is not JSON, which browsers ask about
    before they send it elsewhere, or comes from elsewhere."""
    if environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower() != "application/json":
        abort(415)
    if not is_of_our_pages(environ, base_url):
        abort(403)
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):  # no JSON; arrays in arrays in arrays
        abort(400)
    if not isinstance(sent, dict):
        abort(400)
    return sent


def _refuse_other_device(signer: Signer, device_secret: str, sent: dict[str, Any]) -> None:
    """409 for a page that was open when somebody else began to answer on this device: the cookie is theirs now."""
    if sent.get("device") != signer.device_name(device_secret):
        abort(409)


def _draft_change(pages: RoundPages, sent: dict[str, Any]) -> DraftChange:
    """Raises `InvalidAnswer`."""
    by_slug = pages.by_slug
    if not isinstance(given := sent.get("answers"), dict):
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


class ChangesAtOnce:
    """Around the application: keeps a usual change with one statement, or begins a draft by it, and leaves everything
    else to the application."""

    def __init__(self, wrapped: WSGIApplication, app: Flask) -> None:
        self._wrapped = wrapped
        self._signer = Signer(app.config["SECRET_KEY"])
        self._database = app.extensions["escala_database"]
        self._base_url = app.extensions["escala_settings"].base_url
        self._most_bytes = int(app.config["MAX_CONTENT_LENGTH"])

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] == "PATCH" and (path := CHANGES.fullmatch(environ["PATH_INFO"])):
            try:
                kept = self._keep(path[1], environ)
            except Exception:
                kept = None
            if kept:
                start_response(*AT_ONCE[kept])
                return ()
        return self._wrapped(environ, start_response)

    def _read(self, environ: WSGIEnvironment) -> bytes:
        """The body, which can be read again. Raises `ValueError` where its length is not usual."""
        length = int(environ.get("CONTENT_LENGTH") or 0)
        if not 0 < length <= self._most_bytes:
            raise ValueError(length)
        body: bytes = environ["wsgi.input"].read(length)
        environ["wsgi.input"] = io.BytesIO(body)
        return body

    def _keep(self, handle: str, environ: WSGIEnvironment) -> Kept | None:
        """What became of it, if it was kept. Raises whatever the views refuse."""
        sent = _read_sent(environ, self._read(environ), self._base_url)
        cookie = self._signer.read_cookie(parse_cookie(environ), handle)
        _refuse_other_device(self._signer, cookie.device_secret, sent)
        link = know_link(self._database, cookie.link_token)
        if self._signer.handle(link.round.id) != handle:
            return None
        change = _draft_change(pages_of_asked(link.round, link.questionnaire), sent)
        given: Any = {"cookie": cookie.device_secret, "change": change, "now": utc_now()}
        if change_known_draft(self._database, link, **given):
            return Kept.CHANGED
        return Kept.BEGUN if begin_known_draft(self._database, link, **given) else None
