"""What became of a plan's actions from one state to the next: each by its id."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from assessment.domain.plans.choices import ActionChoice, PlanChoices

FOLLOWED = ("title", "what", "owner", "measure", "due_on", "status", "note", "evidence")
"""What of an action may change while it stays the same action."""

FieldChange = tuple[str, str]
"""What a field said before and says after, as text: a day as ISO 8601, nothing as an empty text."""


class ActionChangeKind(StrEnum):
    """What became of an action."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class ActionChange:
    """One action's change; `fields` are those that changed, by name, and empty unless it is `CHANGED`."""

    action_id: uuid.UUID
    kind: ActionChangeKind
    fields: Mapping[str, FieldChange] = field(default_factory=dict)


def action_changes(before: PlanChoices | None, after: PlanChoices) -> tuple[ActionChange, ...]:
    """What became of each action: those of the plan as it is now in their order, then those that are gone."""
    earlier = {action.id: action for action in before.remembered} if before else {}
    changes = []
    for action in after.remembered:
        was = earlier.pop(action.id, None)
        if was is None:
            changes.append(ActionChange(action.id, ActionChangeKind.ADDED))
        elif fields := _changed_fields(was, action):
            changes.append(ActionChange(action.id, ActionChangeKind.CHANGED, fields))
    gone = [ActionChange(action_id, ActionChangeKind.REMOVED) for action_id in earlier]
    return (*changes, *gone)


def joined(first: Mapping[str, FieldChange], then: Mapping[str, FieldChange]) -> dict[str, FieldChange]:
    """Two changes of an action as one; a field that says again what it said at first has not changed."""
    both = dict(first)
    for name, (before, after) in then.items():
        both[name] = (both[name][0] if name in both else before, after)
    return {name: (before, after) for name, (before, after) in both.items() if before != after}


def _changed_fields(before: ActionChoice, after: ActionChoice) -> dict[str, FieldChange]:
    fields = {name: (_text(getattr(before, name)), _text(getattr(after, name))) for name in FOLLOWED}
    return {name: (was, now) for name, (was, now) in fields.items() if was != now}


def _text(value: object) -> str:
    """The library's own words are told as nothing, as is what was left open."""
    return "" if value is None else str(value)
