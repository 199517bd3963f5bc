"""What an organisation is like."""

from __future__ import annotations

from wtforms import RadioField, SelectField
from wtforms.validators import InputRequired, NumberRange

from assessment.domain.conventions import MINIMUM_GROUP_FLOOR
from assessment.web.fields import WholeNumberField, organisation_name_field
from assessment.web.forms import Form, choices_of
from assessment.web.languages import LANGUAGE_NAMES
from assessment.web.languages import lazy_gettext as _
from assessment.web.stale import SettingsForm


class NewOrganisationForm(Form):
    name = organisation_name_field()
    country = SelectField(_("Country"), [InputRequired(_("Please choose the country."))])
    language = RadioField(_("Language of the organisation"), choices=choices_of(LANGUAGE_NAMES))


class OrganisationForm(NewOrganisationForm, SettingsForm):
    minimum_group = WholeNumberField(
        _("Smallest group that results are shown for"),
        [
            InputRequired(_("Please write the smallest group.")),
            NumberRange(MINIMUM_GROUP_FLOOR, 50, _("Write a whole number from %(min)s to %(max)s.")),
        ],
    )
