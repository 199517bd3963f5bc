"""The cookie of a device that answers: one for each round, signed, so that no URL holds the token of the link.

The cookie also holds the device's own random secret. Drafts belong to that secret, and so does the token against forged
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


class DeviceCookieMissing(LookupError):
    """The device has no cookie of this round: the link must be opened again."""


@dataclass(frozen=True, slots=True)
class DeviceCookie:
    """The token of the link that was opened, and the random secret of this device."""

    link_token: str
    device_secret: str


def round_handle(round_id: uuid.UUID) -> str:
    """The round's name in URLs: it grants no access, and reveals nothing about the link that was used."""
    return _round_handle(_secret(), round_id)


@lru_cache(maxsize=1_000)
def _round_handle(secret: str, round_id: uuid.UUID) -> str:
    return _mac(secret, "handle", round_id.hex)[:12]


def new_device_cookie(link_token: str) -> DeviceCookie:
    return DeviceCookie(link_token, new_token())


def read_device_cookie(handle: str) -> DeviceCookie:
    """This device's cookie of a round. Raises `DeviceCookieMissing`."""
    return _parse_cookie(_secret(), request.cookies.get(_cookie_name(handle), ""))


@lru_cache(maxsize=1_000)
def _parse_cookie(secret: str, cookie: str) -> DeviceCookie:
    """The content of a cookie, verified once for all requests of a device. Raises `DeviceCookieMissing`."""
    try:
        link_token, device_secret = _serializer_of(secret).loads(cookie)
    except (BadSignature, ValueError, TypeError):
        raise DeviceCookieMissing from None
    return DeviceCookie(str(link_token), str(device_secret))


def device_name(device_secret: str) -> str:
    """What an open page calls the device that it sends changes for, and nothing else."""
    return _device_name(_secret(), device_secret)


@lru_cache(maxsize=1_000)
def _device_name(secret: str, device_secret: str) -> str:
    return _mac(secret, "device", device_secret)[:8]


def link_name(link_token: str) -> str:
    """What an open page calls the link by which it was opened: nobody can open it by that."""
    return _mac(_secret(), "link", link_token)[:8]


def set_device_cookie(response: Response, handle: str, cookie: DeviceCookie) -> None:
    response.set_cookie(
        _cookie_name(handle),
        _serializer_of(_secret()).dumps([cookie.link_token, cookie.device_secret]),
        max_age=LIFETIME,
        path=PATH,
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
        httponly=True,
        samesite="Lax",
    )


def form_token(device_secret: str) -> str:
    """The token against forged forms (CSRF) of this device.

    It looks different on every page: these pages are compressed, and the length of a compressed page must not tell a
    secret bit by bit (BREACH).
    """
    return _form_token(device_secret, secrets.token_hex(8))


def is_form_token(device_secret: str, given: str) -> bool:
    return hmac.compare_digest(given.encode(), _form_token(device_secret, given[:16]).encode())


def _form_token(device_secret: str, salt: str) -> str:
    return salt + _mac(_secret(), "form", f"{salt}:{device_secret}")


def _cookie_name(handle: str) -> str:
    return f"escala_r_{handle}"


def _secret() -> str:
    return str(current_app.config["SECRET_KEY"])


@lru_cache(maxsize=4)
def _serializer_of(secret: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt="escala.respond")


def _mac(secret: str, purpose: str, message: str) -> str:
    return hmac.digest(secret.encode(), f"respond:{purpose}:{message}".encode(), "sha256").hex()
