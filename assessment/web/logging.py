"""One line a request: method, route, status and duration. No address, no query, no path: a path may hold a token.

Of respondents there is no line at all. Whoever has the log and knows when a colleague was on the phone could
otherwise read from it when that person answered, and, with a backup from before and one from after, what. So the log
does not even count them: neither their pages, nor the language they choose, nor the style sheets that their phones
fetch. Only a failure of ours is told, which has counted no answer.
"""

from __future__ import annotations

import time

from flask import Flask, g, request
from werkzeug.wrappers import Response

from assessment.infra.logging import get_logger

UNLOGGED = frozenset({"static", "home.language", "health.healthz"})
"""Fetched by respondents' phones, too; and asked every few seconds by whoever watches the server."""
UNLOGGED_FEATURES = frozenset({"respond"})


def is_unlogged(endpoint: str | None) -> bool:
    return endpoint in UNLOGGED or (endpoint or "").partition(".")[0] in UNLOGGED_FEATURES


def log_failure(error: Exception) -> None:
    """An error of ours: where it came from, and nothing that was sent."""
    get_logger().error("a request failed", method=request.method, route=_route(), error=error)


def _route() -> str:
    """The route with its placeholders, as in `/r/<token>`; of an address that leads nowhere, nothing."""
    return request.url_rule.rule if request.url_rule else "-"


def init_app(app: Flask) -> None:
    """To be called before anything else that looks at requests: the first to begin is the last to end."""

    @app.before_request
    def begin() -> None:
        g.escala_began = time.perf_counter()

    @app.after_request
    def log_request(response: Response) -> Response:
        # An address that leads nowhere may be a mistyped link of a respondent.
        if request.url_rule is None or is_unlogged(request.endpoint):
            return response
        began = g.get("escala_began", time.perf_counter())
        get_logger().info(
            "request",
            method=request.method,
            route=_route(),
            status=response.status_code,
            ms=round(1000 * (time.perf_counter() - began)),
        )
        return response
