"""Answering a round: the link, the steps, and the page to check and send.

A link is exchanged for a cookie (`passes.py`) at once. Each step is one form, kept as a draft before the answer goes
out; whatever stands in the way is raised as a fact and explained by `kind_pages.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import Blueprint, abort, current_app, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from assessment.domain import conventions as c
from assessment.domain.answers import AnswerSheet
from assessment.domain.rounds import RoundMode
from assessment.infra.clock import utc_now
from assessment.services.describe_round import RoundDescription
from assessment.services.respond import (
    LONGEST_COMMENT,
    AlreadySubmitted,
    LinkUsedUp,
    NothingAnswered,
    UnknownLink,
    Way,
    change_draft,
    find_way,
    read_draft,
    submit_response,
)
from assessment.web import limits
from assessment.web.compression import compress
from assessment.web.languages import COOKIE, LANGUAGES, reader
from assessment.web.respond import kind_pages
from assessment.web.respond.forms import AnswersForm, make_form
from assessment.web.respond.moulds import Mould, MouldKey, Moulds
from assessment.web.respond.passes import (
    LIFETIME,
    LostPass,
    Pass,
    form_token,
    handle_of,
    keep_pass,
    new_pass,
    read_pass,
)
from assessment.web.respond.steps import Journey, journey_of
from assessment.web.security import csp_nonce
from assessment.web.transactions import commit_early, database, session

blueprint = Blueprint("respond", __name__)
kind_pages.register(blueprint)
_moulds = Moulds()


PAGE = "Escala-Answers"
"""The header by which `respond.js` asks for the next page in the answer to a step, instead of where to find it."""


@dataclass(frozen=True)
class Visit:
    """Somebody on their way through a round."""

    handle: str
    kept: Pass
    way: Way

    @property
    def description(self) -> RoundDescription:
        return self.way.description

    @cached_property
    def journey(self) -> Journey:
        return journey_of(self.way.round)

    @property
    def is_consensus(self) -> bool:
        return self.way.round.mode is RoundMode.CONSENSUS

    def read_draft(self) -> AnswerSheet:
        """Raises `AlreadySubmitted` or `LinkUsedUp`, or else `RoundNotOpen`."""
        sheet = read_draft(self.way)
        self.way.round.facts.require_open(utc_now())
        return sheet

    def change_draft(self, change: Callable[[AnswerSheet], AnswerSheet]) -> AnswerSheet:
        """What is kept now. Raises `AlreadySubmitted`, `LinkUsedUp` or `RoundNotOpen`."""
        return change_draft(database(), self.way, cookie=self.kept.device, change=change, now=utc_now())

    def as_often_as_a_team(self, what: str) -> AbstractContextManager[Any]:
        """Raises `RateLimitExceeded` where a link is used far more often than by all of its team."""
        limit = limits.of_team(self.way.round.team_size)
        return limits.limiter(current_app).limit(limit, key_func=lambda: f"{what}:{self.handle}")

    def form(
        self, kind: type[AnswersForm] = AnswersForm, data: Mapping[str, Any] | None = None, *, sent: Any = None
    ) -> AnswersForm:
        return make_form(kind, sent=sent, data=data or {}, device=self.kept.device, reader=reader())

    def sent_form(self, kind: type[AnswersForm] = AnswersForm) -> AnswersForm:
        return self.form(kind, sent=request.form)

    def url(self, page: str) -> str:
        return url_for("respond.step", handle=self.handle, slug=page)

    def render(self, template: str, status: int = 200, **values: Any) -> tuple[str, int]:
        return render_template(template, visit=self, round=self.way.round, **values), status

    def show_step(self, at: int, sheet: AnswerSheet) -> ResponseReturnValue:
        """A step with what was answered so far."""
        here = self.journey.steps[at]
        kind = self.journey.form_class(at, reader())
        if here.is_typed and here.answered(sheet):
            return self.render_step(at, self.form(kind, here.data(sheet)))
        return self.cast((at,), kind, lambda form: self.render_step(at, form), here.data(sheet))

    def cast(
        self,
        page: tuple[object, ...],
        kind: type[AnswersForm],
        render: Callable[[AnswersForm], tuple[str, int]],
        chosen: Mapping[str, Any] | None = None,
    ) -> str:
        """A page that is rendered once for all that it depends on (`MouldKey.page`), with these answers chosen."""
        asked = self.way.round
        key = MouldKey(self.handle, asked.name, self.description, asked.minimum_group, self.journey, page, reader().tag)

        def make() -> Mould:
            form = self.form(kind)
            return Mould(render(form)[0], form.csrf_token.current_token or "", csp_nonce())

        return _moulds.get(key, make).cast(chosen or {}, token=form_token(self.kept.device), nonce=csp_nonce())

    def render_step(self, at: int, form: AnswersForm) -> tuple[str, int]:
        here = self.journey.steps[at]
        return self.render(
            here.template,
            422 if form.errors else 200,
            form=form,
            step=here,
            position=at + 1,
            asked=self.journey.questionnaire,
            longest_comment=LONGEST_COMMENT,
        )


def come_in(handle: str) -> Visit:
    """The visit of a request. Raises `LostPass` or `UnknownLink`."""
    kept = read_pass(handle)
    with database().asking() as connection:
        way = find_way(connection, token=kept.token, cookie=kept.device)
    if handle_of(way.round.id) != handle:
        raise UnknownLink
    g.escala_country, g.escala_fallback = way.description.country, way.description.language
    g.respond_visit = visit = Visit(handle, kept, way)
    return visit


@blueprint.record_once
def _own_tokens(state: Any) -> None:
    """Forms here carry a token that lives as long as the draft (`DeviceToken`), not as long as a browser's session."""
    if "csrf" in state.app.extensions:
        state.app.extensions["csrf"].exempt(blueprint)


