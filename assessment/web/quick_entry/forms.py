"""The form of a sheet of paper: a field for each of its questions, in which a key stands for an answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from wtforms import Field, HiddenField, RadioField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, ValidationError

from assessment.domain.answers import Role
from assessment.domain.paper import DONT_KNOW, PaperBlock, PaperOption, PaperQuestion, questions_of
from assessment.infra.languages import Localisation
from assessment.services.paper_sheets import Comparison
from assessment.services.respond import LONGEST_COMMENT
from assessment.web.forms import Form, choices_of

LONGEST_ANSWER = 60
"""Letters in a field for keys: far more than any answer has."""


class SheetForm(Form):
    """`version` is that of the sheet, `editor` the name of this page; `asked` where it has asked about few rows."""

    version = HiddenField()
    editor = HiddenField()
    asked = HiddenField()

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
    if question.at_most > 1 or not keys[0].isdigit():
        return reader.ngettext(
            "%(n)s letter from %(first)s to %(last)s",
            "up to %(n)s letters from %(first)s to %(last)s",
            question.at_most,
            first=keys[0],
            last=keys[-1],
        )
    if question.has_dont_know:
        return reader.gettext("%(first)s to %(last)s, or 0 for “I don't know”", first=keys[0], last=keys[-1])
    return reader.gettext("a number from %(first)s to %(last)s", first=keys[0], last=keys[-1])


def _field(question: PaperQuestion, reader: Localisation) -> Any:
    if question.is_words:
        return TextAreaField(reader.text(question.text), [_length_of_words(reader)])
    return StringField(question_words(question, reader), [_check_of(question, reader)])


def _length_of_words(reader: Localisation) -> Length:
    too_long = reader.gettext(
        "Your comment is too long: please keep it under %(most)s characters.", most=reader.number(LONGEST_COMMENT)
    )
    return Length(max=LONGEST_COMMENT, message=too_long)


def _check_of(question: PaperQuestion, reader: Localisation) -> Callable[[Form, Field], None]:
    """A validator: that what was typed is an answer."""

    def check(form: Form, field: Field) -> None:
        try:
            question.read((field.data or "")[:LONGEST_ANSWER])
        except ValueError:
            raise ValidationError(_refusal(question, field.data, reader)) from None

    return check


def question_words(question: PaperQuestion, reader: Localisation) -> str:
    """A question as it stands on the sheet, without its number."""
    if question.part == "role":
        return reader.gettext("What is your part in the team?")
    return reader.text(question.text)


def option_words(question: PaperQuestion, answer: Any, reader: Localisation) -> str:
    """An answer as somebody reads it."""
    if answer is None:
        return reader.gettext("(empty)")
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


def place_of(question: PaperQuestion, reader: Localisation) -> str:
    """Where on the sheet a question stands: its row, or where it has no number, its words."""
    if question.number:
        return reader.gettext("Row %(number)s", number=reader.number(question.number))
    return reader.gettext("“%(question)s”", question=question_words(question, reader))


def _refusal(question: PaperQuestion, typed: str, reader: Localisation) -> str:
    letters = question.letters_of(typed)
    if question.at_most > 1 and len(letters) > question.at_most and letters <= question.keys.keys():
        return reader.gettext(
            "%(where)s: “%(typed)s” has %(count)s letters, and at most %(most)s may be marked. Type %(keys)s.",
            where=place_of(question, reader),
            typed=typed[:LONGEST_ANSWER],
            count=reader.number(len(letters)),
            most=reader.number(question.at_most),
            keys=may_be_typed(question, reader),
        )
    return reader.gettext(
        "%(where)s: “%(typed)s” is no answer. Type %(keys)s.",
        where=place_of(question, reader),
        typed=typed[:LONGEST_ANSWER],
        keys=may_be_typed(question, reader),
    )


OTHER = "other"
"""That neither of two typings stands on the paper, but something else."""


class CompareForm(Form):
    """For each difference, which of the two typings holds, or what stands on the paper instead."""

    def validate(self, extra_validators: Any = None) -> bool:
        """Whoever has typed something else need not also choose that."""
        for name in [name for name in self._fields if f"{name}-{OTHER}" in self]:
            if not self[name].data and self[f"{name}-{OTHER}"].data:
                self[name].data = OTHER
        return bool(super().validate(extra_validators))

    @staticmethod
    def other_name(question: PaperQuestion) -> str:
        """The name of the field for what is neither."""
        return f"{question.name}-{OTHER}"

    def chosen(self, comparison: Comparison) -> dict[str, int]:
        """By the name of a question, the typing that holds: 1 or 2."""
        picked = {question.name: self[question.name].data for question in comparison.differ}
        return {name: int(typing) for name, typing in picked.items() if typing != OTHER}

    def others(self, comparison: Comparison) -> dict[str, Any]:
        """By the name of a question, the answer where neither typing holds; `None` where the paper has none."""
        return {
            question.name: question.read(self[self.other_name(question)].data or "")
            for question in comparison.differ
            if self[question.name].data == OTHER
        }


def compare_form(comparison: Comparison, reader: Localisation) -> CompareForm:
    """A form in which everything that differs is decided."""
    fields: dict[str, Any] = {}
    for question in comparison.differ:
        words = question_words(question, reader)
        typings = [
            (str(typing), option_words(question, question.answer_in(answers), reader))
            for typing, answers in ((1, comparison.first), (2, comparison.second))
        ]
        missing = reader.gettext(
            "%(where)s: please look at the paper, and choose what stands there.", where=place_of(question, reader)
        )
        fields[question.name] = RadioField(
            f"{reader.number(question.number)}. {words}" if question.number else words,
            [DataRequired(missing)],
            choices=choices_of([*typings, (OTHER, reader.gettext("Something else"))]),
        )
        fields[CompareForm.other_name(question)] = _other_field(question, reader)
    form: CompareForm = type("CompareForm", (CompareForm,), fields)()
    return form


def _other_field(question: PaperQuestion, reader: Localisation) -> Any:
    """What stands on the paper, where that is neither typing; looked at only then."""
    label = reader.gettext("What stands on the paper")
    check: Callable[[Form, Any], None] = _length_of_words(reader) if question.is_words else _check_of(question, reader)

    def check_chosen(form: Form, field: Field) -> None:
        if form[question.name].data == OTHER:
            check(form, field)
        elif field.data:
            raise ValidationError(
                reader.gettext(
                    "%(where)s: one answer is chosen, and another one typed. Choose “Something else”, or empty the "
                    "field.",
                    where=place_of(question, reader),
                )
            )

    return TextAreaField(label, [check_chosen]) if question.is_words else StringField(label, [check_chosen])
