"""The application of those who take part in a workshop: beside the accounts' one, as the respondents' is.

It has no session, nobody is looked up, and it knows one cookie. Requests to it are not logged (`web.logging`).
"""

from __future__ import annotations

from flask import Flask

from assessment.web import base, security
from assessment.web.participate import messages
from assessment.web.participate.views import begin_request, blueprint, end_request

LARGEST_REQUEST = 4_000
"""Bytes: a vote needs some hundred."""


def create_participants_app(accounts: Flask) -> Flask:
    """The application that answers at `/w`, with the settings and the database of the accounts' one."""
    app = base.new_app("assessment.web.participate", accounts.extensions["escala_settings"], testing=accounts.testing)
    app.session_interface = base.NoSessions()
    app.config.update(MAX_CONTENT_LENGTH=LARGEST_REQUEST, MAX_FORM_MEMORY_SIZE=LARGEST_REQUEST)
    for shared in ("escala_database", "escala_limiter"):
        app.extensions[shared] = accounts.extensions[shared]
    app.wsgi_app = security.SameHeaders(app.wsgi_app, app, security.POLICY_OF_FILES)  # type: ignore[method-assign]
    app.before_request(begin_request)
    app.after_request(end_request)
    app.register_blueprint(blueprint)
    messages.init_app(app)
    return app
