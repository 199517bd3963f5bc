"""Pages that say why answers cannot be taken, and what to do then: one for each exception."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from flask import Flask, g, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from assessment.domain.respondents import InvalidAnswer
from assessment.domain.rounds import RoundFacts, RoundNotOpen, RoundState
from assessment.infra.clock import utc_now
from assessment.infra.languages import N_
from assessment.services.respond import AlreadySubmitted, LinkReplaced, LinkUsedUp, UnknownLink
from assessment.web.dates import format_time
from assessment.web.languages import reader
from assessment.web.logging import log_failure
from assessment.web.respond.device_cookie import DeviceCookieMissing
from assessment.web.respond.visit import TooManyArrivals


@dataclass(frozen=True, slots=True)
class RefusalPage:
    """A page instead of questions. `title` and `sentences` are marked for translation here."""

    status: int
    title: str
    sentences: tuple[str, ...]
    time_sentence: str = ""
    """A sentence with a time, where there is one to name."""
    has_plan: bool = False
    """Whether it leads to the plan that came, or will come, of the answers."""


UNKNOWN_LINK = RefusalPage(
    404,
    N_("We do not know this link"),
    (
        N_("Perhaps a part of it was lost when it was copied. Please open the complete link, or scan the code again."),
        N_("If that does not help, ask whoever invited you for the link."),
    ),
)
COOKIE_MISSING = RefusalPage(
    404,
    N_("Please open your link once more"),
    (
        N_("This device no longer remembers which questions are yours. Open the link or scan the code again."),
        N_(
            "Were you answering on this page just now? Open the link in this same tab. Where this page could keep what "
            "you chose, you go on from there; where it could not, please answer again."
        ),
        N_("If you see this page again, please allow cookies for this page: one keeps your place until you send."),
    ),
)
NOT_YET = RefusalPage(
    403,
    N_("The questions are not open yet"),
    (N_("You are early. Please come back with the same link; nothing is lost."),),
    N_("You can answer from %(moment)s."),
)
CLOSED = RefusalPage(
    410,
    N_("These questions are closed"),
    (
        N_("Thank you for wanting to take part. Answers that were sent in time have been counted; others were not."),
        N_("If you still want to say something, talk with whoever invited you."),
    ),
    N_("Answers were taken until %(moment)s."),
    has_plan=True,
)
ANSWERED = RefusalPage(
    409,
    N_("Answers were already sent from this device"),
    (N_("They have arrived and count once. You need not do anything else."),),
    has_plan=True,
)
CONSENSUS_SENT = RefusalPage(
    409,
    N_("Your team has already sent its answers"),
    (
        N_(
            "The team answers one sheet together, and it has arrived; what was chosen on another device does not "
            "count. There is nothing else to do."
        ),
    ),
    has_plan=True,
)
LINK_USED = RefusalPage(
    410,
    N_("This personal link has already been used"),
    (
        N_(
            "The answers that were sent by it have arrived and count once; what was chosen on another device does not "
            "count. The link knows only that it was used: not when, nor with what."
        ),
        N_("If it was not you who answered, tell whoever gave you the link, so that you receive another."),
    ),
    has_plan=True,
)
TOO_MANY = RefusalPage(
    429,
    N_("Very many answers are arriving at this moment"),
    (
        N_("So that nobody floods this round, it takes none by this link for a while."),
        N_("Please go back and try again then: what you have answered is kept on this device."),
    ),
    N_("Answers are taken again from %(moment)s."),
)
LINK_REPLACED = RefusalPage(
    410,
    N_("Everybody has a link of their own now"),
    (
        N_(
            "This shared link is no longer valid: personal links were made for this round. Ask whoever invited you "
            "for yours."
        ),
        N_("Had you begun to answer? Open your personal link on this device: you go on with what you answered."),
    ),
)
NOTHING_HERE = RefusalPage(
    404,
    N_("There is nothing here"),
    (N_("The address may be mistyped. Please open your link once more, or scan the code again."),),
)
NOT_UNDERSTOOD = RefusalPage(
    400,
    N_("That did not arrive complete"),
    (N_("Please go back, reload the page and try once more: what you had answered is kept."),),
)
TOO_LARGE = RefusalPage(
    413,
    N_("That is too large"),
    (N_("Please go back and shorten what you wrote."),),
)
FAILED = RefusalPage(
    500,
    N_("Something went wrong on our side"),
    (N_("What was kept before is not lost. Please go back and try again in a moment."),),
)
BY_STATUS = {400: NOT_UNDERSTOOD, 404: NOTHING_HERE, 413: TOO_LARGE}
BY_STATE = {
    RoundState.DRAFT: NOT_YET,
    RoundState.SCHEDULED: NOT_YET,
    RoundState.STOPPED: CLOSED,
    RoundState.PUBLISHED: CLOSED,
}


def init_app(app: Flask) -> None:
    """Shows its page for each exception that prevents an answer, and for errors."""
    pages: dict[type[Exception], Callable[[Any], RefusalPage]] = {
        UnknownLink: lambda error: UNKNOWN_LINK,
        LinkReplaced: lambda error: LINK_REPLACED,
        DeviceCookieMissing: lambda error: COOKIE_MISSING,
        RoundNotOpen: lambda error: BY_STATE[error.state],
        AlreadySubmitted: lambda error: CONSENSUS_SENT if g.respond_visit.is_consensus else ANSWERED,
        LinkUsedUp: lambda error: LINK_USED,
        TooManyArrivals: lambda error: TOO_MANY,
        InvalidAnswer: lambda error: NOT_UNDERSTOOD,
    }
    for exception, choose in pages.items():
        app.register_error_handler(exception, lambda error, choose=choose: _show(choose(error), error))

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> ResponseReturnValue:
        status = error.code or 500
        if status < 400:
            return error.get_response()
        page = BY_STATUS.get(status, NOT_UNDERSTOOD if status < 500 else FAILED)
        shown, _ = _show(page)
        return shown, status

    @app.errorhandler(OperationalError)
    def unavailable(error: OperationalError) -> ResponseReturnValue:
        """The database takes nothing now: its disk is full, or others keep it busy. The script goes on trying."""
        log_failure(error)
        return _show(replace(FAILED, status=503))

    @app.errorhandler(Exception)
    def failed(error: Exception) -> ResponseReturnValue:
        log_failure(error)
        return _show(FAILED)


def _show(page: RefusalPage, error: Exception | None = None) -> tuple[str, int]:
    visit = g.get("respond_visit")
    time_sentence = ""
    if visit is not None:
        at = error.ends_at if isinstance(error, TooManyArrivals) else _time_of(page, visit.access.round.facts)
        time_sentence = _time_sentence(page, at, visit.description.time_zone)
    may_hand_over = page is ANSWERED and visit is not None
    return (
        render_template(
            "respond/refusal.html",
            page=page,
            visit=visit,
            time_sentence=time_sentence,
            form=visit.form() if may_hand_over and visit is not None else None,
        ),
        page.status,
    )


def _time_of(page: RefusalPage, facts: RoundFacts) -> dt.datetime | None:
    if page is CLOSED:
        # A round stopped by hand says so; one that a date stopped, the date.
        passed = [at for at in (facts.stopped_at, facts.closes_at) if at is not None and at <= utc_now()]
        return min(passed, default=None)
    return facts.opens_at


def _time_sentence(page: RefusalPage, at: dt.datetime | None, time_zone: str) -> str:
    if not page.time_sentence or at is None:
        return ""
    return reader().gettext(page.time_sentence, moment=format_time(at, time_zone, reader()))
