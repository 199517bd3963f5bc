"""What the two applications share: settings, templates, languages and static files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask
from jinja2 import FileSystemLoader, StrictUndefined

from assessment.infra.resources import data_folder
from assessment.infra.settings import Settings
from assessment.web import languages, static_files
from reports.engine.scripts import isolated


class Application(Flask):
    """No function of ours is async, and asking each of them at every request takes time."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        return func


def new_app(name: str, settings: Settings, *, testing: bool) -> Flask:
    """A Flask application with these settings, our templates, languages and static files."""
    app = Application(name, template_folder=None, static_folder=None)
    app.config.update(
        TESTING=testing,
        SECRET_KEY=settings.secret_key,
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
