"""Sample data: made by the services, so that every figure comes out of scoring; and removed without a trace."""

from __future__ import annotations

import datetime as dt
import os
from collections import Counter

import pytest
from sqlalchemy import func, select

from assessment.catalogue.catalogue import load_questionnaire, load_team_kinds
from assessment.catalogue.samples import load_samples, sample_of_first_visit
from assessment.domain.next_step import NextStep
from assessment.domain.plans.choices import ActionStatus
from assessment.domain.rounds import RoundState
from assessment.infra.countries import COUNTRIES
from assessment.infra.languages import Localisation
from assessment.services.access import get_access
from assessment.services.accounts import AlreadySetUp, needs_set_up
from assessment.services.comments import comments_of_round
from assessment.services.large_sample import make_large_sample
from assessment.services.organisations import create_organisation
from assessment.services.plan_documents import printed_plans
from assessment.services.portfolio_files import FileKind, FileWish, executive_source
from assessment.services.publication import score_round_now
from assessment.services.results import results
from assessment.services.sample_data import (
    DAYS_OPEN,
    NotSampleAccount,
    list_sample_organisations,
    make_sample_data,
    remove_sample_data,
)
from assessment.services.snapshots import result_from_snapshot
from assessment.store.action_outcomes import outcomes_of_round
from assessment.store.database import Database
from assessment.store.models import METADATA
from assessment.store.plan_actions import ActionEvent, PlanAction
from assessment.store.plans import find_plan
from assessment.store.rounds import Round
from assessment.store.teams import Team
from tests.browser.matrix import ways
from tests.databases import KINDS, fresh_engine
from tests.services.build import NOW, make_home, next_steps_of

PASSWORD = "una frase que nadie adivina"  # noqa: S105


FIRST_VISITS = (sample_of_first_visit("es"), sample_of_first_visit("en"))
ALL = load_samples()


def make(database, samples=ALL, now=NOW):
    with database.writing() as session:
        return make_sample_data(session, samples, password=PASSWORD, now=now)


def shown_first(made):
    """The organisations that a first visit shows."""
    names = {sample.name for sample in FIRST_VISITS}
    return [one for one in made.organisations if one.name in names]


@pytest.fixture(scope="module", params=KINDS if os.environ.get("CI") else KINDS[:1])
def sample(request, tmp_path_factory):
    """A database with all organisations, for tests that only look. At home the web tests make one on PostgreSQL."""
    with fresh_engine(request.param, tmp_path_factory.mktemp("sample")) as engine:
        database = Database(engine)
        yield database, make(database)


def rounds_of(session, made):
    return session.scalars(
        select(Round).where(Round.organisation_id.in_([one.id for one in made.organisations])).order_by(Round.id)
    ).all()


def published(session, made):
    return [
        results(session, organisation_id=found.organisation_id, round_id=found.id)
        for found in rounds_of(session, made)
        if found.published_at
    ]


OF_NO_SAMPLE = {"questionnaire_versions", "owed_compactions"}
"""The texts that Escala ships stay; that traces in the file are still to be wiped is no data of anybody."""


def count_rows(database):
    tables = [table for table in METADATA.sorted_tables if table.name not in OF_NO_SAMPLE]
    with database.reading() as session:
        return {table.name: session.scalar(select(func.count()).select_from(table)) for table in tables}


STEPS = {
    "es": {
        NextStep.OPEN_FIRST_ROUND,
        NextStep.WAIT_FOR_ANSWERS,
        NextStep.STOP_ROUND,
        NextStep.MAKE_PLAN,
        NextStep.FOLLOW_PLAN,
        NextStep.HOLD_MEETING,
    },
    "en": {
        NextStep.WAIT_FOR_OPENING,
        NextStep.INVITE_MORE,
        NextStep.PUBLISH_ROUND,
        NextStep.AGREE_TOGETHER,
        NextStep.FOLLOW_PLAN,
        NextStep.OPEN_NEXT_ROUND,
    },
}


def test_each_team_of_an_organisation_has_another_next_step(sample):
    database, made = sample
    with database.reading() as session:
        for organisation in shown_first(made):
            steps = [entry.step for entry in next_steps_of(session, organisation.id)]
            assert len(steps) == len(set(steps))
            assert set(steps) == STEPS[organisation.language]


@ways("weekday", [2], [5])
def test_the_steps_are_the_same_on_another_day_of_the_week(weekday, tmp_path):
    """Dates of actions move to Mondays: no step may hang on that."""
    now = NOW + dt.timedelta(days=weekday)
    with fresh_engine("sqlite", tmp_path) as engine:
        made = make(Database(engine), FIRST_VISITS, now=now)
        with Database(engine).reading() as session:
            steps = [entry.step for one in made.organisations for entry in next_steps_of(session, one.id, now)]
    assert sorted(steps).count(NextStep.FOLLOW_PLAN) == 2
    assert steps.count(NextStep.HOLD_MEETING) == steps.count(NextStep.OPEN_NEXT_ROUND) == 1


