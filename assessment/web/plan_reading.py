"""A plan in the reader's words: its pillars with their reasons, its actions with owner, date and measure."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from assessment.domain.plans.choices import MOVE, ActionChoice, ActionStatus
from assessment.domain.plans.faults import is_within_plan
from assessment.domain.plans.library import known_actions
from assessment.domain.texts import Text
from assessment.infra.languages import Localisation
from assessment.services.plans import RoundPlan
from reports.action_plan import front
from reports.action_plan.source import PlanSource


@dataclass(frozen=True, slots=True)
class ReadAction:
    """One action. `title` is empty where it is still being written; `owner`, `due` and `measure` where nobody said."""

    title: str
    what: str
    owner: str
    due: str
    measure: str
    due_on: dt.date | None
    is_open: bool
    is_done: bool
    has_proposed_owner: bool
    is_late: bool
    is_stuck: bool
    is_out_of_plan: bool
    """Whether its day is none that a plan can have: it says nothing about being late."""
    status: ActionStatus
    note: str
    id: uuid.UUID
    goes_on: str = ""
    """The round in whose plan it goes on: it is open there, and here no more."""


@dataclass(frozen=True, slots=True)
class ReadHeading:
    """A pillar, or the perception point, with its actions."""

    heading: str
    label: str
    title: str
    why: str
    actions: tuple[ReadAction, ...]


def plan_to_read(
    round_plan: RoundPlan, source: PlanSource, reader: Localisation, *, today: dt.date | None = None
) -> tuple[ReadHeading, ...]:
    """The plan as it stands, the perception point last. `source` is released: nothing else of the result is told.

    With `today`, it says which actions are late.
    """
    headings = [
        ReadHeading(pillar, box.label, box.pillar, " ".join(box.reasons), _actions(round_plan, pillar, reader, today))
        for pillar, box in zip(round_plan.choices.pillar_ids, front.priorities(source, reader), strict=True)
    ]
    if point := front.point(source, reader):
        headings.append(ReadHeading(MOVE, "", point.heading, point.today, _actions(round_plan, MOVE, reader, today)))
    return tuple(headings)


def next_action(headings: tuple[ReadHeading, ...]) -> ReadAction | None:
    """The action that is to be finished next."""
    dated = [
        (action.due_on, action)
        for heading in headings
        for action in heading.actions
        if action.is_open and action.title and action.due_on
    ]
    return min(dated, key=lambda one: one[0])[1] if dated else None


def by_need(headings: tuple[ReadHeading, ...]) -> list[tuple[ReadHeading, ReadAction]]:
    """The actions with what they are for: those that are late first, then by their dates; what is done at the end."""
    actions = [(heading, action) for heading in headings for action in heading.actions]
    return sorted(actions, key=lambda one: (not one[1].is_open, one[1].due_on or dt.date.max))


def _actions(
    round_plan: RoundPlan, heading: str, reader: Localisation, today: dt.date | None
) -> tuple[ReadAction, ...]:
    choices = round_plan.choices.actions_under(heading)
    return tuple(_action(round_plan, heading, choice, reader, today) for choice in choices)


def _action(
    round_plan: RoundPlan, heading: str, choice: ActionChoice, reader: Localisation, today: dt.date | None
) -> ReadAction:
    """What the team wrote, else the library's own words."""
    known = known_actions(round_plan.basis, heading).get(choice.library_id)
    goes_on = round_plan.goes_on.get(choice.id, "")
    is_open = choice.status.is_open and not goes_on
    is_out_of_plan = choice.due_on is not None and not is_within_plan(choice.due_on, round_plan.choices.drawn_on)
    return ReadAction(
        title=reader.text(known.title) if known else choice.title,
        what=reader.text(known.what) if known else choice.what,
        owner=_written(choice.owner, known.owner if known else None, reader),
        due=reader.date(choice.due_on) if choice.due_on else "",
        measure=_written(choice.measure, known.measure if known else None, reader),
        due_on=choice.due_on,
        is_open=is_open,
        is_done=choice.is_done,
        has_proposed_owner=known is not None and choice.owner is None,
        is_late=bool(today and choice.due_on and is_open and choice.due_on < today and not is_out_of_plan),
        is_stuck=is_open and choice.status is ActionStatus.BLOCKED,
        is_out_of_plan=is_out_of_plan,
        status=choice.status,
        note=choice.note,
        id=choice.id,
        goes_on=goes_on,
    )


def _written(written: str | None, proposed: Text | None, reader: Localisation) -> str:
    """What the team wrote, if only that it stays open; else as the library words it."""
    if written is not None:
        return written
    return reader.text(proposed) if proposed else ""
