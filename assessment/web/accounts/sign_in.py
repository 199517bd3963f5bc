"""Flask-Security with our tables, texts and pages."""

from __future__ import annotations

import datetime as dt
import hashlib
import unicodedata
from contextlib import suppress
from typing import Any, cast

from flask import Flask, abort, has_request_context, request
from flask_login import user_logged_in
from flask_security import PasswordUtil, Security
from flask_security.datastore import SQLAlchemySessionUserDatastore
from flask_security.signals import password_reset
from passlib.context import CryptContext
from sqlalchemy.orm import Session, scoped_session
from werkzeug.local import LocalProxy

from assessment.infra.clock import utc_now
from assessment.infra.languages import TRANSLATIONS
from assessment.infra.passwords import HASH_COST, KNOWN, STRANGERS, Lane, TooManyPasswords, is_easy_to_guess
from assessment.infra.settings import Settings
from assessment.services.accounts import SHORTEST_PASSWORD, note_sign_in, renew_hash
from assessment.store.accounts import Role, User
from assessment.web import known_devices, limits
from assessment.web.accounts.forgotten_password import LINK_LIFETIME, forgotten_password
from assessment.web.accounts.messages import MESSAGES, SUBJECTS
from assessment.web.accounts.second_factor import (
    CODE_TOLERANCE,
    OneTimeCodes,
    RescueForm,
    SecondFactorForm,
    keep_key_after_wrong_code,
)
from assessment.web.fields import EASY_PASSWORD
from assessment.web.mail import QueuedMail
from assessment.web.password_again import PASSWORD_FRESHNESS
from assessment.web.transactions import commit_early, database, only_reads, session
from assessment.web.visits import FORM_LIFETIME, bound_visits

REMEMBER_ME_LIFETIME = dt.timedelta(days=30)
LONGEST_HASHED_PASSWORD = 1_000
"""Longer passwords are refused before they are hashed."""


class PasswordRules(PasswordUtil):
    """Flask-Security's checks, and ours: not easy to guess."""

    def validate(self, password: str, is_register: bool, **kwargs: Any) -> tuple[list[str] | None, str]:
        wrong, normal = super().validate(password, is_register, **kwargs)
        about = [kwargs["user"].email] if kwargs.get("user") else []
        if not wrong and is_easy_to_guess(password, about=about):
            wrong = [str(EASY_PASSWORD)]
        return wrong, normal


class PasswordContext:
    """The library that makes and compares hashes, which does so when it is our turn (`infra.passwords.Lane`).

    What the request has changed so far is committed before: nobody's change waits for somebody's password. A right
    password whose hash was made with other parameters is hashed anew, in a transaction of its own: the forms that check
    passwords only read.
    """

    def __init__(self, library: CryptContext) -> None:
        self._library = library

    def __getattr__(self, name: str) -> Any:
        return getattr(self._library, name)

    def verify(self, secret: str | bytes, hash: str, **named: Any) -> bool:
        lane = _begin()
        is_right = bool(lane.do(self._library.verify, secret, hash, **named))
        if is_right and has_request_context() and self._library.needs_update(hash):
            with suppress(TooManyPasswords):  # then the next time
                renewed = str(lane.do(self._library.hash, secret))
                with database().writing() as aside:
                    renew_hash(aside, old=hash, new=renewed)
        return is_right

    def needs_update(self, *_given: Any, **_named: Any) -> bool:
        """Never: the library that asks would change the account in the request's transaction."""
        return False

    def hash(self, *given: Any, **named: Any) -> str:
        return str(_begin().do(self._library.hash, *given, **named))


