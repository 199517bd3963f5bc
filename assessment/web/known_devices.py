"""Devices on which an account has signed in before, so that guesses from elsewhere do not lock it out.

OWASP calls their cookie a device cookie. It grants no access: it only says which guesses are counted together. It holds
a keyed hash of each address, so that a shared device does not reveal who has used it.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import cast

from flask import after_this_request, current_app, request
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response

from assessment.infra.tokens import new_token

COOKIE = "escala_device"
PATH = "/sign-in"
"""The cookie is sent to no other page, least of all to those where people answer."""
LIFETIME = 365 * 24 * 3600
MOST_ACCOUNTS = 5
"""Of one device; the oldest is dropped first."""
UNKNOWN = "new"


def device_name(email: str) -> str:
    """This device's own name for an account that has signed in on it; else the name that all other devices share."""
    return _read_cookie().get(_account(email), UNKNOWN)


def is_known(email: str) -> bool:
    """Whether the account has signed in on this device before."""
    return device_name(email) != UNKNOWN


def remember(email: str) -> None:
    """Sets the cookie that makes this device known to the account, in the response to this request."""
    names, account = _read_cookie(), _account(email.lower())
    names[account] = names.pop(account, "") or new_token()
    named = dict(list(names.items())[-MOST_ACCOUNTS:])

    @after_this_request
    def keep(response: Response) -> Response:
        response.set_cookie(
            COOKIE,
            _serializer().dumps(named),
            max_age=LIFETIME,
            path=PATH,
            secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
            httponly=True,
            samesite="Lax",
        )
        return response


def _read_cookie() -> dict[str, str]:
    try:
        return cast("dict[str, str]", dict(_serializer().loads(request.cookies.get(COOKIE, ""))))
    except (BadSignature, ValueError, TypeError):
        return {}


def _account(email: str) -> str:
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, f"device:{email}".encode(), hashlib.sha256).hexdigest()[:32]


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.config["SECRET_KEY"]), salt="escala.device")
