"""Pages that say why answers cannot be taken, and what to do then: one for each exception."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, g, render_template
from flask.typing import ResponseReturnValue
from flask_limiter import RateLimitExceeded

from assessment.domain.rounds import RoundFacts, RoundNotOpen, RoundState
from assessment.infra.clock import utc_now
from assessment.infra.languages import N_
from assessment.services.respond import AlreadySubmitted, LinkUsedUp, UnknownLink
from assessment.web.dates import format_time
from assessment.web.languages import reader
from assessment.web.respond.device_cookie import DeviceCookieMissing


@dataclass(frozen=True, slots=True)
class RefusalPage:
    """A page instead of questions. `title` and `sentences` are marked for translation here."""

    status: int
    title: str
    sentences: tuple[str, ...]
    time_sentence: str = ""
    """A sentence with a time, where there is one to name."""


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
)
ANSWERED = RefusalPage(
    409,
    N_("Answers were already sent from this device"),
    (N_("They have arrived and count once. You need not do anything else."),),
)
CONSENSUS_SENT = RefusalPage(
    409,
    N_("Your team has already sent its answers"),
    (N_("The team answers one sheet together, and it has arrived. You need not do anything else."),),
)
LINK_USED = RefusalPage(
    410,
    N_("This personal link has already been used"),
    (
        N_("Its answers have arrived and count once. The link knows only that it was used: not when, nor with what."),
        N_("If it was not you who answered, tell whoever gave you the link, so that you receive another."),
    ),
)
TOO_MANY = RefusalPage(
    429,
    N_("Very many answers are arriving at this moment"),
    (
        N_("So that nobody floods this round, it now takes none for a few minutes."),
        N_("Please go back and try again in ten minutes: what you have answered is kept on this device."),
    ),
)
BY_STATE = {
    RoundState.DRAFT: NOT_YET,
    RoundState.SCHEDULED: NOT_YET,
    RoundState.STOPPED: CLOSED,
    RoundState.PUBLISHED: CLOSED,
}


def register(blueprint: Blueprint) -> None:
    """Shows its page for each exception that prevents an answer."""
    pages: dict[type[Exception], Callable[[Any], RefusalPage]] = {
        UnknownLink: lambda error: UNKNOWN_LINK,
        DeviceCookieMissing: lambda error: COOKIE_MISSING,
        RoundNotOpen: lambda error: BY_STATE[error.state],
        AlreadySubmitted: lambda error: CONSENSUS_SENT if g.respond_visit.is_consensus else ANSWERED,
        LinkUsedUp: lambda error: LINK_USED,
        RateLimitExceeded: lambda error: TOO_MANY,
    }
    for exception, choose in pages.items():
        blueprint.register_error_handler(exception, lambda error, choose=choose: _show(choose(error)))


def _show(page: RefusalPage) -> ResponseReturnValue:
    visit = g.get("respond_visit")
    time_sentence = ""
    if visit is not None:
        time_sentence = _time_sentence(page, visit.access.round.facts, visit.description.time_zone)
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


def _time_sentence(page: RefusalPage, facts: RoundFacts, time_zone: str) -> str:
    if page is CLOSED:
        # A round stopped by hand says so; one that a date stopped, the date.
        passed = [at for at in (facts.stopped_at, facts.closes_at) if at is not None and at <= utc_now()]
        at = min(passed, default=None)
    else:
        at = facts.opens_at
    if not page.time_sentence or at is None:
        return ""
    return reader().gettext(page.time_sentence, moment=format_time(at, time_zone, reader()))
