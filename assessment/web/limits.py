"""Rate limits: by account or link, never by network address alone (forty phones share one router)."""

from __future__ import annotations

import functools
import math
import time
from collections.abc import Callable
from functools import cache
from typing import Any, cast

from flask import Flask, current_app, g, make_response, request, session
from flask_limiter import Limiter
from limits import RateLimitItem, parse
from limits.storage import Storage
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import TooManyRequests
from werkzeug.wrappers import Response

from assessment.infra.passwords import TooManyPasswords
from assessment.services.accounts import InvalidEmail, checked_email
from assessment.services.attempts import Attempts
from assessment.web import known_devices
from assessment.web.transactions import commit_early

FAILED_SIGN_INS = "10 per 15 minutes"
CODES = "10 per 15 minutes"
RESETS = "5 per hour"
INVITATIONS = "40 per hour"
ADDRESSES = "4000 per 24 hours"
"""How many addresses an organisation may have its rounds announced to."""
JOINS = "20 per hour"
OWNERS_SAVES = "60 per hour"
"""How often something may be saved by one owner's link."""
PINS_OF_ADDRESS = "60 per 10 minutes"
"""How many wrong PINs of workshops an address may type: a room shares one, behind a proxy all do, and some mistype."""
PINS_OF_ALL = "600 per hour"
"""The same of all addresses together; whoever scans the code types none."""
FEWEST_ARRIVALS, ARRIVALS_A_PERSON = 100, 5
"""How many arrivals a round's link takes in ten minutes: enough for a whole team at once, too few for a flood."""


DRAFTS_OF_A_LINK = "10 per 24 hours"
"""How often one personal link may begin anew in a round that has many drafts already."""


class TooManyTries(TooManyRequests):
    """A try beyond its limit; `minutes` until the next ones are taken."""

    def __init__(self, ends_at: float) -> None:
        seconds = max(1, math.ceil(ends_at - time.time()))
        super().__init__(retry_after=seconds)
        self.minutes = math.ceil(seconds / 60)


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


def is_known_device() -> bool:
    """Whether the account whose address was written has signed in on this device before."""
    return known_devices.is_known(account_key().removeprefix("account:"))


def second_factor_key() -> str:
    """Key of the account whose password was right, and whose code is asked for; empty where there is none."""
    account = session.get("tf_user_id")
    return f"code:{account}" if account else ""


def signed_in_account_key() -> str:
    """Key of the account whose password is asked for again: at an unlocked screen, somebody else may try."""
    return "again:" + str(session.get("_user_id") or "nobody")


def shared_key() -> str:
    """One key for all visitors."""
    return "everybody"


def form_was_refused(response: Response) -> bool:
    """Whether a form was refused: a form that succeeds redirects."""
    return response.status_code < 300 or response.status_code >= 400


def guard(view: Callable[..., Any], limit: str, account: Callable[[], str]) -> Callable[..., Any]:
    """A view of which only so many forms are looked at, and refused, for each key of `account`.

    A form is counted before it is looked at, so that many that are sent at once are no more than many that are sent
    one by one; one that was not refused is taken off again.
    """

    @functools.wraps(view)
    def guarded(*given: Any, **named: Any) -> Any:
        if request.method != "POST":
            return view(*given, **named)
        key = account()
        if not key:  # nobody, so that there is nothing to guess
            return view(*given, **named)
        if not _is_free(limit, key) or not hit(limit, key):
            raise TooManyTries(ends_at(limit, key))
        try:
            response = make_response(view(*given, **named))
        except TooManyPasswords:  # nothing was looked at
            _take_off(limit, key)
            raise
        if not form_was_refused(response):
            _take_off(limit, key)
        return response

    return guarded


def _is_free(limit: str, key: str) -> bool:
    """Whether another try would be within the limit. Only reads: whoever is beyond it is not counted any more."""
    return limiter(current_app).limiter.test(_parsed(limit), key)


def _take_off(limit: str, key: str) -> None:
    """A try does not count after all. Once the request's own transaction has ended: on SQLite, one writes at a time."""
    g.setdefault("escala_not_counted", []).append((_parsed(limit), key))


def _take_off_what_does_not_count(response: Response) -> Response:
    storage = cast(DatabaseStorage, limiter(current_app).storage)
    for item, key in g.pop("escala_not_counted", []):
        storage.incr(item.key_for(key), item.get_expiry(), amount=-1)
    return response


def limiter(app: Flask) -> Limiter:
    limiter_ = app.extensions["escala_limiter"]
    assert isinstance(limiter_, Limiter)  # noqa: S101 - `init_app` put it there
    return limiter_


def hit(limit: str, key: str, *, cost: int = 1) -> bool:
    """Counts a try, or several at once; whether it is still within the limit, which is written as in `FAILED_SIGN_INS`.

    Commits what the request has changed before: on SQLite, the count would wait for that transaction.
    """
    commit_early()
    return limiter(current_app).limiter.hit(_parsed(limit), key, cost=cost)


def take_back(limit: str, key: str) -> None:
    """What `hit` has counted does not count after all. For requests that hold no transaction."""
    item = _parsed(limit)
    cast(DatabaseStorage, limiter(current_app).storage).incr(item.key_for(key), item.get_expiry(), amount=-1)


def require(limit: str, key: str, *, cost: int = 1) -> None:
    """Counts a try or several, as `hit` does. One beyond the limit ends the request: too many tries (429)."""
    if not hit(limit, key, cost=cost):
        raise TooManyTries(ends_at(limit, key))


def ends_at(limit: str, key: str) -> float:
    """When tries are taken again, in seconds since 1970."""
    return float(limiter(current_app).limiter.get_window_stats(_parsed(limit), key).reset_time)


@cache
def _parsed(limit: str) -> RateLimitItem:
    return parse(limit)


class DatabaseStorage(Storage):
    """Keeps the counts of Flask-Limiter in the database, so that they hold in all processes."""

    STORAGE_SCHEME: list[str] | None = ["escala-database"]  # noqa: RUF012 - as the library declares it

    def __init__(self, uri: str, *, attempts: Attempts, **_more: Any) -> None:
        super().__init__(uri)
        self._attempts = attempts

    @property
    def base_exceptions(self) -> tuple[type[Exception], ...]:
        return (SQLAlchemyError,)

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        return self._attempts.add(key, seconds=expiry, amount=amount)

    def get(self, key: str) -> int:
        return self._attempts.count(key)

    def get_expiry(self, key: str) -> float:
        return self._attempts.expires_at(key).timestamp()

    def check(self) -> bool:
        return True

    def reset(self) -> int | None:
        raise NotImplementedError

    def clear(self, key: str) -> None:
        self._attempts.forget(key)


def init_app(app: Flask, attempts: Attempts) -> None:
    """Must be called before `transactions.init_app`: what is taken off is taken off after the request's commit."""
    app.after_request(_take_off_what_does_not_count)
    app.extensions["escala_limiter"] = Limiter(
        key_func=shared_key,
        app=app,
        headers_enabled=False,
        storage_uri="escala-database://",
        storage_options=cast(Any, {"attempts": attempts}),
    )
