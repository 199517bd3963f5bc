"""A plan's actions as rows: the same from the first draft on, with what became of each."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import replace

import pytest
from sqlalchemy import select, update

from assessment.domain.plans.choices import MOVE, ActionChoice, ActionStatus, PillarChoice, PlanChoices
from assessment.domain.plans.edits import with_action, without_action
from assessment.domain.plans.history import ActionChangeKind
from assessment.services.accounts import create_account
from assessment.services.plan_actions import write_missing_starts
from assessment.services.plan_documents import printed_choices
from assessment.services.plans import change_plan, draft_plan, read_plan
from assessment.store.plan_actions import ActionEvent, PlanAction, ServedKind
from tests.services.build import DAY, NOW
from tests.services.test_plans import TODAY, change, proposal_of, published, undo

pytestmark = pytest.mark.both_databases
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def own(database):
    _, found = published(database)
    return found


def begin(database, own):
    with database.writing() as session:
        draft_plan(session, **own, drawn_on=TODAY, now=NOW)
    return proposal_of(database, own).choices


def rows(database):
    with database.reading() as session:
        return list(session.scalars(select(PlanAction).order_by(PlanAction.position)))


def events(database, action_id):
    """What became of an action, the first thing first."""
    with database.reading() as session:
        found = session.scalars(
            select(ActionEvent)
            .where(ActionEvent.action_id == action_id)
            .order_by(ActionEvent.happened_at, ActionEvent.kind)
        )
        return [(event.kind, event.changes) for event in found]


def ids(choices):
    return [action.id for action in choices.actions]


def first_changed(choices, **values):
    """The plan with its first action changed."""
    pillar = choices.pillars[0]
    action, *others = pillar.actions
    pillar = replace(pillar, actions=(replace(action, **values), *others))
    return replace(choices, pillars=(pillar, *choices.pillars[1:]))


def test_actions_have_the_same_ids_from_the_proposal_to_the_finished_plan(database, own):
    proposed = ids(proposal_of(database, own).choices)
    assert ids(proposal_of(database, own).choices) == proposed, "asked again"
    drafted = begin(database, own)
    assert ids(drafted) == proposed
    change(database, own, first_changed(drafted, owner="Ana"))
    change(database, own, first_changed(drafted, owner="Ana", status=ActionStatus.DONE), now=NOW + DAY)
    assert [row.id for row in rows(database)] == ids(proposal_of(database, own).choices) == proposed


def test_an_action_knows_what_it_serves_and_how_that_stood(database, own):
    begin(database, own)
    result = proposal_of(database, own).results.result
    for row in rows(database):
        if row.serves is ServedKind.PILLAR:
            assert row.score_at_start == result.pillar(row.ref_id).mean
        else:
            assert (row.ref_id, row.score_at_start) == (result.weakest_point, result.point(row.ref_id).median)
    assert {row.serves for row in rows(database)} == set(ServedKind)


def test_what_became_of_an_action_says_who_when_and_what(database, own):
    with database.writing() as session:
        ana = create_account(session, email="ana@example.org", password="una frase bien larga", now=NOW).id  # noqa: S106
    choices = begin(database, own)
    change(database, own, first_changed(choices, owner="Luis"), now=NOW + DAY, user_id=ana)
    with database.reading() as session:
        added, changed = session.scalars(
            select(ActionEvent).where(ActionEvent.action_id == choices.actions[0].id).order_by(ActionEvent.happened_at)
        )
        assert (added.kind, added.user_id, added.happened_at, added.changes) == ("added", None, NOW, {})
        assert (changed.kind, changed.user_id, changed.happened_at) == ("changed", ana, NOW + DAY)
        assert changed.changes == {"owner": ["", "Luis"]}
    assert [kind for kind, _ in events(database, choices.actions[1].id)] == [ActionChangeKind.ADDED]


def test_what_one_types_in_one_sitting_is_one_event(database, own):
    choices = begin(database, own)
    action_id = choices.actions[0].id
    for number, owner in enumerate(("L", "Lu", "Luis"), 1):
        change(database, own, first_changed(choices, owner=owner), now=NOW + number * MINUTE)
    assert events(database, action_id)[1:] == [("changed", {"owner": ["", "Luis"]})]
    change(database, own, choices, now=NOW + 4 * MINUTE)
    assert events(database, action_id)[1:] == [], "nothing has changed after all"
    change(database, own, first_changed(choices, owner="Ana"), now=NOW + DAY)
    change(database, own, first_changed(choices, owner="Eva"), now=NOW + 2 * DAY)
    assert events(database, action_id)[1:] == [
        ("changed", {"owner": ["", "Ana"]}),
        ("changed", {"owner": ["Ana", "Eva"]}),
    ]


def test_what_was_taken_out_comes_back_with_its_history_or_is_deleted(database, own):
    choices = begin(database, own)
    move = choices.move
    change(database, own, replace(choices, move=replace(move, owner="Ana")), now=NOW + DAY)
    named = proposal_of(database, own).choices
    change(database, own, without_action(named, heading=MOVE, at=0), now=NOW + 2 * DAY, may_undo=True)
    assert proposal_of(database, own).choices.move is None
    undo(database, own, now=NOW + 3 * DAY)
    assert proposal_of(database, own).choices.move == named.move
    assert [kind for kind, _ in events(database, move.id)] == ["added", "changed", "removed", "added"]

    change(database, own, without_action(named, heading=MOVE, at=0), now=NOW + 4 * DAY, may_undo=True)
    assert move.id in {row.id for row in rows(database)}
    change(database, own, replace(first_changed(named, owner="Eva"), move=None), now=NOW + 5 * DAY)
    assert move.id not in {row.id for row in rows(database)}, "it can no longer be undone"
    assert events(database, move.id) == []


def test_another_action_in_its_place_is_another_row(database, own):
    choices = begin(database, own)
    found = proposal_of(database, own)
    heading = choices.pillar_ids[0]
    kept, replaced = choices.actions_under(heading)[1].id, choices.actions_under(heading)[0].id
    change(database, own, with_action(found.basis, choices, heading=heading, at=0, library_id=""))
    after = proposal_of(database, own).choices.actions_under(heading)
    assert after[0].id not in ids(choices)
    assert after[1].id == kept
    assert replaced not in {row.id for row in rows(database)}


def test_how_far_an_action_is_survives_another_change_of_it(database, own):
    choices = begin(database, own)
    change(database, own, first_changed(choices, status=ActionStatus.BLOCKED))
    change(database, own, first_changed(choices, status=ActionStatus.BLOCKED, owner="Ana"))
    action = proposal_of(database, own).choices.actions[0]
    assert (action.status, action.owner) == (ActionStatus.BLOCKED, "Ana")


def test_the_first_change_of_a_proposal_begins_the_plan_and_changes_it(database, own):
    proposed = proposal_of(database, own)
    with database.writing() as session:
        after = change_plan(session, proposed, first_changed(proposed.choices, owner="Ana"), now=NOW)
    assert after.version == 1
    assert ids(after.choices) == ids(proposed.choices)
    with database.reading() as session:
        assert read_plan(session, **own, drawn_on=TODAY).choices.actions[0].owner == "Ana"


def test_what_is_missing_of_plans_from_before_is_written_once(database, own):
    begin(database, own)
    complete = [(row.serves, row.ref_id, row.score_at_start) for row in rows(database)]
    with database.writing() as session:
        session.execute(update(PlanAction).values(score_at_start=None))
        session.execute(update(PlanAction).where(PlanAction.serves == ServedKind.POINT).values(ref_id=""))
    assert write_missing_starts(database) == 1
    assert [(row.serves, row.ref_id, row.score_at_start) for row in rows(database)] == complete
    assert write_missing_starts(database) == 0


def test_a_printed_version_is_found_again_by_what_it_said_before_actions_were_rows():
    """The hashes are those of the documents of plans as they were kept until then."""
    day = dt.date(2026, 11, 20)
    asked = ActionChoice(library_id="voice-2-ask", owner="Ana", due_on=day, status=ActionStatus.DOING)
    mine = ActionChoice(title="Café con clientes", what="Una charla al mes.", measure="4 charlas")
    move = ActionChoice(library_id="move-3-middle", due_on=day, status=ActionStatus.BLOCKED)
    pillars = (PillarChoice("voice", "Nos urge", (asked, mine)), PillarChoice("language"))
    expected = {
        move: "f3a1f42773b6a5e348dc372adee93bdf1ea6061e2448bad4ecc928f71b69918f",
        None: "f29001fa8d93d4403513f520aedec9840f244baffffa531527aa378e7f417b9d",
    }
    for chosen, sha256 in expected.items():
        document = json.dumps(printed_choices(PlanChoices(day, pillars, chosen)), sort_keys=True)
        assert hashlib.sha256(document.encode()).hexdigest() == sha256
    done = (PillarChoice("voice", "Nos urge", (replace(asked, status=ActionStatus.DONE), mine)), pillars[1])
    assert printed_choices(PlanChoices(day, done)) != printed_choices(PlanChoices(day, pillars)), "it has its tick"
