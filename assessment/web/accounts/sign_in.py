"""Flask-Security on our tables, in our words and on our pages."""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import unicodedata
from typing import Any, cast
from urllib.parse import urlsplit

from flask import Flask, abort, g, request
from flask import session as browser
from flask_login import user_logged_in
from flask_security import PasswordUtil, Security
from flask_security.datastore import SQLAlchemySessionUserDatastore
from flask_security.signals import password_reset
from sqlalchemy.orm import Session, scoped_session
from werkzeug.local import LocalProxy

from assessment.infra.languages import TRANSLATIONS
from assessment.infra.passwords import HASH_COST, is_easy_to_guess
from assessment.infra.settings import Settings
from assessment.services.accounts import SHORTEST_PASSWORD
from assessment.store.accounts import Role, User
from assessment.web import limits
from assessment.web.accounts import devices
from assessment.web.accounts.forgotten_password import LINK_LASTS, forgotten_password
from assessment.web.accounts.messages import EASY_PASSWORD, MESSAGES, SUBJECTS
from assessment.web.accounts.second_step import CODE_HOLDS, OneTimeCodes, RescueForm, SecondStepForm, keep_the_key
from assessment.web.mail import QueuedMail
from assessment.web.transactions import session

REMEMBERED = dt.timedelta(days=30)
VISIT_LASTS = dt.timedelta(hours=12)
"""Of whoever is not remembered: a working day, whatever the browser keeps."""
MOST_LETTERS = 1_000
"""Of a password that is looked at at all."""
PASSWORD_HOLDS = dt.timedelta(minutes=10)
"""After that, a change of how one signs in asks for it once more."""


class OwnPasswords(PasswordUtil):
    """Flask-Security's checks, and ours: not easy to guess."""

    def validate(self, password: str, is_register: bool, **kwargs: Any) -> tuple[list[str] | None, str]:
        wrong, normal = super().validate(password, is_register, **kwargs)
        about = [kwargs["user"].email] if kwargs.get("user") else []
        if not wrong and is_easy_to_guess(password, about=about):
            wrong = [str(EASY_PASSWORD)]
        return wrong, normal


def _configuration(settings: Settings) -> dict[str, object]:
    sends_mail = settings.smtp_url is not None and settings.base_url is not None
    return {
        "LOGIN_URL": "/sign-in",
        "LOGOUT_URL": "/sign-out",
        "CHANGE_URL": "/account/password",
        "RESET_URL": "/forgotten-password",
        "VERIFY_URL": "/account/password-again",
        "TWO_FACTOR_SETUP_URL": "/account/second-step",
        "TWO_FACTOR_TOKEN_VALIDATION_URL": "/sign-in/code",
        "POST_CHANGE_VIEW": "/account",
        "TWO_FACTOR_POST_SETUP_VIEW": "/account",
        "REGISTERABLE": False,
        "CHANGEABLE": True,
        "RECOVERABLE": sends_mail,
        "SEND_PASSWORD_CHANGE_EMAIL": sends_mail,
        "SEND_PASSWORD_RESET_NOTICE_EMAIL": sends_mail,
        "RETURN_GENERIC_RESPONSES": True,
        "PASSWORD_HASH": "argon2",
        "PASSWORD_SCHEMES": ["argon2"],
        # argon2 salts by itself, so that the command line can set a password without the web's secrets.
        "PASSWORD_SINGLE_HASH": ["argon2"],
        "PASSWORD_HASH_PASSLIB_OPTIONS": {f"argon2__{name}": value for name, value in HASH_COST.items()},
        "PASSWORD_LENGTH_MIN": SHORTEST_PASSWORD,
        "RESET_PASSWORD_WITHIN": LINK_LASTS,
        "FRESHNESS": PASSWORD_HOLDS,
        "FRESHNESS_GRACE_PERIOD": PASSWORD_HOLDS,
        "EMAIL_VALIDATOR_ARGS": {"check_deliverability": False},
        "TWO_FACTOR": True,
        "TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "TWO_FACTOR_AUTHENTICATOR_VALIDITY": CODE_HOLDS,
        "TWO_FACTOR_RESCUE_EMAIL": False,
        "TOTP_SECRETS": {"1": hashlib.sha256(b"escala-totp" + settings.secret_key.encode()).hexdigest()},
        "TOTP_ISSUER": "Escala",
        "I18N_DIRNAME": [str(TRANSLATIONS)],
        "I18N_DOMAIN": "messages",
        "EMAIL_HTML": False,
        "EMAIL_TEMPLATE_PASSWORD_RESET": "emails/reset_instructions",
        "EMAIL_TEMPLATE_PASSWORD_RESET_NOTICE": "emails/password_changed",
        "EMAIL_TEMPLATE_PASSWORD_CHANGE_NOTICE": "emails/password_changed",
        "LOGIN_USER_TEMPLATE": "accounts/sign_in.html",
        "LOGOUT_USER_TEMPLATE": "accounts/sign_out.html",
        "CHANGE_PASSWORD_TEMPLATE": "accounts/change_password.html",
        "FORGOT_PASSWORD_TEMPLATE": "accounts/forgot_password.html",
        "RESET_PASSWORD_TEMPLATE": "accounts/reset_password.html",
        "VERIFY_TEMPLATE": "accounts/password_again.html",
        "TWO_FACTOR_SETUP_TEMPLATE": "accounts/second_step.html",
        "TWO_FACTOR_VERIFY_CODE_TEMPLATE": "accounts/code.html",
        **{f"MSG_{key}": message for key, message in MESSAGES.items()},
        **SUBJECTS,
    }


