"""`/organisations/<id>/look`: the logo and the accent colour of its documents."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_wtf.file import FileField
from werkzeug.wrappers import Response as AnyResponse
from wtforms import ColorField, StringField

from assessment.domain.access import Permission
from assessment.domain.colours import NotAColour, parse_colour
from assessment.infra.pictures import NotAPicture, PictureTooLarge
from assessment.services.access import Access
from assessment.services.organisation_look import get_logo, read_look, remove_logo, set_accent, set_logo
from assessment.web.access import requires
from assessment.web.languages import lazy_gettext as _
from assessment.web.organisations.views import blueprint
from assessment.web.pictures import picture_response, redrawn, why_refused
from assessment.web.stale import SettingsForm
from assessment.web.transactions import session


class LookForm(SettingsForm):
    """A colour may be picked or written: whichever was changed counts, what is written first."""

    logo = FileField(_("Logo"))
    picked = ColorField(_("Colour"))
    written = StringField(_("Or its code (#0b6b6b)"))


@blueprint.route("/<uuid:organisation_id>/look", methods=["GET", "POST"])
@requires(Permission.MANAGE_ORGANISATION)
def look(access: Access) -> str | AnyResponse:
    accent = access.organisation.accent
    form = LookForm(
        data={"picked": accent, "written": accent},
        also={"of_logo": read_look(session(), organisation=access.organisation).checksum or ""},
    )
    is_valid = form.validate_on_submit()
    is_removal = request.form.get("act") == "remove"
    if is_valid and (is_removal or form.logo.data) and form.is_behind("of_logo"):
        form.add_error(
            form.logo,
            _("The logo was changed while this page was open: it is the one above. Look at it, then try again."),
        )
    elif is_valid and is_removal:
        remove_logo(session(), organisation=access.organisation)
        flash(str(_("The logo has been removed.")))
        return _redirect_to_look(access)
    elif is_valid and _save(form, access):
        return _redirect_to_look(access)
    return render_template(
        "organisations/look.html",
        form=form,
        organisation=access.organisation,
        look=read_look(session(), organisation=access.organisation),
    )


@blueprint.get("/<uuid:organisation_id>/logo")
@requires(Permission.SEE_TEAMS)
def logo(access: Access) -> AnyResponse:
    """The picture itself, for pages; documents carry it within."""
    return picture_response(get_logo(session(), organisation_id=access.organisation_id))


def _save(form: LookForm, access: Access) -> bool:
    """Saves all of the form or nothing; false where something was refused, and the form says what."""
    before = access.organisation.accent
    written, picked = form.written.data or before, form.picked.data or before
    chosen = picked if _is_same(written, before) else written
    try:
        picture = redrawn(form.logo.data) if form.logo.data else None
        with session().begin_nested():
            accent = set_accent(session(), organisation=access.organisation, colour=chosen)
            if picture is not None:
                set_logo(session(), organisation=access.organisation, picture=picture)
    except NotAColour:
        form.add_error(form.written, _("Write the colour as six digits or letters from a to f, such as #0b6b6b."))
        return False
    except (PictureTooLarge, NotAPicture) as error:
        form.add_error(form.logo, why_refused(error))
        return False
    if _is_same(chosen, accent):
        flash(str(_("Saved.")))
    else:
        flash(
            str(_("Saved. The colour was darkened a little, to %(colour)s, so that it can be read on white."))
            % {"colour": accent}
        )
    return True


def _is_same(written: str, colour: str) -> bool:
    try:
        return parse_colour(written) == colour
    except NotAColour:
        return False


def _redirect_to_look(access: Access) -> AnyResponse:
    return redirect(url_for("organisations.look", organisation_id=access.organisation_id), 303)
