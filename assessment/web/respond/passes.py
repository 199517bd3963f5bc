"""What a device keeps of its way into a round: one signed cookie a round, so that no URL holds the link's token.

The cookie also holds the device's own random secret. Drafts hang on that secret, and so does the token against forged
forms: it lives as long as the draft does, whatever happens to the browser's session in a pause of days.
"""

from __future__ import annotations

import datetime as dt
import hmac
import secrets
import uuid
from dataclasses import dataclass
from functools import lru_cache

from flask import current_app, request
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response

from assessment.infra.tokens import new_token

LIFETIME = dt.timedelta(days=180)
PATH = "/r"


class LostPass(LookupError):
    """The device kept no cookie for this round: it must open the link again."""


@dataclass(frozen=True, slots=True)
class Pass:
    """The link's token, and the secret of whoever answers on this device."""

    token: str
    device: str


def handle_of(round_id: uuid.UUID) -> str:
    """The round's name in URLs: it opens nothing, and tells nothing about the link that was used."""
    return _handle_of(_secret(), round_id)


@lru_cache(maxsize=1_000)
def _handle_of(secret: str, round_id: uuid.UUID) -> str:
    return _mac(secret, "handle", round_id.hex)[:12]


def new_pass(token: str) -> Pass:
    return Pass(token, new_token())


def read_pass(handle: str) -> Pass:
    """What this device kept for a round. Raises `LostPass`."""
    return _pass_of(_secret(), request.cookies.get(_name(handle), ""))


@lru_cache(maxsize=1_000)
def _pass_of(secret: str, cookie: str) -> Pass:
    """What a cookie says, checked once for all the steps of a device. Raises `LostPass`."""
    try:
        token, device = _serializer_of(secret).loads(cookie)
    except (BadSignature, ValueError, TypeError):
        raise LostPass from None
    return Pass(str(token), str(device))


def keep_pass(response: Response, handle: str, kept: Pass) -> None:
    response.set_cookie(
        _name(handle),
        _serializer_of(_secret()).dumps([kept.token, kept.device]),
        max_age=LIFETIME,
        path=PATH,
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
        httponly=True,
        samesite="Lax",
    )


def form_token(device: str) -> str:
    """What a form of this device must bring with it. It looks different on every page: these pages are compressed, and
    the length of a compressed page must not tell a secret bit by bit (BREACH)."""
    return _form_token(device, secrets.token_hex(8))


def is_form_token(device: str, given: str) -> bool:
    return hmac.compare_digest(given.encode(), _form_token(device, given[:16]).encode())


def _form_token(device: str, salt: str) -> str:
    return salt + _mac(_secret(), "form", f"{salt}:{device}")


def _name(handle: str) -> str:
    return f"escala_r_{handle}"


def _secret() -> str:
    return str(current_app.config["SECRET_KEY"])


@lru_cache(maxsize=4)
def _serializer_of(secret: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt="escala.respond")


def _mac(secret: str, purpose: str, message: str) -> str:
    return hmac.digest(secret.encode(), f"respond:{purpose}:{message}".encode(), "sha256").hex()
