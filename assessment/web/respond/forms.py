"""Forms made from the questionnaire: one field a question, by the kind of question."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from wtforms import Field, Form, RadioField, SelectMultipleField, StringField, TextAreaField, ValidationError
from wtforms.csrf.core import CSRF, CSRFTokenField
from wtforms.validators import Length, Optional

from assessment.domain.answers import Answer, Role
from assessment.domain.plain_text import plain_text
from assessment.domain.questionnaire import Focus, Item, Ladder, Pillar, Scale
from assessment.domain.respondent_code import FEWEST_SIGNS, CodeTooShort, plain_code
from assessment.infra.languages import Localisation
from assessment.services.answer_documents import DONT_KNOW, write_answer
from assessment.services.respond import LONGEST_COMMENT
from assessment.web.respond.device_cookie import signer


class DeviceToken(CSRF):
    """The token against forged forms, bound to the device's cookie for this round instead of a session."""

    def setup_form(self, form: Any) -> Any:
        self.device_secret = str(form.meta.csrf_context)
        self.error_text = str(form.meta.forged)
        return super().setup_form(form)

    def generate_csrf_token(self, csrf_token_field: Any) -> str:
        return signer().form_token(self.device_secret)

    def validate_csrf_token(self, form: Any, field: Any) -> None:
        if not signer().is_form_token(self.device_secret, str(field.data or "")):
            raise ValidationError(self.error_text)


class AnswersForm(Form):
    """The base of every form here; `make_form_class` adds the questions of one page."""

    csrf_token: CSRFTokenField

    class Meta:
        csrf = True
        csrf_class = DeviceToken


class _AnswerField(RadioField):
    """One answer of several, by its value; skipping is allowed, anything else that was not offered is refused."""

    def __init__(self, label: str, choices: dict[str, str], reader: Localisation, **more: Any) -> None:
        super().__init__(label, [Optional()], choices=choices, **more)
        self.offered = frozenset(choices)
        self.error_text = reader.gettext("“%(question)s”: please choose one of the answers shown.", question=label)

    def pre_validate(self, form: Any) -> None:
        if self.data not in self.offered:
            raise ValidationError(self.error_text)


class _FocusField(SelectMultipleField):
    """Up to so many pillars."""

    def __init__(self, focus: Focus, pillars: tuple[Pillar, ...], reader: Localisation, **more: Any) -> None:
        choices = {pillar.id: reader.text(pillar.name) for pillar in pillars}
        super().__init__(reader.text(focus.question), choices=choices, **more)
        self.offered = frozenset(choices)
        self.at_most = focus.at_most
        self.reader = reader

    def pre_validate(self, form: Any) -> None:
        chosen = list(dict.fromkeys(self.data or ()))
        if set(chosen) - self.offered:
            raise ValidationError(self.reader.gettext("Please choose from the pillars shown."))
        if len(chosen) > self.at_most:
            raise ValidationError(
                self.reader.gettext(
                    "You chose %(chosen)s pillars. Please leave at most %(most)s: those that matter most now.",
                    chosen=len(chosen),
                    most=self.at_most,
                )
            )


class _CodeField(StringField):
    """A code that a respondent makes up."""

    def __init__(self, label: str, reader: Localisation, **more: Any) -> None:
        super().__init__(label, [Optional()], **more)
        self.error_text = too_short_code(reader)

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        try:
            plain_code(self.data or "")
        except CodeTooShort:
            raise ValidationError(self.error_text) from None


def too_short_code(reader: Localisation) -> str:
    return reader.gettext(
        "Your code is too short: please use at least %(fewest)s letters or digits, or leave it empty.",
        fewest=reader.number(FEWEST_SIGNS),
    )


def _scale(item: Item, scale: Scale, reader: Localisation) -> Any:
    choices = {str(point.value): reader.text(point.label) for point in scale.points}
    return _unbound(_AnswerField, reader.text(item.text), _with_dont_know(choices, scale, reader), reader)


