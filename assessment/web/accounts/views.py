"""`/account`: what belongs to the person who is signed in. The rest is Flask-Security's."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_login import current_user
from flask_security.utils import logout_user
from werkzeug.wrappers import Response
from wtforms import BooleanField

from assessment.infra.clock import utc_now
from assessment.services.accounts import end_visits, set_due_notices, sign_ins
from assessment.services.deletion import WrongName, delete_account, organisations_in_the_way
from assessment.services.members import LastAdministrator, list_roles
from assessment.web.access import user_id
from assessment.web.dates import format_time
from assessment.web.deletion import DeleteForm
from assessment.web.forms import ConfirmForm
from assessment.web.languages import lazy_gettext as _
from assessment.web.languages import reader
from assessment.web.mail import mailer
from assessment.web.password_again import ask_password_again
from assessment.web.roles import ROLE_NAMES
from assessment.web.stale import SettingsForm
from assessment.web.transactions import database, session

blueprint = Blueprint("accounts", __name__)


class NoticesForm(SettingsForm):
    gets_due_notices = BooleanField(_("Tell me once a week what is due, and when a round opens by itself"))


@blueprint.get("/account")
def account() -> str:
    roles = list_roles(session(), user_id=user_id())
    zone = roles[0][0].time_zone if roles else "UTC"
    return render_template(
        "accounts/account.html",
        email=current_user.email,
        has_second_factor=bool(current_user.tf_primary_method),
        roles=[(organisation, ROLE_NAMES[role]) for organisation, role in roles],
        sign_ins=[at and format_time(at, zone, reader()) for at in sign_ins(current_user)],
        notices=NoticesForm(gets_due_notices=current_user.gets_due_notices),
        sends=mailer() is not None,
    )


@blueprint.post("/account/notices")
def notices() -> Response:
    """Whether the account is told once a week what is due."""
    form = NoticesForm(gets_due_notices=current_user.gets_due_notices)
    if form.validate_on_submit():
        set_due_notices(session(), user_id=user_id(), is_on=bool(form.gets_due_notices.data))
        flash(reader().gettext("Saved."))
    return redirect(url_for(".account"), 303)


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


@blueprint.route("/account/delete", methods=["GET", "POST"])
def delete() -> str | Response:
    """The account, once its password and its address were typed."""
    if current_user.is_sample:
        return redirect(url_for("setup.remove_sample"), 303)
    if asked := ask_password_again():
        return asked
    form = DeleteForm()
    if form.validate_on_submit():
        try:
            with session().begin_nested():
                delete_account(session(), user_id=user_id(), typed=form.typed.data or "", now=utc_now())
        except WrongName:
            form.add_error(form.typed, _("That is not the address of this account. Write it as it stands above."))
        except LastAdministrator:
            pass  # the page says what to do first
        else:
            logout_user()
            flash(reader().gettext("Your account has been deleted."))
            response = redirect(url_for("home.home"), 303)
            response.call_on_close(database().compact_if_owed)
            return response
    return render_template(
        "accounts/delete.html",
        form=form,
        email=current_user.email,
        roles=list_roles(session(), user_id=user_id()),
        in_the_way=organisations_in_the_way(session(), user_id=user_id()),
    )
