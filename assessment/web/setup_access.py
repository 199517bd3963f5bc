"""Who may set up a new server: somebody at the machine itself, or with the one-time code printed at its start."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from flask import current_app, request
from flask import session as browser_session

from assessment.services.setup_code import find_setup_code
from assessment.web.public_links import LOCAL_HOSTS
from assessment.web.transactions import session

SESSION_KEY = "set_up_code"
"""Where the session of a browser holds the code that was written."""
PROXY_HEADERS = frozenset(
    {"forwarded", "via", "x-real-ip", "x-client-ip", "true-client-ip", "x-cluster-client-ip", "cdn-loop"}
)
PROXY_PREFIXES = ("x-forwarded", "x-original", "x-envoy-", "x-arr-", "x-azure-", "x-amz", "cf-", "fly-", "fastly-")


def is_local_request() -> bool:
    """Whether the request comes from this machine itself: not through a proxy, nor by a name that points here.

    A proxy on this machine that passes on neither name nor address looks like it, but for the HTTP/1.0 that nginx
    speaks unless it is told otherwise, and no browser does: where in doubt, the code is asked for.
    """
    if _came_through_proxy() or _has_public_address():
        return False
    name = urlsplit(f"//{request.host}").hostname
    address = _address(request.remote_addr)
    return address is not None and address.is_loopback and name in LOCAL_HOSTS


def may_set_up() -> bool:
    """Whether this visitor is at the machine, or has written the one-time code."""
    if is_local_request():
        return True
    written = browser_session.get(SESSION_KEY)
    return written is not None and written == find_setup_code(session())


def _came_through_proxy() -> bool:
    names = [name.lower() for name in request.headers.keys()]  # noqa: SIM118 - a header may be there twice
    is_old = request.environ.get("SERVER_PROTOCOL") == "HTTP/1.0"
    return is_old or any(name in PROXY_HEADERS or name.startswith(PROXY_PREFIXES) for name in names)


def _has_public_address() -> bool:
    """Whether the settings name a public address: then a proxy on this machine may bring anybody."""
    settings = current_app.extensions["escala_settings"]
    name = urlsplit(settings.base_url or "").hostname
    address = _address(name)
    return name is not None and name not in LOCAL_HOSTS and not (address is not None and address.is_private)


def _address(text: str | None) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text or "")
    except ValueError:
        return None
