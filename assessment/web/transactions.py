"""One transaction a request: the request is the entry point, so it owns it.

A safe method reads; any other may write, and is committed before the answer leaves: what is acknowledged is durable.
Forms in `READ_ONLY_FORMS` change nothing in the database either. SQLite has one writer, so slow work leaves the
transaction in one of two ways: `commit_early` and `separate_read`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import cast

from flask import Flask, current_app, g, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from assessment.store.database import Database

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
READ_ONLY_FORMS = frozenset({"security.login", "security.verify"})
"""Forms that anybody may send, and that check a password: SQLite's one writer must not wait for its hash."""


def database() -> Database:
    return cast(Database, current_app.extensions["escala_database"])


def only_reads() -> bool:
    """Whether nothing that this request changes in `session` is kept."""
    return request.method in SAFE_METHODS or request.endpoint in READ_ONLY_FORMS


def session() -> Session:
    """The request's session, opened on first use."""
    if "escala_session" not in g:
        context = database().reading() if only_reads() else database().unmanaged()
        g.escala_context = context
        g.escala_session = context.__enter__()
    return cast(Session, g.escala_session)


def limit_sessions(limit: Callable[[Session], object]) -> None:
    """Applies `limit` to the request's session, and to any other that it reads in from now on."""
    g.escala_limit = limit
    limit(session())


def commit_early() -> None:
    """Before slow work that asks nothing of the database: a file to read, a document or a page to make, a mail server.

    What the request changed so far is durable then, whatever comes of the rest, and no other writer waits for us. The
    next query begins another transaction.
    """
    if "escala_session" in g and not only_reads():
        _commit()


def after_commit(action: Callable[[], object]) -> None:
    """What is to be done once what the request changed is durable, and not at all where it is not."""
    g.setdefault("escala_after_commit", []).append(action)


def _commit() -> None:
    """Also where a library has committed already, as Flask-Security does."""
    g.escala_session.commit()
    for action in g.pop("escala_after_commit", []):
        action()


@contextmanager
def separate_read() -> Iterator[Session]:
    """A session for slow work that only reads, within a request that writes. Commits first, as `commit_early` does."""
    commit_early()
    with database().reading() as aside:
        if limit := g.get("escala_limit"):
            limit(aside)
        yield aside


def roll_back() -> None:
    """Undoes the changes of the request, after a failure."""
    g.pop("escala_after_commit", None)
    if "escala_session" in g:
        g.escala_session.rollback()


def init_app(app: Flask, database_: Database) -> None:
    app.extensions["escala_database"] = database_

    @app.after_request
    def end(response: Response) -> Response:
        """Before the answer is sent. An error page rolls back: nothing is half done."""
        if "escala_session" in g:
            if not only_reads() and response.status_code < 400:
                _commit()
            else:
                g.escala_session.rollback()
        return response

    @app.teardown_appcontext
    def close(error: BaseException | None) -> None:
        if "escala_session" in g:
            g.escala_session.rollback()
            g.escala_context.__exit__(None, None, None)
