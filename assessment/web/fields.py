"""Fields that forms of several features ask for, each with its checks."""

from __future__ import annotations

from typing import Any

from wtforms import DateField, Field, IntegerField, PasswordField, SelectField, SelectMultipleField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, ValidationError
from wtforms.widgets import CheckboxInput

from assessment.services.accounts import LONGEST_PASSWORD, SHORTEST_PASSWORD, InvalidEmail, checked_email
from assessment.web.languages import lazy_gettext as _

EASY_PASSWORD = _("This password is easy to guess. A short sentence of your own is better, and easier to remember.")
POSSIBLE_YEARS = range(2000, 2200)
"""Others are half typed, or so far away that no time zone reckons with them."""
TOO_FAR_AWAY = _("This day is too far away. Please write a day before the year 2200.")
LONG_AGO = _("This day is long past. Please write the year with four digits, such as 2026-11-30.")


LONGEST_NUMBER = 12
"""Characters of a whole number: far more than any that is taken, and few enough to be reckoned with."""


class WholeNumberField(IntegerField):
    """A whole number, with an error text of ours where it is none, or of more digits than are reckoned with."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        try:
            if valuelist and len(valuelist[0].strip()) > LONGEST_NUMBER:
                self.data = None
                raise ValueError
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(str(_("Write a whole number in digits, such as 12."))) from None


class DayField(DateField):
    """A day of this century or so, with an error text of ours where it is none."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(str(_("Please write the day as year, month and day, such as 2026-11-30."))) from None
        if self.data and self.data.year not in POSSIBLE_YEARS:
            is_late, self.data = self.data.year >= POSSIBLE_YEARS.stop, None
            raise ValueError(str(TOO_FAR_AWAY if is_late else LONG_AGO))


def new_password_field() -> PasswordField:
    return PasswordField(
        _("A password"),
        [
            InputRequired(_("Please choose a password.")),
            Length(SHORTEST_PASSWORD, LONGEST_PASSWORD, _("The password needs at least %(min)d characters.")),
        ],
    )


def check_email(_form: Any, field: Field) -> None:
    """A validator of e-mail addresses."""
    try:
        checked_email(field.data or "")
    except InvalidEmail:
        raise ValidationError(_("This is not an e-mail address. One looks like name@example.com.")) from None


def organisation_name_field() -> StringField:
    return StringField(
        _("Name of the organisation"),
        [DataRequired(_("Please write the organisation's name.")), Length(max=120, message=_("At most 120 letters."))],
    )


def team_name_field() -> StringField:
    return StringField(
        _("Name of the team"),
        [DataRequired(_("Please write the team's name.")), Length(max=120, message=_("At most 120 letters."))],
    )


def team_size_field() -> WholeNumberField:
    return WholeNumberField(
        _("How many people are in it?"),
        [
            InputRequired(_("Please write how many people are in the team.")),
            NumberRange(1, 10_000, _("Write a whole number from 1 to 10000.")),
        ],
    )


def team_kind_field() -> SelectField:
    """Its choices are added where the reader is known."""
    return SelectField(_("What does the team do?"), [InputRequired(_("Please choose what comes closest."))])


def round_name_field() -> StringField:
    return StringField(
        _("Name of the round"),
        [DataRequired(_("Please write a name for the round.")), Length(max=120, message=_("At most 120 letters."))],
    )


def check_some(_form: Any, field: Field) -> None:
    """A validator of a choice of several."""
    if not field.data:
        raise ValidationError(_("Please choose at least one questionnaire."))


def questionnaires_field() -> SelectMultipleField:
    """What a round asks. Its choices are added where they are known."""
    return SelectMultipleField(  # type: ignore[call-arg]  # newer than its stubs
        _("What is asked"),
        [check_some],
        option_widget=CheckboxInput(),
        invalid_choice_message=_("Please choose among the questionnaires shown."),
    )
