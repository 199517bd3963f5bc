"""How far each action of a plan is: one small form an action, so that two people never undo each other's ticks."""

from __future__ import annotations

from typing import Final

from wtforms import HiddenField, SelectField, TextAreaField
from wtforms.validators import Length

from assessment.domain.plans.choices import LONGEST_NOTE, ActionStatus
from assessment.web.forms import Form, choices_of
from assessment.web.languages import lazy_gettext as _
from assessment.web.plan_reading import ReadAction

STATUSES: Final = (
    (ActionStatus.TODO.value, _("To do")),
    (ActionStatus.DOING.value, _("Under way")),
    (ActionStatus.BLOCKED.value, _("Stuck")),
    (ActionStatus.DONE.value, _("Done")),
    (ActionStatus.DROPPED.value, _("Given up")),
)


class FollowForm(Form):
    action = HiddenField()
    status = SelectField(_("How far is it?"), choices=choices_of(STATUSES))
    note = TextAreaField(
        _("Note (may stay empty)"), [Length(max=LONGEST_NOTE, message=_("Write it shorter: at most %(max)d letters."))]
    )


def follow_form(action: ReadAction, refused: FollowForm | None) -> FollowForm:
    """The form of an action; where it was this one that was refused, with all that was typed."""
    if refused is not None and refused.action.data == str(action.id):
        form = refused
    else:
        form = FollowForm(formdata=None, data={"action": str(action.id), "status": action.status, "note": action.note})
    for field in (form.action, form.status, form.note):
        field.id = f"{field.name}-{action.id}"
    return form
