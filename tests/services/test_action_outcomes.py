"""Did it work? The first round that opened fourteen days after an action was done says so, and keeps to it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from sqlalchemy import delete, select, update

from assessment.domain.answers import Role
from assessment.domain.plans.choices import ActionStatus
from assessment.domain.plans.outcomes import Unanswered
from assessment.domain.result import Change, LadderChange
from assessment.domain.rounds import RoundMode, RoundPurpose
from assessment.services.action_outcomes import read_action_outcomes, write_missing_outcomes
from assessment.services.plans import draft_plan, read_plan
from assessment.services.results import results
from assessment.services.team_points import remove_point
from assessment.store.action_outcomes import ActionOutcome
from assessment.store.plan_actions import ActionEvent
from assessment.store.questionnaires import QuestionnaireVersion
from assessment.store.rounds import Round
from tests.services.build import DAY, NOW, make_home, make_sheet
from tests.services.test_plans import TODAY, change
from tests.services.test_publication import hold, pin_text

PEOPLE = 12


def sheets(first: int = 0, how_many: int = PEOPLE, **items: int):
    """Answers by chance; of the pillars that are named, every second person's are one higher."""
    drawn = [make_sheet(first + number) for number in range(how_many)]
    for at, sheet in enumerate(drawn):
        for item in sheet.items:
            pillar = item.rpartition("-")[0].replace("-", "_")
            if pillar in items:
                sheet.items[item] = items[pillar] + at % 2
    return drawn


@pytest.fixture
def home(database):
    return make_home(database)


def begin(database, home, answers, now=NOW):
    """A published round and its plan, begun: whose it is, and its choices."""
    own = {"organisation_id": home.organisation, "round_id": hold(database, home, answers, now=now)}
    with database.writing() as session:
        draft_plan(session, **own, drawn_on=TODAY, now=now)
    with database.reading() as session:
        return own, read_plan(session, **own, drawn_on=TODAY).choices


def with_status(choices, status, *, only: int | None = None):
    """All actions of the plan (or the one at a place) as far as that."""

    def changed(action):
        at = [one.id for one in choices.actions].index(action.id)
        return replace(action, status=status) if only in (None, at) else action

    return replace(
        choices,
        pillars=tuple(replace(one, actions=tuple(map(changed, one.actions))) for one in choices.pillars),
        move=changed(choices.move) if choices.move else None,
    )


def finish(database, own, choices, now=NOW + DAY, **options):
    return change(database, own, with_status(choices, ActionStatus.DONE, **options), now=now)


def said(database, home, round_id):
    with database.reading() as session:
        return results(session, organisation_id=home.organisation, round_id=round_id).outcomes


def labels(plans):
    return [outcome.change.label if outcome.change else outcome.reason for plan in plans for outcome in plan.actions]


def rows(database):
    with database.reading() as session:
        return session.scalars(select(ActionOutcome).order_by(ActionOutcome.round_id, ActionOutcome.position)).all()


@pytest.mark.both_databases
def test_the_first_round_two_weeks_later_says_what_became_of_each_finished_action(database, home):
    own, choices = begin(database, home, sheets(language=1, vision=1))
    assert set(choices.pillar_ids) == {"language", "vision"}
    finish(database, own, choices)
    second = hold(database, home, sheets(50, language=4, vision=1), now=NOW + 16 * DAY)
    [plan] = said(database, home, second)
    assert plan.round_name == "Ronda 1"
    assert len(plan.actions) == len(choices.actions)
    by_pillar = {one.action.ref_id: one for one in plan.actions}
    assert by_pillar["language"].change.label == "improved"
    assert by_pillar["vision"].change.label == "unclear"
    assert {type(one.change) for one in plan.actions} <= {Change, LadderChange}
    assert {one.action.finished_on for one in plan.actions} == {(NOW + DAY).date()}


def test_what_it_says_is_the_released_change_since_the_plans_round(database, home):
    own, choices = begin(database, home, sheets(language=1))
    finish(database, own, choices)
    second = hold(database, home, sheets(50, language=3), now=NOW + 20 * DAY)
    with database.reading() as session:
        shown = results(session, organisation_id=home.organisation, round_id=second)
    moved = {one.pillar: one for one in shown.result.change}
    for outcome in shown.outcomes[0].actions:
        if isinstance(outcome.change, Change):
            expected = moved[outcome.change.pillar]
            assert (outcome.change.label, outcome.change.difference, outcome.change.ci95) == (
                expected.label,
                expected.difference,
                expected.ci95,
            )


