"""A request of somebody who answers: the round, the device's draft, and the pages that show them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import current_app, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from assessment.domain.answers import AnswerSheet
from assessment.domain.rounds import RoundMode
from assessment.infra.clock import utc_now
from assessment.services.describe_round import RoundDescription
from assessment.services.respond import (
    LONGEST_COMMENT,
    RespondentAccess,
    UnknownLink,
    change_draft,
    read_draft,
    resolve_link,
)
from assessment.web import limits
from assessment.web.languages import reader
from assessment.web.respond.device_cookie import DeviceCookie, form_token, read_device_cookie, round_handle
from assessment.web.respond.forms import AnswersForm, make_form
from assessment.web.respond.moulds import Mould, MouldKey, Moulds
from assessment.web.respond.question_pages import RoundPages, round_pages
from assessment.web.security import csp_nonce
from assessment.web.transactions import database

_moulds = Moulds()


@dataclass(frozen=True)
class Visit:
    """A request of somebody who answers a round."""

    handle: str
    cookie: DeviceCookie
    access: RespondentAccess

    @property
    def description(self) -> RoundDescription:
        return self.access.description

    @cached_property
    def round_pages(self) -> RoundPages:
        return round_pages(self.access.round, self.access.questionnaire)

    @property
    def is_consensus(self) -> bool:
        return self.access.round.mode is RoundMode.CONSENSUS

    def read_draft(self) -> AnswerSheet:
        """Raises `AlreadySubmitted` or `LinkUsedUp`, or else `RoundNotOpen`."""
        sheet = read_draft(self.access)
        self.access.round.facts.require_open(utc_now())
        return sheet

    def change_draft(self, change: Callable[[AnswerSheet], AnswerSheet]) -> AnswerSheet:
        """The draft as it is now. Raises `AlreadySubmitted`, `LinkUsedUp` or `RoundNotOpen`."""
        return change_draft(database(), self.access, cookie=self.cookie.device_secret, change=change, now=utc_now())

    def limit_arrivals(self, action: str) -> AbstractContextManager[Any]:
        """Raises `RateLimitExceeded` where a link is used far more often than by all of its team."""
        limit = limits.answering_limit(self.access.round.team_size)
        return limits.limiter(current_app).limit(limit, key_func=lambda: f"{action}:{self.handle}")

    def form(
        self, form_class: type[AnswersForm] = AnswersForm, data: Mapping[str, Any] | None = None, *, sent: Any = None
    ) -> AnswersForm:
        return make_form(
            form_class, sent=sent, data=data or {}, device_secret=self.cookie.device_secret, reader=reader()
        )

    def sent_form(self, form_class: type[AnswersForm] = AnswersForm) -> AnswersForm:
        return self.form(form_class, sent=request.form)

    def url(self, page: str) -> str:
        return url_for("respond.question_page", handle=self.handle, slug=page)

    def render(self, template: str, status: int = 200, **values: Any) -> tuple[str, int]:
        return render_template(template, visit=self, round=self.access.round, **values), status

    def show_page(self, at: int, sheet: AnswerSheet) -> ResponseReturnValue:
        """A page of questions with what was answered so far."""
        page = self.round_pages.pages[at]
        form_class = self.round_pages.form_class(at, reader())
        if page.is_typed and page.answered(sheet):
            return self.render_page(at, self.form(form_class, page.data(sheet)))
        return self.cast((at,), form_class, lambda form: self.render_page(at, form), page.data(sheet))

    def cast(
        self,
        page: tuple[object, ...],
        form_class: type[AnswersForm],
        render: Callable[[AnswersForm], tuple[str, int]],
        chosen: Mapping[str, Any] | None = None,
    ) -> str:
        """A page that is rendered once for all that it depends on (`MouldKey.page`), with these answers chosen."""
        round_ = self.access.round
        key = MouldKey(
            self.handle, round_.name, self.description, round_.minimum_group, self.round_pages, page, reader().tag
        )

        def make() -> Mould:
            form = self.form(form_class)
            return Mould(render(form)[0], form.csrf_token.current_token or "", csp_nonce())

        return _moulds.get(key, make).cast(chosen or {}, token=form_token(self.cookie.device_secret), nonce=csp_nonce())

    def render_page(self, at: int, form: AnswersForm) -> tuple[str, int]:
        page = self.round_pages.pages[at]
        return self.render(
            page.template,
            422 if form.errors else 200,
            form=form,
            page=page,
            position=at + 1,
            part=self.round_pages.part_of(at),
            introduction=self.round_pages.introduction(at),
            questionnaire=self.round_pages.questionnaire,
            longest_comment=LONGEST_COMMENT,
        )


def load_visit(handle: str) -> Visit:
    """The visit behind a request, from its cookie. Raises `DeviceCookieMissing` or `UnknownLink`."""
    cookie = read_device_cookie(handle)
    with database().connection_for_reading() as connection:
        access = resolve_link(connection, token=cookie.link_token, cookie=cookie.device_secret)
    if round_handle(access.round.id) != handle:
        raise UnknownLink
    g.escala_country, g.escala_fallback = access.description.country, access.description.language
    g.respond_visit = visit = Visit(handle, cookie, access)
    return visit