def test_the_results_show_what_there_is_to_see(sample):
    database, made = sample
    with database.reading() as session:
        found = published(session, made)
        all_results = [entry.result for entry in found]
        assert any(result.alarms for result in all_results)
        assert any(pillar.agreement == "split" for result in all_results for pillar in result.pillars)
        assert any(result.mode == "consensus" and not result.withheld for result in all_results)
        assert any(result.withheld for result in all_results)
        moved = [entry for entry in found if entry.compared_with]
        assert {entry.round.organisation_id for entry in moved} == {one.id for one in made.organisations}
        labels = {change.label for entry in moved for change in entry.result.change}
        assert labels == {"improved", "worse", "same", "unclear"}


def test_the_latest_round_of_a_first_visit_has_moved_and_its_plan_is_under_way(sample):
    database, made = sample
    shown = {one.id for one in shown_first(made)}
    with database.reading() as session:
        compared = [entry for entry in published(session, made) if entry.compared_with]
        latest = {entry.round.organisation_id: entry for entry in sorted(compared, key=lambda e: e.round.published_at)}
        for entry in (latest[id_] for id_ in shown):
            assert {change.label for change in entry.result.change} >= {"improved", "unclear"}
            own = {"organisation_id": entry.round.organisation_id, "round_id": entry.round.id}
            assert printed_plans(session, **own)
            assert len(comments_of_round(session, **own).comments) >= 5
            actions = find_plan(session, **own).current_actions
            assert {action.is_open for action in actions} == {True, False}


def test_over_four_rounds_one_team_rises_one_stays_and_one_falls(sample):
    database, made = sample
    labels = {}
    with database.reading() as session:
        for entry in sorted(published(session, made), key=lambda entry: entry.round.published_at):
            of_team = labels.setdefault(entry.result.team, [])
            of_team.append({change.pillar: change.label for change in entry.result.change})
    assert [round_.get("recovery") for round_ in labels["Recepción y conserjería"]] == [
        None,
        "unclear",
        "improved",
        "unclear",
    ]
    assert all(round_.get("recognition") != "improved" for round_ in labels["Ama de llaves"])
    assert labels["Restaurante La Barra"][2]["communication"] == "worse"


def test_what_was_done_has_somebody_who_took_it_on_and_other_owners_are_proposals(sample):
    database, _made = sample
    with database.reading() as session:
        actions = session.scalars(select(PlanAction)).all()
    assert all(action.owner for action in actions if action.status in (ActionStatus.DONE, ActionStatus.BLOCKED))
    assert any(action.owner is None for action in actions)
    assert len({action.owner for action in actions if action.owner}) > 5


def test_a_team_finishes_other_actions_in_each_plan_and_each_about_its_own_day(sample):
    database, made = sample
    with database.reading() as session:
        rounds = rounds_of(session, made)
        plans = [plan for one in rounds if (plan := find_plan(session, one.organisation_id, one.id))]
        teams = {one.id: one.team_id for one in rounds}
        finished = Counter(
            (teams[plan.round_id], action.library_id)
            for plan in plans
            for action in plan.current_actions
            if action.status is ActionStatus.DONE and action.library_id
        )
        assert finished.most_common(1)[0][1] == 1
        days = {}
        for event in session.scalars(select(ActionEvent).where(ActionEvent.changes.is_not(None))):
            if event.changes.get("status", ["", ""])[1] == "done":
                days.setdefault(event.action_id, event.happened_at.date())
        for plan in plans:
            done = [action for action in plan.current_actions if action.status is ActionStatus.DONE]
            assert len({days[action.id] for action in done}) * 2 >= len(done), plan.drawn_on
            assert all(days[action.id] > plan.drawn_on for action in done)


def test_notes_are_about_actions_that_stand_in_their_plan(sample):
    database, _made = sample
    with database.reading() as session:
        written = {action.note for action in session.scalars(select(PlanAction)) if action.note}
    for story in ALL:
        for team in story.teams:
            for round_ in team.rounds:
                for note in round_.plan.notes.values() if round_.plan else ():
                    assert note in written, (team.name, round_.name, note)


def test_every_snapshot_is_what_scoring_says_of_the_answers(sample):
    database, made = sample
    with database.reading() as session:
        for found in rounds_of(session, made):
            if found.published_at:
                assert result_from_snapshot(found.snapshot) == score_round_now(session, found)


def test_the_same_day_makes_the_same_figures(sample, tmp_path):
    def figures(database, made):
        with database.reading() as session:
            return {(entry.result.team, entry.round.name): entry.result for entry in published(session, made)}

    with fresh_engine("sqlite", tmp_path) as engine:
        again = figures(Database(engine), make(Database(engine), FIRST_VISITS[:1]))
    assert again
    assert again.items() <= figures(*sample).items()


