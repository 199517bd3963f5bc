"""`/set-up`: once, while nobody has an account."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, redirect, render_template, url_for
from flask import session as browser
from flask_security.utils import login_user
from werkzeug.wrappers import Response

from assessment.infra.clock import utc_now
from assessment.infra.countries import COUNTRIES
from assessment.services.accounts import AlreadySetUp, PasswordTooEasy, PasswordTooShort, needs_set_up, set_up
from assessment.web import limits
from assessment.web.accounts.messages import EASY_PASSWORD
from assessment.web.languages import lazy_gettext as _
from assessment.web.languages import reader
from assessment.web.setup.forms import CodeForm, SetUpForm, set_up_form
from assessment.web.setup.gate import is_at_the_machine, opens_with, setup_code
from assessment.web.teams.forms import kind_named
from assessment.web.transactions import session

blueprint = Blueprint("setup", __name__)
CODE = "set_up_code"


@blueprint.route("/set-up", methods=["GET", "POST"], endpoint="set_up")
def set_up_view() -> str | Response:
    if not needs_set_up(session()):
        abort(404)
    if not (is_at_the_machine() or browser.get(CODE) == setup_code(current_app)):
        return _ask_for_code()
    form = set_up_form(reader())
    if form.validate_on_submit() and (response := _set_up(form)):
        return response
    return render_template("setup/set_up.html", form=form)


def _ask_for_code() -> str | Response:
    form = CodeForm()
    if form.validate_on_submit():
        tries = limits.limiter(current_app)
        with tries.limit(limits.SET_UPS, key_func=limits.everybody):
            if opens_with(form.code.data or ""):
                browser[CODE] = setup_code(current_app)
                return redirect(url_for("setup.set_up"), 303)
        form.blame(form.code, _("That is not the code. It stands where the server was started, and changes each time."))
    return render_template("setup/code.html", form=form)


def _set_up(form: SetUpForm) -> Response | None:
    """Everything at once; `None` where a refusal has been put into the form."""
    try:
        made = set_up(
            session(),
            email=form.email.data or "",
            password=form.password.data or "",
            organisation_name=form.organisation.data or "",
            country=COUNTRIES[form.country.data],
            language="en" if form.language.data == "en" else "es",
            team_name=form.team.data or "",
            team_size=form.size.data or 0,
            team_kind=kind_named(form.kind.data),
            now=utc_now(),
        )
    except AlreadySetUp:
        abort(404)
    except PasswordTooShort:
        form.blame(form.password, _("Please choose a longer password."))
        return None
    except PasswordTooEasy:
        form.blame(form.password, EASY_PASSWORD)
        return None
    browser.pop(CODE, None)
    login_user(made.account)
    return redirect(url_for("home.home"), 303)
