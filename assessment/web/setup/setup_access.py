"""Who may claim a new server: whoever sits at the machine, or holds the one-time code printed at its start."""

from __future__ import annotations

import hmac
import ipaddress
import secrets
from typing import cast
from urllib.parse import urlsplit

from flask import Flask, current_app, request
from flask import session as browser

from assessment.infra.common import Common

CODE_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
CODE_LENGTH = 10
OWN_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
CODE = "set_up_code"
"""Where a browser that wrote the code keeps it; a new start of the server has a new one."""
FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via")


def new_code() -> str:
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))


def setup_code(app: Flask) -> str:
    """The code of this start of the server."""
    return cast(str, app.extensions["escala_setup_code"])


def is_local_request() -> bool:
    """Whether the request comes from this machine itself: not through a proxy, nor by a name that points here."""
    if any(header in request.headers for header in FORWARDED) or _is_published():
        return False
    name = urlsplit(f"//{request.host}").hostname
    address = _address(request.remote_addr)
    return address is not None and address.is_loopback and name in OWN_NAMES


def may_set_up() -> bool:
    """Whether this visitor sits at the machine, or has written the one-time code."""
    return is_local_request() or browser.get(CODE) == setup_code(current_app)


def _is_published() -> bool:
    """Whether the settings name a public address: then a proxy on this machine may bring anybody."""
    settings = current_app.extensions["escala_settings"]
    name = urlsplit(settings.base_url or "").hostname
    address = _address(name)
    return name is not None and name not in OWN_NAMES and not (address is not None and address.is_private)


def _address(text: str | None) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text or "")
    except ValueError:
        return None


def is_setup_code(code: str) -> bool:
    """Whether this is the code; capitals, spaces and hyphens do not matter."""
    given = "".join(letter for letter in code.lower() if letter.isalnum())
    return hmac.compare_digest(given.encode(), setup_code(current_app).encode())


def init_app(app: Flask, common: Common | None) -> None:
    app.extensions["escala_setup_code"] = common.setup_code if common else new_code()
