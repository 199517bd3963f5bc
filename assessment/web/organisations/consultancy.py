"""`/organisations/<id>/consultancy`: who accompanies the organisation, in the foot of its documents."""

from __future__ import annotations

from functools import partial

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from assessment.domain.access import Permission
from assessment.infra.pictures import Picture
from assessment.services.access import Access
from assessment.services.consultancies import (
    NoConsultancy,
    logo_of_organisation,
    read_of_organisation,
    read_own,
    remove_logo_of_organisation,
    remove_of_organisation,
    set_of_organisation,
    take_over,
)
from assessment.web.access import requires, user_id
from assessment.web.languages import lazy_gettext as _
from assessment.web.letterheads import CHANGED, is_behind, letterhead_form, save_letterhead
from assessment.web.organisations.views import blueprint
from assessment.web.pictures import picture_response
from assessment.web.transactions import session


@blueprint.route("/<uuid:organisation_id>/consultancy", methods=["GET", "POST"])
@requires(Permission.MANAGE_ORGANISATION)
def consultancy(access: Access) -> str | Response:
    """Seen, written, taken over from one's own account, and removed by those who administer the organisation."""
    stored = read_of_organisation(session(), organisation_id=access.organisation_id)
    form, act = letterhead_form(stored), request.form.get("act", "save")
    if request.method == "POST" and act != "save":
        if is_behind(stored):
            flash(str(CHANGED), "error")
        else:
            _act(act, access)
        return _back(access)
    save = partial(_save, access)
    if request.method == "POST" and save_letterhead(form, save):
        flash(str(_("Saved. Documents that are printed from now on show it.")))
        return _back(access)
    return render_template(
        "organisations/consultancy.html",
        form=form,
        organisation=access.organisation,
        stored=read_of_organisation(session(), organisation_id=access.organisation_id),
        own=read_own(session(), user_id=user_id()),
    )


@blueprint.get("/<uuid:organisation_id>/consultancy/logo")
@requires(Permission.MANAGE_ORGANISATION)
def consultancy_logo(access: Access) -> Response:
    return picture_response(logo_of_organisation(session(), organisation_id=access.organisation_id))


def _save(access: Access, name: str, picture: Picture | None) -> None:
    set_of_organisation(session(), organisation_id=access.organisation_id, name=name, picture=picture)


def _act(act: str, access: Access) -> None:
    where = {"organisation_id": access.organisation_id}
    if act == "take-over":
        try:
            take_over(session(), **where, user_id=user_id())
            flash(str(_("Done. Documents that are printed from now on show it.")))
        except NoConsultancy:
            flash(str(_("Your account keeps no name yet. Write it first.")), "error")
    elif act == "remove-logo":
        remove_logo_of_organisation(session(), **where)
        flash(str(_("The logo has been removed.")))
    elif act == "remove":
        remove_of_organisation(session(), **where)
        flash(str(_("Removed. Documents that are printed from now on show nobody.")))


def _back(access: Access) -> Response:
    return redirect(url_for("organisations.consultancy", organisation_id=access.organisation_id), 303)
