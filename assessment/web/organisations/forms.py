"""What an organisation is like."""

from __future__ import annotations

from babel import Locale
from flask import request
from wtforms import IntegerField, RadioField, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from assessment.domain.conventions import MINIMUM_GROUP_FLOOR
from assessment.infra.countries import COUNTRIES
from assessment.infra.languages import Localisation
from assessment.web.forms import Form, choices_of
from assessment.web.languages import LANGUAGE_NAMES
from assessment.web.languages import lazy_gettext as _


def country_choices(reader: Localisation) -> list[tuple[str, str]]:
    """Countries by their name in the reader's language."""
    names = Locale(reader.language).territories
    return sorted(((code, names[code]) for code in COUNTRIES), key=lambda choice: _plain(choice[1]))


def new_country_choices(reader: Localisation) -> list[tuple[str, object]]:
    """The same, with none chosen before: nobody keeps a country by oversight."""
    return [("", _("Choose a country")), *country_choices(reader)]


def likely_country() -> str:
    """The country that the browser speaks of, `es-CO`; none where it names no country of ours."""
    for tag in request.accept_languages.values():
        country = tag.replace("_", "-").partition("-")[2].upper()
        if country in COUNTRIES:
            return country
    return ""


def _plain(name: str) -> str:
    return name.translate(str.maketrans("ÁÉÍÓÚáéíóú", "AEIOUaeiou")).lower()


class NewOrganisationForm(Form):
    name = StringField(
        _("Name of the organisation"),
        [DataRequired(_("Please write the organisation's name.")), Length(max=120, message=_("At most 120 letters."))],
    )
    country = SelectField(_("Country"), [InputRequired(_("Please choose the country."))])
    language = RadioField(_("Language of the organisation"), choices=choices_of(LANGUAGE_NAMES))


class OrganisationForm(NewOrganisationForm):
    minimum_group = IntegerField(
        _("Smallest group that results are shown for"),
        [
            InputRequired(_("Please write the smallest group.")),
            NumberRange(MINIMUM_GROUP_FLOOR, 50, _("Write a whole number from %(min)s to %(max)s.")),
        ],
    )
