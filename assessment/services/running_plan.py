"""The plan that a team follows by now: that of its last round, or, while that has none yet, of the one before."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from assessment.domain.next_step import PlanState
from assessment.store.plan_states import state_of_plan
from assessment.store.plans import carried_from, latest_plan
from assessment.store.rounds import Round
from assessment.store.teams import Team


@dataclass(frozen=True, slots=True)
class RunningPlan:
    """How far it is, and the round that it came of."""

    round: Round
    state: PlanState


def running_plan(session: Session, *, team: Team, today: dt.date) -> RunningPlan | None:
    """The newest plan that somebody has taken up, of a published round; `None` where nobody has yet."""
    found = latest_plan(session, team.organisation_id, team.id)
    if found is None:
        return None
    plan, round_ = found
    gone_on = carried_from(session, [plan.id])  # nobody's task here any more
    return RunningPlan(round_, state_of_plan(session, plan.id, today, gone_on=gone_on.keys()))
