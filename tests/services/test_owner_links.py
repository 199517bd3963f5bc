"""Links of owners: for some actions, for some time, never for more than they were made for."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from sqlalchemy import select

from assessment.domain.plans.choices import MOVE, ActionStatus
from assessment.domain.plans.edits import with_progress, without_action
from assessment.services.owner_links import (
    NotOfOwner,
    OwnerLinkEnded,
    OwnerLinkExpired,
    OwnerLinkOfEarlierPlan,
    OwnerSays,
    UnknownOwnerLink,
    actions_of_link,
    end_owner_link,
    last_day_of_link,
    list_owner_links,
    make_owner_link,
    read_owners_actions,
    say_how_far,
)
from assessment.services.plans import draft_plan
from assessment.services.publication import publish_round
from assessment.services.rounds import stop_round
from assessment.store.owner_links import OwnerLink
from assessment.store.plan_actions import ActionEvent
from tests.services.build import DAY, NOW, answer, make_round, make_sheet
from tests.services.test_plans import TODAY, change, proposal_of, published


@pytest.fixture
def house(database):
    return published(database)


@pytest.fixture
def own(house):
    return house[1]


def choices_of(database, own):
    return proposal_of(database, own).choices


def give(database, own, owners, now=NOW):
    """The plan with these owners of its first actions, in their order."""
    choices = choices_of(database, own)
    left = list(owners)
    pillars = []
    for pillar in choices.pillars:
        actions = [replace(action, owner=left.pop(0)) if left else action for action in pillar.actions]
        pillars.append(replace(pillar, actions=tuple(actions)))
    change(database, own, replace(choices, pillars=tuple(pillars)), now=now)
    return choices_of(database, own).actions


def make(database, own, actions, owner="Ana", now=NOW):
    with database.writing() as session:
        return make_owner_link(session, **own, owner=owner, action_ids=[action.id for action in actions], now=now).token


def read(database, token, now=NOW):
    with database.reading() as session:
        return read_owners_actions(session, token=token, now=now)


def say(database, token, action, status=ActionStatus.DOING, note="", now=NOW):
    with database.writing() as session:
        say_how_far(session, token=token, said=[OwnerSays(action.id, status, note)], now=now)


def links(database, own):
    with database.reading() as session:
        return list(list_owner_links(session, **own))


@pytest.mark.both_databases
def test_an_owner_says_how_far_their_action_is_and_the_event_says_by_whose_link(database, own):
    mine, other, *_ = give(database, own, ["Ana", "Luis"])
    token = make(database, own, [mine])
    assert read(database, token).action_ids == (mine.id,)
    say(database, token, mine, ActionStatus.BLOCKED, "Falta el permiso", now=NOW + DAY)
    said = {action.id: action for action in choices_of(database, own).actions}
    assert (said[mine.id].status, said[mine.id].note) == (ActionStatus.BLOCKED, "Falta el permiso")
    assert said[other.id].status is ActionStatus.TODO
    with database.reading() as session:
        last = session.scalars(
            select(ActionEvent).where(ActionEvent.action_id == mine.id).order_by(ActionEvent.happened_at.desc())
        ).first()
        assert (last.user_id, last.link_owner, last.happened_at) == (None, "Ana", NOW + DAY)
        assert last.changes == {"status": ["todo", "blocked"], "note": ["", "Falta el permiso"]}


@pytest.mark.both_databases
def test_what_an_owner_and_an_account_change_in_one_quarter_of_an_hour_are_two_events(database, own):
    mine = give(database, own, ["Ana"])[0]
    token = make(database, own, [mine])
    say(database, token, mine, note="a", now=NOW + DAY)
    minute = dt.timedelta(minutes=1)
    with_note = with_progress(choices_of(database, own), mine.id, status=ActionStatus.DOING, note="b")
    change(database, own, with_note, now=NOW + DAY + minute)
    say(database, token, mine, note="c", now=NOW + DAY + 2 * minute)
    say(database, token, mine, note="d", now=NOW + DAY + 3 * minute)
    with database.reading() as session:
        events = session.scalars(
            select(ActionEvent).where(ActionEvent.action_id == mine.id, ActionEvent.happened_at >= NOW + DAY)
        ).all()
    assert sorted(event.changes["note"][1] for event in events) == ["a", "b", "d"]


def test_reading_writes_nothing_and_the_first_save_notes_the_day(database, own):
    mine = give(database, own, ["Ana"])[0]
    token = make(database, own, [mine])
    read(database, token, NOW + DAY)
    assert links(database, own)[0].used_on is None
    say(database, token, mine, now=NOW + 2 * DAY)
    assert links(database, own)[0].used_on == (NOW + 2 * DAY).date()


def test_only_the_hash_of_a_link_is_kept(database, own):
    token = make(database, own, give(database, own, ["Ana"])[:1])
    with database.reading() as session:
        assert token not in repr([vars(link) for link in session.scalars(select(OwnerLink))])


@pytest.mark.parametrize("status", [ActionStatus.DROPPED])
def test_an_owner_cannot_give_an_action_up_nor_change_one_that_was(database, own, status):
    mine = give(database, own, ["Ana"])[0]
    token = make(database, own, [mine])
    with pytest.raises(NotOfOwner):
        say(database, token, mine, status)
    change(database, own, with_progress(choices_of(database, own), mine.id, status=status, note="No hace falta"))
    with pytest.raises(NotOfOwner):
        say(database, token, mine, ActionStatus.DONE)


@pytest.mark.both_databases
def test_a_link_never_comes_to_lead_to_another_action(database, own):
    mine, other, third, *_ = give(database, own, ["Ana", "Luis", "Ana"])
    token = make(database, own, [mine])
    for action in (other, third):
        with pytest.raises(NotOfOwner):
            say(database, token, action)
    give(database, own, ["Ana", "Ana", "Ana"], NOW + DAY)
    assert read(database, token).action_ids == (mine.id,)
    assert choices_of(database, own).actions[1].status is ActionStatus.TODO


def test_an_action_with_another_owner_leaves_the_link_and_comes_back_with_its_owner(database, own):
    mine = give(database, own, ["Ana"])[0]
    token = make(database, own, [mine])
    give(database, own, ["Luis"], NOW + DAY)
    assert read(database, token).action_ids == ()
    with pytest.raises(NotOfOwner):
        say(database, token, mine)
    give(database, own, ["ANA"], NOW + 2 * DAY)
    assert read(database, token).action_ids == (mine.id,), "only the capitals differ"


def test_a_link_for_the_librarys_owner_ends_with_a_name_and_one_for_an_action_with_the_action(database, own):
    proposed = choices_of(database, own)
    token = make(database, own, [proposed.actions[0], proposed.move], owner="Quien coordina")
    assert len(read(database, token).action_ids) == 2
    give(database, own, ["Ana"], NOW + DAY)
    assert read(database, token).action_ids == (proposed.move.id,)
    change(database, own, without_action(choices_of(database, own), heading=MOVE, at=0), now=NOW + 2 * DAY)
    assert read(database, token).action_ids == ()


def test_a_link_is_for_actions_of_the_plan_that_have_one_owner(database, own):
    mine, other, nobody, *_ = give(database, own, ["Ana", "Luis", ""])
    for chosen in ([], [mine, other], [nobody], [replace(mine, id=own["round_id"])]):
        with pytest.raises(NotOfOwner):
            make(database, own, chosen)
    assert links(database, own) == []


@pytest.mark.both_databases
def test_a_new_link_takes_the_place_of_the_old_one(database, own):
    mine, other, *_ = give(database, own, ["Ana", "Luis"])
    first, luis = make(database, own, [mine]), make(database, own, [other], owner="Luis")
    second = make(database, own, [mine], owner="ana")
    with pytest.raises(OwnerLinkEnded):
        read(database, first)
    with pytest.raises(OwnerLinkEnded):
        say(database, first, mine)
    assert read(database, second).action_ids == (mine.id,)
    assert read(database, luis).action_ids == (other.id,)
    make(database, own, [mine], owner="Owner in another language")
    with pytest.raises(OwnerLinkEnded):
        read(database, second)


def test_a_withdrawn_link_saves_nothing(database, own):
    mine = give(database, own, ["Ana"])[0]
    token = make(database, own, [mine])
    [link] = links(database, own)
    with database.writing() as session:
        end_owner_link(session, **own, link_id=link.id, now=NOW)
    with pytest.raises(OwnerLinkEnded):
        say(database, token, mine, ActionStatus.DONE)
    assert not choices_of(database, own).actions[0].is_done


def test_another_rounds_manager_cannot_withdraw_it(database, own):
    make(database, own, give(database, own, ["Ana"])[:1])
    [link] = links(database, own)
    _, other = published(database, name="Otra")
    with database.writing() as session:
        draft_plan(session, **other, drawn_on=TODAY, now=NOW)
    with pytest.raises(UnknownOwnerLink), database.writing() as session:
        end_owner_link(session, **other, link_id=link.id, now=NOW)
    assert links(database, own)[0].ended_at is None


def test_a_link_expires_after_the_plan_and_not_within_two_weeks(database, own):
    token = make(database, own, give(database, own, ["Ana"])[:1])
    [link] = links(database, own)
    assert link.expires_on == TODAY + dt.timedelta(days=92 + 14)
    last = NOW + dt.timedelta(days=92 + 14)
    assert read(database, token, last)
    with pytest.raises(OwnerLinkExpired):
        read(database, token, last + DAY)
    day = dt.date(2026, 3, 1)
    assert last_day_of_link(day, day + dt.timedelta(days=200)) == day + dt.timedelta(days=214), "of a plan that is over"
    assert last_day_of_link(day + dt.timedelta(days=300), day) == day + dt.timedelta(days=180)


def test_unknown_tokens_lead_nowhere(database, own):
    make(database, own, give(database, own, ["Ana"])[:1])
    for token in ("", "x", "á" * 400):
        with pytest.raises(UnknownOwnerLink):
            read(database, token)


@pytest.mark.both_databases
def test_a_link_ends_with_the_plan_of_a_later_round(database, house):
    home, own = house
    mine = give(database, own, ["Ana"])[0]
    token = make(database, own, [mine])
    round_id, answering = make_round(database, home, name="Ronda 2")
    for number in range(8):
        answer(database, answering, make_sheet(number))
    later = {"organisation_id": home.organisation, "round_id": round_id}
    with database.writing() as session:
        stop_round(session, **later, now=NOW + DAY)
        publish_round(session, **later, now=NOW + DAY)
    assert read(database, token, NOW + DAY), "as long as nobody has begun the later plan"
    with database.writing() as session:
        draft_plan(session, **later, drawn_on=TODAY, now=NOW + DAY)
    with pytest.raises(OwnerLinkOfEarlierPlan):
        say(database, token, mine, now=NOW + 2 * DAY)


def test_what_the_manager_changed_meanwhile_stays(database, own):
    mine, other, *_ = give(database, own, ["Ana", "Luis"])
    token = make(database, own, [mine])
    choices = with_progress(choices_of(database, own), other.id, status=ActionStatus.DONE, note="ya")
    change(database, own, choices, now=NOW + DAY)
    say(database, token, mine, note="voy", now=NOW + 2 * DAY)
    now = choices_of(database, own)
    assert [action.note for action in now.actions[:2]] == ["voy", "ya"]
    [link] = links(database, own)
    assert [action.id for action in actions_of_link(link, now)] == [mine.id]
