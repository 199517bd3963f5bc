"""The cookie of a device that takes part in a workshop: which one, and the device's own random key, signed.

There is one: whoever joins another workshop leaves the one before.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from functools import lru_cache

from flask import current_app, request
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response

from assessment.infra.tokens import new_token

LIFETIME = dt.timedelta(days=15)
"""As long as a workshop that is paused can be resumed."""
NAME = "escala_w"
PATH = "/w"


@dataclass(frozen=True, slots=True)
class Device:
    workshop_id: uuid.UUID
    key: str


def find_device() -> Device | None:
    """The device that asks, if it has joined a workshop."""
    given = request.cookies.get(NAME, "")
    return _read(str(current_app.config["SECRET_KEY"]), given) if given else None


def new_device(workshop_id: uuid.UUID) -> Device:
    return Device(workshop_id, new_token())


def keep_device(response: Response, device: Device) -> None:
    response.set_cookie(
        NAME,
        str(_serializer(str(current_app.config["SECRET_KEY"])).dumps([device.workshop_id.hex, device.key])),
        max_age=LIFETIME,
        path=PATH,
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
        httponly=True,
        samesite="Lax",
    )


@lru_cache(maxsize=2_000)
def _read(secret: str, cookie: str) -> Device | None:
    """Verified once for all requests of a device."""
    try:
        workshop, key = _serializer(secret).loads(cookie)
        return Device(uuid.UUID(workshop), str(key))
    except (BadSignature, ValueError, TypeError, AttributeError):
        return None


def _serializer(secret: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt="escala.participate")
