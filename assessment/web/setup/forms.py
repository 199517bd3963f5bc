"""The one form of the first visit."""

from __future__ import annotations

from wtforms import EmailField, IntegerField, PasswordField, RadioField, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, ValidationError

from assessment.infra.languages import Localisation
from assessment.services.accounts import LONGEST_PASSWORD, SHORTEST_PASSWORD, InvalidEmail, checked_email
from assessment.web.forms import Form, choices_of
from assessment.web.languages import LANGUAGE_NAMES
from assessment.web.languages import lazy_gettext as _
from assessment.web.organisations.forms import likely_country, new_country_choices
from assessment.web.teams.forms import kind_choices


class CodeForm(Form):
    """Asked from whoever is not at the machine."""

    code = StringField(_("One-time code"), [DataRequired(_("Please write the one-time code."))])


class RemovalForm(Form):
    """Nothing but the promise that whoever sends it has seen the page."""


class SetUpForm(Form):
    email = EmailField(_("Your e-mail"), [DataRequired(_("Please write your e-mail.")), Length(max=255)])
    password = PasswordField(
        _("A password"),
        [
            InputRequired(_("Please choose a password.")),
            Length(SHORTEST_PASSWORD, LONGEST_PASSWORD, _("The password needs at least %(min)d characters.")),
        ],
    )
    organisation = StringField(
        _("Name of the organisation"),
        [DataRequired(_("Please write the organisation's name.")), Length(max=120, message=_("At most 120 letters."))],
    )
    country = SelectField(_("Country"), [InputRequired(_("Please choose the country."))])
    language = RadioField(_("Language of the organisation"), choices=choices_of(LANGUAGE_NAMES))
    team = StringField(
        _("Name of the team"),
        [DataRequired(_("Please write the team's name.")), Length(max=120, message=_("At most 120 letters."))],
    )
    size = IntegerField(
        _("How many people are in it?"),
        [
            InputRequired(_("Please write how many people are in the team.")),
            NumberRange(1, 10_000, _("Write a whole number from 1 to 10000.")),
        ],
    )
    kind = SelectField(_("What does the team do?"))

    def validate_email(self, field: EmailField) -> None:
        try:
            checked_email(field.data or "")
        except InvalidEmail:
            raise ValidationError(_("This is no e-mail address. It looks like name@example.com.")) from None


def set_up_form(reader: Localisation) -> SetUpForm:
    form = SetUpForm(language=reader.language, country=likely_country())
    form.country.choices = choices_of(new_country_choices(reader))
    form.kind.choices = choices_of(kind_choices(reader))
    return form
