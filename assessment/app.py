"""create_app(): wiring, no logic."""

from __future__ import annotations

from flask import Flask
from flask_wtf import CSRFProtect
from jinja2 import FileSystemLoader, StrictUndefined

from assessment.infra.resources import data_folder
from assessment.infra.settings import Settings
from assessment.store.database import Database, make_engine
from assessment.store.migrate import upgrade
from assessment.web import (
    access,
    accounts,
    errors,
    health,
    home,
    languages,
    limits,
    organisations,
    respond,
    results,
    rounds,
    security,
    setup,
    static_files,
    styleguide,
    teams,
    transactions,
)
from assessment.web.accounts import sign_in
from assessment.web.setup import gate

FEATURES = (health, respond, home, setup, accounts, organisations, teams, rounds, results, styleguide)


def create_app(settings: Settings, *, testing: bool = False) -> Flask:
    """The application of these settings. The embedded database is brought up to date first."""
    app = Flask("assessment.web", template_folder=None, static_folder=None)
    app.config.update(
        TESTING=testing,
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SECURE=(settings.base_url or "").startswith("https://"),
        MAX_CONTENT_LENGTH=2_000_000,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
        # Errors reach the reader as pages, in tests as in life.
        PROPAGATE_EXCEPTIONS=False,
    )
    app.extensions["escala_settings"] = settings
    app.jinja_env.undefined = StrictUndefined
    app.jinja_loader = FileSystemLoader([data_folder("templates")])
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    engine = make_engine(settings.database_url)
    if settings.is_embedded:
        settings.instance.mkdir(parents=True, exist_ok=True)
        upgrade(engine)
    transactions.init_app(app, Database(engine))
    security.init_app(app)
    static_files.init_app(app)
    languages.init_app(app)
    limits.init_app(app)
    CSRFProtect(app)
    sign_in.init_app(app, settings)
    gate.init_app(app)
    access.init_app(app)
    errors.init_app(app)
    for feature in FEATURES:
        app.register_blueprint(feature.blueprint)
    return app
