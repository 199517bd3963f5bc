"""People who answer have no account, and whatever the application does about accounts leaves them alone.

The hooks of the libraries for accounts run before and after every request, and a session is opened for it. Not so for
respondents, nor for whoever reads a shared plan: no session is read, nobody is looked up, and none of it takes time
while a room of people answers.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from flask import Flask, Request, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin

from assessment.web.access import PUBLIC_FEATURES

APART = ("/r/", "/p/")
"""How the addresses begin that respondents and readers of shared plans use."""
ABOUT_ACCOUNTS = frozenset({"flask_limiter", "flask_login", "flask_principal", "flask_wtf"})


class AccountSessions(SecureCookieSessionInterface):
    """Sessions for those who have accounts."""

    def open_session(self, app: Flask, request: Request) -> SessionMixin | None:  # type: ignore[override]
        if request.path.startswith(APART):  # before it is known which page it is
            return self.make_null_session(app)  # can be read, as an empty one, and never written
        return super().open_session(app, request)


def init_app(app: Flask) -> None:
    """To be called once all other hooks are there."""
    app.session_interface = AccountSessions()
    before, after = app.before_request_funcs[None], app.after_request_funcs[None]
    before[:] = [_spared(hook, lambda: None) if _is_about_accounts(hook) else hook for hook in before]
    after[:] = [_spared(hook, lambda answer: answer) if _is_about_accounts(hook) else hook for hook in after]


def _is_about_accounts(hook: Callable[..., Any]) -> bool:
    function = hook.func if isinstance(hook, partial) else hook
    return function.__module__.partition(".")[0] in ABOUT_ACCOUNTS


def _spared(hook: Callable[..., Any], instead: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(hook.func if isinstance(hook, partial) else hook)
    def spared(*given: Any) -> Any:
        return (instead if request.blueprint in PUBLIC_FEATURES else hook)(*given)

    return spared
