"""What a plan says, read from its rows and written to them; and as the document from which a change is undone."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any, NamedTuple

from pydantic import TypeAdapter
from sqlalchemy.orm import Session

from assessment.domain.plans.basis import PlanBasis
from assessment.domain.plans.choices import MOVE, ActionChoice, ActionStatus, DroppedAction, PillarChoice, PlanChoices
from assessment.domain.plans.history import (
    FOLLOWED,
    ActionChange,
    ActionChangeKind,
    FieldChange,
    action_changes,
    joined,
)
from assessment.store.plan_actions import ActionEvent, PlanAction, ServedKind, events_of_actions
from assessment.store.plans import Plan

_CHOICES = TypeAdapter(PlanChoices)
ONE_SITTING = dt.timedelta(minutes=15)
"""Changes of an action by the same person within this time are one event: a text is saved while it is typed."""


class Actor(NamedTuple):
    """Who changes an action: an account, or whoever has the link that was made for an owner of this name."""

    user_id: int | None
    link_owner: str | None = None


def choices_of(plan: Plan) -> PlanChoices:
    """The plan's rows as choices."""
    under: dict[str, list[ActionChoice]] = {}
    dropped: list[DroppedAction] = []
    point = ""
    for row in plan.current_actions:
        is_of_point = row.serves is ServedKind.POINT
        if row.status is ActionStatus.DROPPED:
            dropped.append(DroppedAction(heading_of(row), _choice_of(row), row.ref_id if is_of_point else ""))
            continue
        under.setdefault(heading_of(row), []).append(_choice_of(row))
        point = row.ref_id if is_of_point else point
    return PlanChoices(
        drawn_on=plan.drawn_on,
        pillars=tuple(
            PillarChoice(pillar["pillar"], pillar["reason"], tuple(under.get(pillar["pillar"], ())))
            for pillar in plan.pillars
        ),
        move=next(iter(under.get(MOVE, ())), None),
        point=point,
        dropped=tuple(dropped),
    )


def write_choices(
    session: Session,
    plan: Plan,
    choices: PlanChoices,
    basis: PlanBasis,
    *,
    now: dt.datetime,
    user_id: int | None,
    link_owner: str | None = None,
) -> None:
    """Writes what the plan says from now on, and what became of each of its actions: by an account, or by the link of
    an owner.

    An action that is taken out stays, out of the plan, while `plan.before` names it; then it is deleted with all that
    was known of it.
    """
    changes = action_changes(choices_of(plan), choices)
    rows = {row.id: row for row in plan.actions}
    undoable = {action.id for action in choices_from_document(plan.before).remembered} if plan.before else set()
    for row in plan.actions:
        row.position = None
    standing = [(heading, action) for heading in choices.headings for action in choices.actions_under(heading)]
    dropped = [(one.heading, one.action) for one in choices.dropped]
    for at, (heading, action) in enumerate((*standing, *dropped)):
        row = rows.pop(action.id) if action.id in rows else _new_row(plan, action, heading, basis)
        for name in FOLLOWED:
            setattr(row, name, getattr(action, name))
        row.position = at
    for row in rows.values():
        if row.id not in undoable:
            plan.actions.remove(row)
    plan.pillars = [{"pillar": pillar.pillar, "reason": pillar.reason} for pillar in choices.pillars]
    session.flush()
    known = {row.id for row in plan.actions}
    _write_events(
        session, plan, [change for change in changes if change.action_id in known], now, Actor(user_id, link_owner)
    )


def choices_to_document(choices: PlanChoices) -> dict[str, Any]:
    document: dict[str, Any] = _CHOICES.dump_python(choices, mode="json")
    return document


def choices_from_document(document: dict[str, Any]) -> PlanChoices:
    """Raises pydantic's `ValidationError` where the document holds no choices."""
    return _CHOICES.validate_python(document)


def heading_of(action: PlanAction) -> str:
    """Where in its plan the action stands."""
    return MOVE if action.serves is ServedKind.POINT else action.ref_id


def _choice_of(row: PlanAction) -> ActionChoice:
    return ActionChoice(
        library_id=row.library_id,
        title=row.title,
        what=row.what,
        owner=row.owner,
        measure=row.measure,
        due_on=row.due_on,
        status=row.status,
        note=row.note,
        evidence=row.evidence,
        id=row.id,
    )


def _new_row(plan: Plan, action: ActionChoice, heading: str, basis: PlanBasis) -> PlanAction:
    kind, ref_id, score = served_by(heading, basis)
    row = PlanAction(
        id=action.id,
        organisation_id=plan.organisation_id,
        plan_id=plan.id,
        serves=kind,
        ref_id=ref_id,
        score_at_start=score,
        library_id=action.library_id,
    )
    plan.actions.append(row)
    return row


def served_by(heading: str, basis: PlanBasis) -> tuple[ServedKind, str, float | None]:
    """What the actions under a heading serve, and its released score in the plan's round."""
    if heading != MOVE:
        return ServedKind.PILLAR, heading, basis.result.pillar(heading).mean
    point = basis.point
    return (ServedKind.POINT, point.result.point, point.result.median) if point else (ServedKind.POINT, "", None)


def _write_events(session: Session, plan: Plan, changes: list[ActionChange], now: dt.datetime, actor: Actor) -> None:
    if not changes:
        return
    latest: dict[uuid.UUID, ActionEvent] = {}
    for event in events_of_actions(session, [change.action_id for change in changes]):
        latest.setdefault(event.action_id, event)
    for change in changes:
        last = latest.get(change.action_id)
        if last is not None and change.kind is ActionChangeKind.CHANGED and _is_same_sitting(last, now, actor):
            last.changes = _as_document(joined(last.changes, change.fields))
            last.happened_at = now
            if not last.changes:
                session.delete(last)
            continue
        session.add(
            ActionEvent(
                organisation_id=plan.organisation_id,
                action_id=change.action_id,
                happened_at=now,
                user_id=actor.user_id,
                link_owner=actor.link_owner,
                kind=change.kind,
                changes=_as_document(change.fields),
            )
        )


def _is_same_sitting(event: ActionEvent, now: dt.datetime, actor: Actor) -> bool:
    is_recent = dt.timedelta() <= now - event.happened_at <= ONE_SITTING
    return event.kind is ActionChangeKind.CHANGED and Actor(event.user_id, event.link_owner) == actor and is_recent


def _as_document(fields: Mapping[str, FieldChange]) -> dict[str, list[str]]:
    return {name: list(change) for name, change in fields.items()}
