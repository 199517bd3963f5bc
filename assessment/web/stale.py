"""Pages that were open while somebody else, or the same person in another tab, saved the same thing.

A settings form carries what it showed. Of what comes back, only what differs from that was changed on the page: the
rest stays as it is stored by now. Where both were changed, the form says so with the stored value, and keeps what was
typed. Reasons: decision 0028.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Mapping
from typing import Any

from flask import request
from wtforms import BooleanField, Field, FileField, HiddenField, SelectField, SelectMultipleField

from assessment.domain.plain_text import plain_text
from assessment.web.forms import Form
from assessment.web.languages import lazy_gettext as _
from assessment.web.languages import reader

CHANGED = _(
    "This was changed while the page was open, perhaps in another tab. It now says “%(stored)s”; here is still what "
    "you had. Save again if yours should stay."
)
EMPTIED = _(
    "This was emptied while the page was open, perhaps in another tab; here is still what you had. Save again if yours "
    "should stay."
)


class SettingsForm(Form):
    """A form over what is stored, which never undoes what was changed after its page was opened.

    Built with what is stored by now, `also` being the state of what it acts on without showing it in a field. A form
    that was sent without what its page showed is taken as it is.
    """

    page_showed = HiddenField()
    own_words: Collection[str] = ()
    """Fields that show nothing stored."""

    def __init__(self, *args: Any, also: Mapping[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._also = dict(also or {})
        self._seen = _seen(self.page_showed.data if self.is_submitted() else None)
        self._renew()

    def validate(self, extra_validators: Any = None) -> bool:
        """Takes what was not changed here from what is stored; refuses where both were changed."""
        refused = [field for field in self._settings() if self._is_refused(field)]
        is_valid = bool(super().validate(extra_validators))
        for field in refused:
            stored = words_of(field, field.object_data)
            field.errors = [str(CHANGED) % {"stored": stored} if stored else str(EMPTIED), *field.errors]
        return is_valid and not refused

    def is_behind(self, name: str) -> bool:
        """Whether something that the form acts on (of `also`) is no longer as the page showed it."""
        return name in self._seen and self._seen[name] != self._also.get(name)

    def typed_for_gone(self, prefix: str) -> dict[str, str]:
        """What was changed in fields that the page had and this form no longer has, by name."""
        sent = self._sent or {}
        return {
            name: plain_text(sent[name])
            for name, seen in self._seen.items()
            if name.startswith(prefix) and name not in self and name in sent and plain_text(sent[name]) != seen
        }

    def seen(self, name: str) -> str:
        """What the page showed in a field, also in one that is gone."""
        return self._seen.get(name, "")

    @property
    def had_page(self) -> bool:
        """Whether what was sent says what its page showed."""
        return bool(self._seen)

    def showed(self, name: str) -> bool:
        """Whether the page had this field."""
        return name in self._seen

    @property
    def _sent(self) -> Mapping[str, str] | None:
        return request.form if self.is_submitted() else None

    def _settings(self) -> list[Field]:
        """Neither tokens nor files, nor a box that asks for something to be done."""
        return [
            field
            for field in self
            if not isinstance(field, HiddenField | FileField) and field.name not in self.own_words
        ]

    def _is_refused(self, field: Field) -> bool:
        if self._sent is None or (field.name not in self._sent and not isinstance(field, BooleanField)):
            return False
        stored, sent = _text(field.object_data), _sent(field)
        seen = self._seen.get(field.name, stored)
        if sent == seen:
            _put(field, field.object_data)
            return False
        return stored not in (seen, sent)

    def _renew(self) -> None:
        """What the page shows from now on: sent once more, it takes the place of what is stored, knowingly."""
        stored = {field.name: _text(field.object_data) for field in self._settings()}
        self.page_showed.data = json.dumps(stored | self._also, ensure_ascii=False)


def words_of(field: Field, data: Any) -> str:
    """A value as the page words it."""
    if isinstance(field, BooleanField):
        return reader().gettext("yes") if data else reader().gettext("no")
    if isinstance(field, SelectMultipleField):
        return reader().list_of(str(label) for value, label, *_rest in field.iter_choices() if value in (data or ()))
    if isinstance(field, SelectField):
        text = _text(data)
        return next((str(choice[1]) for choice in field.iter_choices() if str(choice[0]) == text), text)
    return reader().date(data) if isinstance(data, dt.date) else _text(data)


def _seen(sent: str | None) -> dict[str, str]:
    """What a page says that it showed; nothing of what is not ours."""
    try:
        told = json.loads(sent or "{}")
    except (ValueError, RecursionError):
        return {}
    return {str(name): plain_text(str(value)) for name, value in told.items()} if isinstance(told, dict) else {}


def _text(data: Any) -> str:
    return "" if data is None else plain_text(str(data))


def _sent(field: Field) -> str:
    """What was typed, also where it is nothing that the field can take."""
    if field.process_errors and field.raw_data:
        return _text(field.raw_data[0])
    return _text(field.data)


def _put(field: Field, stored: Any) -> None:
    field.data = stored
    field.process_errors = []
    field.raw_data = [] if isinstance(field, BooleanField) else [_text(stored)]