@blueprint.before_request
def choose_language() -> None:
    """`?lang=en` on any page here, and the language buttons of a step's form."""
    asked = request.args.get("lang")
    if asked in LANGUAGES:
        g.escala_language = asked


@blueprint.after_request
def keep_language(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    if chosen := g.get("escala_language"):
        response.set_cookie(
            COOKIE,
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
    with database().asking() as connection:
        found = find_way(connection, token=token, cookie="").round
    handle = handle_of(found.id)
    response = redirect(url_for("respond.welcome", handle=handle), 303)
    keep_pass(response, handle, _kept_for(handle, token) or new_pass(token))
    return response


def _kept_for(handle: str, token: str) -> Pass | None:
    """What the device kept, if it came by the same link: two personal links on one device are two people."""
    try:
        kept = read_pass(handle)
    except LostPass:
        return None
    return kept if kept.token == token else None


@blueprint.get("/r/<handle>/welcome")
def welcome(handle: str) -> ResponseReturnValue:
    """What this is, what is promised, and how long it takes."""
    visit = come_in(handle)
    return _welcome(visit, visit.read_draft())


@blueprint.post("/r/<handle>/welcome")
def begin(handle: str) -> ResponseReturnValue:
    """From here on the device has a draft, empty at first."""
    visit = come_in(handle)
    form = visit.sent_form()
    if not form.validate():
        return _welcome(visit, visit.read_draft(), form)
    with visit.as_often_as_a_team("begun"):
        sheet = visit.change_draft(lambda before: before)
    return _lead_to(visit, visit.journey.first_unanswered(sheet), sheet)


def _welcome(visit: Visit, sheet: AnswerSheet, refused: AnswersForm | None = None) -> ResponseReturnValue:
    is_started = any(step.answered(sheet) for step in visit.journey.steps if step.slug != "role")

    def render(form: AnswersForm) -> tuple[str, int]:
        return visit.render(
            "respond/welcome.html",
            422 if form.errors else 200,
            form=form,
            is_started=is_started,
            comments_minimum=c.COMMENTS_N,
        )

    page = ("welcome", is_started, visit.way.is_personal)
    return render(refused) if refused else visit.cast(page, AnswersForm, render)


@blueprint.get("/r/<handle>/<slug>")
def step(handle: str, slug: str) -> ResponseReturnValue:
    """One page of questions."""
    visit = come_in(handle)
    sheet = visit.read_draft()
    return visit.show_step(_position(visit, slug), sheet)


@blueprint.post("/r/<handle>/<slug>")
def answer(handle: str, slug: str) -> ResponseReturnValue:
    """Keeps the answers of one page, whichever of its buttons was pressed, and goes on."""
    visit = come_in(handle)
    at = _position(visit, slug)
    go = request.form.get("go", "next")
    form = visit.sent_form(visit.journey.form_class(at, reader()))
    if not form.validate():
        visit.read_draft()  # what keeps answers from being taken at all is said before what is wrong with them
        return ("", 422) if go == "save" else visit.render_step(at, form)
    sheet = visit.change_draft(lambda before: visit.journey.steps[at].apply(before, form.data))
    return _go_on(visit, at, go, sheet)


def _position(visit: Visit, slug: str) -> int:
    at = visit.journey.find(slug)
    if at is None:
        abort(404)
    return at


def _go_on(visit: Visit, at: int, go: str, sheet: AnswerSheet) -> ResponseReturnValue:
    """Where a button of a step leads, once its answers are kept."""
    if go == "save":
        return "", 204
    if go in LANGUAGES:
        g.escala_language = go
    journey = visit.journey
    pages = {"back": journey.before(at), **dict.fromkeys(LANGUAGES, journey.steps[at].slug)}
    return _lead_to(visit, pages.get(go, journey.after(at)), sheet)


def _lead_to(visit: Visit, slug: str, sheet: AnswerSheet) -> ResponseReturnValue:
    """The way to the next page; for `respond.js` that page itself, which saves asking for it."""
    if request.headers.get(PAGE) != "page":
        return redirect(visit.url(slug), 303)
    commit_early()
    others: dict[str, Callable[[], ResponseReturnValue]] = {
        "welcome": lambda: _welcome(visit, sheet),
        "send": lambda: _send(visit, sheet, visit.form()),
        "thanks": lambda: _thanks(visit),
    }
    response = make_response(others[slug]() if slug in others else visit.show_step(_position(visit, slug), sheet))
    response.headers["Content-Location"] = visit.url(slug)
    return response


@blueprint.get("/r/<handle>/send")
def send(handle: str) -> ResponseReturnValue:
    """What was answered and what was skipped."""
    visit = come_in(handle)
    return _send(visit, visit.read_draft(), visit.form())


@blueprint.post("/r/<handle>/send")
def submit(handle: str) -> ResponseReturnValue:
    """Sends it, once; whoever sends it again is thanked again."""
    visit = come_in(handle)
    try:
        sheet = visit.read_draft()
    except (AlreadySubmitted, LinkUsedUp):
        return redirect(visit.url("thanks"), 303)
    form = visit.sent_form()
    if form.validate():
        try:
            with visit.as_often_as_a_team("sent"):
                submit_response(session(), visit.way, cookie=visit.kept.device, now=utc_now())
        except NothingAnswered:
            pass  # the page says so
        else:
            return _lead_to(visit, "thanks", sheet)
    return _send(visit, sheet, form, 422)


def _send(visit: Visit, sheet: AnswerSheet, form: AnswersForm, status: int = 200) -> ResponseReturnValue:
    steps = [(step, step.answered(sheet)) for step in visit.journey.steps]
    items = len(visit.journey.questionnaire.items)
    return visit.render(
        "respond/send.html",
        status,
        form=form,
        steps=steps,
        is_empty=not any(count for step, count in steps if step.slug != "role"),
        needed=(items + 1) // 2,
        scored=sum(isinstance(answer, int) for answer in sheet.items.values()),
        items=items,
    )


@blueprint.get("/r/<handle>/thanks")
def thanks(handle: str) -> ResponseReturnValue:
    """That it arrived, and what happens next."""
    visit = come_in(handle)
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
    visit = come_in(handle)
    response = redirect(url_for("respond.welcome", handle=handle), 303)
    if visit.sent_form().validate() and not visit.way.is_personal and not visit.is_consensus:
        keep_pass(response, handle, new_pass(visit.kept.token))
    return response
