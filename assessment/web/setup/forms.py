"""The one form of the first visit."""

from __future__ import annotations

from wtforms import EmailField, RadioField, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length

from assessment.infra.languages import Localisation
from assessment.web.choices import likely_country, new_country_choices, new_team_kind_choices
from assessment.web.fields import (
    check_email,
    new_password_field,
    organisation_name_field,
    team_kind_field,
    team_name_field,
    team_size_field,
)
from assessment.web.forms import Form, choices_of
from assessment.web.languages import LANGUAGE_NAMES
from assessment.web.languages import lazy_gettext as _


class CodeForm(Form):
    """For visitors who are not at the machine."""

    code = StringField(_("One-time code"), [DataRequired(_("Please write the one-time code."))])


class SetUpForm(Form):
    email = EmailField(_("Your e-mail"), [DataRequired(_("Please write your e-mail.")), Length(max=255), check_email])
    password = new_password_field()
    organisation = organisation_name_field()
    country = SelectField(_("Country"), [InputRequired(_("Please choose the country."))])
    language = RadioField(_("Language of the organisation"), choices=choices_of(LANGUAGE_NAMES))
    team = team_name_field()
    size = team_size_field()
    kind = team_kind_field()


def set_up_form(reader: Localisation) -> SetUpForm:
    form = SetUpForm(language=reader.language, country=likely_country())
    form.country.choices = choices_of(new_country_choices(reader))
    form.kind.choices = choices_of(new_team_kind_choices(reader))
    return form
