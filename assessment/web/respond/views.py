"""Answering a round: the link, the pages of questions, and the page to check and send.

A link is exchanged for a cookie at once (`device_cookie.py`). Each page of questions is one form, saved to the draft
before the response is sent. Whatever prevents an answer is raised as an exception, and `refusal_pages.py` explains it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, current_app, g, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from assessment.domain import conventions as c
from assessment.domain.answers import AnswerSheet
from assessment.infra.clock import utc_now
from assessment.services.respond import (
    AlreadySubmitted,
    LinkUsedUp,
    NothingAnswered,
    resolve_link,
    submit_response,
)
from assessment.web.compression import compress
from assessment.web.languages import LANGUAGE_COOKIE, LANGUAGES, reader
from assessment.web.respond import refusal_pages
from assessment.web.respond.device_cookie import (
    LIFETIME,
    DeviceCookie,
    DeviceCookieMissing,
    new_device_cookie,
    read_device_cookie,
    round_handle,
    set_device_cookie,
)
from assessment.web.respond.forms import AnswersForm
from assessment.web.respond.visit import Visit, load_visit
from assessment.web.transactions import commit_early, database, session

blueprint = Blueprint("respond", __name__)
refusal_pages.register(blueprint)


PAGE = "Escala-Answers"
"""The header by which `respond.js` asks for the next page in the response to a form, instead of where to find it."""


@blueprint.record_once
def _replace_csrf_token(state: Any) -> None:
    """Forms here carry a token that lives as long as the draft (`DeviceToken`), not as long as a browser's session."""
    if "csrf" in state.app.extensions:
        state.app.extensions["csrf"].exempt(blueprint)


@blueprint.before_request
def choose_language() -> None:
    """`?lang=en` on any page of answering; a form has buttons for it."""
    language = request.args.get("lang")
    if language in LANGUAGES:
        g.escala_language = language


