"""Why answers cannot be taken, and what to do then: each fact with its status and its words, once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, g, render_template
from flask.typing import ResponseReturnValue
from flask_limiter import RateLimitExceeded

from assessment.domain.rounds import RoundNotOpen, RoundState
from assessment.infra.clock import utc_now
from assessment.infra.languages import N_, Localisation
from assessment.services.respond import AlreadySubmitted, LinkUsedUp, UnknownLink
from assessment.web.languages import reader
from assessment.web.respond.passes import LostPass


@dataclass(frozen=True, slots=True)
class KindPage:
    """A page instead of questions. `title` and `sentences` are marked for translation here."""

    status: int
    title: str
    sentences: tuple[str, ...]
    when: str = ""
    """With the moment that it speaks of, where there is one."""


UNKNOWN = KindPage(
    404,
    N_("We do not know this link"),
    (
        N_("Perhaps a part of it was lost when it was copied. Please open the complete link, or scan the code again."),
        N_("If that does not help, ask whoever invited you for the link."),
    ),
)
LOST = KindPage(
    404,
    N_("Please open your link once more"),
    (
        N_("This device no longer remembers which questions are yours. Open the link or scan the code again."),
        N_("If you see this page again, please allow cookies for this page: one keeps your place until you send."),
    ),
)
NOT_YET = KindPage(
    403,
    N_("The questions are not open yet"),
    (N_("You are early. Please come back with the same link; nothing is lost."),),
    N_("You can answer from %(moment)s."),
)
CLOSED = KindPage(
    410,
    N_("These questions are closed"),
    (
        N_("Thank you for wanting to take part. Answers that were sent in time have been counted; others were not."),
        N_("If you still want to say something, talk with whoever invited you."),
    ),
    N_("Answers were taken until %(moment)s."),
)
ANSWERED = KindPage(
    409,
    N_("Answers were already sent from this device"),
    (N_("They have arrived and count once. You need not do anything else."),),
)
CONSENSUS_SENT = KindPage(
    409,
    N_("Your team has already sent its answers"),
    (N_("The team answers one sheet together, and it has arrived. You need not do anything else."),),
)
USED = KindPage(
    410,
    N_("This personal link has already been used"),
    (
        N_("Its answers have arrived and count once. The link knows only that it was used: not when, nor with what."),
        N_("If it was not you who answered, tell whoever gave you the link, so that you receive another."),
    ),
)
CROWDED = KindPage(
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
    """Each fact that stops an answer leads to its page."""
    pages: dict[type[Exception], Callable[[Any], KindPage]] = {
        UnknownLink: lambda error: UNKNOWN,
        LostPass: lambda error: LOST,
        RoundNotOpen: lambda error: BY_STATE[error.state],
        AlreadySubmitted: lambda error: CONSENSUS_SENT if g.respond_visit.is_consensus else ANSWERED,
        LinkUsedUp: lambda error: USED,
        RateLimitExceeded: lambda error: CROWDED,
    }
    for fact, choose in pages.items():
        blueprint.register_error_handler(fact, lambda error, choose=choose: _show(choose(error)))


def _show(page: KindPage) -> ResponseReturnValue:
    visit = g.get("respond_visit")
    when = ""
    if visit is not None:
        when = _when(page, visit.way.round, visit.description.time_zone)
    may_hand_over = page is ANSWERED and visit is not None
    return (
        render_template(
            "respond/kind_page.html",
            page=page,
            visit=visit,
            when=when,
            form=visit.form() if may_hand_over and visit is not None else None,
        ),
        page.status,
    )


def _when(page: KindPage, asked: Any, time_zone: str) -> str:
    facts = asked.facts
    if page is CLOSED:
        # A round stopped by hand says so; one that a date stopped, the date.
        passed = [at for at in (facts.stopped_at, facts.closes_at) if at is not None and at <= utc_now()]
        at = min(passed, default=None)
    else:
        at = facts.opens_at
    here = reader()
    return here.gettext(page.when, moment=moment(here, at, time_zone)) if page.when and at else ""


def moment(here: Localisation, at: dt.datetime, time_zone: str) -> str:
    """A day and hour where the organisation is: "21 de noviembre de 2026, 14:30 (hora estándar de Colombia)"."""
    from babel import Locale, UnknownLocaleError
    from babel.dates import format_time, get_timezone_name

    local = at.astimezone(ZoneInfo(time_zone))
    try:
        locale = Locale.parse(here.tag, sep="-")
    except UnknownLocaleError:
        locale = Locale(here.language)
    zone = get_timezone_name(local, width="long", locale=locale)
    return f"{here.date(local.date())}, {format_time(local, 'short', locale=locale)} ({zone})"
