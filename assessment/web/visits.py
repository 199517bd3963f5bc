"""Visits that end while somebody writes: nothing that was typed is lost, on any form.

The token against forged forms (CSRF) that a page carries names the account that the page was made for. A form is taken
with the token of its own visit, as always; and after signing in anew with that of an earlier visit of the same account,
so that a page left open works as it is. Sent while nobody is signed in, it is answered by a page that keeps all of it.

A visit ends a working day after signing in, and before if nothing was asked for in some hours (`ESCALA_IDLE_HOURS`);
the next page says so. Devices on which somebody ticked "keep me signed in" begin another one by themselves.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets
from typing import Any, cast

from flask import Flask, abort, current_app, flash, g, jsonify, make_response, render_template, request
from flask import session as browser_session
from flask_login import current_user, user_loaded_from_cookie, user_logged_in
from flask_wtf import CSRFProtect
from flask_wtf.csrf import CSRFError
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from assessment.infra.clock import utc_now
from assessment.web.access import is_public, is_signed_in
from assessment.web.languages import reader
from assessment.web.origins import is_of_our_pages

FORM_LIFETIME = dt.timedelta(days=2)
"""How long a page may be open and still be sent after signing in anew: over a night and the morning after."""
FIELD = "csrf_token"
OWN_TOKENS = frozenset({"owners.save"})
"""Forms of people without an account, whose token belongs to a cookie of their own: the view checks it."""
SHOWN_AGAIN = frozenset({"setup.set_up"})
"""Long forms of visitors without an account, whose cookie may be lost meanwhile. The form itself refuses the token
then, does nothing, and is shown again with what was typed: to be looked at, and sent by hand."""
BY_ANYBODY = frozenset({"unsubscribing.unsubscribe"})
"""Forms that mail programs send, without a page and without a cookie (RFC 8058): the link's token is their right."""
OF_OUR_PAGES = frozenset({"phone_test.reached"})
"""Forms of people without an account or a cookie: it is enough that a page of ours sent them."""
LONGEST_VISIT = dt.timedelta(hours=12)
"""Of accounts that are not remembered: a working day, even if the browser keeps its session longer."""
NOTED_EVERY = 300
"""Seconds: how exactly a visit knows when it was used last, without a new cookie in every answer."""
VISIT = "visit"
"""Where the session of a browser holds when its visit began and was used last, in seconds since 1970."""


class VisitEnded(Exception):
    """A form of a visit that has ended was sent, and nobody is signed in."""


class FormGuard(CSRFProtect):  # type: ignore[misc]
    """Flask-WTF's check of every form, and the forms of earlier visits."""

    def protect(self, apply_exemptions: bool = False) -> None:
        if request.endpoint in OWN_TOKENS or request.endpoint in BY_ANYBODY:
            return
        if request.endpoint in OF_OUR_PAGES:
            self._require_page_of_ours()
            return
        if request.method in current_app.config["WTF_CSRF_METHODS"]:
            is_signed_in()  # a visit that is over takes its token with it
        try:
            super().protect(apply_exemptions)
        except CSRFError:
            if request.endpoint in SHOWN_AGAIN and not is_signed_in():
                return
            owner = _owner_of(request.form.get(FIELD, ""))
            if not owner or request.blueprint == "security" or is_public(request.endpoint or ""):
                raise
            if not is_signed_in():
                raise VisitEnded from None
            if not hmac.compare_digest(owner, _mark_of(current_user)):
                raise
            g.csrf_valid = True

    @staticmethod
    def _require_page_of_ours() -> None:
        base_url = current_app.extensions["escala_settings"].base_url
        if request.method == "POST" and not is_of_our_pages(request.environ, base_url):
            abort(403)


def start_visit(_app: Flask, user: Any) -> None:
    """A visit has its own token against forged forms: one from before signing in is not valid after it."""
    now = int(utc_now().timestamp())
    browser_session[VISIT] = [now, now]
    g.pop(FIELD, None)
    browser_session[FIELD] = f"{secrets.token_hex(20)}.{_mark_of(user)}"


def bound_visits(app: Flask) -> None:
    """Whoever is looked up by the session of a browser is somebody only while the visit lasts."""
    manager = cast(Any, app).login_manager
    load = manager._user_callback

    def load_while_visiting(user_id: str) -> Any:
        if VISIT in browser_session and (words := _why_over()):
            browser_session.clear()
            if app.config["REMEMBER_COOKIE_NAME"] not in request.cookies:
                flash(words, "info")
            return None
        return load(user_id)

    manager.user_loader(load_while_visiting)


def _why_over() -> str:
    """Why this visit has ended; empty while it lasts, and that it was used is noted."""
    began, used = browser_session[VISIT]
    now, hours = int(utc_now().timestamp()), current_app.extensions["escala_settings"].idle_hours
    if now - used > hours * 3600:
        return reader().ngettext(
            "You have been signed out, because Escala was not used for %(n)s hour.",
            "You have been signed out, because Escala was not used for %(n)s hours.",
            hours,
        )
    if now - began > LONGEST_VISIT.total_seconds():
        return reader().gettext("You have been signed out: a visit lasts twelve hours at most.")
    if now - used > NOTED_EVERY:
        browser_session[VISIT] = [began, now]
    return ""


def _mark_of(user: Any) -> str:
    """What stands for an account in its tokens; another one once its password is changed or it is signed out
    everywhere."""
    key = str(current_app.secret_key).encode()
    return hmac.new(key, f"form of {user.fs_uniquifier}".encode(), hashlib.sha256).hexdigest()[:32]


def _owner_of(token: str) -> str:
    """The mark of the account that a page of ours was made for; empty if it was for nobody, is too old or not ours."""
    reader = URLSafeTimedSerializer(cast(str, current_app.secret_key), salt="wtf-csrf-token")
    try:
        told = reader.loads(token, max_age=int(FORM_LIFETIME.total_seconds()))
    except BadData:
        return ""
    return told.partition(".")[2] if isinstance(told, str) else ""


def _keep_what_was_sent(_error: VisitEnded) -> Response:
    """Everything that the form said, to be sent once more; to a script, only that the visit has ended."""
    if request.accept_mimetypes.best == "application/json":
        return make_response(jsonify(visit_ended=True), 403)
    sent: MultiDict[str, str] = request.form
    page = render_template(
        "errors/visit_ended.html",
        address=request.full_path.rstrip("?"),
        sent=list(sent.items(multi=True)),
        has_files=any(file.filename for file in request.files.values()),
    )
    return make_response(page, 403)


def init_app(app: Flask) -> None:
    FormGuard(app)
    app.register_error_handler(VisitEnded, _keep_what_was_sent)
    user_logged_in.connect(start_visit, app)
    user_loaded_from_cookie.connect(start_visit, app)
