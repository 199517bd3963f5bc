"""`/set-up`: once, while nobody has an account. Or first a look at sample data, which can be removed again."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask import session as browser_session
from flask_security.utils import login_user, logout_user
from werkzeug.wrappers import Response

from assessment.catalogue.samples import sample_of_first_visit
from assessment.infra.clock import utc_now
from assessment.infra.countries import COUNTRIES
from assessment.infra.languages import language_of
from assessment.infra.passwords import new_password
from assessment.services.accounts import AlreadySetUp, PasswordTooEasy, PasswordTooShort, needs_set_up, set_up
from assessment.services.sample_data import (
    NotSampleAccount,
    list_sample_organisations,
    make_sample_data,
    remove_sample_data,
)
from assessment.services.setup_code import find_setup_code, is_setup_code
from assessment.web.access import user_id
from assessment.web.choices import team_kind
from assessment.web.fields import EASY_PASSWORD
from assessment.web.forms import ConfirmForm
from assessment.web.languages import lazy_gettext as _
from assessment.web.languages import reader
from assessment.web.setup.forms import CodeForm, SetUpForm, set_up_form
from assessment.web.setup_access import SESSION_KEY, may_set_up
from assessment.web.transactions import session

blueprint = Blueprint("setup", __name__)
TOO_LONG_OPEN = _(
    "The page was open too long, or the browser has lost its cookie. What you wrote is still here, but for the "
    "password: look it over, and send it once more."
)
KEPT = ("email", "organisation", "country", "language", "team", "size", "kind")


@blueprint.route("/set-up", methods=["GET", "POST"], endpoint="set_up")
def set_up_view() -> str | Response:
    if not needs_set_up(session()):
        abort(404)
    if not may_set_up():
        return _ask_for_code()
    form = set_up_form(reader())
    if form.validate_on_submit() and (response := _set_up(form)):
        return response
    return _show(form)


@blueprint.post("/set-up/sample")
def explore() -> Response:
    """Sample data in the visitor's language, and the visitor signed in. What they would do twice is done once."""
    if not may_set_up():
        return redirect(url_for("setup.set_up"), 303)
    password = new_password()
    story = sample_of_first_visit(reader().language)
    try:
        sample = make_sample_data(session(), [story], password=password, now=utc_now())
    except AlreadySetUp:
        return redirect(url_for("home.home"), 303)
    login_user(sample.account)
    flash(
        _("The sample data are ready. To come back to them later, sign in with %(email)s and the password %(password)s")
        % {"email": sample.account.email, "password": password}
    )
    return redirect(url_for("home.home"), 303)


@blueprint.route("/sample-data/remove", methods=["GET", "POST"])
def remove_sample() -> str | Response:
    """Only the sample account finds this page."""
    form = ConfirmForm()
    try:
        if not form.validate_on_submit():
            organisations = list_sample_organisations(session(), user_id=user_id())
            return render_template("setup/remove_sample.html", form=form, organisations=organisations)
        remove_sample_data(session(), user_id=user_id())
    except NotSampleAccount:
        abort(404)
    logout_user()
    flash(str(_("The sample data have been removed.")))
    return redirect(url_for("home.home"), 303)


def _ask_for_code() -> str | Response:
    form = CodeForm()
    if form.validate_on_submit():
        if is_setup_code(session(), form.code.data or ""):
            browser_session[SESSION_KEY] = find_setup_code(session())
            if _typed_before():
                return _show(set_up_form(reader()))
            return redirect(url_for("setup.set_up"), 303)
        form.add_error(form.code, _("That is not the code. It stands where the server was started."))
    if form.csrf_token.errors:
        form.csrf_token.errors = [TOO_LONG_OPEN]
    return render_template("setup/code.html", form=form, typed=_typed_before())


def _show(form: SetUpForm) -> str:
    """The form; where its token was refused, with all that was typed but the password."""
    if form.csrf_token.errors:
        form.csrf_token.errors = [TOO_LONG_OPEN]
    return render_template("setup/set_up.html", form=form)


def _typed_before() -> dict[str, str]:
    """What was written into the form of the first visit before its code was asked for once more; never a password."""
    return {name: request.form[name] for name in KEPT if "organisation" in request.form and name in request.form}


def _set_up(form: SetUpForm) -> Response | None:
    """Everything at once; `None` where a refusal has been put into the form."""
    try:
        created = set_up(
            session(),
            email=form.email.data or "",
            password=form.password.data or "",
            organisation_name=form.organisation.data or "",
            country=COUNTRIES[form.country.data],
            language=language_of(form.language.data),
            team_name=form.team.data or "",
            team_size=form.size.data or 0,
            team_kind=team_kind(form.kind.data),
            now=utc_now(),
        )
    except AlreadySetUp:
        abort(404)
    except PasswordTooShort:
        form.add_error(form.password, _("Please choose a longer password."))
        return None
    except PasswordTooEasy:
        form.add_error(form.password, EASY_PASSWORD)
        return None
    browser_session.pop(SESSION_KEY, None)
    login_user(created.account)
    return redirect(url_for("home.home"), 303)
