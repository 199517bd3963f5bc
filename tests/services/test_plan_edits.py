"""What can be done to a plan: actions and pillars that come and go."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from assessment.domain.plans.choices import MOVE, ActionChoice, ActionStatus
from assessment.domain.plans.chosen import proposed_choices
from assessment.domain.plans.edits import (
    UnknownHeading,
    offered_actions,
    offered_pillars,
    room_of,
    with_action,
    with_pillar,
    with_pillars,
    with_proposed_move,
    with_written,
    without_action,
    without_pillar,
)
from assessment.domain.plans.faults import InvalidPlan, PlanProblem, is_within_plan
from tests.services.test_plans import proposal_of, published


@pytest.fixture
def found(database):
    _, own = published(database)
    return proposal_of(database, own)


def problem_of(refused):
    return refused.value.faults[0].problem


def free_action(found, place):
    return next(one.action.id for one in offered_actions(found.basis, found.choices, place) if not one.is_taken)


def test_what_fits_the_team_today_is_offered_first_and_what_is_taken_is_said(found):
    place = found.choices.pillar_ids[0]
    offered = offered_actions(found.basis, found.choices, place)
    fits = [one.fits for one in offered]
    assert fits == sorted(fits, reverse=True)
    assert fits[0]
    assert not fits[-1]
    taken = {one.action.id for one in offered if one.is_taken}
    assert taken == {action.library_id for action in found.choices.pillars[0].actions}
    assert all(one.fits for one in offered_actions(found.basis, found.choices, MOVE))


def test_an_action_in_own_words_is_one_more_or_takes_a_place_within_the_days_of_the_plan(found):
    pillar, taken = found.choices.pillar_ids[0], found.choices.pillars[0].actions[0]
    late = ActionChoice(title="Un tablero", owner="Ana", due_on=found.choices.drawn_on + timedelta(days=200))
    choices = with_written(found.choices, late, instead_of=taken.id)
    written = choices.actions_under(pillar)[0]
    assert (written.title, written.owner) == ("Un tablero", "Ana")
    assert is_within_plan(written.due_on, found.choices.drawn_on)
    assert len(choices.actions) == len(found.choices.actions)
    more = with_written(without_action(found.choices, heading=pillar, at=0), late, pillar=pillar)
    assert more.actions_under(pillar)[-1].title == "Un tablero"
    with pytest.raises(InvalidPlan) as refused:
        with_written(found.choices, late, pillar=pillar)
    assert problem_of(refused) is PlanProblem.TOO_MANY_ACTIONS
    with pytest.raises(UnknownHeading):
        with_written(found.choices, late, instead_of=late.id)


def test_an_action_takes_the_place_of_another_and_its_owner_stays(found):
    place = found.choices.pillar_ids[0]
    named = replace(found.choices.pillars[0].actions[0], owner="Ana", measure="Algo", status=ActionStatus.DONE)
    pillar = replace(found.choices.pillars[0], actions=(named, *found.choices.pillars[0].actions[1:]))
    choices = replace(found.choices, pillars=(pillar, *found.choices.pillars[1:]))
    chosen = free_action(found, place)
    action = with_action(found.basis, choices, heading=place, at=0, library_id=chosen).actions_under(place)[0]
    assert (action.library_id, action.owner, action.measure, action.is_done) == (chosen, "Ana", None, False)


def test_page_1_holds_five_actions(found):
    place = found.choices.pillar_ids[0]
    assert room_of(found.choices) == 0
    with pytest.raises(InvalidPlan) as refused:
        with_action(found.basis, found.choices, heading=place, at=None, library_id="")
    assert problem_of(refused) is PlanProblem.TOO_MANY_ACTIONS
    fewer = without_action(found.choices, heading=place, at=1)
    own = with_action(found.basis, fewer, heading=place, at=None, library_id="")
    assert own.actions_under(place)[-1].is_own
    assert own.actions_under(place)[-1].due_on is not None


def test_an_action_of_another_pillar_or_of_this_one_already_is_refused(found):
    here, there = found.choices.pillar_ids
    taken = found.choices.actions_under(here)[1].library_id
    for library_id, problem in (
        (free_action(found, there), PlanProblem.UNKNOWN_ACTION),
        (taken, PlanProblem.ACTION_TWICE),
    ):
        with pytest.raises(InvalidPlan) as refused:
            with_action(found.basis, found.choices, heading=here, at=0, library_id=library_id)
        assert problem_of(refused) is problem


def test_a_pillar_takes_the_place_of_another_with_its_first_actions(found):
    first, second = found.choices.pillar_ids
    other = offered_pillars(found.basis, found.choices)[0].pillar
    swapped = with_pillar(found.basis, found.choices, pillar=other, reason="Nos urge", instead_of=first)
    assert swapped.pillar_ids == (other, second)
    assert len(swapped.actions) == 5
    assert all(action.due_on for action in swapped.actions)
    split = [pillar.pillar for pillar in offered_pillars(found.basis, found.choices) if pillar.agreement == "split"]
    talks = with_pillar(found.basis, found.choices, pillar=split[0], reason="Nos urge", instead_of=first)
    assert talks.actions[0].library_id == f"{split[0]}-conversation"


def test_what_a_room_agreed_on_takes_the_place_of_the_proposal_and_what_was_written_stays(found):
    first, second = found.choices.pillar_ids
    third, fourth, *_ = [pillar.pillar for pillar in offered_pillars(found.basis, found.choices)]
    named = replace(found.choices.pillars[1].actions[-1], owner="Ana")
    kept = replace(found.choices.pillars[1], actions=(found.choices.pillars[1].actions[0], named))
    choices = replace(found.choices, pillars=(replace(found.choices.pillars[0], reason="Nos urge"), kept))
    three = with_pillars(found.basis, choices, pillars=(third, second, first), reason="Acordado")
    assert [(one.pillar, one.reason) for one in three.pillars] == [
        (third, "Acordado"),
        (second, "Acordado"),
        (first, "Nos urge"),
    ]
    assert [len(one.actions) for one in three.pillars] == [1, 2, 1], "nobody's words make room"
    assert named in three.actions_under(second)
    assert with_pillars(found.basis, choices, pillars=(third,), reason="Acordado").pillar_ids == (third,)
    everywhere = replace(
        choices, pillars=tuple(replace(one, actions=(named, replace(named, owner="Eva"))) for one in choices.pillars)
    )
    for pillars, problem in (
        ((first, second, third), PlanProblem.TOO_MANY_ACTIONS),
        ((first, second, third, fourth), PlanProblem.TOO_MANY_PILLARS),
        (("weather",), PlanProblem.UNKNOWN_PILLAR),
    ):
        with pytest.raises(InvalidPlan) as refused:
            with_pillars(found.basis, everywhere, pillars=pillars, reason="Acordado")
        assert problem_of(refused) is problem


def test_a_third_pillar_waits_for_room_on_page_1_and_a_fourth_never_comes(found):
    third, fourth, *_ = [pillar.pillar for pillar in offered_pillars(found.basis, found.choices)]
    with pytest.raises(InvalidPlan) as refused:
        with_pillar(found.basis, found.choices, pillar=third, reason="Nos urge")
    assert problem_of(refused) is PlanProblem.TOO_MANY_ACTIONS
    with_room = without_action(found.choices, heading=found.choices.pillar_ids[0], at=0)
    three = with_pillar(found.basis, with_room, pillar=third, reason="Nos urge")
    assert len(three.actions_under(third)) == 1
    with pytest.raises(InvalidPlan) as refused:
        with_pillar(found.basis, three, pillar=fourth, reason="También")
    assert problem_of(refused) is PlanProblem.TOO_MANY_PILLARS
    with pytest.raises(InvalidPlan) as refused:
        with_pillar(found.basis, found.choices, pillar="weather", reason="Llueve")
    assert problem_of(refused) is PlanProblem.UNKNOWN_PILLAR


def test_the_move_goes_and_comes_back_while_there_is_room(found):
    without = without_action(found.choices, heading=MOVE, at=0)
    assert without.move is None
    assert with_proposed_move(found.basis, without) == found.choices
    with pytest.raises(InvalidPlan):
        with_proposed_move(found.basis, found.choices)


def test_everything_can_go_back_to_the_proposal(found):
    changed = without_pillar(without_action(found.choices, heading=MOVE, at=0), pillar=found.choices.pillar_ids[0])
    assert changed != found.choices
    assert proposed_choices(found.basis) == found.choices


@pytest.mark.parametrize(
    "edit",
    [
        lambda found: offered_actions(found.basis, found.choices, "weather"),
        lambda found: without_pillar(found.choices, pillar="weather"),
        lambda found: without_action(found.choices, heading=found.choices.pillar_ids[0], at=7),
        lambda found: without_action(found.choices, heading="weather", at=0),
        lambda found: with_action(found.basis, found.choices, heading="weather", at=None, library_id=""),
        lambda found: with_action(
            found.basis, found.choices, heading=found.choices.pillar_ids[0], at=-1, library_id=""
        ),
        lambda found: with_pillar(found.basis, found.choices, pillar="voice", reason="", instead_of="weather"),
    ],
    ids=["offered", "drop", "remove", "remove elsewhere", "add", "replace", "swap"],
)
def test_a_place_that_the_plan_has_not_is_no_place(found, edit):
    with pytest.raises(UnknownHeading):
        edit(found)
