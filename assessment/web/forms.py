"""What all forms share: cleaned texts, errors that a service raised, and a form that only confirms."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field, FieldList, PasswordField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs

from assessment.domain.plain_text import plain_text


class Form(FlaskForm):  # type: ignore[misc]
    """A form whose texts are trimmed and cleaned of control characters, passwords apart."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        def bind_field(self, form: Any, unbound_field: Any, options: Any) -> Any:
            if not issubclass(unbound_field.field_class, (PasswordField, FieldList)):
                options.setdefault("filters", [_clean])
            return unbound_field.bind(form=form, **options)

    def add_error(self, field: Field, sentence: object) -> None:
        """Adds an error text to a field, for what a service refused."""
        field.errors = [*field.errors, str(sentence)]


class ConfirmForm(Form):
    """A button, and its token against forged forms."""


def choices_of(pairs: Iterable[tuple[str, object]]) -> list[SelectChoice]:
    """Choices from values and their words."""
    return [SelectChoice(value, words) for value, words in pairs]


def _clean(value: Any) -> Any:
    return plain_text(value) if isinstance(value, str) else value
