"""Lists of people to be invited by e-mail, pasted or in a file: read the same for one round and for a campaign."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField, TextAreaField

from assessment.intake.problems import InvalidFile, describe
from assessment.web.forms import Form
from assessment.web.languages import lazy_gettext as _
from assessment.web.languages import reader
from assessment.web.prepare import documents, make_now
from assessment.web.transactions import commit_early

LARGEST_FILE = 1_000_000

Given = TypeVar("Given")


class ListForm(Form):
    """A list of people, pasted or in a file."""

    addresses = TextAreaField(_("Addresses"))
    file = FileField(_("Or a file"))


class SendForm(Form):
    """The people of a list, as they were understood. They travel in the form: nothing is stored before it is sent."""

    people = HiddenField()
    turn = HiddenField()
    replies = BooleanField(_("Answers to the messages go to my e-mail"))
    also_removed = BooleanField(_("Also add those who were removed from this list"))


@dataclass(frozen=True, slots=True)
class ListReading(Generic[Given]):
    """How a kind of list is read, how long it may be, and the sentences for one that is empty or longer."""

    pasted: Callable[[str], list[Given]]
    file: Callable[[bytes], list[Given]]
    most: int
    when_empty: str
    when_too_long: str


def given_in(form: ListForm, how: ListReading[Given]) -> list[Given] | None:
    """The people that were pasted and those of the file; else `None`, and the form says why."""
    commit_early()  # what was pasted may be thousands of lines
    given = how.pasted(form.addresses.data or "")
    if form.file.data:
        data = form.file.data.stream.read(LARGEST_FILE + 1)
        form.file.data.close()
        if len(data) > LARGEST_FILE:
            form.add_error(form.file, _("The file is larger than 1 MB. Send only names and addresses."))
            return None
        if data:
            try:
                given += make_now(documents().files, how.file, data)
            except InvalidFile as invalid:
                form.add_error(form.file, describe(invalid.problems[0], reader()))
                return None
    if not given:
        form.add_error(form.addresses, reader().gettext(how.when_empty))
        return None
    if len(given) > how.most:
        form.add_error(form.addresses, reader().gettext(how.when_too_long) % {"most": reader().number(how.most)})
        return None
    return given
