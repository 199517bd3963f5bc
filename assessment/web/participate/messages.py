"""What a participant sees instead of the workshop: there is none, it is full, or something went wrong."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from assessment.infra.languages import N_
from assessment.services.taking_part import UnknownVote, UnknownWorkshop, WorkshopFull
from assessment.web.logging import log_failure


@dataclass(frozen=True, slots=True)
class Message:
    """Both texts are message ids."""

    status: int
    title: str
    text: str


UNKNOWN = Message(
    404,
    N_("There is no workshop here"),
    N_("It may have ended, or the address is mistyped. Scan the code on the screen, or type its PIN."),
)
FULL = Message(
    409,
    N_("Nobody else can join"),
    N_("The workshop has ended, takes nobody new now, or far too many devices have joined it. Tell whoever leads it."),
)
NOT_UNDERSTOOD = Message(
    400, N_("That did not arrive complete"), N_("Please go back, reload the page and try once more.")
)
FAILED = Message(
    500,
    N_("Something went wrong on our side"),
    N_("A vote that was in still counts. Please reload the page in a moment."),
)


def init_app(app: Flask) -> None:
    """Shows its message for each exception, and for errors."""
    for exception, message in {
        UnknownWorkshop: UNKNOWN,
        WorkshopFull: FULL,
        UnknownVote: NOT_UNDERSTOOD,
    }.items():
        app.register_error_handler(exception, lambda error, message=message: _show(message))

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> ResponseReturnValue:
        status = error.code or 500
        if status < 400:
            return error.get_response()
        if status == 404:
            return _show(UNKNOWN)
        return _show(NOT_UNDERSTOOD if status < 500 else FAILED)[0], status

    @app.errorhandler(OperationalError)
    def unavailable(error: OperationalError) -> ResponseReturnValue:
        """The database takes nothing now. The script goes on trying."""
        log_failure(error)
        return _show(FAILED)[0], 503

    @app.errorhandler(Exception)
    def failed(error: Exception) -> ResponseReturnValue:
        log_failure(error)
        return _show(FAILED)


def _show(message: Message) -> tuple[str, int]:
    return render_template("participate/message.html", message=message), message.status
