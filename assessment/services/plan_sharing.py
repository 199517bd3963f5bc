"""A plan that the manager shares: read by whoever has its address, without an account.

A round has one such address from its beginning on (`Round.plan_token`), the same for everybody, so that it says nothing
about who has it. Before the plan is shared, it only tells that there will be one. What is read there is the plan as it
is now.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from sqlalchemy.orm import Session

from assessment.domain.plans.faults import InvalidPlan
from assessment.domain.plans.proposal import NothingToPlan
from assessment.domain.rounds import RoundState
from assessment.infra.clock import local_date
from assessment.services.plans import RoundPlan, draft_plan, read_plan
from assessment.services.rounds import lock_round
from assessment.store.organisations import Organisation
from assessment.store.plans import find_plan
from assessment.store.rounds import Round, find_round_of_plan, newest_shared_after
from assessment.store.teams import Team


class UnknownPlanLink(LookupError):
    """No round has this token."""


@dataclass(frozen=True, slots=True)
class SharedPlan:
    """What is at the address of a round's plan: `plan` is `None` as long as it is not shared, though there may be one
    (`is_made`). `newer` is a later round of the team whose plan is shared, told only where this one is."""

    organisation: Organisation
    team: Team
    round: Round
    state: RoundState
    plan: RoundPlan | None
    is_made: bool
    newer: Round | None


def share_plan(session: Session, *, organisation_id: uuid.UUID, round_id: uuid.UUID, now: dt.datetime) -> Round:
    """Lets everybody with its address read the plan; one that nobody had begun begins with the proposal.

    A plan that is shared already stays so. Raises what `read_plan` raises, or `InvalidPlan` for a draft that is not
    finished.
    """
    round_ = lock_round(session, organisation_id=organisation_id, round_id=round_id)
    where = {"organisation_id": organisation_id, "round_id": round_id}
    today = local_date(now, session.get_one(Organisation, organisation_id).time_zone)
    draft_plan(session, **where, drawn_on=today, now=now)
    if faults := read_plan(session, **where, drawn_on=today).faults:
        raise InvalidPlan(*faults)
    round_.plan_shared_at = round_.plan_shared_at or now
    return round_


def stop_sharing_plan(session: Session, *, organisation_id: uuid.UUID, round_id: uuid.UUID) -> Round:
    """Nobody without an account reads the plan any more. Its address stays, for the day on which it is shared again.

    Raises `UnknownRound`.
    """
    round_ = lock_round(session, organisation_id=organisation_id, round_id=round_id)
    round_.plan_shared_at = None
    return round_


def read_shared_plan(session: Session, *, token: str, now: dt.datetime) -> SharedPlan:
    """What is at the address with this token. Raises `UnknownPlanLink` or `QuestionnaireChanged`."""
    round_ = find_round_of_plan(session, token)
    if round_ is None:
        raise UnknownPlanLink
    organisation = session.get_one(Organisation, round_.organisation_id)
    team = session.get_one(Team, round_.team_id)
    plan = _plan_of(session, round_, organisation, now)
    return SharedPlan(
        organisation,
        team,
        round_,
        round_.facts.state(now),
        plan,
        is_made=find_plan(session, organisation.id, round_.id) is not None,
        newer=newest_shared_after(session, round_) if plan is not None else None,
    )


def _plan_of(session: Session, round_: Round, organisation: Organisation, now: dt.datetime) -> RoundPlan | None:
    if round_.plan_shared_at is None:
        return None
    today = local_date(now, organisation.time_zone)
    try:
        return read_plan(session, organisation_id=organisation.id, round_id=round_.id, drawn_on=today)
    except NothingToPlan:
        return None
