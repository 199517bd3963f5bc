"""The second step to sign in: codes of an authenticator app."""

from __future__ import annotations

import base64
import functools
import io
from collections.abc import Callable
from typing import Any, cast

import segno
from flask import current_app, render_template, url_for
from flask_login import current_user
from flask_security import UserMixin
from flask_security.forms import TwoFactorRescueForm, TwoFactorSetupForm, TwoFactorVerifyCodeForm
from flask_security.totp import Totp
from flask_security.utils import check_and_get_token_status
from wtforms import RadioField

from assessment.store.accounts import lock_last_code
from assessment.web.forms import choices_of
from assessment.web.transactions import session

CODE_TOLERANCE = 30
"""Seconds that a code may be early or late: clocks differ."""


class OneTimeCodes(Totp):
    """Codes of an authenticator app, each good once; their QR code is drawn by segno, as all of ours are."""

    def generate_qrcode(self, username: str, totp: str) -> str:
        drawn = io.BytesIO()
        segno.make(self.get_totp_uri(username, totp)).save(drawn, kind="svg", scale=5, light="white", border=4)
        return "data:image/svg+xml;base64," + base64.b64encode(drawn.getvalue()).decode("ascii")

    def get_last_counter(self, user: UserMixin) -> int | None:
        return lock_last_code(session(), user.id)

    def set_last_counter(self, user: Any, tmatch: Any) -> None:
        user.last_code = tmatch.counter


class SecondFactorForm(TwoFactorSetupForm):
    """Flask-Security's, with the two choices that Escala offers."""

    setup = RadioField(
        choices=choices_of([("disable", "disable"), ("authenticator", "authenticator")]), validate_choice=False
    )


class RescueForm(TwoFactorRescueForm):
    """Flask-Security builds it with every code that it asks for; Escala offers no rescue but the command line."""

    help_setup = RadioField(choices=choices_of([]), validate_choice=False)


def keep_key_after_wrong_code(validate: Callable[..., Any]) -> Callable[..., Any]:
    """Around Flask-Security's view: after a mistyped code the same key is shown again, which is in the app already."""

    @functools.wraps(validate)
    def validate_again(token: str) -> Any:
        answer = validate(token)
        if getattr(answer, "location", None) != url_for("security.two_factor_setup"):
            return answer
        lasts = current_app.config["SECURITY_TWO_FACTOR_SETUP_WITHIN"]
        is_old, is_wrong, state = check_and_get_token_status(token, "tf_setup", lasts)
        if is_old or is_wrong:
            return answer
        totp = cast(OneTimeCodes, current_app.extensions["security"].totp_factory)
        shown = totp.fetch_setup_values(state["totp_secret"], current_user)
        return render_template(
            "accounts/second_factor.html",
            two_factor_verify_code_form=TwoFactorVerifyCodeForm(formdata=None),
            chosen_method="authenticator",
            changing=True,
            state_token=token,
            authr_qrcode=shown["image"],
            authr_key=shown["key"],
        )

    return validate_again