def init_app(app: Flask, settings: Settings) -> None:
    app.config.update({f"SECURITY_{key}": value for key, value in _configuration(settings).items()})
    # Flask-WTF guards every form by itself; a remembered sign-in is as guarded as a session.
    is_https = app.config["SESSION_COOKIE_SECURE"]
    app.config.update(
        # A name that browsers take from this very host, over https, only.
        SESSION_COOKIE_NAME="__Host-session" if is_https else "session",
        REMEMBER_COOKIE_NAME="__Host-remember_token" if is_https else "remember_token",
        PERMANENT_SESSION_LIFETIME=VISIT_LASTS,
        REMEMBER_COOKIE_HTTPONLY=True,
        REMEMBER_COOKIE_SAMESITE="Lax",
        REMEMBER_COOKIE_DURATION=REMEMBERED,
        REMEMBER_COOKIE_SECURE=is_https,
    )
    sessions = cast("scoped_session[Session]", LocalProxy(session))
    datastore = SQLAlchemySessionUserDatastore(sessions, User, Role)
    Security(
        app,
        datastore,
        totp_cls=OneTimeCodes,
        two_factor_setup_form=SecondStepForm,
        two_factor_rescue_form=RescueForm,
        mail_util_cls=QueuedMail,
        password_util_cls=OwnPasswords,
    )
    app.login_manager.request_loader(lambda _request: None)  # type: ignore[attr-defined]  # no way in but a visit
    app.before_request_funcs.setdefault(None, []).append(_take_forms_only)
    user_logged_in.connect(_begin_visit, app)
    password_reset.connect(_know_device, app)
    app.jinja_env.globals["own_link"] = functools.partial(_own_link, settings.base_url or "")
    validate = "security.two_factor_setup_validate"
    app.view_functions[validate] = keep_the_key(app.view_functions[validate])
    if "security.forgot_password" in app.view_functions:
        app.view_functions["security.forgot_password"] = forgotten_password
    _limit(app)


def _take_forms_only() -> None:
    """Flask-Security's pages would take JSON as well, past our limits by account, and words too long to be hashed."""
    if request.blueprint != "security":
        return
    if request.is_json:
        abort(400)
    passwords = (value for name, value in request.form.items() if "password" in name)
    # As they are hashed: what fails there fails in another way for an address without an account.
    if any(len(unicodedata.normalize("NFKD", password)) > MOST_LETTERS for password in passwords):
        abort(413)


def _begin_visit(_app: Flask, user: User) -> None:
    """A visit has a form token of its own: what a page held before signing in opens nothing after it."""
    browser.pop("csrf_token", None)
    g.pop("csrf_token", None)
    devices.know(user.email)


def _know_device(_app: Flask, user: User, **_more: object) -> None:
    """Whoever opened the link of a reset owns the address, and is not kept out by somebody else's guesses."""
    devices.know(user.email)


def _own_link(base_url: str, link: str) -> str:
    """The link with the address that the settings name, whatever `Host` the request claimed."""
    parts = urlsplit(link)
    return f"{base_url}{parts.path}" + (f"?{parts.query}" if parts.query else "")


def _limit(app: Flask) -> None:
    """Guessing is slow: by account and device, so that nobody's mistakes keep anybody else out."""
    tries = limits.limiter(app)
    for endpoint, how_often, account in (
        ("security.login", limits.FAILED_SIGN_INS, limits.account_and_device),
        ("security.two_factor_token_validation", limits.CODES, limits.account_half_in),
        ("security.forgot_password", limits.RESETS, limits.account_named),
        ("security.verify", limits.FAILED_SIGN_INS, limits.account_signed_in),
        ("security.change_password", limits.FAILED_SIGN_INS, limits.account_signed_in),
    ):
        if view := app.view_functions.get(endpoint):
            limited = tries.limit(how_often, key_func=account, methods=["POST"], deduct_when=limits.was_refused)(view)
            app.view_functions[endpoint] = cast(Any, limited)
