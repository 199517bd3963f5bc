"""Exceptions and their pages, mapped once: a status, what happened, and what can be done; never a stack trace."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, make_response, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from assessment.domain.plans.edits import UnknownHeading
from assessment.domain.plans.faults import InvalidPlan
from assessment.domain.plans.proposal import NothingToPlan
from assessment.domain.respondents import InvalidAnswer
from assessment.domain.rounds import (
    RoundAlreadyOpened,
    RoundAlreadyPublished,
    RoundNotOpen,
    RoundNotPublished,
    RoundNotStopped,
    WrongRoundMode,
)
from assessment.infra.languages import N_
from assessment.infra.passwords import TooManyPasswords
from assessment.services.access import NotAllowed
from assessment.services.campaigns import UnknownCampaign
from assessment.services.comments import UnknownComment
from assessment.services.consultancies import NoConsultancy
from assessment.services.engagement_files import UnknownEngagementFile
from assessment.services.later_work import UnknownJob
from assessment.services.members import LastAdministrator, UnknownInvitation, UnknownMember, WrongAccount
from assessment.services.organisation_look import NoLogo
from assessment.services.outbox import UnknownMessage
from assessment.services.owner_links import UnknownOwnerLink
from assessment.services.paper_sheets import UnknownSheet
from assessment.services.plan_documents import UnknownPrintedPlan
from assessment.services.plan_photographs import NoPhotograph
from assessment.services.portfolio_files import UnknownPortfolioFile
from assessment.services.poster import NoSharedLink
from assessment.services.questionnaires import QuestionnaireChanged
from assessment.services.recipients import UnknownRecipient
from assessment.services.repetitions import NoRepetition
from assessment.services.respond import UnknownLink
from assessment.services.rounds import RoundHasAnswers, RoundUnderWay, UnknownRound, WorkshopHeld
from assessment.services.slips import NotOurLinks
from assessment.services.teams import UnknownTeam
from assessment.web.access import become_anonymous
from assessment.web.languages import reader
from assessment.web.limits import TooManyTries
from assessment.web.logging import log_failure
from assessment.web.transactions import roll_back


@dataclass(frozen=True, slots=True)
class ErrorText:
    """What an error page says; both are message ids."""

    title: str
    text: str


_NOT_FOUND = ErrorText(
    N_("There is nothing here"),
    N_("The address may be mistyped, or what was here has gone. If somebody gave you the link, ask for it again."),
)
_STATE = N_("Someone else may have changed it meanwhile. Go back and look at the round as it is now.")
BY_STATUS = {
    400: ErrorText(
        N_("That did not arrive complete"),
        N_(
            "The page was open too long, or part of it was missing. Go back: what you wrote is mostly still there. "
            "Copy what you need first, since reloading the page empties it; then reload it and send it again."
        ),
    ),
    403: ErrorText(
        N_("You may not do this"),
        N_("Your role in this organisation does not include it. Whoever administers it can change that."),
    ),
    404: _NOT_FOUND,
    405: ErrorText(
        N_("That cannot be done this way"),
        N_("This address takes what a form sends. Go to the start page and come from there."),
    ),
    413: ErrorText(
        N_("That is too large"),
        N_("What you sent is larger than Escala takes. Send a smaller file, or a shorter text."),
    ),
    429: ErrorText(
        N_("Too many tries"),
        N_("To keep accounts safe, Escala is waiting a little. Please try again later."),
    ),
    503: ErrorText(
        N_("Escala is busy"),
        N_("What you asked for takes too long just now. Nothing was changed. Please try again in a minute."),
    ),
    500: ErrorText(
        N_("Something went wrong on our side"),
        N_("Nothing you had saved is lost. Please try again; if it happens again, tell whoever runs this server."),
    ),
}
NO_PLAN = ErrorText(
    N_("There is no plan for this round"),
    N_(
        "A plan is based on what people answered about the pillars. This round did not ask about them, or "
        "had too few answers."
    ),
)
BY_EXCEPTION: dict[type[Exception], tuple[int, ErrorText]] = {
    NotAllowed: (404, _NOT_FOUND),
    UnknownTeam: (404, _NOT_FOUND),
    UnknownRound: (404, _NOT_FOUND),
    UnknownCampaign: (404, _NOT_FOUND),
    UnknownLink: (404, _NOT_FOUND),
    UnknownComment: (404, _NOT_FOUND),
    UnknownMember: (404, _NOT_FOUND),
    UnknownMessage: (404, _NOT_FOUND),
    UnknownRecipient: (404, _NOT_FOUND),
    UnknownJob: (404, _NOT_FOUND),
    UnknownPortfolioFile: (404, _NOT_FOUND),
    UnknownEngagementFile: (404, _NOT_FOUND),
    UnknownInvitation: (
        404,
        ErrorText(
            N_("This invitation is not valid any more"),
            N_("It works once, for a few days, and may have been withdrawn. Ask whoever invited you for a new one."),
        ),
    ),
    WrongAccount: (
        409,
        ErrorText(
            N_("This invitation is for somebody else"),
            N_("You are signed in with another e-mail. Sign out and open the link again."),
        ),
    ),
    LastAdministrator: (
        409,
        ErrorText(
            N_("Nobody else administers the organisation"),
            N_("Give somebody else that role first; then go on with this."),
        ),
    ),
    UnknownPrintedPlan: (404, _NOT_FOUND),
    UnknownSheet: (
        404,
        ErrorText(
            N_("That sheet is not here"),
            N_("It was counted or discarded, perhaps on another page. Go back to the round and type the next one."),
        ),
    ),
    UnknownOwnerLink: (404, _NOT_FOUND),
    UnknownHeading: (404, _NOT_FOUND),
    NoConsultancy: (404, _NOT_FOUND),
    NoLogo: (404, _NOT_FOUND),
    NoPhotograph: (404, _NOT_FOUND),
    InvalidPlan: (
        400,
        ErrorText(
            N_("That is not part of this plan"), N_("Go back to the plan, look at it as it is now and try again.")
        ),
    ),
    RoundNotOpen: (409, ErrorText(N_("The round is not open"), _STATE)),
    RoundNotStopped: (409, ErrorText(N_("The round has not been stopped"), _STATE)),
    RoundAlreadyOpened: (409, ErrorText(N_("The round has already opened"), _STATE)),
    RoundNotPublished: (
        409,
        ErrorText(
            N_("These results are not published yet"),
            N_("Nobody sees results before the round is published, not even whoever runs it."),
        ),
    ),
    RoundHasAnswers: (
        409,
        ErrorText(N_("Somebody has answered already"), N_("The round can be stopped, but no longer discarded.")),
    ),
    WorkshopHeld: (
        409,
        ErrorText(
            N_("A workshop of this round is being held"),
            N_("What it has shown and agreed on would be lost. End the workshop first; then look at the round again."),
        ),
    ),
    NoRepetition: (
        409,
        ErrorText(
            N_("Rounds of this team do not repeat"),
            N_("Somebody has ended it meanwhile. You can set it up again on the team's page."),
        ),
    ),
    RoundUnderWay: (
        409,
        ErrorText(
            N_("The team has a round already"),
            N_("Somebody else has just started one. A team answers one round at a time: go back and look at that one."),
        ),
    ),
    NotOurLinks: (
        409,
        ErrorText(
            N_("These links cannot be printed"),
            N_("They are not links of this round, or some have been used already. Make new ones and print those."),
        ),
    ),
    NoSharedLink: (
        409,
        ErrorText(
            N_("This round has no shared link"),
            N_("It is answered by personal links, so a poster would lead nowhere. Give each person their own link."),
        ),
    ),
    WrongRoundMode: (409, ErrorText(N_("That cannot be done with this kind of round"), _STATE)),
    RoundAlreadyPublished: (409, ErrorText(N_("The round is already published"), _STATE)),
    QuestionnaireChanged: (
        409,
        ErrorText(
            N_("The questionnaire has changed"),
            N_("The round was opened with another text of it, and nothing is scored with a different one."),
        ),
    ),
    TooManyPasswords: (
        503,
        ErrorText(
            N_("Too many people are signing in at once"),
            N_("Your password was not looked at, and this does not count as a try. Please try again in a few seconds."),
        ),
    ),
    InvalidAnswer: (
        400,
        ErrorText(
            N_("That is not one of the answers"), N_("Go back, choose one of the answers shown and send it again.")
        ),
    ),
}


def _too_many_tries(error: TooManyTries) -> Response:
    words = reader().ngettext(
        "To keep accounts safe, Escala is waiting a little. Please try again in %(n)s minute.",
        "To keep accounts safe, Escala is waiting a little. Please try again in %(n)s minutes.",
        error.minutes,
    )
    page, status = error_page(429, ErrorText(BY_STATUS[429].title, words))
    return make_response(page, status, error.get_headers())


def _nothing_to_plan(error: NothingToPlan) -> tuple[str, int] | Response:
    """Whoever opens a page of a plan that cannot be is shown the round's results, which say why."""
    where = request.view_args or {}
    if request.method == "GET" and {"organisation_id", "team_id", "round_id"} <= where.keys():
        of_round = {name: where[name] for name in ("organisation_id", "team_id", "round_id")}
        return redirect(url_for("results.results", **of_round), 303)
    return error_page(409, NO_PLAN)


def error_page(status: int, text: ErrorText) -> tuple[str, int]:
    if status >= 500:  # the database may be what failed: the page asks it nothing
        roll_back()
        become_anonymous()
    return render_template("errors/error.html", status=status, text=text), status


def init_app(app: Flask) -> None:
    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> tuple[str, int] | HTTPException | Response:
        status = error.code or 500
        if isinstance(error, CSRFError):
            return error_page(400, BY_STATUS[400])
        if status < 400:
            return error
        return error_page(status, BY_STATUS.get(status, BY_STATUS[400 if status < 500 else 500]))

    app.register_error_handler(TooManyTries, _too_many_tries)
    app.register_error_handler(NothingToPlan, _nothing_to_plan)

    for exception, (status, text) in BY_EXCEPTION.items():
        app.register_error_handler(exception, lambda error, status=status, text=text: error_page(status, text))

    @app.errorhandler(Exception)
    def failed(error: Exception) -> tuple[str, int]:
        log_failure(error)
        return error_page(500, BY_STATUS[500])
