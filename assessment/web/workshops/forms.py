"""Forms of whoever leads a workshop."""

from __future__ import annotations

from collections.abc import Sequence

from wtforms import HiddenField, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput

from assessment.domain.plans.choices import LONGEST_OWNER
from assessment.domain.texts import Text
from assessment.domain.workshops import (
    DONT_KNOW,
    LONGEST_ACTION,
    LONGEST_CHOICE,
    LONGEST_NOTE,
    LONGEST_QUESTION,
    MOST_CHOICES,
    Order,
    VotedQuestion,
)
from assessment.infra.languages import Localisation
from assessment.services.workshops import LONGEST_AGENDA, Agreement
from assessment.web.fields import DayField, WholeNumberField
from assessment.web.forms import Form, choices_of
from assessment.web.languages import lazy_gettext as _
from assessment.web.workshop_words import in_reading_order, level_words

TOO_LONG = _("At most %(max)d letters.")


class ChooseForm(Form):
    """What is voted on, and in which order."""

    version = HiddenField()
    questions = SelectMultipleField(
        _("What do you vote on?"),
        [DataRequired(_("Please choose at least one question."))],
        option_widget=CheckboxInput(),
        validate_choice=False,
    )
    order = RadioField(
        _("In which order?"),
        [InputRequired(_("Please choose the order."))],
        choices=choices_of(
            [
                (Order.AS_ASKED, _("One after the other: vote, see the votes, talk, agree")),
                (Order.VOTES_FIRST, _("First vote on everything; then talk, beginning where you disagree most")),
            ]
        ),
        default=Order.AS_ASKED,
    )

    def offer(self, questions: Sequence[VotedQuestion], reader: Localisation) -> None:
        self.questions.choices = choices_of([(one.key, reader.text(one.title)) for one in questions])

    @property
    def chosen_order(self) -> Order:
        return Order(self.order.data)


class StartForm(ChooseForm):
    minutes = WholeNumberField(
        _("How many minutes do you have?"),
        [
            InputRequired(_("Please write how many minutes you have.")),
            NumberRange(5, LONGEST_AGENDA, _("Write a whole number from %(min)s to %(max)s.")),
        ],
    )


class OwnQuestionForm(Form):
    """A plain question of the team's own, in one language or both; without choices it is a scale."""

    version = HiddenField()
    es = StringField(_("Question in Spanish"), [Length(max=LONGEST_QUESTION, message=TOO_LONG), Optional()])
    en = StringField(_("Question in English"), [Length(max=LONGEST_QUESTION, message=TOO_LONG), Optional()])
    choices_es = TextAreaField(_("Answers in Spanish, one a line"), [Optional()])
    choices_en = TextAreaField(_("Answers in English, one a line"), [Optional()])

    def text(self) -> Text:
        """What is written in one language alone stands for both."""
        es, en = self.es.data or "", self.en.data or ""
        return Text(es or en, en or es)

    def choices(self) -> list[Text]:
        es, en = _lines(self.choices_es.data), _lines(self.choices_en.data)
        return [Text(one, other) for one, other in zip(es or en, en or es, strict=True)]

    def is_complete(self) -> bool:
        """Whether it can be asked; what is wrong stands at its field then."""
        es, en = _lines(self.choices_es.data), _lines(self.choices_en.data)
        if not (self.es.data or self.en.data):
            self.add_error(self.es, _("Please write the question, in one language at least."))
        if es and en and len(es) != len(en):
            self.add_error(
                self.choices_en, _("Please write as many answers in both languages, or leave one of them empty.")
            )
        for field, lines in ((self.choices_es, es), (self.choices_en, en)):
            if len(lines) == 1 or len(lines) > MOST_CHOICES:
                self.add_error(field, _("Write two to eight answers, or none: then people answer from 1 to 5."))
            elif any(len(line) > LONGEST_CHOICE for line in lines):
                self.add_error(field, _("One answer is longer than 60 letters. Please shorten it."))
        return not self.errors


def _lines(written: str | None) -> list[str]:
    return [line for one in (written or "").splitlines() if (line := one.strip())]


class NoteForm(Form):
    """A thought or an action that was written down."""

    shown = HiddenField()
    words = StringField(_("Words (leave it empty to take it away)"), [Optional()])
    owner = StringField(_("Who sees to it? (may stay empty)"), [Length(max=LONGEST_OWNER, message=TOO_LONG)])
    due_on = DayField(_("By when? (may stay empty)"), [Optional()])


class AgreeForm(Form):
    """What the team agrees on for the question that is shown: one level, or of priorities several."""

    question = HiddenField()
    version = HiddenField()
    level = RadioField(_("What the team agrees on"), [InputRequired(_("Please choose what the team agrees on."))])
    levels = SelectMultipleField(_("What the team agrees on"), option_widget=CheckboxInput(), validate_choice=False)
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
        levels=[str(one) for one in question.chosen(agreed.level)] if agreed else [],
        note=agreed.note if agreed else "",
    )
    if question.most > 1:
        del form.level
        form.levels.choices = choices_of([(str(one.value), reader.text(one.name)) for one in question.levels])
        return form
    del form.levels
    values = [*(level.value for level in in_reading_order(question)), DONT_KNOW]
    form.level.choices = choices_of([(str(value), level_words(question, value, reader)) for value in values])
    return form


def level_of(form: AgreeForm, question: VotedQuestion) -> int | None:
    """What is agreed as one number; `None` where it is something that no form of ours sends."""
    given = form.levels.data or [] if question.most > 1 else [form.level.data or ""]
    if not all(one.isascii() and one.isdigit() and len(one) < 4 for one in given):
        return None
    values = [int(one) for one in given]
    if any(value > question.size for value in values):
        return None
    level = question.value_of(values)
    return level if question.takes(level) else None
