"""Links that are sent to people: under the address of this server, whatever `Host` a request claims."""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import quote, urlsplit

from flask import Flask, current_app, request, url_for

from assessment.infra.settings import Settings

LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})


def public_url(endpoint: str, **values: Any) -> str:
    """A page's address under the server's own; without a setting for it, under the one that the visitor uses."""
    base = _configured_base_url() or request.host_url.rstrip("/")
    return base + url_for(endpoint, **values)


def respondents_url(token: str) -> str:
    """A round's link: it leads to the respondents' application."""
    return f"{_configured_base_url() or request.host_url.rstrip('/')}{request.script_root}/r/{token}"


def participants_url(token: str = "") -> str:
    """A workshop's address: the one that is typed, or with its token the one that its code leads to."""
    return f"{_configured_base_url() or request.host_url.rstrip('/')}{request.script_root}/w/{token}".rstrip("/")


def shared_plan_path(token: str) -> str:
    """Where a round's plan can be read once it is shared, as the respondents' application links to it."""
    return f"{request.script_root.removesuffix('/r')}/p/{token}"


def shared_plans_at() -> str:
    """The address of shared plans up to the token, as it is printed; empty where it only works on this machine."""
    some = "-"
    address = public_url("shared_plans.show", token=some).removesuffix(some)
    return "" if is_local_link(address) else address


def with_configured_host(link: str) -> str:
    """A link of a library with the host that the settings name; only its path where they name none."""
    parts = urlsplit(link)
    return f"{_configured_base_url()}{parts.path}" + (f"?{parts.query}" if parts.query else "")


def is_local_link(link: str) -> bool:
    """Whether a link only works on this machine, so that no phone can open it."""
    return (urlsplit(link).hostname or "") in LOCAL_HOSTS


def whatsapp_link(text: str) -> str:
    """A link that opens WhatsApp with this text, to be sent to whomever one chooses."""
    return f"https://wa.me/?text={quote(text, safe='')}"


def _configured_base_url() -> str:
    return cast(Settings, current_app.extensions["escala_settings"]).base_url or ""


def init_app(app: Flask) -> None:
    app.jinja_env.globals["with_configured_host"] = with_configured_host
    app.jinja_env.globals["lan_command"] = cast(Settings, app.extensions["escala_settings"]).lan_command
