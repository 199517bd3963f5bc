"""Rate limits: by account or link, never by network address alone (forty phones share one router)."""

from __future__ import annotations

from flask import Flask, request, session
from flask_limiter import Limiter
from werkzeug.wrappers import Response

from assessment.services.accounts import InvalidEmail, checked_email
from assessment.web import known_devices

FAILED_SIGN_INS = "10 per 15 minutes"
CODES = "10 per 15 minutes"
SET_UPS = "20 per hour"
RESETS = "5 per hour"
INVITATIONS = "40 per hour"
JOINS = "20 per hour"

FEWEST_ARRIVALS, ARRIVALS_A_PERSON = 100, 5
"""How many arrivals a round's link takes in ten minutes: enough for a whole team at once, too few for a flood."""


def answering_limit(size: int) -> str:
    return f"{max(FEWEST_ARRIVALS, ARRIVALS_A_PERSON * size)} per 10 minutes"


def account_key() -> str:
    """Key of the account whose address was written, in one spelling."""
    given = request.form.get("email", "")
    try:
        return "account:" + checked_email(given)
    except InvalidEmail:
        return "account:" + given.strip().lower()


def account_and_device_key() -> str:
    """Key of the account, and of the device if the account has signed in on it before.

    All devices that are new to an account share one count, so that an attacker who guesses can lock the owner out of
    new devices only, never out of their own.
    """
    account = account_key()
    return f"{account}:{known_devices.device_name(account.removeprefix('account:'))}"


def second_factor_key() -> str:
    """Key of the account whose password was right, and whose code is asked for."""
    return "code:" + str(session.get("tf_user_id") or session.get("_user_id") or "nobody")


def signed_in_account_key() -> str:
    """Key of the account whose password is asked for again: at an unlocked screen, somebody else may try."""
    return "again:" + str(session.get("_user_id") or "nobody")


def shared_key() -> str:
    """One key for all visitors."""
    return "everybody"


def form_was_refused(response: Response) -> bool:
    """Whether a form was refused: a form that succeeds redirects."""
    return response.status_code < 300 or response.status_code >= 400


def limiter(app: Flask) -> Limiter:
    limiter_ = app.extensions["escala_limiter"]
    assert isinstance(limiter_, Limiter)  # noqa: S101 - `init_app` put it there
    return limiter_


def init_app(app: Flask) -> None:
    """Counts are kept in memory."""
    app.extensions["escala_limiter"] = Limiter(
        key_func=shared_key, app=app, headers_enabled=False, storage_uri="memory://"
    )
