"""Open actions that go on in the next round's plan: by choice, with their history, and open in one plan only."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from assessment.domain.next_step import NextStep
from assessment.domain.plans.carrying import Obstacle
from assessment.domain.plans.choices import MOVE, ActionChoice, ActionStatus, PillarChoice
from assessment.domain.plans.edits import with_progress, without_action, without_pillar
from assessment.domain.plans.faults import InvalidPlan, PlanProblem
from assessment.infra.languages import Localisation
from assessment.services.carried_actions import carried_names, carry_over, look_back
from assessment.services.plans import PlanChangedMeanwhile, change_plan, draft_plan, read_plan, undo_change
from assessment.services.publication import publish_round
from assessment.services.rounds import stop_round
from assessment.store.plan_actions import ActionEvent, CarriedAction
from assessment.store.plans import Plan
from assessment.store.rounds import Round
from tests.services.build import DAY, NOW, answer, make_round, make_sheet, next_steps_of
from tests.services.test_plans import published

LATER = NOW + 60 * DAY
SPANISH = Localisation("es", "CO")


@pytest.fixture
def house(database):
    return published(database)


@pytest.fixture
def own(database, house):
    """The round before, with a plan that was begun."""
    with database.writing() as session:
        draft_plan(session, **house[1], drawn_on=NOW.date(), now=NOW)
    return house[1]


def next_round(database, home, *, lowest="", now=LATER, name="Ronda 2"):
    round_id, link = make_round(database, home, name=name, opens_at=now - DAY, closes_at=now + DAY, now=now - DAY)
    for number in range(8):
        sheet = make_sheet(number)
        if lowest:
            sheet = replace(sheet, ladder={point: 1 if point == lowest else 5 for point in sheet.ladder})
        answer(database, link, sheet, now=now)
    own = {"organisation_id": home.organisation, "round_id": round_id}
    with database.writing() as session:
        stop_round(session, **own, now=now)
        publish_round(session, **own, now=now)
    return own


@pytest.fixture
def later(database, house, own):
    """The next round, in which everybody answered as before: the same pillars, the same proposal."""
    return next_round(database, house[0])


def plan_of(database, own, now=NOW):
    with database.reading() as session:
        return read_plan(session, **own, drawn_on=now.date())


def write(database, own, choices, now=NOW):
    with database.writing() as session:
        change_plan(session, read_plan(session, **own, drawn_on=now.date()), choices, now=now)


def look(database, later):
    with database.reading() as session:
        return look_back(session, read_plan(session, **later, drawn_on=LATER.date()), SPANISH)


def carry(database, later, *, taken, kept=None, now=LATER, base_version=None):
    with database.writing() as session:
        found = read_plan(session, **later, drawn_on=LATER.date())
        back = look_back(session, found, SPANISH)
        return carry_over(
            session,
            found,
            back,
            kept=[action.id for action in found.choices.actions] if kept is None else kept,
            taken=[action.id for action in taken],
            today=now.date(),
            now=now,
            base_version=found.version if base_version is None else base_version,
            user_id=None,
        )


def edited(choices, at, **values):
    """The choices with the `at`-th action of the first pillar changed."""
    pillar = choices.pillars[0]
    actions = [replace(one, **values) if number == at else one for number, one in enumerate(pillar.actions)]
    return replace(choices, pillars=(replace(pillar, actions=tuple(actions)), *choices.pillars[1:]))


def test_what_is_open_is_offered_and_what_is_done_or_given_up_is_not(database, own, later):
    choices = plan_of(database, own).choices
    first, second, third, fourth, move = choices.actions
    choices = with_progress(choices, first.id, status=ActionStatus.DONE, note="")
    choices = with_progress(choices, second.id, status=ActionStatus.DROPPED, note="No hace falta")
    choices = with_progress(choices, third.id, status=ActionStatus.BLOCKED, note="Falta permiso")
    write(database, own, choices, NOW + DAY)
    offered = look(database, later)
    assert [offer.earlier.id for offer in offered.offers] == [third.id, fourth.id, move.id]
    assert offered.round.name == "Ronda 1"
    assert all(offer.same_as and offer.is_advised for offer in offered.offers), "the library proposes the same again"


def test_what_the_new_plan_has_already_given_to_somebody_or_done_is_not_replaced_unasked(database, own, later):
    choices = plan_of(database, later, LATER).choices
    choices = edited(choices, 0, owner="Luis")
    choices = with_progress(choices, choices.move.id, status=ActionStatus.DONE, note="")
    write(database, later, choices, LATER)
    assert [offer.is_advised for offer in look(database, later).offers] == [False, True, True, True, False]


def test_a_first_plan_and_one_after_a_finished_one_have_nothing_to_look_back_on(database, own, later):
    assert look(database, own) is None
    choices = plan_of(database, own).choices
    for action in choices.actions:
        choices = with_progress(choices, action.id, status=ActionStatus.DONE, note="")
    write(database, own, choices, NOW + DAY)
    assert look(database, later) is None


@pytest.mark.both_databases
def test_an_action_goes_on_with_its_owner_note_status_and_history(database, own, later):
    choices = edited(plan_of(database, own).choices, 0, owner="Ana")
    write(database, own, choices, NOW + DAY)
    mine = choices.actions[0]
    write(database, own, with_progress(choices, mine.id, status=ActionStatus.DOING, note="A medias"), NOW + 2 * DAY)
    carry(database, later, taken=[mine])
    now = plan_of(database, later, LATER)
    [carried] = [action for action in now.choices.actions if action.owner == "Ana"]
    assert (carried.status, carried.note, carried.library_id) == (ActionStatus.DOING, "A medias", mine.library_id)
    assert len(now.choices.actions) == 5, "in the place of the same action of the library"
    assert not now.faults, "its day is one of this plan"
    with database.reading() as session:
        assert carried_names(session, now) == {carried.id: "Ronda 1"}
        events = session.scalars(
            select(ActionEvent).where(ActionEvent.action_id == carried.id).order_by(ActionEvent.happened_at)
        ).all()
        assert [event.kind for event in events] == ["added", "changed", "changed", "added", "changed"]
        assert events[1].changes == {"owner": ["", "Ana"]}
        assert events[1].happened_at == NOW + DAY
        assert events[-1].changes == {"due_on": [str(mine.due_on), str(carried.due_on)]}


def test_in_the_earlier_plan_it_goes_on_elsewhere_and_is_open_no_more(database, house, own, later):
    write(database, own, edited(plan_of(database, own).choices, 0, owner="Ana"), NOW + DAY)
    mine = plan_of(database, own).choices.actions[0]
    carry(database, later, taken=[mine])
    assert plan_of(database, own).goes_on == {mine.id: "Ronda 2"}
    back = look(database, later)
    assert mine.id not in {offer.earlier.id for offer in back.offers}
    assert plan_of(database, later, LATER).has_looked_back


def test_the_start_page_counts_it_in_the_plan_where_it_goes_on(database, house, own, later):
    """Also where the earlier round was made last: the plan of the round that was published last is the one."""
    choices = plan_of(database, own).choices
    stuck = choices.actions[0]
    write(database, own, with_progress(choices, stuck.id, status=ActionStatus.BLOCKED, note=""), NOW + DAY)
    carry(database, later, taken=[stuck])
    with database.writing() as session:
        [step] = next_steps_of(session, house[0].organisation, LATER)
        assert (step.step, step.stuck, step.late) == (NextStep.UNBLOCK_PLAN, 1, 0)
        session.get_one(Round, own["round_id"]).created_at = LATER + DAY
        session.flush()
        [step] = next_steps_of(session, house[0].organisation, LATER)
        assert step.round.id == later["round_id"]
        assert step.stuck == 1


def test_a_carried_action_is_undone_as_other_changes_are(database, own, later):
    mine = plan_of(database, own).choices.actions[0]
    before = plan_of(database, later, LATER).choices
    carry(database, later, taken=[mine])
    assert [one.id for one in plan_of(database, later, LATER).choices.actions] != [one.id for one in before.actions]
    with database.writing() as session:
        found = read_plan(session, **later, drawn_on=LATER.date())
        undo_change(session, found, now=LATER + DAY, base_version=found.version)
    after = plan_of(database, later, LATER).choices
    assert [one.id for one in after.actions] == [one.id for one in before.actions]
    assert plan_of(database, own).goes_on == {}
    assert mine.id in {offer.earlier.id for offer in look(database, later).offers}
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(CarriedAction)) == 0


def test_an_action_that_says_the_same_as_the_proposed_one_goes_on_in_a_plan_that_was_begun(database, own, later):
    with database.writing() as session:
        draft_plan(session, **later, drawn_on=LATER.date(), now=LATER)
    before = plan_of(database, later, LATER)
    mine = plan_of(database, own).choices.actions[0]
    carry(database, later, taken=[mine], now=LATER + DAY)
    after = plan_of(database, later, LATER)
    assert after.choices == before.choices
    assert after.can_be_undone
    assert plan_of(database, own).goes_on == {mine.id: "Ronda 2"}


@pytest.mark.both_databases
def test_taken_out_of_the_new_plan_it_is_open_in_the_earlier_one_again(database, own, later):
    move = plan_of(database, own).choices.move
    carry(database, later, taken=[move])
    assert move.id in plan_of(database, own).goes_on
    write(database, later, without_action(plan_of(database, later, LATER).choices, heading=MOVE, at=0), LATER + DAY)
    assert plan_of(database, own).goes_on == {}


def test_more_than_page_one_holds_is_refused_and_nothing_is_written(database, own, later):
    choices = plan_of(database, own).choices
    mine = ActionChoice(title="Café con clientes", owner="Ana", due_on=NOW.date() + 20 * DAY)
    pillar = choices.pillars[0]
    write(
        database,
        own,
        replace(choices, pillars=(replace(pillar, actions=(mine, *pillar.actions[1:])), *choices.pillars[1:])),
        NOW + DAY,
    )
    [offer] = [offer for offer in look(database, later).offers if offer.earlier.action.title == "Café con clientes"]
    assert (offer.obstacle, offer.same_as, offer.is_advised) == (None, None, False), "there is no room"
    with pytest.raises(InvalidPlan) as refused:
        carry(database, later, taken=[mine])
    assert refused.value.faults[0].problem is PlanProblem.TOO_MANY_ACTIONS
    assert plan_of(database, later, LATER).plan is None
    proposed = plan_of(database, later, LATER).choices
    carry(database, later, taken=[mine], kept=[action.id for action in proposed.actions[1:]])
    assert [one.title for one in plan_of(database, later, LATER).choices.pillars[0].actions][-1] == "Café con clientes"


def other_pillar(found):
    return next(
        pillar.pillar
        for pillar in found.results.result.pillars
        if pillar.pillar not in found.choices.pillar_ids and not pillar.is_withheld
    )


def test_an_action_of_another_pillar_brings_it_along_where_there_is_room(database, own, later):
    found = plan_of(database, own)
    pillar = other_pillar(found)
    mine = ActionChoice(title="Café", owner="Ana", due_on=NOW.date() + 20 * DAY)
    choices = without_pillar(found.choices, pillar=found.choices.pillar_ids[0])
    choices = replace(choices, pillars=(*choices.pillars, PillarChoice(pillar, "Nos urge", (mine,))))
    write(database, own, choices, NOW + DAY)
    [offer] = [offer for offer in look(database, later).offers if offer.earlier.heading == pillar]
    assert (offer.obstacle, offer.brings_pillar, offer.is_advised) == (None, True, False)
    proposed = plan_of(database, later, LATER).choices
    kept = [action.id for action in proposed.actions if action.id != proposed.move.id]
    carry(database, later, taken=[mine], kept=kept)
    now = plan_of(database, later, LATER)
    assert now.choices.pillar_ids == (*proposed.pillar_ids, pillar)
    assert now.choices.pillars[-1].reason is None, "it has come along: each reader is told in their language"
    assert not now.faults
    assert now.choices.move is None


def test_a_fourth_pillar_is_refused(database, own, later):
    found = plan_of(database, own)
    pillar = other_pillar(found)
    mine = ActionChoice(title="Café", due_on=NOW.date() + 20 * DAY)
    choices = without_pillar(found.choices, pillar=found.choices.pillar_ids[0])
    write(database, own, replace(choices, pillars=(*choices.pillars, PillarChoice(pillar, "x", (mine,)))), NOW + DAY)
    new = plan_of(database, later, LATER)
    third = next(
        one.pillar
        for one in new.results.result.pillars
        if one.pillar not in {*new.choices.pillar_ids, pillar} and not one.is_withheld
    )
    action = ActionChoice(title="Otra", due_on=LATER.date() + 20 * DAY)
    shorter = [replace(one, actions=one.actions[:1]) for one in new.choices.pillars]
    pillars = (*shorter, PillarChoice(third, "y", (action,)))
    write(database, later, replace(new.choices, pillars=pillars, move=None), LATER)
    with pytest.raises(InvalidPlan) as refused:
        carry(database, later, taken=[mine])
    assert refused.value.faults[0].problem is PlanProblem.TOO_MANY_PILLARS
    kept = [one.id for one in plan_of(database, later, LATER).choices.actions if one.id != action.id]
    carry(database, later, taken=[mine], kept=kept)
    assert plan_of(database, later, LATER).choices.pillar_ids == (*new.choices.pillar_ids, pillar)


def test_a_move_of_another_moment_cannot_go_on_and_says_why(database, house, own):
    before = plan_of(database, own)
    others = [point.point for point in before.results.result.ladder if point.point != before.choices.point]
    later = next_round(database, house[0], lowest=others[0])
    found = plan_of(database, later, LATER)
    assert found.choices.point != before.choices.point
    [offer] = [offer for offer in look(database, later).offers if offer.earlier.heading == MOVE]
    assert (offer.obstacle, offer.is_advised) == (Obstacle.OTHER_POINT, False)
    with pytest.raises(InvalidPlan):
        carry(database, later, taken=[before.choices.move])


def test_a_day_within_the_new_plan_stays(database, own, later):
    day = LATER.date() + dt.timedelta(days=10)
    write(database, own, edited(plan_of(database, own).choices, 0, due_on=day), NOW + DAY)
    mine = plan_of(database, own).choices.actions[0]
    carry(database, later, taken=[mine])
    assert plan_of(database, later, LATER).choices.actions[0].due_on == day


@pytest.mark.both_databases
def test_a_page_that_is_older_than_the_plan_carries_nothing(database, own, later):
    mine = plan_of(database, own).choices.actions[0]
    write(database, later, edited(plan_of(database, later, LATER).choices, 0, owner="Luis"), LATER)
    with pytest.raises(PlanChangedMeanwhile):
        carry(database, later, taken=[mine], base_version=0)


def test_only_offered_actions_go_on(database, own, later):
    """Ids of other plans and of other organisations are nobody's here."""
    _, other = published(database, name="Otra")
    with database.writing() as session:
        draft_plan(session, **other, drawn_on=NOW.date(), now=NOW)
    theirs = plan_of(database, other).choices.actions[0]
    carry(database, later, taken=[theirs])
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(CarriedAction)) == 0


def test_choosing_none_is_an_answer_too(database, own, later):
    assert not plan_of(database, later, LATER).has_looked_back
    carry(database, later, taken=[])
    assert plan_of(database, later, LATER).has_looked_back
    assert len(look(database, later).offers) == 5, "it may be looked at again"
    assert not plan_of(database, later, LATER).can_be_undone


@pytest.mark.both_databases
def test_what_went_on_keeps_its_history_when_the_earlier_round_is_deleted(database, own, later):
    mine = plan_of(database, own).choices.actions[0]
    write(database, own, edited(plan_of(database, own).choices, 0, owner="Ana"), NOW + DAY)
    carry(database, later, taken=[mine])
    with database.writing() as session:
        session.delete(session.get_one(Round, own["round_id"]))
    now = plan_of(database, later, LATER)
    [carried] = [action for action in now.choices.actions if action.owner == "Ana"]
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Plan)) == 1
        changes = session.scalars(select(ActionEvent.changes).where(ActionEvent.action_id == carried.id)).all()
        assert {"owner": ["", "Ana"]} in changes
