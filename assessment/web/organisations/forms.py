"""What an organisation is like."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import BooleanField, HiddenField, RadioField, SelectField
from wtforms.validators import InputRequired, NumberRange
from wtforms.widgets import RadioInput

from assessment.domain.conventions import MINIMUM_GROUP_FLOOR
from assessment.domain.questionnaire import Questionnaire
from assessment.infra.languages import Localisation
from assessment.web.asked import may_combine
from assessment.web.choices import country_choices
from assessment.web.fields import WholeNumberField, organisation_name_field, questionnaires_field
from assessment.web.forms import Form, choices_of
from assessment.web.languages import LANGUAGE_NAMES
from assessment.web.languages import lazy_gettext as _
from assessment.web.stale import SettingsForm


class NewOrganisationForm(Form):
    name = organisation_name_field()
    country = SelectField(_("Country"), [InputRequired(_("Please choose the country."))])
    language = RadioField(_("Language of the organisation"), choices=choices_of(LANGUAGE_NAMES))
    shown = HiddenField()
    """Which settings of another organisation the page said would be copied."""


class OrganisationForm(NewOrganisationForm, SettingsForm):
    minimum_group = WholeNumberField(
        _("Smallest group that results are shown for"),
        [
            InputRequired(_("Please write the smallest group.")),
            NumberRange(MINIMUM_GROUP_FLOOR, 50, _("Write a whole number from %(min)s to %(max)s.")),
        ],
    )
    questionnaires = questionnaires_field()
    paper = RadioField(
        _("Paper"), choices=choices_of([("", _("As is usual in the country")), ("letter", _("Letter")), ("a4", "A4")])
    )
    document_language = RadioField(
        _("Language of documents"),
        choices=choices_of([("", _("That of whoever prints")), *LANGUAGE_NAMES]),
    )
    forget_moments = BooleanField(_("New teams begin with the usual moments of their kind again"))
    own_words = ("forget_moments",)


def organisation_form(
    reader: Localisation, offered: Sequence[Questionnaire], stored: Mapping[str, Any]
) -> OrganisationForm:
    """Over what is `stored`; a round may ask these questionnaires."""
    form = OrganisationForm(data=stored)
    form.country.choices = choices_of(country_choices(reader))
    form.questionnaires.choices = choices_of((one.id, reader.text(one.title)) for one in offered)
    if not may_combine(offered):
        form.questionnaires.option_widget = RadioInput()
    return form
