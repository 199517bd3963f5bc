"""What the two applications share: settings, templates, languages and static files."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import IO, Any

from flask import Flask, Request
from flask.sessions import SessionInterface, SessionMixin
from jinja2 import FileSystemLoader, StrictUndefined
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

from assessment.infra.resources import data_folder
from assessment.infra.settings import Settings
from assessment.web import languages, static_files
from reports.engine.scripts import isolated

MOST_FIELDS = 1_000
"""Of a form, however it is encoded."""
LARGEST_ENCODED_FORM = 400_000
"""Bytes of a form in the usual encoding, which takes a hundred times longer to read than the other one."""
URL_ENCODED = "application/x-www-form-urlencoded"


class NoSessions(SessionInterface):
    """Nobody is remembered but by cookies of an application's own."""

    def open_session(self, app: Flask, request: Request) -> SessionMixin:
        return self.make_null_session(app)


class BoundedForms(FormDataParser):
    """Forms of either encoding have a number of fields that can be read in no time: anybody may send one.

    Werkzeug counts the parts of `multipart/form-data` only. Of the other encoding, fields are counted before they are
    taken apart.
    """

    def parse(self, stream: IO[bytes], mimetype: str, content_length: int | None, options: Any = None) -> Any:
        if mimetype == URL_ENCODED:
            sent = stream.read()  # all of it: whoever is refused in the middle is cut off, and never reads why
            if len(sent) > LARGEST_ENCODED_FORM or sent.count(b"&") >= MOST_FIELDS:
                raise RequestEntityTooLarge
            stream = io.BytesIO(sent)
        return super().parse(stream, mimetype, content_length, options)


class BoundedRequest(Request):
    """A request whose form is bounded."""

    form_data_parser_class = BoundedForms


class Application(Flask):
    """No function of ours is async, and asking each of them at every request takes time."""

    request_class = BoundedRequest

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        return func


def new_app(name: str, settings: Settings, *, testing: bool) -> Flask:
    """A Flask application with these settings, our templates, languages and static files."""
    app = Application(name, template_folder=None, static_folder=None)
    app.config.update(
        TESTING=testing,
        SECRET_KEY=settings.secret_key,
        MAX_FORM_PARTS=MOST_FIELDS,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SECURE=(settings.base_url or "").startswith("https://"),
        # Errors reach the reader as pages, in tests as in life.
        PROPAGATE_EXCEPTIONS=False,
    )
    app.extensions["escala_settings"] = settings
    app.jinja_env.undefined = StrictUndefined
    app.jinja_loader = FileSystemLoader([data_folder("templates")])
    # Names of teams, organisations, rounds and moments may be read from the right: each stands apart in its sentence.
    app.jinja_env.filters["isolated"] = isolated
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    static_files.init_app(app)
    languages.init_app(app)
    return app
