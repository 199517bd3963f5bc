"""A request of somebody who answers: the round, and how far the device is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import g, render_template, request, url_for

from assessment.domain.answers import AnswerSheet
from assessment.domain.rounds import RoundMode, RoundNotOpen
from assessment.infra.clock import utc_now
from assessment.services.describe_round import RoundDescription
from assessment.services.questionnaires import QuestionnaireChanged
from assessment.services.respond import (
    AlreadySubmitted,
    DraftChange,
    Kept,
    LinkUsedUp,
    NothingAnswered,
    RespondentAccess,
    UnknownLink,
    change_draft,
    has_many_drafts,
    read_draft,
    require_counted,
    resolve_link,
    submit_response,
)
from assessment.web import limits
from assessment.web.languages import reader
from assessment.web.public_links import shared_plan_path
from assessment.web.respond.device_cookie import DeviceCookie, read_device_cookie, signer
from assessment.web.respond.forms import AnswersForm, make_form
from assessment.web.respond.question_pages import RoundPages, pages_of_asked
from assessment.web.transactions import database


class TooManyArrivals(Exception):
    """A link is used far more often than by all of its team; no more is taken until `ends_at`."""

    def __init__(self, limit: str, key: str) -> None:
        super().__init__()
        self.ends_at = dt.datetime.fromtimestamp(limits.ends_at(limit, key), dt.UTC)


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
        return pages_of_asked(self.access.round, self.access.questionnaire)

    @property
    def is_consensus(self) -> bool:
        return self.access.round.mode is RoundMode.CONSENSUS

    @property
    def plan_path(self) -> str:
        return shared_plan_path(self.access.round.plan_token)

    @property
    def leads_to_plan(self) -> bool:
        """Whether what the round asks ends in a plan."""
        try:
            return bool(self.access.questionnaire.pillars)
        except QuestionnaireChanged:
            return False

    def read_draft(self) -> AnswerSheet:
        """Raises `AlreadySubmitted` or `LinkUsedUp`, or else `RoundNotOpen`."""
        sheet = read_draft(self.access)
        self.access.round.facts.require_open(utc_now())
        return sheet

    @property
    def takes_answers(self) -> bool:
        """Whether nothing prevents an answer now."""
        try:
            self.read_draft()
        except (AlreadySubmitted, LinkUsedUp, RoundNotOpen):
            return False
        return True

    def change_draft(self, change: DraftChange) -> Kept:
        """Raises `AlreadySubmitted`, `LinkUsedUp`, `RoundNotOpen`, `InvalidAnswer` or `TooManyArrivals`."""
        self._bound_drafts()
        return change_draft(database(), self.access, cookie=self.cookie.device_secret, change=change, now=utc_now())

    def _bound_drafts(self) -> None:
        """Whoever has one personal link cannot crowd out the drafts of all others. Raises `TooManyArrivals`."""
        if not self.access.is_personal or self.access.progress.answers is not None:
            return
        with database().connection_for_reading() as connection:
            is_crowded = has_many_drafts(connection, self.access.round)
        limit, key = limits.DRAFTS_OF_A_LINK, f"begun:{self.access.key}"
        if is_crowded and not limits.hit(limit, key):
            raise TooManyArrivals(limit, key)

    def submit(self, code: str = "") -> None:
        """With the code that links rounds, as `plain_code` has it, where one was given.

        Raises `NothingAnswered`, `RoundNotOpen` or `TooManyArrivals`; once submitted, nothing happens, or
        `AlreadySubmitted` or `LinkUsedUp` is raised where another device's answers are those that count.
        """
        if read_draft(self.access).is_empty:
            raise NothingAnswered  # before it is counted: who sends nothing must not keep others from sending
        limit, key = limits.answering_limit(self.access.round.team_size), f"sent:{self.handle}"
        if not limits.hit(limit, key):
            raise TooManyArrivals(limit, key)
        now = utc_now()
        respondent = signer().fingerprint(self.access.round.team_id, code) if code else ""
        database().together(
            lambda connection: submit_response(
                connection, self.access, cookie=self.cookie.device_secret, now=now, respondent=respondent
            )
        )

    def require_counted(self) -> None:
        """Once submitted. Raises `AlreadySubmitted` or `LinkUsedUp` where another device's answers count."""
        require_counted(self.access)

    def form(
        self, form_class: type[AnswersForm] = AnswersForm, data: Mapping[str, Any] | None = None, *, sent: Any = None
    ) -> AnswersForm:
        return make_form(
            form_class, sent=sent, data=data or {}, device_secret=self.cookie.device_secret, reader=reader()
        )

    def sent_form(self, form_class: type[AnswersForm] = AnswersForm) -> AnswersForm:
        return self.form(form_class, sent=request.form)

    def step_url(self, slug: str) -> str:
        """The page of a step for those without JavaScript; of no step, the first page of all."""
        if slug == "send":
            return url_for("respond.send", handle=self.handle)
        return (
            url_for("respond.step", handle=self.handle, slug=slug)
            if slug
            else url_for("respond.welcome", handle=self.handle)
        )

    def render(self, template: str, status: int = 200, **values: Any) -> tuple[str, int]:
        return render_template(template, visit=self, round=self.access.round, **values), status


def arrive(cookie: DeviceCookie) -> Visit:
    """The visit of a device with this cookie; from now on the request speaks the round's language.

    Raises `LinkReplaced` or `UnknownLink`.
    """
    with database().connection_for_reading() as connection:
        access = resolve_link(connection, token=cookie.link_token, cookie=cookie.device_secret)
    g.escala_country, g.escala_fallback = access.description.country, access.description.language
    g.respond_visit = visit = Visit(signer().handle(access.round.id), cookie, access)
    return visit


def load_visit(handle: str) -> Visit:
    """The visit behind a request, from its cookie. Raises `DeviceCookieMissing`, `LinkReplaced` or `UnknownLink`."""
    visit = arrive(read_device_cookie(handle))
    if visit.handle != handle:
        raise UnknownLink
    return visit
