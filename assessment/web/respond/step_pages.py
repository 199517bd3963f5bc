"""The link, and the pages for those without JavaScript: one a step, each a form that is kept before it goes on.

A link is exchanged for a cookie at once (`device_cookie.py`). Whatever prevents an answer is raised as an exception,
and `refusal_pages.py` explains it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from flask import abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from assessment.domain.answers import AnswerSheet
from assessment.domain.respondent_code import LONGEST_CODE, plain_code
from assessment.infra.languages import Localisation
from assessment.services.respond import (
    LONGEST_COMMENT,
    AlreadySubmitted,
    DraftChange,
    LinkUsedUp,
    NothingAnswered,
    UnknownLink,
    is_shared_link,
    resolve_link,
)
from assessment.web.languages import LANGUAGES, reader
from assessment.web.respond.answer_page import Step, answer_page_url
from assessment.web.respond.blueprint import blueprint
from assessment.web.respond.device_cookie import (
    DeviceCookie,
    DeviceCookieMissing,
    new_device_cookie,
    read_device_cookie,
    set_device_cookie,
    signer,
)
from assessment.web.respond.forms import AnswersForm, make_blank_form, make_form, send_form_class
from assessment.web.respond.question_pages import RoundPages
from assessment.web.respond.visit import Visit, arrive, load_visit
from assessment.web.transactions import database

BLANK_PAGES = 256
"""Rendered questions in memory, of some 5 KB each."""
BEFORE = "before"
"""The field that holds what a page showed as answered: what is still like that was not touched, and changes nothing."""

SOMEBODY_ELSE = "!new"
"""The fragment of an address at which another person answers on the same device: what a tab keeps is not theirs.

