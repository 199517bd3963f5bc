"""One transaction a request: the request is the entry point, so it owns it.

A safe method reads; any other may write, and is committed before the answer leaves: what is acknowledged is durable.
"""

from __future__ import annotations

from typing import cast

from flask import Flask, current_app, g, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from assessment.store.database import Database

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def database() -> Database:
    return cast(Database, current_app.extensions["escala_database"])


def session() -> Session:
    """The request's session, begun when it is first asked for."""
    if "escala_session" not in g:
        context = database().reading() if request.method in SAFE else database().writing_by_hand()
        g.escala_context = context
        g.escala_session = context.__enter__()
    return cast(Session, g.escala_session)


def commit_early() -> None:
    """Commits what a request changed while its page has yet to be made: nobody else waits for that."""
    if request.method not in SAFE:
        session().commit()


def init_app(app: Flask, made: Database) -> None:
    app.extensions["escala_database"] = made

    @app.after_request
    def commit(response: Response) -> Response:
        """Before the answer is sent. An error page rolls back: nothing is half done."""
        is_changed = "escala_session" in g and request.method not in SAFE and g.escala_session.in_transaction()
        if is_changed and response.status_code < 400:
            g.escala_session.commit()
        return response

    @app.teardown_appcontext
    def close(error: BaseException | None) -> None:
        if "escala_session" in g:
            g.escala_session.rollback()
            g.escala_context.__exit__(None, None, None)
