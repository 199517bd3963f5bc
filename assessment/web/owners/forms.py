"""How far an owner's actions are: one form, which saves what was changed on it and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from wtforms import Field, SelectField, StringField, TextAreaField
from wtforms.validators import Length

from assessment.domain.plans.choices import LONGEST_EVIDENCE, LONGEST_NOTE, ActionStatus
from assessment.infra.languages import N_, Localisation
from assessment.services.owner_links import OwnerSays
from assessment.web.forms import choices_of
from assessment.web.languages import lazy_gettext as _
from assessment.web.plan_reading import ReadAction
from assessment.web.stale import SettingsForm

STATUSES: Final = (
    (ActionStatus.TODO.value, _("To do")),
    (ActionStatus.DOING.value, _("Under way")),
    (ActionStatus.BLOCKED.value, _("Stuck")),
    (ActionStatus.DONE.value, _("Done")),
)
TOO_LONG = _("Write it shorter: at most %(max)d letters.")
GONE = N_("An action that you wrote about is no longer yours, so this is not saved: “%(words)s”. Copy it if need be.")


@dataclass(frozen=True, slots=True)
class OwnersFields:
    """Those of one action."""

    status: Field
    note: Field
    evidence: Field


class OwnersForm(SettingsForm):
    """Its fields are added by `owners_form`, three an action. The view checks the token against forged forms."""

    class Meta(SettingsForm.Meta):
        csrf = False

    def fields_of(self, action: ReadAction) -> OwnersFields | None:
        """`None` for an action that was given up: that is not an owner's to change."""
        if f"status-{action.id}" not in self:
            return None
        return OwnersFields(*(self[f"{name}-{action.id}"] for name in ("status", "note", "evidence")))


def owners_form(actions: Sequence[ReadAction]) -> OwnersForm:
    """A form over how far these actions are by now."""
    fields: dict[str, Any] = {}
    data: dict[str, str] = {}
    for action in actions:
        if action.status is ActionStatus.DROPPED:
            continue
        fields[f"status-{action.id}"] = SelectField(_("How far is it?"), choices=choices_of(STATUSES))
        fields[f"note-{action.id}"] = TextAreaField(
            _("Note (may stay empty)"),
            [Length(max=LONGEST_NOTE, message=TOO_LONG)],
        )
        fields[f"evidence-{action.id}"] = StringField(
            _("What shows it: a text or a link (may stay empty)"), [Length(max=LONGEST_EVIDENCE, message=TOO_LONG)]
        )
        data |= {
            f"status-{action.id}": action.status.value,
            f"note-{action.id}": action.note,
            f"evidence-{action.id}": action.evidence,
        }
    form: OwnersForm = type("OwnersForm", (OwnersForm,), fields)(data=data)
    return form


def owner_says(form: OwnersForm, actions: Sequence[ReadAction]) -> list[OwnerSays]:
    """What a valid form makes of each action that it changes."""
    said = []
    for action in actions:
        own = form.fields_of(action)
        if own is None:
            continue
        status, note, evidence = ActionStatus(own.status.data), own.note.data or "", own.evidence.data or ""
        if (status, note, evidence) != (action.status, action.note, action.evidence):
            said.append(OwnerSays(action.id, status, note, evidence))
    return said


def gone_words(form: OwnersForm, reader: Localisation) -> list[str]:
    """What was written about actions that this link no longer leads to, each as a sentence."""
    names = {value: str(words) for value, words in STATUSES}
    typed: dict[str, list[str]] = {}
    for name, value in form.typed_for_gone("status-").items():
        typed.setdefault(name.partition("-")[2], []).append(names.get(value, ""))
    for kind in ("note-", "evidence-"):
        for name, value in form.typed_for_gone(kind).items():
            typed.setdefault(name.partition("-")[2], []).append(value[: 2 * LONGEST_NOTE])
    said = (" · ".join(part for part in parts if part) for parts in typed.values())
    return [reader.gettext(GONE, words=words) for words in said if words]
