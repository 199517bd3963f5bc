"""How far each action of a plan is: one form for all of them, which saves what was changed and nothing else."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from wtforms import Field, SelectField, TextAreaField
from wtforms.validators import Length

from assessment.domain.plans.choices import LONGEST_NOTE, ActionStatus
from assessment.infra.languages import N_, Localisation
from assessment.web.forms import choices_of
from assessment.web.languages import lazy_gettext as _
from assessment.web.plan_reading import ReadAction
from assessment.web.stale import SettingsForm

STATUSES: Final = (
    (ActionStatus.TODO.value, _("To do")),
    (ActionStatus.DOING.value, _("Under way")),
    (ActionStatus.BLOCKED.value, _("Stuck")),
    (ActionStatus.DONE.value, _("Done")),
    (ActionStatus.DROPPED.value, _("Given up")),
)
GONE = N_(
    "An action that you wrote about is no longer in the plan, so this is not saved: “%(words)s”. Copy it if need be."
)


@dataclass(frozen=True, slots=True)
class FollowFields:
    """Those of one action."""

    status: Field
    note: Field


@dataclass(frozen=True, slots=True)
class Progress:
    """What was changed of one action on the page."""

    action_id: uuid.UUID
    status: ActionStatus
    note: str


class FollowForm(SettingsForm):
    """Its fields are added by `follow_form`, two an action."""

    def fields_of(self, action: ReadAction) -> FollowFields:
        return FollowFields(self[f"status-{action.id}"], self[f"note-{action.id}"])


def follow_form(actions: Sequence[ReadAction]) -> FollowForm:
    """A form over how far these actions are by now."""
    fields: dict[str, Any] = {}
    data: dict[str, str] = {}
    for action in actions:
        fields[f"status-{action.id}"] = SelectField(_("How far is it?"), choices=choices_of(STATUSES))
        fields[f"note-{action.id}"] = TextAreaField(
            _("Note (may stay empty)"),
            [Length(max=LONGEST_NOTE, message=_("Write it shorter: at most %(max)d letters."))],
        )
        data |= {f"status-{action.id}": action.status.value, f"note-{action.id}": action.note}
    form: FollowForm = type("FollowForm", (FollowForm,), fields)(data=data)
    return form


def progress_said(form: FollowForm, actions: Sequence[ReadAction]) -> list[Progress]:
    """What a valid form makes of each action that it changes."""
    said = []
    for action in actions:
        own = form.fields_of(action)
        status, note = ActionStatus(own.status.data), own.note.data or ""
        if (status, note) != (action.status, action.note):
            said.append(Progress(action.id, status, note))
    return said


def gone_words(form: FollowForm, reader: Localisation) -> list[str]:
    """What was written about actions that are no longer in the plan, each as a sentence; none of it is lost unseen."""
    notes = form.typed_for_gone("note-")
    statuses = form.typed_for_gone("status-")
    names = {value: str(words) for value, words in STATUSES}
    said = {}
    for name in (*statuses, *notes):
        id_ = name.partition("-")[2]
        status = names.get(statuses.get(f"status-{id_}", ""), "")
        note = notes.get(f"note-{id_}", "")[: 2 * LONGEST_NOTE]
        said[id_] = " · ".join(words for words in (status, note) if words)
    return [reader.gettext(GONE, words=words) for words in said.values() if words]
