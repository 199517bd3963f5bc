"""How far a plan is, as the database counts it: the same as the domain says of each of its actions."""

from __future__ import annotations

import datetime as dt
import itertools
import uuid
from collections.abc import Sequence

import pytest

from assessment.domain.next_step import PlanState
from assessment.domain.plans.choices import ActionStatus
from assessment.domain.plans.faults import LONGEST_SPAN, is_within_plan
from assessment.domain.plans.standing import is_past
from assessment.store.database import Database
from assessment.store.plan_actions import PlanAction, ServedKind
from assessment.store.plan_states import glances_of_plans, state_of_plan
from assessment.store.plans import Plan
from tests.databases import KINDS, fresh_engine
from tests.services.build import NOW, make_home, make_round

DRAWN = dt.date(2028, 2, 10)  # its last day lies behind a 29 February
TODAY = DRAWN + dt.timedelta(days=40)
DAYS = [None, *(DRAWN + dt.timedelta(days=at) for at in (-1, 0, 39, 40, 41, LONGEST_SPAN, LONGEST_SPAN + 1))]


@pytest.fixture(params=KINDS)
def database(request, tmp_path):
    with fresh_engine(request.param, tmp_path) as engine:
        yield Database(engine)


def add_plan(database: Database, actions: Sequence[PlanAction], name: str) -> tuple[uuid.UUID, uuid.UUID]:
    """The ids of a plan and of its round."""
    home = make_home(database, name)
    round_id, _link = make_round(database, home)
    with database.writing() as session:
        plan = Plan(organisation_id=home.organisation, round_id=round_id, drawn_on=DRAWN, changed_at=NOW)
        session.add(plan)
        session.flush()
        for one in actions:
            one.organisation_id, one.plan_id = home.organisation, plan.id
        session.add_all(actions)
        return plan.id, round_id


def action(status: ActionStatus, due_on: dt.date | None, position: int | None) -> PlanAction:
    return PlanAction(
        id=uuid.uuid4(),
        position=position,
        serves=ServedKind.PILLAR,
        ref_id="team",
        library_id="",
        title="Llamar",
        what="",
        due_on=due_on,
        status=status,
    )


def counted_one_by_one(actions: Sequence[PlanAction]) -> PlanState:
    here = [one for one in actions if one.position is not None]
    undone = [one for one in here if one.is_open]
    to_come = [one.due_on for one in undone if one.due_on and one.due_on >= TODAY and is_within_plan(one.due_on, DRAWN)]
    return PlanState(
        DRAWN,
        actions=sum(one.status is not ActionStatus.DROPPED for one in here),
        done=sum(one.status is ActionStatus.DONE for one in here),
        open=len(undone),
        late=sum(is_past(one.due_on, drawn_on=DRAWN, today=TODAY) for one in undone),
        stuck=sum(one.is_stuck for one in here),
        next_due_on=min(to_come, default=None),
    )


def test_plans_are_counted_as_their_actions_say_whatever_their_days(database):
    cases = [(status, due_on) for status, due_on in itertools.product(ActionStatus, DAYS)]
    all_of_them = [action(*case, position) for position, case in enumerate(cases)]
    taken_out = [action(*case, None) for case in cases]
    on_no_later_day = [action(status, day, at) for at, (status, day) in enumerate(cases) if not day or day < TODAY]
    plans = [
        (actions, *add_plan(database, actions, name))
        for name, actions in (
            ("Alegra", all_of_them + taken_out),
            ("Brisa", on_no_later_day),
            ("Cima", [action(ActionStatus.TODO, TODAY, None)]),
            ("Duna", []),
        )
    ]
    expected = {round_id: (plan_id, counted_one_by_one(actions)) for actions, plan_id, round_id in plans}
    assert expected[plans[0][2]][1] == PlanState(DRAWN, 32, 8, 24, 6, 8, TODAY)
    assert expected[plans[2][2]][1] == PlanState(DRAWN)
    with database.reading() as session:
        assert glances_of_plans(session, list(expected), TODAY) == expected
        assert glances_of_plans(session, [], TODAY) == {}
        for actions, plan_id, _round_id in plans:
            gone_on = [one.id for one in actions[::2]]
            left = [one for one in actions if one.id not in gone_on]
            assert state_of_plan(session, plan_id, TODAY, gone_on=gone_on) == counted_one_by_one(left)