@pytest.mark.parametrize(("days", "answers"), [(14, 1), (13.9, 0)])
def test_a_round_that_opened_less_than_fourteen_days_after_says_nothing_of_it(database, home, days, answers):
    own, choices = begin(database, home, sheets())
    finish(database, own, choices)
    second = hold(database, home, sheets(50), now=NOW + DAY + dt.timedelta(days=days))
    assert len(said(database, home, second)) == answers
    third = hold(database, home, sheets(90), now=NOW + 60 * DAY)
    assert len(said(database, home, third)) == 1 - answers, "each action is answered once, by the first that can"


def test_an_action_that_was_taken_up_again_does_not_count_and_one_done_again_counts_from_then(database, home):
    own, choices = begin(database, home, sheets())
    finish(database, own, choices, now=NOW + DAY)
    change(database, own, with_status(choices, ActionStatus.DOING), now=NOW + 2 * DAY)
    assert said(database, home, hold(database, home, sheets(30), now=NOW + 20 * DAY)) == ()
    finish(database, own, choices, now=NOW + 25 * DAY, only=0)
    assert said(database, home, hold(database, home, sheets(60), now=NOW + 30 * DAY)) == ()
    [plan] = said(database, home, hold(database, home, sheets(90), now=NOW + 40 * DAY))
    assert [one.action.finished_on for one in plan.actions] == [(NOW + 25 * DAY).date()]


def test_across_rounds_between_it_is_compared_with_the_plans_round(database, home):
    own, choices = begin(database, home, sheets(language=1))
    hold(database, home, sheets(30, language=4), now=NOW + 2 * DAY)
    finish(database, own, choices, now=NOW + 3 * DAY)
    third = hold(database, home, sheets(60, language=4), now=NOW + 30 * DAY)
    with database.reading() as session:
        shown = results(session, organisation_id=home.organisation, round_id=third)
    [language] = {one.change.label for one in shown.outcomes[0].actions if one.action.ref_id == "language"}
    assert language == "improved", "against the plan's round"
    assert next(one for one in shown.result.change if one.pillar == "language").label == "unclear", "against the second"


def test_a_plans_round_is_not_compared_again_and_again(database, home):
    """With one made-up round after the other its exact figures could be read off the changes."""
    own, choices = begin(database, home, sheets(language=1))
    found = []
    for at in range(5):
        choices = with_status(choices, ActionStatus.DONE, only=at)
        change(database, own, choices, now=NOW + at * DAY)
        later = hold(database, home, sheets(50 + at, language=4), now=NOW + (15 + at) * DAY)
        found += labels(said(database, home, later))
    assert found[4:] == [Unanswered.COMPARED_BEFORE]
    assert Unanswered.COMPARED_BEFORE not in found[:4], "the next round, and three later ones"


def test_pillars_of_a_similar_start_without_an_action_stand_beside(database, home):
    own, choices = begin(database, home, sheets(language=1, vision=1, voice=1, measures=3))
    assert len(choices.pillar_ids) == 2
    finish(database, own, choices)
    [plan] = said(database, home, hold(database, home, sheets(50, language=3, voice=3), now=NOW + 20 * DAY))
    beside = {change.pillar for change in plan.others}
    assert beside & {"language", "vision", "voice"} == {"language", "vision", "voice"} - set(choices.pillar_ids)
    assert "measures" not in beside
    assert not beside & set(choices.pillar_ids)


def test_why_nothing_is_said_is_told_and_a_later_round_may_still_answer(database, home):
    own, choices = begin(database, home, sheets())
    finish(database, own, choices)
    few = hold(database, home, sheets(30, 4), now=NOW + 20 * DAY)
    agreed = hold(database, home, [make_sheet(1, role=Role.CONSENSUS)], mode=RoundMode.CONSENSUS, now=NOW + 30 * DAY)
    assert set(labels(_rows_of(database, home, few))) == {Unanswered.TOO_FEW}
    assert set(labels(said(database, home, agreed))) == {Unanswered.CONSENSUS}
    assert not set(labels(said(database, home, hold(database, home, sheets(60), now=NOW + 40 * DAY)))) & set(Unanswered)


def _rows_of(database, home, round_id):
    """Of a round without a page of results, what stands in its rows."""
    with database.reading() as session:
        return read_action_outcomes(session, session.get_one(Round, round_id), time_zone="America/Bogota")


@pytest.mark.both_databases
def test_deleted_answers_are_said_once(database, home):
    own, choices = begin(database, home, sheets())
    finish(database, own, choices)
    with database.writing() as session:
        session.get_one(Round, own["round_id"]).answers_deleted_at = NOW + 2 * DAY
    second = hold(database, home, sheets(30), now=NOW + 20 * DAY)
    assert set(labels(said(database, home, second))) == {Unanswered.ANSWERS_DELETED}
    assert said(database, home, hold(database, home, sheets(60), now=NOW + 40 * DAY)) == ()


