"""The form of a sheet of paper: a field for each of its questions, in which a key stands for an answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import HiddenField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from assessment.domain.answers import Role
from assessment.domain.paper import DONT_KNOW, PaperBlock, PaperOption, PaperQuestion, questions_of
from assessment.infra.languages import Localisation
from assessment.services.paper_sheets import Comparison
from assessment.services.respond import LONGEST_COMMENT
from assessment.web.forms import Form, choices_of
from assessment.web.languages import lazy_gettext as _

LONGEST_ANSWER = 60
"""Letters in a field for keys: far more than any answer has."""


class SheetForm(Form):
    """`version` is that of the sheet, `editor` the name of this page."""

    version = HiddenField()
    editor = HiddenField()

    @property
    def version_shown(self) -> int:
        given = self.version.data or ""
        return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 0

    @property
    def editor_shown(self) -> str:
        return (self.editor.data or "")[:40]


def sheet_form(
    blocks: Sequence[PaperBlock], answers: Mapping[str, Any], reader: Localisation, **given: Any
) -> SheetForm:
    """A form that shows these answers, or what was sent."""
    questions = questions_of(blocks)
    fields = {question.name: _field(question, reader) for question in questions}
    form_class = type("SheetForm", (SheetForm,), fields)
    shown = {question.name: question.typed(question.answer_in(answers)) for question in questions}
    form: SheetForm = form_class(data=shown | given)
    return form


def answers_of_form(blocks: Sequence[PaperBlock], typed: Mapping[str, Any]) -> dict[str, Any]:
    """The document of what was typed; what is no answer is left out."""
    answers: dict[str, Any] = {}
    for question in questions_of(blocks):
        try:
            question.put(answers, question.read(str(typed.get(question.name) or "")))
        except ValueError:
            continue
    return answers


def may_be_typed(question: PaperQuestion, reader: Localisation) -> str:
    """What may be typed for a question, in words."""
    keys = [option.key for option in question.options]
    if question.at_most > 1:
        return reader.ngettext(
            "%(n)s letter from %(first)s to %(last)s",
            "up to %(n)s letters from %(first)s to %(last)s",
            question.at_most,
            first=keys[0],
            last=keys[-1],
        )
    if question.has_dont_know:
        return reader.gettext("%(first)s to %(last)s, or 0 for “I don't know”", first=keys[0], last=keys[-1])
    return reader.gettext("%(first)s to %(last)s", first=keys[0], last=keys[-1])


def _field(question: PaperQuestion, reader: Localisation) -> Any:
    if question.is_words:
        too_long = reader.gettext(
            "Your comment is too long: please keep it under %(most)s characters.", most=reader.number(LONGEST_COMMENT)
        )
        return TextAreaField(reader.text(question.text), [Length(max=LONGEST_COMMENT, message=too_long)])

    def check(form: Form, field: Any) -> None:
        try:
            question.read((field.data or "")[:LONGEST_ANSWER])
        except ValueError:
            raise ValidationError(_refusal(question, field.data, reader)) from None

    return StringField(question_words(question, reader), [check])


def question_words(question: PaperQuestion, reader: Localisation) -> str:
    """A question as it stands on the sheet, without its number."""
    if question.part == "role":
        return reader.gettext("What is your part in the team?")
    return reader.text(question.text)


def option_words(question: PaperQuestion, answer: Any, reader: Localisation) -> str:
    """An answer as somebody reads it."""
    if answer is None:
        return reader.gettext("nothing")
    if answer == DONT_KNOW and question.has_dont_know:
        return reader.gettext("0: I don't know")
    if question.is_words:
        return str(answer)
    chosen = answer if question.at_most > 1 else [answer]
    words = {option.value: f"{option.key}: {words_of_option(question, option, reader)}" for option in question.options}
    return reader.list_of(words[one] for one in chosen)


def words_of_option(question: PaperQuestion, option: PaperOption, reader: Localisation) -> str:
    """What is marked on the sheet for an answer."""
    if question.part != "role":
        return reader.text(option.text)
    is_leader = option.value == Role.LEADER.value
    return reader.gettext("I lead the team") if is_leader else reader.gettext("I am a team member")


def _refusal(question: PaperQuestion, typed: str, reader: Localisation) -> str:
    where = reader.number(question.number) if question.number else question_words(question, reader)
    return reader.gettext(
        "“%(typed)s” at %(where)s is none of the answers. Type %(keys)s.",
        typed=typed[:LONGEST_ANSWER],
        where=where,
        keys=may_be_typed(question, reader),
    )


def compare_form(comparison: Comparison, reader: Localisation) -> Form:
    """For each difference, which of the two typings holds."""
    fields = {
        question.name: RadioField(
            f"{reader.number(question.number)}. {question_words(question, reader)}"
            if question.number
            else question_words(question, reader),
            [InputRequired(_("Please look at the paper, and choose what stands there."))],
            choices=choices_of(
                [
                    (str(typing), option_words(question, question.answer_in(answers), reader))
                    for typing, answers in ((1, comparison.first), (2, comparison.second))
                ]
            ),
        )
        for question in comparison.differ
    }
    form: Form = type("CompareForm", (Form,), fields)()
    return form