def _rubric(item: Item, scale: Scale, reader: Localisation) -> Any:
    choices = {str(value): reader.text(level) for value, level in enumerate(item.levels, start=1)}
    return _unbound(_AnswerField, reader.text(item.text), _with_dont_know(choices, scale, reader), reader)


def ladder_field(ladder: Ladder, reader: Localisation) -> Any:
    """The six steps, the best on top and the worst at the bottom."""
    choices = {str(step.value): reader.text(step.label) for step in reversed(ladder.steps)}
    choices |= {DONT_KNOW: reader.text(ladder.dont_know)}
    return _unbound(_AnswerField, reader.text(ladder.question), choices, reader)


def choice_field(question: str, options: dict[str, str], reader: Localisation) -> Any:
    """One of several vignettes, by their ids."""
    return _unbound(_AnswerField, question, options, reader)


def focus_field(focus: Focus, pillars: tuple[Pillar, ...], reader: Localisation) -> Any:
    return _unbound(_FocusField, focus, pillars, reader)


def role_field(reader: Localisation) -> Any:
    choices = {
        Role.STAFF.value: reader.gettext("I am a team member"),
        Role.LEADER.value: reader.gettext("I lead the team"),
    }
    return _unbound(_AnswerField, reader.gettext("What is your part in the team?"), choices, reader)


def comment_field(label: str, reader: Localisation) -> Any:
    error_text = reader.gettext(
        "Your comment is too long: please keep it under %(most)s characters.", most=reader.number(LONGEST_COMMENT)
    )
    return _unbound(TextAreaField, label, [Length(max=LONGEST_COMMENT, message=error_text)], filters=[_plain])


@cache
def send_form_class(reader: Localisation) -> type[AnswersForm]:
    """The last page: the code that links rounds, which may stay empty."""
    return make_form_class({"code": _unbound(_CodeField, reader.gettext("Your own code (may stay empty)"), reader)})


ITEM_FIELDS: dict[bool, Callable[[Item, Scale, Localisation], Any]] = {False: _scale, True: _rubric}
"""By whether the item describes its levels."""


def item_field(item: Item, scale: Scale, reader: Localisation) -> Any:
    return ITEM_FIELDS[bool(item.levels)](item, scale, reader)


def make_form_class(fields: Mapping[str, Any]) -> type[AnswersForm]:
    """A form class with these fields. Making one takes as long as filling it ten times: cache it."""
    return type("QuestionsForm", (AnswersForm,), dict(fields))


def make_blank_form(form_class: type[AnswersForm], *, data: Mapping[str, Any], prefix: str) -> AnswersForm:
    """A form that is never sent: a script reads its fields, whose names begin with the prefix."""
    return form_class(data=data, prefix=prefix, meta={"csrf": False})


def make_form(
    form_class: type[AnswersForm], *, sent: Any, data: Mapping[str, Any], device_secret: str, reader: Localisation
) -> AnswersForm:
    """A form of this class: filled from what was sent, else from the draft."""
    forged = reader.gettext("This page had expired. Nothing was lost: please send it once more.")
    return form_class(sent, data=data, meta={"csrf_context": device_secret, "forged": forged})


@cache
def answers_offered(points: int) -> frozenset[str]:
    """The values of a field about a scale with so many points."""
    return frozenset({*map(str, range(1, points + 1)), DONT_KNOW})


def form_value(answer: Answer | None) -> str | None:
    """An answer as a form holds it."""
    if answer is None:
        return None
    return str(write_answer(answer))


def _with_dont_know(choices: dict[str, str], scale: Scale, reader: Localisation) -> dict[str, str]:
    return {**choices, DONT_KNOW: reader.text(scale.dont_know)}


def _plain(text: str | None) -> str:
    return plain_text(text or "")


def _unbound(field_class: type[Field], *args: Any, **kwargs: Any) -> Any:
    """An unbound field: WTForms binds it to a form later; the constructor is typed as if it were bound."""
    return field_class(*args, **kwargs)
