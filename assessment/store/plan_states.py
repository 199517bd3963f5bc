"""How far plans are, counted by the database: of thousands of actions one row a plan comes back."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Date, and_, case, func, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction

from assessment.domain.next_step import PlanState
from assessment.domain.plans.choices import ActionStatus
from assessment.domain.plans.faults import LONGEST_SPAN
from assessment.store.plan_actions import PlanAction
from assessment.store.plans import Plan


class days_after(GenericFunction[dt.date]):  # noqa: N801 - a function of SQL
    """The day so many days after another."""

    type = Date()
    inherit_cache = True


@compiles(days_after, "postgresql")
def _sum(element: days_after, compiler: SQLCompiler, **kw: Any) -> str:
    day, days = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"({day} + CAST({days} AS INTEGER))"


@compiles(days_after, "sqlite")
def _modified(element: days_after, compiler: SQLCompiler, **kw: Any) -> str:
    day, days = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"date({day}, {days} || ' days')"


STANDS_IN_PLAN = and_(PlanAction.plan_id == Plan.id, PlanAction.position.is_not(None))
"""Joins plans and the actions that stand in them."""


def state_columns(today: dt.date) -> tuple[Any, ...]:
    """The fields of `PlanState`, for a query of plans with their actions that is grouped by plan."""
    status, due_on = PlanAction.status, PlanAction.due_on
    is_open = status.in_([one for one in ActionStatus if one.is_open])
    # The same as `is_within_plan` of the domain.
    is_within_plan = due_on.between(Plan.drawn_on, days_after(Plan.drawn_on, LONGEST_SPAN))
    return (
        Plan.drawn_on,
        _count(status != ActionStatus.DROPPED),
        _count(status == ActionStatus.DONE),
        _count(is_open),
        _count(is_open & (due_on < today) & is_within_plan),
        _count(status == ActionStatus.BLOCKED),
        func.min(case((is_open & (due_on >= today) & is_within_plan, due_on))),
    )


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count(case((condition, 1)))


class PlanGlance(NamedTuple):
    """What a list of teams reads of a plan."""

    id: uuid.UUID
    state: PlanState

    @property
    def drawn_on(self) -> dt.date:
        return self.state.drawn_on


def glances_of_plans(session: Session, round_ids: Collection[uuid.UUID], today: dt.date) -> dict[uuid.UUID, PlanGlance]:
    """The plans of these rounds, by their round."""
    if not round_ids:
        return {}
    rows: Any = session.execute(
        select(Plan.round_id, Plan.id, *state_columns(today))
        .outerjoin(PlanAction, STANDS_IN_PLAN)
        .where(Plan.round_id.in_(round_ids))
        .group_by(Plan.round_id, Plan.id)  # in the order of the index, so that nothing is sorted
    )
    return {round_id: PlanGlance(plan_id, PlanState(*state)) for round_id, plan_id, *state in rows}


def state_of_plan(
    session: Session, plan_id: uuid.UUID, today: dt.date, *, gone_on: Collection[uuid.UUID] = ()
) -> PlanState:
    """How far a plan is, without the actions that have `gone_on` in another."""
    is_here = and_(STANDS_IN_PLAN, PlanAction.id.not_in(gone_on))
    row: Any = session.execute(
        select(*state_columns(today)).outerjoin(PlanAction, is_here).where(Plan.id == plan_id).group_by(Plan.id)
    ).one()
    return PlanState(*row)
