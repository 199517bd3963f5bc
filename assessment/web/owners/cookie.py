"""The cookie for which an owner's link is exchanged, so that no address in a history or a log holds its token; and the
token against forged forms, which belongs to that cookie instead of a visit."""

from __future__ import annotations

import datetime as dt
import hmac
import secrets

from flask import current_app, request
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from assessment.infra.tokens import token_hash

LIFETIME = dt.timedelta(hours=24)
"""A page that is open longer asks for the link to be opened again."""
PATH = "/a"


class NoOwnerCookie(LookupError):
    """The device has no cookie for this page, or one that is too old: the link must be opened again."""


def handle_of(token: str) -> str:
    """What stands for a link in the page's address: it opens nothing, and says nothing about the token."""
    return _mac("handle", token_hash(token))[:16]


def keep_token(response: Response, token: str) -> None:
    response.set_cookie(
        _name(handle_of(token)),
        _serializer().dumps(token),
        max_age=LIFETIME,
        path=PATH,
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
        httponly=True,
        samesite="Lax",
    )


def read_token(handle: str) -> str:
    """The token of the link that this device opened. Raises `NoOwnerCookie`."""
    try:
        token = _serializer().loads(request.cookies.get(_name(handle), ""), max_age=int(LIFETIME.total_seconds()))
    except BadData:
        raise NoOwnerCookie from None
    if not isinstance(token, str) or not hmac.compare_digest(handle_of(token), handle):
        raise NoOwnerCookie
    return token


def form_token(token: str) -> str:
    """Looks different on every page: the length of a compressed page must not tell it bit by bit (BREACH)."""
    return _form_token(token, secrets.token_hex(8))


def is_form_token(token: str, given: str) -> bool:
    return hmac.compare_digest(given.encode(), _form_token(token, given[:16]).encode())


def _form_token(token: str, salt: str) -> str:
    return salt + _mac("form", f"{salt}:{token}")


def _mac(purpose: str, message: str) -> str:
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.digest(key, f"owner:{purpose}:{message}".encode(errors="surrogatepass"), "sha256").hex()


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.config["SECRET_KEY"]), salt="escala.owner")


def _name(handle: str) -> str:
    return f"escala_a_{handle}"