def test_nothing_lies_in_the_future_but_what_is_planned(sample):
    database, made = sample
    with database.reading() as session:
        for found in rounds_of(session, made):
            assert found.created_at <= NOW
            assert found.published_at is None or found.created_at < found.published_at <= NOW
            plan = find_plan(session, found.organisation_id, found.id)
            assert plan is None or found.published_at <= plan.changed_at <= NOW


def test_removing_leaves_nothing_and_begins_anew(database):
    before = count_rows(database)
    made = make(database, FIRST_VISITS[:1])
    assert count_rows(database)["responses"] > 50
    with database.reading() as session:
        listed = list_sample_organisations(session, user_id=made.account.id)
        assert [one.name for one in listed] == sorted(one.name for one in made.organisations)
    with database.writing() as session:
        remove_sample_data(session, user_id=made.account.id)
    assert count_rows(database) == before
    with database.reading() as session:
        assert needs_set_up(session)
    make(database, FIRST_VISITS[1:])


def test_what_the_sample_account_founds_goes_too_and_nothing_else_does(database):
    made = make(database, [])
    home = make_home(database)
    with database.writing() as session:
        own = create_organisation(
            session, name="Mía", country=COUNTRIES["PE"], language="es", founder_id=made.account.id, now=NOW
        )
        assert own.is_sample
        with pytest.raises(NotSampleAccount):
            list_sample_organisations(session, user_id=home.user)
        with pytest.raises(NotSampleAccount):
            remove_sample_data(session, user_id=home.user)
        remove_sample_data(session, user_id=made.account.id)
    rows = count_rows(database)
    assert (rows["organisations"], rows["users"], rows["teams"]) == (1, 1, 1)


def test_a_database_with_an_account_takes_no_sample_data(database):
    make_home(database)
    before = count_rows(database)
    with pytest.raises(AlreadySetUp):
        make(database)
    assert count_rows(database) == before


def test_the_stories_name_what_exists():
    pillars = set(load_questionnaire().pillars_by_id)
    kinds = {kind.id: {point.id for point in kind.points} for kind in load_team_kinds()}
    samples = load_samples()
    assert sorted(sample.language for sample in samples if sample.first_visit) == ["en", "es"]
    for sample in samples:
        assert sample.country in COUNTRIES
        for team in sample.teams:
            for asked in team.rounds:
                assert pillars >= {*asked.pillars, *asked.split, *asked.focus}
                assert kinds[team.kind] >= set(asked.steps)
                assert len(asked.comments) <= asked.answers <= team.size
                if asked.plan:
                    assert asked.ending is RoundState.PUBLISHED
                    assert asked.plan.drawn_days_ago <= asked.opened_days_ago - DAYS_OPEN


def test_the_summary_tells_what_became_of_finished_actions(sample):
    database, made = sample
    hotel = next(one for one in made.organisations if one.name.startswith("Hotel"))
    with database.reading() as session:
        access = get_access(session, user_id=made.account.id, organisation_id=hotel.id)
        wish = FileWish(FileKind.SUMMARY, "", "", Localisation("es", "MX"), "letter")
        done = executive_source(session, access=access, wish=wish, now=NOW).done
        latest = {
            entry.result.team: entry.round
            for entry in sorted(published(session, made), key=lambda entry: entry.round.published_at)
            if entry.round.organisation_id == hotel.id
        }
        said = Counter(
            (team, row.outcome.label)
            for team, round_ in latest.items()
            for row in outcomes_of_round(session, hotel.id, round_.id)
            if row.action is not None and row.outcome.label
        )
    assert Counter((one.team, one.outcome) for one in done if one.outcome) == said
    assert said[("Recepción y conserjería", "improved")]
    assert any(one.outcome is None for one in done)


def test_a_large_organisation_has_as_many_teams_and_rounds_as_are_asked_for(database):
    told = []
    with database.writing() as session:
        made = make_large_sample(
            session, teams=3, rounds=2, drawn=2, language="en", password=PASSWORD, now=NOW, on_team=told.append
        )
    (organisation,) = made.organisations
    with database.reading() as session:
        found = rounds_of(session, made)
        teams = {team.id: team.name for team in session.scalars(select(Team))}
        assert sorted(teams.values()) == told == ["Team 0001", "Team 0002", "Team 0003"]
        assert Counter(round_.team_id for round_ in found) == dict.fromkeys(teams, 2)
        for entry in published(session, made):
            assert entry.result.team == teams[entry.round.team_id]
        assert len({round_.link_token for round_ in found}) == len(found)
        assert len({round_.plan_token for round_ in found}) == len(found)
        steps = {step.team.name: step for step in next_steps_of(session, organisation.id)}
        original, copy, names = steps["Team 0001"], steps["Team 0003"], {round_.id: round_.name for round_ in found}
        assert (copy.step, copy.late) == (original.step, original.late)
        assert names[copy.round.id] == names[original.round.id]
        assert copy.round.id != original.round.id
    with database.writing() as session:
        remove_sample_data(session, user_id=made.account.id)
    rows = count_rows(database)
    assert not rows["teams"]
    assert not rows["responses"]
