"""What is given up: it leaves its place, is remembered, and may come back."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from assessment.domain.plans.choices import (
    LONGEST_EVIDENCE,
    MOVE,
    ActionChoice,
    ActionStatus,
    DroppedAction,
    PillarChoice,
    PlanChoices,
    TextTooLong,
)
from assessment.domain.plans.edits import (
    NoRoom,
    ReasonMissing,
    UnknownHeading,
    room_of,
    with_progress,
    without_dropped,
    without_pillar,
)
from assessment.services.plan_choices import choices_from_document, choices_to_document

DAY = dt.date(2026, 11, 20)
DROPPED, TODO = ActionStatus.DROPPED, ActionStatus.TODO


def own(title: str) -> ActionChoice:
    return ActionChoice(title=title, due_on=DAY)


def plan(*titles: str, move: str = "") -> PlanChoices:
    actions = tuple(map(own, titles))
    return PlanChoices(
        DAY,
        (PillarChoice("voice", actions=actions), PillarChoice("culture")),
        own(move) if move else None,
        "waiting" if move else "",
    )


def drop(choices: PlanChoices, at: int = 0, note: str = "No budget") -> PlanChoices:
    return with_progress(choices, choices.actions[at].id, status=DROPPED, note=note)


def titles(choices: PlanChoices) -> list[str]:
    return [action.title for action in choices.actions]


def test_what_is_given_up_frees_its_place_and_is_remembered_with_its_reason():
    before = plan("A", "B", "C", "D", move="E")
    after = drop(before)
    assert (room_of(before), room_of(after)) == (0, 1)
    assert titles(after) == ["B", "C", "D", "E"]
    [one] = after.dropped_under("voice")
    assert (one.title, one.note, one.id) == ("A", "No budget", before.actions[0].id)
    assert {action.title for action in after.remembered} == {"A", "B", "C", "D", "E"}


@pytest.mark.parametrize("note", ["", "  ", "\n"])
def test_nothing_is_given_up_without_a_reason(note):
    with pytest.raises(ReasonMissing):
        drop(plan("A"), note=note)


def test_of_one_that_was_given_up_before_a_reason_was_asked_for_more_may_be_said():
    without = ActionChoice(title="A", due_on=DAY, status=DROPPED)
    before = PlanChoices(DAY, (PillarChoice("voice", actions=(without,)),))
    said = with_progress(before, without.id, status=DROPPED, note="", evidence="A letter")
    assert said.dropped[0].action.evidence == "A letter"
    explained = with_progress(said, without.id, status=DROPPED, note="No budget")
    with pytest.raises(ReasonMissing):
        with_progress(explained, without.id, status=DROPPED, note="")


def test_the_moment_is_left_with_its_action_and_comes_back_with_it():
    before = plan("A", move="M")
    after = drop(before, at=1)
    assert (after.move, after.point) == (None, "")
    assert after.dropped == (DroppedAction(MOVE, after.dropped[0].action, "waiting"),)
    back = with_progress(after, before.actions[1].id, status=TODO, note="We can")
    assert (back.move, back.point, back.dropped) == (replace(before.actions[1], note="We can"), "waiting", ())


def test_it_comes_back_only_where_there_is_room():
    before = plan("A", "B")
    after = drop(before)
    assert titles(with_progress(after, before.actions[0].id, status=ActionStatus.DOING, note="")) == ["B", "A"]
    pillar, *others = after.pillars
    full = replace(after, pillars=(replace(pillar, actions=tuple(map(own, "BCDEF"))), *others))
    with pytest.raises(NoRoom):
        with_progress(full, before.actions[0].id, status=TODO, note="")
    moved = drop(plan("A", move="M"), at=1)
    with pytest.raises(NoRoom):
        with_progress(replace(moved, move=own("N"), point="x"), moved.dropped[0].action.id, status=TODO, note="")


def test_the_same_action_of_the_library_does_not_stand_twice_under_its_heading():
    one, other = (ActionChoice(library_id="voice-ask", due_on=DAY) for _ in range(2))
    before = drop(PlanChoices(DAY, (PillarChoice("voice", actions=(one,)),)))
    again = replace(before, pillars=(PillarChoice("voice", actions=(other,)),))
    with pytest.raises(NoRoom):
        with_progress(again, one.id, status=TODO, note="")


def test_what_was_given_up_goes_with_its_pillar_or_when_it_is_taken_away():
    dropped = drop(plan("A", "B"))
    assert without_pillar(dropped, pillar="voice").dropped == ()
    assert without_dropped(dropped, dropped.dropped[0].action.id).dropped == ()
    with pytest.raises(UnknownHeading):
        without_dropped(dropped, dropped.actions[0].id)


def test_nothing_of_it_stands_in_print_and_it_is_the_same_after_it_was_kept():
    choices = drop(plan("A", "B", move="M"), at=2)
    assert choices.in_print.dropped == ()
    assert choices_from_document(choices_to_document(choices)) == choices
    document = choices_to_document(choices)
    del document["dropped"]
    assert choices_from_document(document).dropped == (), "of before anything was remembered"


def test_evidence_is_one_line_of_so_many_letters_and_is_not_printed():
    action = ActionChoice(title="A", evidence=" https://example.org/\x00a\n ")
    assert action.evidence == "https://example.org/a"
    assert action.in_print.evidence == ""
    assert len(ActionChoice(evidence="x" * LONGEST_EVIDENCE).evidence) == LONGEST_EVIDENCE
    with pytest.raises(TextTooLong) as refused:
        ActionChoice(evidence="x" * (LONGEST_EVIDENCE + 1))
    assert refused.value.field == "evidence"


def test_evidence_and_day_stay_where_nothing_else_is_said_of_them():
    choices = plan("A")
    said = with_progress(choices, choices.actions[0].id, status=TODO, note="", evidence="A photo")
    again = with_progress(said, choices.actions[0].id, status=ActionStatus.DOING, note="Half of it")
    assert (again.actions[0].evidence, again.actions[0].due_on) == ("A photo", DAY)
    later = with_progress(again, choices.actions[0].id, status=TODO, note="", due_on=DAY + dt.timedelta(days=9))
    assert later.actions[0].due_on == DAY + dt.timedelta(days=9)


def test_what_is_proposed_again_is_no_longer_given_up():
    before = plan("A", move="M")
    dropped = drop(before, at=1)
    again = replace(dropped, move=replace(before.actions[1]), point="waiting")
    assert (again.dropped, [action.title for action in again.remembered]) == ((), ["A", "M"])
