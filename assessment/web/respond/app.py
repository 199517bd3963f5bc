"""The respondents' application: beside the accounts' one, and without anything of accounts.

It has no session, nobody is looked up, and its cookies are its own. Each view opens the transaction that it needs.
"""

from __future__ import annotations

from flask import Flask

from assessment.web import base, security
from assessment.web.respond import answer_page, changes, privacy_page, refusal_pages, step_pages
from assessment.web.respond.blueprint import begin_request, blueprint, end_request

LARGEST_REQUEST = 64_000
"""Bytes: a page of questions with the longest comment needs a quarter of it."""


def create_respondents_app(accounts: Flask) -> Flask:
    """The application that answers at `/r`, with the settings and the database of the accounts' one."""
    app = base.new_app("assessment.web.respond", accounts.extensions["escala_settings"], testing=accounts.testing)
    app.session_interface = base.NoSessions()
    app.config.update(MAX_CONTENT_LENGTH=LARGEST_REQUEST, MAX_FORM_MEMORY_SIZE=LARGEST_REQUEST)
    for shared in ("escala_database", "escala_limiter"):
        app.extensions[shared] = accounts.extensions[shared]
    app.wsgi_app = changes.ChangesAtOnce(app.wsgi_app, app)  # type: ignore[method-assign]
    app.wsgi_app = security.SameHeaders(app.wsgi_app, app, security.POLICY_OF_FILES)  # type: ignore[method-assign]
    app.before_request(begin_request)
    app.after_request(end_request)
    app.register_blueprint(blueprint)
    refusal_pages.init_app(app)
    return app


__all__ = ["answer_page", "changes", "create_respondents_app", "privacy_page", "step_pages"]
