"""How far each action of a plan is: one form for all of them, which saves what was changed and nothing else.

A smaller form that has the fields of one action only (a card of the board, a step of the meeting) is taken as the same
form: it changes nothing of the others.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from wtforms import Field, SelectField, StringField, TextAreaField
from wtforms.validators import Length

from assessment.domain.plans.choices import LONGEST_EVIDENCE, LONGEST_NOTE, ActionStatus
from assessment.domain.plans.edits import is_explained
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
COLUMNS: Final = tuple(ActionStatus(value) for value, _words in STATUSES if value != ActionStatus.DROPPED)
"""Of the board, in their order."""
TOO_LONG = _("Write it shorter: at most %(max)d letters.")
WHY = _("Write here why it is given up, so that nobody wonders later.")
GONE = N_(
    "An action that you wrote about is no longer in the plan, so this is not saved: “%(words)s”. Copy it if need be."
)
NO_ROOM = _(
    "There is no place for it in the plan: page 1 holds five actions, each of them once. Give up another one first, or "
    "take one away."
)
NAMES: Final = ("status", "note", "evidence")


@dataclass(frozen=True, slots=True)
class FollowFields:
    """Those of one action."""

    status: Field
    note: Field
    evidence: Field
    showed: str
    """What a form of these alone shows, for `page_showed`."""

    @property
    def has_errors(self) -> bool:
        return any(field.errors for field in (self.status, self.note, self.evidence))


@dataclass(frozen=True, slots=True)
class Progress:
    """What was changed of one action on the page."""

    action_id: uuid.UUID
    status: ActionStatus
    note: str
    evidence: str


class FollowForm(SettingsForm):
    """Its fields are added by `follow_form`, three an action."""

    actions: Sequence[ReadAction] = ()

    def fields_of(self, action: ReadAction) -> FollowFields:
        status, note, evidence = (self[f"{name}-{action.id}"] for name in NAMES)
        showed = json.loads(self.page_showed.data or "{}")
        own = {field.name: showed[field.name] for field in (status, note, evidence)}
        return FollowFields(status, note, evidence, json.dumps(own, ensure_ascii=False))

    def validate(self, extra_validators: Any = None) -> bool:
        """Refuses to give up an action without a word of why."""
        is_valid = super().validate(extra_validators)
        for action in self.actions:
            own = self.fields_of(action)
            if own.status.errors:
                continue
            if not is_explained(action.status, action.note, ActionStatus(own.status.data), own.note.data or ""):
                self.add_error(own.note, WHY)
                is_valid = False
        return is_valid


def follow_form(actions: Sequence[ReadAction]) -> FollowForm:
    """A form over how far these actions are by now."""
    fields: dict[str, Any] = {"actions": tuple(actions)}
    data: dict[str, str] = {}
    for action in actions:
        fields[f"status-{action.id}"] = SelectField(_("How far is it?"), choices=choices_of(STATUSES))
        fields[f"note-{action.id}"] = TextAreaField(
            _("Note (needed only to give an action up)"), [Length(max=LONGEST_NOTE, message=TOO_LONG)]
        )
        fields[f"evidence-{action.id}"] = StringField(
            _("What shows it: a text or a link (may stay empty)"), [Length(max=LONGEST_EVIDENCE, message=TOO_LONG)]
        )
        data |= {
            f"status-{action.id}": action.status.value,
            f"note-{action.id}": action.note,
            f"evidence-{action.id}": action.evidence,
        }
    form: FollowForm = type("FollowForm", (FollowForm,), fields)(data=data)
    return form


def progress_said(form: FollowForm, actions: Sequence[ReadAction]) -> list[Progress]:
    """What a valid form makes of each action that it changes; what makes room in the plan comes first."""
    said = []
    for action in actions:
        own = form.fields_of(action)
        status, note, evidence = ActionStatus(own.status.data), own.note.data or "", own.evidence.data or ""
        if (status, note, evidence) != (action.status, action.note, action.evidence):
            said.append(Progress(action.id, status, note, evidence))
    return sorted(said, key=lambda one: one.status is not ActionStatus.DROPPED)


def gone_words(form: FollowForm, reader: Localisation) -> list[str]:
    """What was written about actions that are no longer in the plan, each as a sentence; none of it is lost unseen."""
    typed: dict[str, dict[str, str]] = {}
    for kind in NAMES:
        for name, words in form.typed_for_gone(f"{kind}-").items():
            typed.setdefault(name.partition("-")[2], {})[kind] = words[: 2 * LONGEST_NOTE]
    names = {value: str(words) for value, words in STATUSES}
    told = [
        (names.get(words.get("status", ""), ""), words.get("note", ""), words.get("evidence", ""))
        for words in typed.values()
    ]
    said = [" · ".join(part for part in parts if part) for parts in told]
    return [reader.gettext(GONE, words=words) for words in said if words]
