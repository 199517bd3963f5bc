"""Forms about rounds. Days are days where the organisation is."""

from __future__ import annotations

from collections.abc import Sequence

from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    StringField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional
from wtforms.widgets import RadioInput

from assessment.domain.questionnaire import Questionnaire
from assessment.domain.rounds import RoundMode
from assessment.domain.surplus import LONGEST_REASON
from assessment.infra.languages import Localisation
from assessment.infra.tokens import new_token
from assessment.web.fields import DayField, WholeNumberField, questionnaires_field, round_name_field
from assessment.web.forms import Form, choices_of
from assessment.web.languages import lazy_gettext as _
from assessment.web.stale import SettingsForm

MOST_LINKS = 500


class DatesForm(SettingsForm):
    """When a round opens and closes. An empty first day is now; an empty last day leaves it open until stopped."""

    opens_on = DayField(_("First day to answer"), [Optional()])
    closes_on = DayField(_("Last day to answer"), [Optional()])


class ClosingForm(SettingsForm):
    closes_on = DayField(_("Last day to answer"), [Optional()])


class ReopeningForm(ClosingForm):
    """The day that it shows is only proposed."""

    own_words = ("closes_on",)


class OpenRoundForm(Form):
    opens_on = DayField(_("First day to answer"), [Optional()])
    closes_on = DayField(_("Last day to answer"), [Optional()])
    name = round_name_field()
    questionnaires = questionnaires_field()
    mode = RadioField(_("How does the team answer?"))
    asks_role = BooleanField(_("Leaders and staff separately"))
    asks_code = BooleanField(_("Let people link rounds by a code of their own"))


class ImportForm(Form):
    """Second page of an import. The file is part of the form, so that nothing is stored before it becomes a round."""

    packed = HiddenField()
    ignore_unknown = HiddenField()
    questionnaire = HiddenField()
    name = round_name_field()
    file_team = RadioField(
        _("Which team of the file is it?"),
        [InputRequired(_("Please choose which team of the file it is."))],
        validate_choice=False,  # the service knows the file's teams, and says the same sentence
    )


class DiscardForm(Form):
    """`loses` is the mark of what the page says would be lost."""

    loses = HiddenField()


class PublishForm(Form):
    """`surplus_reason` is asked for only where a result would count more answers than people, `leave_out` only where
    too few answered by link beside sheets of paper."""

    surplus_reason = StringField(
        _("Why are there more answers than people?"),
        [
            DataRequired(_("Please say in a few words why there are more, or correct the team's size first.")),
            Length(max=LONGEST_REASON, message=_("At most 300 letters.")),
        ],
    )
    leave_out = BooleanField(
        _("Leave out the answers that came by link, and delete them."),
        [InputRequired(_("Please tick the box, or let more people answer by the link first."))],
    )
    confirmed = BooleanField(
        _("I understand: nobody can answer any more, and this cannot be undone."),
        [InputRequired(_("Please tick the box to confirm."))],
    )


class LinksForm(Form):
    submission = HiddenField(default=new_token)
    """Of this page alone: sent twice, it makes its links once."""
    how_many = WholeNumberField(
        _("How many links?"),
        [
            InputRequired(_("Please write how many links.")),
            NumberRange(1, MOST_LINKS, _("Write a whole number from %(min)s to %(max)s.")),
        ],
    )


def open_round_form(
    reader: Localisation, offered: Sequence[Questionnaire], *, may_combine: bool, **defaults: object
) -> OpenRoundForm:
    """`may_combine` is whether a round may ask several of the offered questionnaires."""
    form = OpenRoundForm(**defaults)
    form.mode.choices = [
        (RoundMode.ANSWERED.value, reader.gettext("Each person on their own, anonymously")),
        (RoundMode.CONSENSUS.value, reader.gettext("Together, agreeing on one sheet (not anonymous)")),
    ]
    form.questionnaires.choices = choices_of((one.id, reader.text(one.title)) for one in offered)
    if not may_combine:
        form.questionnaires.option_widget = RadioInput()
    return form


def next_name(rounds_before: int, reader: Localisation) -> str:
    """The name that the form proposes for a new round."""
    return reader.gettext("Round %(number)s", number=rounds_before + 1)