With the names of the device and of its link behind it (`!new-1f2e3d4c-5b6a7988`; where a first person begins,
`!-1f2e3d4c-5b6a7988`), it also says that nothing was answered yet: the script need not ask.
"""


@blueprint.get("/<token>")
def open_link(token: str) -> ResponseReturnValue:
    """Exchanges the link for a cookie. Nothing is used up: chat programs open links to preview them."""
    visit = arrive(new_device_cookie(token))
    kept = _kept_cookie(visit.handle)
    if kept is None or _is_same_person(kept, token):
        return _take_device(visit, kept)
    if visit.takes_answers and _holds_draft(kept):
        return render_template(
            "respond/begun_by_another.html", visit=visit, token=token, form=_form_of_device(kept, sent=None)
        )
    return _take_device(visit, kept)


@blueprint.post("/<token>")
def begin_instead(token: str) -> ResponseReturnValue:
    """Whoever opens another personal link on this device begins, though somebody else had not sent their answers."""
    visit = arrive(new_device_cookie(token))
    kept = _kept_cookie(visit.handle)
    if kept is None or not _form_of_device(kept, sent=request.form).validate():
        return redirect(url_for("respond.open_link", token=token), 303)
    return _take_device(visit, kept)


def _form_of_device(kept: DeviceCookie, *, sent: Any) -> AnswersForm:
    return make_form(AnswersForm, sent=sent, data={}, device_secret=kept.device_secret, reader=reader())


def _take_device(visit: Visit, kept: DeviceCookie | None) -> ResponseReturnValue:
    """To the page to answer on; the device is now whose link was opened."""
    token = visit.cookie.link_token
    if kept is not None and _is_same_person(kept, token):
        visit, anchor = arrive(DeviceCookie(token, kept.device_secret)), None
    else:
        names = f"-{signer().device_name(visit.cookie.device_secret)}-{signer().link_name(token)}"
        anchor = ("!" if kept is None else SOMEBODY_ELSE) + names
    # The page to answer on is kept by browsers: it does not say why no answer is taken.
    to = answer_page_url(visit, anchor) if visit.takes_answers else url_for("respond.welcome", handle=visit.handle)
    response = redirect(to, 303)
    set_device_cookie(response, visit.handle, visit.cookie)
    return response


def _kept_cookie(handle: str) -> DeviceCookie | None:
    try:
        return read_device_cookie(handle)
    except DeviceCookieMissing:
        return None


def _is_same_person(kept: DeviceCookie, token: str) -> bool:
    """Whether the draft of the device's own cookie is of whoever opens this link.

    Two personal links on one device are two people. Whoever began with the shared link, and now opens a personal one
    that was made later, goes on with what they answered.
    """
    if kept.link_token == token:
        return True
    with database().connection_for_reading() as connection:
        return is_shared_link(connection, kept.link_token)


def _holds_draft(kept: DeviceCookie) -> bool:
    """Whether whoever answered on this device before has answers there that can still be sent."""
    with database().connection_for_reading() as connection:
        try:
            progress = resolve_link(connection, token=kept.link_token, cookie=kept.device_secret).progress
        except UnknownLink:
            return False
    return progress.answers is not None and not progress.is_submitted


@blueprint.get("/<handle>/welcome")
def welcome(handle: str) -> ResponseReturnValue:
    """To the page to answer on, or to the reason why not."""
    visit = load_visit(handle)
    visit.read_draft()
    return redirect(answer_page_url(visit), 303)


@blueprint.get("/<handle>/begin")
def begin(handle: str) -> ResponseReturnValue:
    """To the first step, or to where the device stopped."""
    visit = load_visit(handle)
    sheet = visit.read_draft()
    return redirect(visit.step_url(visit.round_pages.first_unanswered(sheet)), 303)


@blueprint.get("/<handle>/steps/<slug>")
def step(handle: str, slug: str) -> ResponseReturnValue:
    """One page of questions with what was answered so far."""
    visit = load_visit(handle)
    sheet = visit.read_draft()
    at = _position(visit, slug)
    data = visit.round_pages.pages[at].data(sheet)
    if not any(data.values()):
        return _step(
            visit, at, visit.form(), data, _blank_questions(visit.round_pages, at, _shown_with(visit), reader())
        )
    return _step(visit, at, visit.form(visit.round_pages.form_class(at, reader()), data), data)


@blueprint.post("/<handle>/steps/<slug>")
def answer(handle: str, slug: str) -> ResponseReturnValue:
    """Keeps what was changed on one page, whichever of its buttons was pressed, and goes on."""
    visit = load_visit(handle)
    at = _position(visit, slug)
    form = visit.sent_form(visit.round_pages.form_class(at, reader()))
    before = _before()
    if not form.validate():
        visit.read_draft()  # raises what prevents any answer: it is said first
        return _step(visit, at, form, before)
    sent = {field: value for field, value in form.data.items() if field != "csrf_token"}
    if changed := {field: value for field, value in sent.items() if (value or None) != (before.get(field) or None)}:
        visit.change_draft(DraftChange(visit.round_pages.pages[at].change(changed)))
    else:
        visit.read_draft()
    return redirect(visit.step_url(_next(visit, at, request.form.get("go", "next"))), 303)


def _position(visit: Visit, slug: str) -> int:
    at = visit.round_pages.find(slug)
    if at is None:
        abort(404)
    return at


def _before() -> Mapping[str, Any]:
    """What the page showed as answered; nothing, where that did not arrive."""
    try:
        before = json.loads(request.form.get(BEFORE, "{}"))
    except (ValueError, RecursionError):
        return {}
    return before if isinstance(before, dict) else {}


def _next(visit: Visit, at: int, go: str) -> str:
    """Where a button of a page leads, once its answers are kept."""
    pages = visit.round_pages
    if go in LANGUAGES:
        g.escala_language = g.escala_language_to_keep = go
        return pages.pages[at].slug
    return pages.before(at) if go == "back" else pages.after(at)


class ShownWith(NamedTuple):
    """What the questions of a page show of the round, beside themselves."""

    is_consensus: bool
    minimum_group: int


def _shown_with(visit: Visit) -> ShownWith:
    return ShownWith(visit.is_consensus, visit.access.round.minimum_group)


@lru_cache(maxsize=BLANK_PAGES)
def _blank_questions(pages: RoundPages, at: int, visit: ShownWith, reader: Localisation) -> Markup:
    """The questions of a page, as all see them who have not answered any of it."""
    page = pages.pages[at]
    form = make_blank_form(pages.form_class(at, reader), data=page.data(AnswerSheet()), prefix="")
    return Markup(  # noqa: S704 - rendered by a template that escapes
        render_template(
            page.template,
            visit=visit,
            step=Step(page, form, at + 1, pages),
            counted=frozenset(),
            minimum_group=visit.minimum_group,
            longest_comment=LONGEST_COMMENT,
        )
    )


def _step(
    visit: Visit, at: int, form: AnswersForm, before: Mapping[str, Any], questions: Markup | None = None
) -> ResponseReturnValue:
    """The page; with `questions` where they are rendered already, else with those of the form."""
    pages = visit.round_pages
    return visit.render(
        "respond/step.html",
        422 if form.errors else 200,
        form=form,
        questions=questions,
        step=Step(pages.pages[at], form, at + 1, pages),
        before=json.dumps({field: value for field, value in before.items() if value}),
        counted=frozenset(),
        minimum_group=visit.access.round.minimum_group,
        longest_comment=LONGEST_COMMENT,
    )


@blueprint.get("/<handle>/send")
def send(handle: str) -> ResponseReturnValue:
    """What was skipped."""
    visit = load_visit(handle)
    return _send(visit, visit.read_draft(), visit.form(send_form_class(reader())))


@blueprint.post("/<handle>/send")
def submit(handle: str) -> ResponseReturnValue:
    """Submits the response, once; a second time leads to the page of thanks, or to the reason why there is none."""
    visit = load_visit(handle)
    try:
        sheet = visit.read_draft()
    except (AlreadySubmitted, LinkUsedUp):
        visit.require_counted()
        return redirect(url_for("respond.thanks", handle=handle), 303)
    form = visit.sent_form(send_form_class(reader()))
    if form.validate():
        try:
            visit.submit(plain_code(form["code"].data or ""))
        except NothingAnswered:
            pass  # the page says so
        else:
            return redirect(url_for("respond.thanks", handle=handle), 303)
    return _send(visit, sheet, form, 422)


def _send(visit: Visit, sheet: AnswerSheet, form: AnswersForm, status: int = 200) -> ResponseReturnValue:
    pages = visit.round_pages
    answered = [(page, page.answered(sheet)) for page in pages.pages]
    counted = pages.questionnaire.counted_items
    return visit.render(
        "respond/send.html",
        status,
        form=form,
        missing=[(page, count) for page, count in answered if count < page.asks],
        is_empty=not any(count for page, count in answered if page.slug != "role"),
        needed=(len(counted) + 1) // 2,
        scored=sum(isinstance(sheet.items.get(item.id), int) for item in counted),
        items=len(counted),
        longest_code=LONGEST_CODE,
    )


@blueprint.get("/<handle>/thanks")
def thanks(handle: str) -> ResponseReturnValue:
    """That it arrived, and what happens next; to a device whose answers did not count, the reason."""
    visit = load_visit(handle)
    try:
        visit.read_draft()
    except (AlreadySubmitted, LinkUsedUp):
        visit.require_counted()
        return visit.render("respond/thanks.html")
    return redirect(answer_page_url(visit), 303)


@blueprint.post("/<handle>/another")
def another(handle: str) -> ResponseReturnValue:
    """Somebody else answers on the same device: on purpose, never by accident."""
    visit = load_visit(handle)
    response = redirect(url_for("respond.welcome", handle=handle, _anchor=SOMEBODY_ELSE), 303)
    if visit.sent_form().validate() and not visit.access.is_personal and not visit.is_consensus:
        set_device_cookie(response, handle, new_device_cookie(visit.cookie.link_token))
    return response
