"""Answering a round: the link, the steps, and the page to check and send.

A link is exchanged for a cookie (`passes.py`) at once. Each step is one form, kept as a draft before the answer goes
out; whatever stands in the way is raised as a fact and explained by `kind_pages.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import Blueprint, abort, current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from assessment.domain import conventions as c
from assessment.domain.answers import AnswerSheet
from assessment.domain.rounds import RoundMode
from assessment.infra.clock import utc_now
from assessment.services.describe_round import RoundDescription, describe_round, points_to_judge
from assessment.services.respond import (
    LONGEST_COMMENT,
    AlreadySubmitted,
    LinkUsedUp,
    NothingAnswered,
    UnknownLink,
    Way,
    find_way,
    read_draft,
    save_draft,
    submit_response,
)
from assessment.services.rounds import pinned_questionnaire
from assessment.web.languages import COOKIE, LANGUAGES, reader
from assessment.web.respond import kind_pages
from assessment.web.respond.forms import AnswersForm, make_form
from assessment.web.respond.passes import LIFETIME, LostPass, Pass, handle_of, keep_pass, new_pass, read_pass
from assessment.web.respond.steps import Journey
from assessment.web.transactions import session

blueprint = Blueprint("respond", __name__)
kind_pages.register(blueprint)


@dataclass(frozen=True)
class Visit:
    """Somebody on their way through a round."""

    handle: str
    kept: Pass
    way: Way

    @cached_property
    def journey(self) -> Journey:
        asked = self.way.round
        return Journey(pinned_questionnaire(asked), points_to_judge(asked), asked.mode, asked.asks_role)

    @cached_property
    def description(self) -> RoundDescription:
        return describe_round(session(), self.way.round)

    @property
    def is_consensus(self) -> bool:
        return self.way.round.mode is RoundMode.CONSENSUS

    def read_draft(self) -> AnswerSheet:
        """Raises `AlreadySubmitted` or `LinkUsedUp`, or else `RoundNotOpen`."""
        sheet = read_draft(session(), self.way, cookie=self.kept.device)
        self.way.round.facts.require_open(utc_now())
        return sheet

    def save_draft(self, sheet: AnswerSheet) -> None:
        save_draft(session(), self.way, cookie=self.kept.device, sheet=sheet, now=utc_now())

    def form(self, fields: dict[str, Any] | None = None, data: dict[str, Any] | None = None) -> AnswersForm:
        sent = request.form if request.method == "POST" else None
        return make_form(fields or {}, sent=sent, data=data or {}, device=self.kept.device, reader=reader())

    def url(self, page: str) -> str:
        return url_for("respond.step", handle=self.handle, slug=page)

    def render(self, template: str, status: int = 200, **values: Any) -> ResponseReturnValue:
        g.escala_country = self.description.country
        return render_template(template, visit=self, round=self.way.round, **values), status


def come_in(handle: str) -> Visit:
    """The visit of a request. Raises `LostPass` or `UnknownLink`."""
    kept = read_pass(handle)
    way = find_way(session(), token=kept.token, cookie=kept.device)
    if way.round.mode is RoundMode.IMPORTED or handle_of(way.round.id) != handle:
        raise UnknownLink
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
    return response


@blueprint.get("/r/<token>")
def open_link(token: str) -> ResponseReturnValue:
    """Exchanges the link for a cookie. Nothing is used up: chat programs open links to preview them."""
    found = find_way(session(), token=token, cookie="").round
    if found.mode is RoundMode.IMPORTED:
        raise UnknownLink
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


@blueprint.route("/r/<handle>/welcome", methods=["GET", "POST"])
def welcome(handle: str) -> ResponseReturnValue:
    """What this is, what is promised, and how long it takes."""
    visit = come_in(handle)
    sheet = visit.read_draft()
    form = visit.form()
    if request.method == "POST" and form.validate():
        visit.save_draft(sheet)
        return redirect(visit.url(visit.journey.first_unanswered(sheet)), 303)
    return visit.render(
        "respond/welcome.html",
        422 if form.errors else 200,
        form=form,
        is_started=any(step.answered(sheet) for step in visit.journey.steps if step.slug != "role"),
        comments_minimum=c.COMMENTS_N,
    )


@blueprint.route("/r/<handle>/<slug>", methods=["GET", "POST"])
def step(handle: str, slug: str) -> ResponseReturnValue:
    """One page of questions."""
    visit = come_in(handle)
    sheet = visit.read_draft()
    at = visit.journey.find(slug)
    if at is None:
        abort(404)
    here = visit.journey.steps[at]
    form = visit.form(here.fields(reader()), here.data(sheet))
    go = request.form.get("go", "next")
    if request.method == "POST":
        if form.validate():
            visit.save_draft(here.apply(sheet, form.data))
            return _go_on(visit, at, go)
        if go == "save":
            return "", 422
    return visit.render(
        here.template,
        422 if form.errors else 200,
        form=form,
        step=here,
        position=at + 1,
        asked=visit.journey.questionnaire,
        longest_comment=LONGEST_COMMENT,
    )


def _go_on(visit: Visit, at: int, go: str) -> ResponseReturnValue:
    """Where a button of a step leads, once its answers are kept."""
    if go == "save":
        return "", 204
    if go in LANGUAGES:
        g.escala_language = go
    journey = visit.journey
    pages = {"back": journey.before(at), **dict.fromkeys(LANGUAGES, journey.steps[at].slug)}
    return redirect(visit.url(pages.get(go, journey.after(at))), 303)


@blueprint.route("/r/<handle>/send", methods=["GET", "POST"])
def send(handle: str) -> ResponseReturnValue:
    """What was answered and what was skipped; then it is sent, once."""
    visit = come_in(handle)
    try:
        sheet = visit.read_draft()
    except (AlreadySubmitted, LinkUsedUp):
        if request.method == "POST":
            return redirect(url_for("respond.thanks", handle=handle), 303)
        raise
    form = visit.form()
    steps = [(step, step.answered(sheet)) for step in visit.journey.steps]
    if request.method == "POST" and form.validate():
        try:
            submit_response(session(), visit.way, cookie=visit.kept.device, now=utc_now())
        except NothingAnswered:
            pass  # the page says so
        else:
            return redirect(url_for("respond.thanks", handle=handle), 303)
    items = len(visit.journey.questionnaire.items)
    return visit.render(
        "respond/send.html",
        422 if request.method == "POST" else 200,
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
        return visit.render("respond/thanks.html")
    return redirect(url_for("respond.welcome", handle=handle), 303)


@blueprint.post("/r/<handle>/another")
def another(handle: str) -> ResponseReturnValue:
    """Somebody else answers on the same device: on purpose, never by accident."""
    visit = come_in(handle)
    response = redirect(url_for("respond.welcome", handle=handle), 303)
    if visit.form().validate() and not visit.way.is_personal and not visit.is_consensus:
        keep_pass(response, handle, new_pass(visit.kept.token))
    return response
