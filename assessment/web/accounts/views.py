"""`/account`: what belongs to the person who is signed in. The rest is Flask-Security's."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_login import current_user
from flask_security.utils import logout_user
from werkzeug.wrappers import Response

from assessment.services.accounts import end_visits
from assessment.services.members import list_roles
from assessment.web.access import user_id
from assessment.web.forms import ConfirmForm
from assessment.web.languages import reader
from assessment.web.roles import ROLE_NAMES
from assessment.web.transactions import session

blueprint = Blueprint("accounts", __name__)


@blueprint.get("/account")
def account() -> str:
    return render_template(
        "accounts/account.html",
        email=current_user.email,
        has_second_factor=bool(current_user.tf_primary_method),
        roles=[(organisation, ROLE_NAMES[role]) for organisation, role in list_roles(session(), user_id=user_id())],
    )


@blueprint.route("/account/sign-out-everywhere", methods=["GET", "POST"])
def sign_out_everywhere() -> str | Response:
    """After a device was lost, or left signed in."""
    form = ConfirmForm()
    if form.validate_on_submit():
        end_visits(session(), user_id=user_id())
        logout_user()
        flash(reader().gettext("You are signed out on every device."))
        return redirect(url_for("home.home"), 303)
    return render_template("accounts/sign_out_everywhere.html", form=form)
