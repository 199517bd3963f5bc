"""How the actions of a plan stand on a day."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from assessment.domain.plans.choices import ActionChoice, ActionStatus, PillarChoice, PlanChoices
from assessment.domain.plans.standing import is_late, marks

DRAWN = dt.date(2026, 9, 1)
DUE = DRAWN + dt.timedelta(days=30)


@pytest.mark.parametrize(
    ("status", "days", "expected"),
    [
        (ActionStatus.TODO, 0, False),
        (ActionStatus.TODO, 1, True),
        (ActionStatus.DOING, 1, True),
        (ActionStatus.BLOCKED, 1, True),
        (ActionStatus.DONE, 1, False),
        (ActionStatus.DROPPED, 1, False),
    ],
)
def test_what_is_open_is_late_from_the_day_after_it_was_due(status: ActionStatus, days: int, expected: bool) -> None:
    choice = ActionChoice(title="Llamar", due_on=DUE, status=status)
    assert is_late(choice, drawn_on=DRAWN, today=DUE + dt.timedelta(days=days)) is expected


@pytest.mark.parametrize("due_on", [None, DRAWN - dt.timedelta(days=1), DRAWN + dt.timedelta(days=200)])
def test_a_day_that_no_plan_has_is_never_late(due_on: dt.date | None) -> None:
    assert not is_late(ActionChoice(title="Llamar", due_on=due_on), drawn_on=DRAWN, today=dt.date(2028, 1, 1))


def test_what_goes_on_in_another_plan_is_marked_there_only() -> None:
    late = ActionChoice(title="Llamar", due_on=DUE)
    stuck = replace(ActionChoice(title="Medir", due_on=DUE), status=ActionStatus.BLOCKED)
    choices = PlanChoices(DRAWN, (PillarChoice("voice", actions=(late, stuck)),))
    today = DUE + dt.timedelta(days=1)
    assert marks(choices, today=DUE) == {"stuck": [str(stuck.id)]}
    assert marks(choices, today=today) == {"late": sorted([str(late.id), str(stuck.id)]), "stuck": [str(stuck.id)]}
    assert marks(choices, today=today, elsewhere={stuck.id}) == {"late": [str(late.id)]}
    assert marks(choices, today=today, elsewhere={stuck.id, late.id}) == {}
