"""The cookie of a device that answers: one for each round, signed, so that no URL holds the token of the link.

The cookie also holds the device's own random secret. Drafts belong to that secret, and so does the token against forged
forms: it lives as long as the draft does, whatever happens to the browser's session in a pause of days.
"""

from __future__ import annotations

import datetime as dt
import hmac
import secrets
import uuid
from collections.abc import Mapping
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


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs and names what devices get, with the secret of this instance."""

    secret: str

    @lru_cache(maxsize=1_000)  # noqa: B019 - there is one signer
    def handle(self, round_id: uuid.UUID) -> str:
        """The round's name in URLs: it grants no access, and reveals nothing about the link that was used."""
        return self._mac("handle", round_id.hex)[:12]

    def read_cookie(self, cookies: Mapping[str, str], handle: str) -> DeviceCookie:
        """The device's cookie of a round. Raises `DeviceCookieMissing`."""
        return self._parse(cookies.get(_cookie_name(handle), ""))

    @lru_cache(maxsize=1_000)  # noqa: B019
    def _parse(self, cookie: str) -> DeviceCookie:
        """The content of a cookie, verified once for all requests of a device. Raises `DeviceCookieMissing`."""
        try:
            link_token, device_secret = self._serializer.loads(cookie)
        except (BadSignature, ValueError, TypeError):
            raise DeviceCookieMissing from None
        return DeviceCookie(str(link_token), str(device_secret))

    def write_cookie(self, cookie: DeviceCookie) -> str:
        return str(self._serializer.dumps([cookie.link_token, cookie.device_secret]))

    @property
    def _serializer(self) -> URLSafeSerializer:
        return URLSafeSerializer(self.secret, salt="escala.respond")

    @lru_cache(maxsize=1_000)  # noqa: B019
    def device_name(self, device_secret: str) -> str:
        """What an open page calls the device that it sends changes for, and nothing else."""
        return self._mac("device", device_secret)[:8]

    def link_name(self, link_token: str) -> str:
        """What an open page calls the link by which it was opened: nobody can open it by that."""
        return self._mac("link", link_token)[:8]

    def fingerprint(self, team_id: uuid.UUID, code: str) -> str:
        """What is kept of a respondent's code: nobody reads the code from it, nor compares it with another team's."""
        return self._mac("code", f"{team_id.hex}:{code}")[:32]

    def form_token(self, device_secret: str) -> str:
        """The token against forged forms (CSRF) of a device.

        It looks different on every page: these pages are compressed, and the length of a compressed page must not tell
        a secret bit by bit (BREACH).
        """
        return self._form_token(device_secret, secrets.token_hex(8))

    def is_form_token(self, device_secret: str, given: str) -> bool:
        return hmac.compare_digest(given.encode(), self._form_token(device_secret, given[:16]).encode())

    def _form_token(self, device_secret: str, salt: str) -> str:
        return salt + self._mac("form", f"{salt}:{device_secret}")

    def _mac(self, purpose: str, message: str) -> str:
        return hmac.digest(self.secret.encode(), f"respond:{purpose}:{message}".encode(), "sha256").hex()


def signer() -> Signer:
    return Signer(str(current_app.config["SECRET_KEY"]))


def new_device_cookie(link_token: str) -> DeviceCookie:
    return DeviceCookie(link_token, new_token())


def read_device_cookie(handle: str) -> DeviceCookie:
    """This device's cookie of a round. Raises `DeviceCookieMissing`."""
    return signer().read_cookie(request.cookies, handle)


def set_device_cookie(response: Response, handle: str, cookie: DeviceCookie) -> None:
    response.set_cookie(
        _cookie_name(handle),
        signer().write_cookie(cookie),
        max_age=LIFETIME,
        path=PATH,
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
        httponly=True,
        samesite="Lax",
    )


def _cookie_name(handle: str) -> str:
    return f"escala_r_{handle}"
