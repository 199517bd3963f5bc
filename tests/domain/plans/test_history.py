"""What became of a plan's actions, from one state to the next."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from assessment.domain.plans.choices import ActionChoice, ActionStatus, PillarChoice, PlanChoices
from assessment.domain.plans.history import ActionChangeKind, action_changes, joined

DAY = dt.date(2026, 11, 20)
ASK = ActionChoice(library_id="voice-ask", owner="Ana", due_on=DAY)
OWN = ActionChoice(title="Café con clientes")
MOVE = ActionChoice(library_id="move-3")
BEFORE = PlanChoices(DAY, (PillarChoice("voice", "", (ASK, OWN)),), MOVE)


def changed(*actions, move=MOVE, pillar="voice"):
    return replace(BEFORE, pillars=(PillarChoice(pillar, "", actions),), move=move)


def test_every_action_of_a_plan_that_begins_is_added():
    changes = action_changes(None, BEFORE)
    assert [change.action_id for change in changes] == [ASK.id, OWN.id, MOVE.id]
    assert {change.kind for change in changes} == {ActionChangeKind.ADDED}


def test_a_change_says_what_each_field_said_before_and_says_now():
    later = replace(ASK, owner="Luis", due_on=None, status=ActionStatus.DOING)
    (change,) = action_changes(BEFORE, changed(later, OWN))
    assert (change.action_id, change.kind) == (ASK.id, ActionChangeKind.CHANGED)
    assert change.fields == {"owner": ("Ana", "Luis"), "due_on": ("2026-11-20", ""), "status": ("todo", "doing")}


def test_an_action_is_known_by_its_id_alone():
    assert action_changes(BEFORE, changed(OWN, ASK)) == (), "another order is no change of an action"
    twin = replace(ASK, id=OWN.id)
    assert twin == ASK
    kinds = {change.action_id: change.kind for change in action_changes(BEFORE, changed(ASK, ActionChoice(title="X")))}
    assert kinds.pop(OWN.id) is ActionChangeKind.REMOVED
    assert list(kinds.values()) == [ActionChangeKind.ADDED]


def test_what_is_gone_comes_last():
    new = ActionChoice(title="Nueva")
    changes = action_changes(BEFORE, changed(new, OWN, move=None))
    assert [(change.action_id, change.kind) for change in changes] == [
        (new.id, ActionChangeKind.ADDED),
        (ASK.id, ActionChangeKind.REMOVED),
        (MOVE.id, ActionChangeKind.REMOVED),
    ]


def test_two_changes_are_one_from_what_was_said_first_to_what_is_said_last():
    first = {"owner": ("Ana", "Lu"), "title": ("", "Café")}
    then = {"owner": ("Lu", "Luis"), "due_on": ("", "2026-11-20")}
    assert joined(first, then) == {"owner": ("Ana", "Luis"), "title": ("", "Café"), "due_on": ("", "2026-11-20")}
    assert joined({"owner": ("Ana", "Luis")}, {"owner": ("Luis", "Ana")}) == {}
