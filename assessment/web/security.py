"""Headers of every page: no inline script, nothing from elsewhere, no referrer for other sites, no frame."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask, g
from werkzeug.wrappers import Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

POLICY = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)

POLICY_WITH_PREVIEW = f"{POLICY}; frame-src 'self'"
"""Of a page that shows a preview of ours in a frame."""
POLICY_OF_FILES = POLICY.replace("'nonce-{nonce}'", "'self'")
"""Of pages that a browser keeps, so that no nonce can be theirs: scripts are files of ours."""
POLICY_OF_PREVIEW = (
    "default-src 'none'; style-src 'self'; img-src data:; font-src 'self'; form-action 'none'; "
    "frame-ancestors 'self'; base-uri 'none'"
)
"""Of that preview: only our own pages may frame it, and it runs nothing."""


def csp_nonce() -> str:
    """The nonce that this response's own script elements carry."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    nonce: str = g.csp_nonce
    return nonce


HTTPS_ONLY = "max-age=31536000"
"""A year, for this host name alone: its subdomains are not ours to decide on."""


ALWAYS = (
    ("Referrer-Policy", "same-origin"),
    ("X-Content-Type-Options", "nosniff"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
    ("X-Frame-Options", "DENY"),
)
"""Other sites learn of no address of ours. We do: told to send no referrer at all, Chromium calls the origin of a form
"null", and over plain http in a local network it says nothing else from which we could see that the form is ours."""


def _fixed_headers(app: Flask) -> tuple[tuple[str, str], ...]:
    return ALWAYS if not app.config["SESSION_COOKIE_SECURE"] else (*ALWAYS, ("Strict-Transport-Security", HTTPS_ONLY))


def init_app(app: Flask) -> None:
    """Every page gets these headers, and its scripts carry a nonce."""
    app.jinja_env.globals["csp_nonce"] = csp_nonce
    fixed = _fixed_headers(app)

    @app.after_request
    def protect(response: Response) -> Response:
        headers = response.headers
        if "Content-Security-Policy" not in headers:
            headers.add("Content-Security-Policy", POLICY.format(nonce=csp_nonce()))
        for name, value in fixed:
            if name not in headers:
                headers.add(name, value)
        return response


class SameHeaders:
    """Around an application all of whose answers have the same of these headers, whoever makes them."""

    def __init__(self, wrapped: WSGIApplication, app: Flask, policy: str) -> None:
        self._wrapped = wrapped
        self._headers = [("Content-Security-Policy", policy), *_fixed_headers(app)]

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            return start_response(status, headers + self._headers, *error)

        return self._wrapped(environ, start)
