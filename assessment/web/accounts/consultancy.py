"""`/account/consultancy`: the name and logo that a consultant keeps, to put them on documents of organisations."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from assessment.infra.pictures import Picture
from assessment.services.consultancies import logo_of_account, read_own, remove_own, remove_own_logo, set_own
from assessment.web.access import user_id
from assessment.web.accounts.views import blueprint
from assessment.web.languages import lazy_gettext as _
from assessment.web.letterheads import CHANGED, is_behind, letterhead_form, save_letterhead
from assessment.web.pictures import picture_response
from assessment.web.transactions import session


@blueprint.route("/account/consultancy", methods=["GET", "POST"])
def consultancy() -> str | Response:
    stored = read_own(session(), user_id=user_id())
    form, act = letterhead_form(stored), request.form.get("act", "save")
    if request.method == "POST" and act != "save":
        if is_behind(stored):
            flash(str(CHANGED), "error")
        elif act == "remove-logo":
            remove_own_logo(session(), user_id=user_id())
            flash(str(_("The logo has been removed.")))
        elif act == "remove":
            remove_own(session(), user_id=user_id())
            flash(str(_("Removed. Organisations keep what they have taken over.")))
        return redirect(url_for(".consultancy"), 303)
    if request.method == "POST" and save_letterhead(form, _save):
        flash(str(_("Saved. It is on no document until you put it there, organisation by organisation.")))
        return redirect(url_for(".consultancy"), 303)
    return render_template("accounts/consultancy.html", form=form, stored=read_own(session(), user_id=user_id()))


@blueprint.get("/account/consultancy/logo")
def consultancy_logo() -> Response:
    return picture_response(logo_of_account(session(), user_id=user_id()))


def _save(name: str, picture: Picture | None) -> None:
    set_own(session(), user_id=user_id(), name=name, picture=picture)
