"""Forms of whoever leads a workshop."""

from __future__ import annotations

from wtforms import HiddenField, RadioField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from assessment.domain.plans.choices import LONGEST_OWNER
from assessment.domain.workshops import DONT_KNOW, LONGEST_ACTION, LONGEST_NOTE, VotedQuestion
from assessment.infra.languages import Localisation
from assessment.services.workshops import LONGEST_AGENDA, Agreement
from assessment.web.fields import DayField, WholeNumberField
from assessment.web.forms import Form, choices_of
from assessment.web.languages import lazy_gettext as _
from assessment.web.workshop_words import level_words

TOO_LONG = _("At most %(max)d letters.")


class StartForm(Form):
    minutes = WholeNumberField(
        _("How many minutes do you have?"),
        [
            InputRequired(_("Please write how many minutes you have.")),
            NumberRange(5, LONGEST_AGENDA, _("Write a whole number from %(min)s to %(max)s.")),
        ],
    )


class AgreeForm(Form):
    """What the team agrees on for the question that is shown."""

    question = HiddenField()
    version = HiddenField()
    level = RadioField(_("What the team agrees on"), [InputRequired(_("Please choose what the team agrees on."))])
    note = StringField(
        _("Why, in your own words (may stay empty)"), [Length(max=LONGEST_NOTE, message=TOO_LONG), Optional()]
    )


class ParkForm(Form):
    parked = StringField(
        _("A thought to come back to"),
        [DataRequired(_("Please write the thought.")), Length(max=LONGEST_NOTE, message=TOO_LONG)],
    )


class ActionForm(Form):
    what = StringField(
        _("What will be done?"),
        [DataRequired(_("Please write what will be done.")), Length(max=LONGEST_ACTION, message=TOO_LONG)],
    )
    owner = StringField(_("Who sees to it? (may stay empty)"), [Length(max=LONGEST_OWNER, message=TOO_LONG)])
    due_on = DayField(_("By when? (may stay empty)"), [Optional()])


def agree_form(
    question: VotedQuestion, agreed: Agreement | None, reader: Localisation, *, version: int = 0, is_sent: bool = False
) -> AgreeForm:
    """A form for a page that shows this `version` of the workshop.

    No level is chosen beforehand but what was agreed: a tie is not broken by a form.
    """
    form = AgreeForm(
        **({} if is_sent else {"formdata": None}),
        question=question.key,
        version=str(version),
        level=str(agreed.level) if agreed else None,
        note=agreed.note if agreed else "",
    )
    values = [*(level.value for level in reversed(question.levels)), DONT_KNOW]
    form.level.choices = choices_of([(str(value), level_words(question, value, reader)) for value in values])
    return form
