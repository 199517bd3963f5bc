"""What is asked of whoever runs a round. Days are days where the organisation is."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, DateField, HiddenField, IntegerField, RadioField, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from assessment.catalogue.catalogue import load_questionnaire, questionnaire_ids
from assessment.domain.rounds import RoundMode
from assessment.infra.clock import end_of_day, local_date, start_of_day
from assessment.infra.languages import Localisation
from assessment.web.forms import Form
from assessment.web.languages import lazy_gettext as _

MOST_LINKS = 500
YEARS = range(2000, 2200)
"""Others are half typed, or so far away that no time zone reckons with them."""


class DayField(DateField):
    """A day of this century or so, with a sentence of ours where it is none."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        try:
            super().process_formdata(valuelist)
            if self.data and self.data.year not in YEARS:
                self.data = None
                raise ValueError
        except ValueError:
            raise ValueError(str(_("Please write the day as year, month and day, such as 2026-11-30."))) from None


class DatesForm(Form):
    """When a round opens and closes. An empty first day is now; an empty last day leaves it open until stopped."""

    opens_on = DayField(_("First day to answer"), [Optional()])
    closes_on = DayField(_("Last day to answer"), [Optional()])


class ClosingForm(Form):
    closes_on = DayField(_("Last day to answer"), [Optional()])


class OpenRoundForm(DatesForm):
    name = StringField(
        _("Name of the round"),
        [DataRequired(_("Please write a name for the round.")), Length(max=120, message=_("At most 120 letters."))],
    )
    questionnaire = SelectField(_("Questionnaire"))
    mode = RadioField(_("How does the team answer?"))
    asks_role = BooleanField(_("Leaders and staff apart"))


class FileForm(Form):
    """The first step of a round from a file: the file."""

    file = FileField(_("File with the answers"), [FileRequired(_("Please choose a file."))])
    ignore_unknown = BooleanField(_("Ignore unknown columns"))


class ImportForm(Form):
    """The second: what becomes of it. The file travels along, so that nothing of it is kept before it is a round."""

    packed = HiddenField()
    ignore_unknown = HiddenField()
    name = StringField(
        _("Name of the round"),
        [DataRequired(_("Please write a name for the round.")), Length(max=120, message=_("At most 120 letters."))],
    )
    file_team = RadioField(
        _("Which team of the file is it?"),
        [InputRequired(_("Please choose which team of the file it is."))],
        validate_choice=False,  # the service knows the file's teams, and says the same sentence
    )


class PublishForm(Form):
    confirmed = BooleanField(
        _("I understand: nobody can answer any more, and this cannot be undone."),
        [InputRequired(_("Please tick the box to confirm."))],
    )


class LinksForm(Form):
    how_many = IntegerField(
        _("How many links?"),
        [
            InputRequired(_("Please write how many links.")),
            NumberRange(1, MOST_LINKS, _("Write a whole number from %(min)s to %(max)s.")),
        ],
    )


class ConfirmForm(Form):
    """A button, and what protects it."""


def open_round_form(reader: Localisation, **defaults: object) -> OpenRoundForm:
    form = OpenRoundForm(**defaults)
    form.mode.choices = [
        (RoundMode.ANSWERED.value, reader.gettext("Each person on their own, anonymously")),
        (RoundMode.CONSENSUS.value, reader.gettext("Together, agreeing on one sheet (not anonymous)")),
    ]
    known = [(id_, reader.text(load_questionnaire(id_).title)) for id_ in questionnaire_ids()]
    form.questionnaire.choices = known
    if len(known) == 1:
        form.questionnaire.data = known[0][0]
    return form


def next_name(rounds_before: int, reader: Localisation) -> str:
    """What a round is called until somebody calls it otherwise."""
    return reader.gettext("Round %(number)s", number=rounds_before + 1)


def opening(day: dt.date | None, zone: str, now: dt.datetime) -> dt.datetime:
    """When a round opens: at once today, else as the day begins there. A day that has passed stays in the past."""
    return now if day is None or day == today(zone, now) else start_of_day(day, zone)


def closing(day: dt.date | None, zone: str) -> dt.datetime | None:
    """When a round closes: in the last minute of its last day there."""
    return end_of_day(day, zone) if day else None


def today(zone: str, now: dt.datetime) -> dt.date:
    return local_date(now, zone)


def day_of(at: dt.datetime | None, zone: str) -> dt.date | None:
    return local_date(at, zone) if at else None
