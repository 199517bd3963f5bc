"""The form of a consultancy's name and logo: of an account's own, and of the one that accompanies an organisation."""

from __future__ import annotations

from collections.abc import Callable

from flask import request
from flask_wtf.file import FileField
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from assessment.infra.pictures import NotAPicture, Picture, PictureTooLarge
from assessment.services.consultancies import LONGEST_NAME, Letterhead, NamelessConsultancy
from assessment.web.languages import lazy_gettext as _
from assessment.web.pictures import redrawn, why_refused
from assessment.web.stale import SettingsForm
from assessment.web.transactions import session

NAMELESS = _("Please write the name as documents should show it.")

CHANGED = _("Name or logo were changed while this page was open. Look at them, then try again.")


class LetterheadForm(SettingsForm):
    """Whose name and logo stand in the foot of documents."""

    name = StringField(
        _("Name of the consultancy"),
        [DataRequired(NAMELESS), Length(max=LONGEST_NAME, message=_("At most 60 letters."))],
    )
    logo = FileField(_("Logo"))


def letterhead_form(stored: Letterhead) -> LetterheadForm:
    return LetterheadForm(data={"name": stored.name}, also={"of_consultancy": stored.mark})


def is_behind(stored: Letterhead) -> bool:
    """Whether a button without fields was pressed on a page that showed another name or logo than is stored by now."""
    return request.form.get("shown") != stored.mark


def save_letterhead(form: LetterheadForm, save: Callable[[str, Picture | None], None]) -> bool:
    """Saves all of the form or nothing; false where something was refused, and the form says what."""
    if not form.validate_on_submit():
        return False
    if form.logo.data and form.is_behind("of_consultancy"):
        form.add_error(form.logo, CHANGED)
        return False
    try:
        picture = redrawn(form.logo.data) if form.logo.data else None
        with session().begin_nested():
            save(form.name.data or "", picture)
    except NamelessConsultancy:
        form.add_error(form.name, NAMELESS)
        return False
    except (PictureTooLarge, NotAPicture) as error:
        form.add_error(form.logo, why_refused(error))
        return False
    return True
