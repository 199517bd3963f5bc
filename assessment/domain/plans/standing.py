"""How the actions of a plan stand on a day: which are late, which are stuck."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import replace

from assessment.domain.plans.choices import ActionChoice, ActionStatus, PlanChoices
from assessment.domain.plans.faults import is_within_plan
from assessment.domain.plans.proposal import ActionPlan, PlannedAction


def is_past(due_on: dt.date | None, *, drawn_on: dt.date, today: dt.date) -> bool:
    """Whether the day of an action has passed. A day that no plan can have says nothing."""
    return due_on is not None and due_on < today and is_within_plan(due_on, drawn_on)


def is_late(choice: ActionChoice, *, drawn_on: dt.date, today: dt.date) -> bool:
    """Whether an open action should be done by now. A day that no plan can have says nothing about being late."""
    return choice.status.is_open and is_past(choice.due_on, drawn_on=drawn_on, today=today)


def is_stuck(choice: ActionChoice) -> bool:
    return choice.status is ActionStatus.BLOCKED


def marks(choices: PlanChoices, *, today: dt.date, elsewhere: Collection[uuid.UUID] = ()) -> dict[str, list[str]]:
    """The ids of what is late and of what is stuck, each only where something is. `elsewhere` are the actions that go
    on in another plan: here they are open no more."""
    here = [action for action in choices.actions if action.id not in elsewhere]
    late = [str(one.id) for one in here if is_late(one, drawn_on=choices.drawn_on, today=today)]
    stuck = [str(one.id) for one in here if is_stuck(one)]
    return {name: sorted(ids) for name, ids in (("late", late), ("stuck", stuck)) if ids}


def as_it_stands(
    plan: ActionPlan, choices: PlanChoices, *, today: dt.date, elsewhere: Collection[uuid.UUID] = ()
) -> ActionPlan:
    """The plan that came of `choices`, with its marks of a day."""

    def marked(planned: PlannedAction, choice: ActionChoice) -> PlannedAction:
        if choice.id in elsewhere:
            return planned
        late = is_late(choice, drawn_on=choices.drawn_on, today=today)
        return replace(planned, is_late=late, is_stuck=is_stuck(choice))

    pillars = tuple(
        replace(
            pillar,
            actions=tuple(marked(*both) for both in zip(pillar.actions, choices.actions_under(name), strict=True)),
        )
        for pillar, name in zip(plan.pillars, choices.pillar_ids, strict=True)
    )
    point = plan.point
    if point and choices.move:
        point = replace(point, move=marked(point.move, choices.move))
    return replace(plan, pillars=pillars, point=point)
