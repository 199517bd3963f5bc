"""Rate limits: by account or link, never by network address alone (forty phones share one router)."""

from __future__ import annotations

from typing import Any

from flask import Flask, current_app, request, session
from flask_limiter import Limiter
from limits import parse
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter
from werkzeug.wrappers import Response

from assessment.infra.common import Common, Counts
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


def hit(limit: str, key: str) -> bool:
    """Counts a try; returns whether there were no more than the limit allows."""
    strategy = FixedWindowRateLimiter(current_app.extensions["escala_limits_storage"])
    return strategy.hit(parse(limit), key)


def limiter(app: Flask) -> Limiter:
    limiter_ = app.extensions["escala_limiter"]
    assert isinstance(limiter_, Limiter)  # noqa: S101 - `init_app` put it there
    return limiter_


class CommonCounts(Storage):
    """The counts that another process of the server keeps."""

    STORAGE_SCHEME: list[str] | None = ["escala-common"]  # noqa: RUF012 - as the library declares it

    def __init__(self, uri: str, *, counts: Counts, **_more: Any) -> None:
        super().__init__(uri)
        self._counts = counts

    @property
    def base_exceptions(self) -> tuple[type[Exception], ...]:
        return (EOFError, OSError)

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        return self._counts.incr(key, expiry, amount)

    def get(self, key: str) -> int:
        return self._counts.get(key)

    def get_expiry(self, key: str) -> float:
        return self._counts.get_expiry(key)

    def check(self) -> bool:
        return True

    def reset(self) -> int | None:
        raise NotImplementedError

    def clear(self, key: str) -> None:
        self._counts.clear(key)


def init_app(app: Flask, common: Common | None) -> None:
    """Counts are kept in memory: here, or in the server's first process."""
    storage: dict[str, Any] = (
        {"storage_uri": "escala-common://", "storage_options": {"counts": common.counts}}
        if common
        else {"storage_uri": "memory://"}
    )
    made = app.extensions["escala_limiter"] = Limiter(key_func=shared_key, app=app, headers_enabled=False, **storage)
    app.extensions["escala_limits_storage"] = made.storage
