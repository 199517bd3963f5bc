"""What became of the actions of a plan: who changed what, and when."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from assessment.domain.plans.history import ActionChangeKind, FieldChange
from assessment.services.plans import RoundPlan
from assessment.store.plan_actions import latest_events

MOST_SHOWN: Final = 12
"""Changes of one action: a plan lasts ninety days."""


@dataclass(frozen=True, slots=True)
class PastChange:
    """One change of an action; `email` is empty where that account is gone, or nobody changed it by hand. `link_owner`
    is whom the link was made for by which it came, if by one."""

    happened_at: dt.datetime
    kind: ActionChangeKind
    fields: Mapping[str, FieldChange]
    email: str
    link_owner: str = ""


@dataclass(frozen=True, slots=True)
class ActionHistory:
    """What became of one action, the latest first; with `has_more`, earlier changes are left out."""

    changes: tuple[PastChange, ...] = ()
    has_more: bool = False


def history_of(session: Session, round_plan: RoundPlan) -> dict[uuid.UUID, ActionHistory]:
    """By the id of each action of the plan, also of those that were given up."""
    if round_plan.plan is None:
        return {}
    events = latest_events(session, round_plan.plan.id, most=MOST_SHOWN + 1)
    return {
        action_id: ActionHistory(
            tuple(
                PastChange(
                    named.event.happened_at,
                    named.event.kind,
                    {name: (change[0], change[1]) for name, change in named.event.changes.items()},
                    named.email,
                    named.event.link_owner or "",
                )
                for named in listed[:MOST_SHOWN]
            ),
            len(listed) > MOST_SHOWN,
        )
        for action_id, listed in events.items()
    }