def _begin() -> Lane:
    """Where a hash is made for this request, which holds no transaction meanwhile."""
    if not has_request_context():
        return KNOWN
    commit_early()
    is_stranger = request.endpoint == "security.login" and not limits.is_known_device()
    return STRANGERS if is_stranger else KNOWN


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
        "RESET_PASSWORD_WITHIN": LINK_LIFETIME,
        "FRESHNESS": PASSWORD_FRESHNESS,
        "FRESHNESS_GRACE_PERIOD": PASSWORD_FRESHNESS,
        "EMAIL_VALIDATOR_ARGS": {"check_deliverability": False},
        "TWO_FACTOR": True,
        "TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "TWO_FACTOR_AUTHENTICATOR_VALIDITY": CODE_TOLERANCE,
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
        "TWO_FACTOR_SETUP_TEMPLATE": "accounts/second_factor.html",
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
        PERMANENT_SESSION_LIFETIME=FORM_LIFETIME,  # a visit ends before (`visits.py`), and then says so
        REMEMBER_COOKIE_HTTPONLY=True,
        REMEMBER_COOKIE_SAMESITE="Lax",
        REMEMBER_COOKIE_DURATION=REMEMBER_ME_LIFETIME,
        REMEMBER_COOKIE_SECURE=is_https,
    )
    sessions = cast("scoped_session[Session]", LocalProxy(session))
    datastore = SQLAlchemySessionUserDatastore(sessions, User, Role)
    Security(
        app,
        datastore,
        totp_cls=OneTimeCodes,
        two_factor_setup_form=SecondFactorForm,
        two_factor_rescue_form=RescueForm,
        mail_util_cls=QueuedMail,
        password_util_cls=PasswordRules,
    )
    security = app.extensions["security"]
    security.pwd_context = PasswordContext(security.pwd_context)
    # Whatever a request accepts, these pages answer with pages: their answers in JSON may carry a token for scripts.
    security.want_json(lambda _request: False)
    app.login_manager.request_loader(lambda _request: None)  # type: ignore[attr-defined]  # no access but by a session
    app.before_request_funcs.setdefault(None, []).append(_refuse_json_and_long_passwords)
    bound_visits(app)
    user_logged_in.connect(_know_device, app)
    user_logged_in.connect(_note_sign_in, app)
    password_reset.connect(_remember_device, app)
    validate = "security.two_factor_setup_validate"
    app.view_functions[validate] = keep_key_after_wrong_code(app.view_functions[validate])
    if "security.forgot_password" in app.view_functions:
        app.view_functions["security.forgot_password"] = forgotten_password
    _limit_attempts(app)


def _refuse_json_and_long_passwords() -> None:
    """Flask-Security's pages would take JSON as well, past our limits by account, and words too long to be hashed."""
    if request.blueprint != "security":
        return
    if request.is_json:
        abort(400)
    passwords = (value for name, value in request.form.items() if "password" in name)
    # As they are hashed: what fails there fails in another way for an address without an account.
    if any(len(unicodedata.normalize("NFKD", password)) > LONGEST_HASHED_PASSWORD for password in passwords):
        abort(413)


def _know_device(_app: Flask, user: User) -> None:
    known_devices.remember(user.email)


def _note_sign_in(_app: Flask, user: User) -> None:
    if not only_reads():
        note_sign_in(session(), user_id=user.id, now=utc_now())
        return
    with database().writing() as aside:  # the form of passwords writes nothing itself
        note_sign_in(aside, user_id=user.id, now=utc_now())


def _remember_device(_app: Flask, user: User, **_more: object) -> None:
    """A device that opened the link of a reset belongs to the owner: guesses from elsewhere must not lock it out."""
    known_devices.remember(user.email)


def _limit_attempts(app: Flask) -> None:
    """Limits guesses by account and device, so that one person's mistakes lock nobody else out."""
    for endpoint, how_often, account in (
        ("security.login", limits.FAILED_SIGN_INS, limits.account_and_device_key),
        ("security.two_factor_token_validation", limits.CODES, limits.second_factor_key),
        ("security.forgot_password", limits.RESETS, limits.account_key),
        ("security.verify", limits.FAILED_SIGN_INS, limits.signed_in_account_key),
        ("security.change_password", limits.FAILED_SIGN_INS, limits.signed_in_account_key),
    ):
        if view := app.view_functions.get(endpoint):
            app.view_functions[endpoint] = limits.guard(view, how_often, account)
