"""`GET /account`: what belongs to the person who is signed in. The rest is Flask-Security's."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask_login import current_user

blueprint = Blueprint("accounts", __name__)


@blueprint.get("/account")
def account() -> str:
    return render_template(
        "accounts/account.html", email=current_user.email, has_second_step=bool(current_user.tf_primary_method)
    )
