"""Sample data: made by the services, so that every figure comes out of scoring; and removed without a trace."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import func, select

from assessment.catalogue.catalogue import load_questionnaire, load_team_kinds
from assessment.catalogue.samples import load_samples
from assessment.domain.rounds import RoundState
from assessment.infra.countries import COUNTRIES
from assessment.services.accounts import AlreadySetUp, needs_set_up
from assessment.services.comments import comments_of_round
from assessment.services.next_step import NextStep
from assessment.services.organisations import create_organisation
from assessment.services.plan_documents import printed_plans
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
from assessment.store.database import Database
from assessment.store.models import METADATA
from assessment.store.plans import find_plan
from assessment.store.rounds import Round
from tests.browser.matrix import ways
from tests.databases import KINDS, fresh_engine
from tests.services.build import NOW, make_home, next_steps_of

PASSWORD = "una frase que nadie adivina"  # noqa: S105


def make(database, languages=("es", "en"), now=NOW):
    with database.writing() as session:
        return make_sample_data(session, languages=languages, password=PASSWORD, now=now)


@pytest.fixture(scope="module", params=KINDS)
def sample(request, tmp_path_factory):
    """A database with both organisations, for tests that only look."""
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
        for organisation in made.organisations:
            steps = [entry.step for entry in next_steps_of(session, organisation.id)]
            assert len(steps) == len(set(steps))
            assert set(steps) == STEPS[organisation.language]


@ways("weekday", [2], [5])
def test_the_steps_are_the_same_on_another_day_of_the_week(weekday, tmp_path):
    """Dates of actions move to Mondays: no step may hang on that."""
    now = NOW + dt.timedelta(days=weekday)
    with fresh_engine("sqlite", tmp_path) as engine:
        made = make(Database(engine), now=now)
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
        for entry in moved:
            assert {change.label for change in entry.result.change} >= {"improved", "unclear"}
            own = {"organisation_id": entry.round.organisation_id, "round_id": entry.round.id}
            assert printed_plans(session, **own)
            assert len(comments_of_round(session, **own).comments) >= 5
            actions = find_plan(session, **own).current_actions
            assert {action.is_open for action in actions} == {True, False}


def test_every_snapshot_is_what_scoring_says_of_the_answers(sample):
    database, made = sample
    with database.reading() as session:
        for found in rounds_of(session, made):
            if found.published_at:
                assert result_from_snapshot(found.snapshot) == score_round_now(session, found)


def test_the_same_day_makes_the_same_figures(sample, tmp_path):
    seen = []
    with fresh_engine("sqlite", tmp_path) as engine:
        other = Database(engine)
        for database, made in (sample, (other, make(other))):
            with database.reading() as session:
                seen.append({(entry.result.team, entry.round.name): entry.result for entry in published(session, made)})
    assert seen[0] == seen[1]


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
    made = make(database, ("es",))
    assert count_rows(database)["responses"] > 50
    with database.reading() as session:
        listed = list_sample_organisations(session, user_id=made.account.id)
        assert [one.name for one in listed] == sorted(one.name for one in made.organisations)
    with database.writing() as session:
        remove_sample_data(session, user_id=made.account.id)
    assert count_rows(database) == before
    with database.reading() as session:
        assert needs_set_up(session)
    make(database, ("en",))


def test_what_the_sample_account_founds_goes_too_and_nothing_else_does(database):
    made = make(database, ("es",))
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
    assert set(samples) == {"es", "en"}
    for sample in samples.values():
        assert sample.country in COUNTRIES
        for team in sample.teams:
            for asked in team.rounds:
                assert pillars >= {*asked.pillars, *asked.split, *asked.focus}
                assert kinds[team.kind] >= set(asked.steps)
                assert len(asked.comments) <= asked.answers <= team.size
                if asked.plan:
                    assert asked.ending is RoundState.PUBLISHED
                    assert asked.plan.drawn_days_ago <= asked.opened_days_ago - DAYS_OPEN