@blueprint.after_request
def keep_language(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    if chosen := g.get("escala_language"):
        response.set_cookie(
            LANGUAGE_COOKIE,
            chosen,
            max_age=LIFETIME,
            secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
            httponly=True,
            samesite="Lax",
        )
    return compress(response)


@blueprint.get("/r/<token>")
def open_link(token: str) -> ResponseReturnValue:
    """Exchanges the link for a cookie. Nothing is used up: chat programs open links to preview them."""
    with database().connection_for_reading() as connection:
        round_ = resolve_link(connection, token=token, cookie="").round
    handle = round_handle(round_.id)
    response = redirect(url_for("respond.welcome", handle=handle), 303)
    set_device_cookie(response, handle, _matching_cookie(handle, token) or new_device_cookie(token))
    return response


def _matching_cookie(handle: str, token: str) -> DeviceCookie | None:
    """The device's cookie, if it came by the same link: two personal links on one device are two people."""
    try:
        cookie = read_device_cookie(handle)
    except DeviceCookieMissing:
        return None
    return cookie if cookie.link_token == token else None


@blueprint.get("/r/<handle>/welcome")
def welcome(handle: str) -> ResponseReturnValue:
    """What this is, what is promised, and how long it takes."""
    visit = load_visit(handle)
    return _welcome(visit, visit.read_draft())


@blueprint.post("/r/<handle>/welcome")
def begin(handle: str) -> ResponseReturnValue:
    """Creates the device's draft, empty at first."""
    visit = load_visit(handle)
    form = visit.sent_form()
    if not form.validate():
        return _welcome(visit, visit.read_draft(), form)
    with visit.limit_arrivals("begun"):
        sheet = visit.change_draft(lambda before: before)
    return _go_to(visit, visit.round_pages.first_unanswered(sheet), sheet)


def _welcome(visit: Visit, sheet: AnswerSheet, refused: AnswersForm | None = None) -> ResponseReturnValue:
    is_started = any(page.answered(sheet) for page in visit.round_pages.pages if page.slug != "role")

    def render(form: AnswersForm) -> tuple[str, int]:
        return visit.render(
            "respond/welcome.html",
            422 if form.errors else 200,
            form=form,
            is_started=is_started,
            comments_minimum=c.COMMENTS_N,
        )

    page = ("welcome", is_started, visit.access.is_personal)
    return render(refused) if refused else visit.cast(page, AnswersForm, render)


@blueprint.get("/r/<handle>/<slug>")
def question_page(handle: str, slug: str) -> ResponseReturnValue:
    """One page of questions."""
    visit = load_visit(handle)
    sheet = visit.read_draft()
    return visit.show_page(_position(visit, slug), sheet)


@blueprint.post("/r/<handle>/<slug>")
def answer(handle: str, slug: str) -> ResponseReturnValue:
    """Saves the answers of one page, whichever of its buttons was pressed, and goes on."""
    visit = load_visit(handle)
    at = _position(visit, slug)
    go = request.form.get("go", "next")
    form = visit.sent_form(visit.round_pages.form_class(at, reader()))
    if not form.validate():
        visit.read_draft()  # raises what prevents any answer: it is said first
        return ("", 422) if go == "save" else visit.render_page(at, form)
    sheet = visit.change_draft(lambda before: visit.round_pages.pages[at].apply(before, form.data))
    return _go_on(visit, at, go, sheet)


def _position(visit: Visit, slug: str) -> int:
    at = visit.round_pages.find(slug)
    if at is None:
        abort(404)
    return at


def _go_on(visit: Visit, at: int, go: str, sheet: AnswerSheet) -> ResponseReturnValue:
    """Where a button of a page leads, once its answers are saved."""
    if go == "save":
        return "", 204
    if go in LANGUAGES:
        g.escala_language = go
    pages = visit.round_pages
    slugs = {"back": pages.before(at), **dict.fromkeys(LANGUAGES, pages.pages[at].slug)}
    return _go_to(visit, slugs.get(go, pages.after(at)), sheet)


def _go_to(visit: Visit, slug: str, sheet: AnswerSheet) -> ResponseReturnValue:
    """A redirect to the next page; for `respond.js` that page itself, which saves asking for it."""
    if request.headers.get(PAGE) != "page":
        return redirect(visit.url(slug), 303)
    commit_early()
    others: dict[str, Callable[[], ResponseReturnValue]] = {
        "welcome": lambda: _welcome(visit, sheet),
        "send": lambda: _send(visit, sheet, visit.form()),
        "thanks": lambda: _thanks(visit),
    }
    response = make_response(others[slug]() if slug in others else visit.show_page(_position(visit, slug), sheet))
    response.headers["Content-Location"] = visit.url(slug)
    return response


@blueprint.get("/r/<handle>/send")
def send(handle: str) -> ResponseReturnValue:
    """What was answered and what was skipped."""
    visit = load_visit(handle)
    return _send(visit, visit.read_draft(), visit.form())


@blueprint.post("/r/<handle>/send")
def submit(handle: str) -> ResponseReturnValue:
    """Submits the response, once; a second time only leads to the page of thanks."""
    visit = load_visit(handle)
    try:
        sheet = visit.read_draft()
    except (AlreadySubmitted, LinkUsedUp):
        return redirect(visit.url("thanks"), 303)
    form = visit.sent_form()
    if form.validate():
        try:
            with visit.limit_arrivals("sent"):
                submit_response(session(), visit.access, cookie=visit.cookie.device_secret, now=utc_now())
        except NothingAnswered:
            pass  # the page says so
        else:
            return _go_to(visit, "thanks", sheet)
    return _send(visit, sheet, form, 422)


def _send(visit: Visit, sheet: AnswerSheet, form: AnswersForm, status: int = 200) -> ResponseReturnValue:
    parts = [(part, [(page, page.answered(sheet)) for page in part.pages]) for part in visit.round_pages.parts]
    counted = visit.round_pages.questionnaire.counted_items
    return visit.render(
        "respond/send.html",
        status,
        form=form,
        parts=parts,
        is_empty=not any(count for _, pages in parts for page, count in pages if page.slug != "role"),
        needed=(len(counted) + 1) // 2,
        scored=sum(isinstance(sheet.items.get(item.id), int) for item in counted),
        items=len(counted),
    )


@blueprint.get("/r/<handle>/thanks")
def thanks(handle: str) -> ResponseReturnValue:
    """That it arrived, and what happens next."""
    visit = load_visit(handle)
    try:
        visit.read_draft()
    except (AlreadySubmitted, LinkUsedUp):
        return _thanks(visit)
    return redirect(url_for("respond.welcome", handle=handle), 303)


def _thanks(visit: Visit) -> ResponseReturnValue:
    return visit.cast(("thanks",), AnswersForm, lambda _form: visit.render("respond/thanks.html"))


@blueprint.post("/r/<handle>/another")
def another(handle: str) -> ResponseReturnValue:
    """Somebody else answers on the same device: on purpose, never by accident."""
    visit = load_visit(handle)
    response = redirect(url_for("respond.welcome", handle=handle), 303)
    if visit.sent_form().validate() and not visit.access.is_personal and not visit.is_consensus:
        set_device_cookie(response, handle, new_device_cookie(visit.cookie.link_token))
    return response
