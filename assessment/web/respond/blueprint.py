"""The routes of answering; `answer_page` and `step_pages` add their views to them."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, g, request
from werkzeug.wrappers import Response

from assessment.web.compression import compress
from assessment.web.languages import LANGUAGE_COOKIE, LANGUAGES
from assessment.web.respond.device_cookie import LIFETIME

blueprint = Blueprint("respond", __name__)


def begin_request() -> None:
    """`?lang=en` on any page of answering; a form has buttons for it."""
    if "\0" in request.path:
        abort(404)  # PostgreSQL would refuse it
    if request.query_string and (language := request.args.get("lang")) in LANGUAGES:
        g.escala_language = language


def end_request(response: Response) -> Response:
    """Only what says so may be kept by a browser; what is not compressed yet is now."""
    if response.status_code == 204:  # nothing to keep, to read or to compress
        return response
    response.headers.setdefault("Cache-Control", "no-store")
    chosen = g.get("escala_language_to_keep", request.args.get("lang"))
    if chosen in LANGUAGES:
        response.set_cookie(
            LANGUAGE_COOKIE,
            chosen,
            max_age=LIFETIME,
            secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
            httponly=True,
            samesite="Lax",
        )
    return response if response.content_encoding or request.endpoint == "static" else compress(response)