def test_a_round_with_other_wording_does_not_answer(database, home):
    own, choices = begin(database, home, sheets())
    finish(database, own, choices)
    with database.reading() as session:
        pinned = session.get_one(Round, own["round_id"]).questionnaires[0].version.id
    pin_text(database, own["round_id"], "sha256:another", None)
    second = hold(database, home, sheets(30), now=NOW + 20 * DAY)
    assert set(labels(said(database, home, second))) == {Unanswered.OTHER_WORDING}
    assert said(database, home, hold(database, home, sheets(60), now=NOW + 40 * DAY)) == (), "said once"
    with database.writing() as session:
        version = session.get_one(QuestionnaireVersion, pinned)
        session.get_one(Round, own["round_id"]).questionnaires[0].version = version
    fourth = hold(database, home, sheets(90), now=NOW + 60 * DAY)
    assert not set(labels(said(database, home, fourth))) & set(Unanswered), "a round that asks alike answers"


def test_a_moment_that_was_taken_away_is_named_as_it_was_and_not_compared(database, home):
    own, choices = begin(database, home, sheets())
    finish(database, own, choices)
    where = {"organisation_id": home.organisation, "team_id": home.team}
    with database.writing() as session:
        remove_point(session, **where, point_id=choices.point)
    second = hold(database, home, [without(sheet, choices.point) for sheet in sheets(30)], now=NOW + 20 * DAY)
    [gone] = [one for one in said(database, home, second)[0].actions if one.action.is_point]
    assert gone.reason is Unanswered.NOT_ASKED
    with database.reading() as session:
        before = session.get_one(Round, own["round_id"]).points
    assert gone.action.point_name == next(one["name"] for one in before if one["id"] == choices.point)


def without(sheet, point):
    return replace(sheet, ladder={id_: step for id_, step in sheet.ladder.items() if id_ != point})


def test_nobody_guesses_when_an_action_was_done(database, home):
    own, choices = begin(database, home, sheets())
    finish(database, own, choices)
    with database.writing() as session:
        session.execute(delete(ActionEvent))
    second = hold(database, home, sheets(30), now=NOW + 20 * DAY)
    assert set(labels(said(database, home, second))) == {Unanswered.UNKNOWN_DAY}


def test_a_pulse_does_not_answer(database, home):
    own, choices = begin(database, home, sheets())
    finish(database, own, choices)
    round_id = hold(database, home, sheets(30), now=NOW + 20 * DAY)
    with database.writing() as session:
        session.execute(delete(ActionOutcome))
        session.execute(
            update(Round).where(Round.id == round_id).values(purpose=RoundPurpose.PULSE, has_outcomes=False)
        )
    write_missing_outcomes(database)
    assert rows(database) == []


@pytest.mark.both_databases
def test_what_is_missing_of_rounds_from_before_is_written_once_and_is_the_same(database, home):
    own, choices = begin(database, home, sheets(language=1))
    finish(database, own, choices)
    hold(database, home, sheets(50, language=3), now=NOW + 20 * DAY)
    facts = [(row.round_id, row.action_id, row.label, row.change, row.low, row.high) for row in rows(database)]
    assert write_missing_outcomes(database) == 0
    with database.writing() as session:
        session.execute(delete(ActionOutcome))
        session.execute(update(Round).values(has_outcomes=False))
    assert write_missing_outcomes(database) == 2
    assert [(row.round_id, row.action_id, row.label, row.change, row.low, row.high) for row in rows(database)] == facts


@pytest.mark.both_databases
def test_an_action_that_is_taken_out_takes_what_was_said_of_it_along(database, home):
    own, choices = begin(database, home, sheets())
    finish(database, own, choices)
    second = hold(database, home, sheets(50), now=NOW + 20 * DAY)
    done = with_status(choices, ActionStatus.DONE)
    first, *others = done.pillars
    change(
        database, own, replace(done, pillars=(replace(first, actions=first.actions[1:]), *others)), now=NOW + 30 * DAY
    )
    ids = {one.action_id for one in rows(database)}
    assert first.actions[0].id not in ids
    assert len(said(database, home, second)[0].actions) == len(choices.actions) - 1


def test_under_eight_answers_no_range_leaves(database, home):
    own, choices = begin(database, home, sheets(how_many=7, language=1))
    finish(database, own, choices)
    hold(database, home, sheets(50, 7, language=4), now=NOW + 20 * DAY)
    assert {(row.low, row.high) for row in rows(database)} == {(None, None)}
    assert all(row.change is None or row.label in ("improved", "worse") for row in rows(database))
