"""One line a request: method, route, status and duration. No address, no query, no path: a path may hold a token.

Requests to the respondents' application are not logged at all. Otherwise somebody with the log who knows when a
colleague was on the phone could read when that person answered and, with a backup from before and one from after, what.
This includes the language that respondents choose and the style sheets that their phones load. Only unexpected errors
are logged: such a request has stored no answer.
"""

from __future__ import annotations

import time

from flask import Flask, g, request
from werkzeug.wrappers import Response

from assessment.infra.logging import get_logger

UNLOGGED = frozenset(
    {
        "static",
        "home.language",
        "health.healthz",
        "shared_plans.show",
        "shared_plans.calendar",
        "owners.open_link",
        "owners.show",
        "unsubscribing.unsubscribe",
        "workshops.live",
        "workshops.screen_now",
    }
)
"""Requested by respondents' phones, too, as the plan's link is from the page of thanks; by owners, whom we promise that
looking is not noted down; by links in e-mail, whose address is a secret; or every few seconds, by what monitors the
server and by the pages of a workshop."""


def is_unlogged(endpoint: str | None) -> bool:
    return endpoint in UNLOGGED


def log_failure(error: Exception) -> None:
    """Logs an unexpected error: where it was raised, and nothing that was sent."""
    get_logger().error("a request failed", method=request.method, route=_route(), error=error)


def _route() -> str:
    """The route with its placeholders, as in `/r/<token>`; a hyphen for an address without a route."""
    return request.url_rule.rule if request.url_rule else "-"


def init_app(app: Flask) -> None:
    """Must be called before other hooks are registered: the first before a request is the last after it."""

    @app.before_request
    def begin() -> None:
        g.escala_began = time.perf_counter()

    @app.after_request
    def log_request(response: Response) -> Response:
        # An address without a page may be a mistyped link of a respondent.
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
