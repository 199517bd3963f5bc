"""Figures over teams, tiers, and why a team needs attention."""

from __future__ import annotations

import datetime as dt
import uuid
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment.catalogue.catalogue import load_questionnaire
from assessment.domain.between_teams import between_sums, between_teams
from assessment.domain.portfolio import (
    OF_ROUNDS_UNDER_WAY,
    AttentionFacts,
    AttentionKind,
    Cell,
    PillarSums,
    Progress,
    needs_attention,
    over_teams,
    tiers,
)
from assessment.domain.summary import mean, standard_deviation
from assessment.domain.texts import Text

SCALE = load_questionnaire().scale
TODAY = dt.date(2026, 11, 29)
LONG_AGO = TODAY - dt.timedelta(days=400)

people = st.lists(st.integers(12, 60).map(lambda twelfths: Fraction(twelfths, 12)), min_size=5, max_size=15)


def sums_of(teams: list[list[Fraction]]) -> PillarSums:
    """What the database adds up, but of exact figures."""
    means, spreads = [mean(team) for team in teams], [standard_deviation(team) or 0.0 for team in teams]
    return PillarSums(
        teams=len(teams),
        people=sum(len(team) for team in teams),
        total=sum(len(team) * one for team, one in zip(teams, means, strict=True)),
        squares=sum(len(team) * one**2 for team, one in zip(teams, means, strict=True)),
        within=sum((len(team) - 1) * one**2 for team, one in zip(teams, spreads, strict=True)),
        within_df=sum(len(team) - 1 for team in teams),
        has_bound=False,
    )


@given(st.lists(people, min_size=2, max_size=6))
def test_sums_say_of_teams_what_all_their_people_say(teams: list[list[Fraction]]) -> None:
    exact = between_teams("language", {str(at): team for at, team in enumerate(teams)}, minimum_group=5)
    sums = sums_of(teams)
    found = between_sums(
        "language",
        {str(at): len(team) for at, team in enumerate(teams)},
        n=sums.people,
        total=sums.total,
        squares=sums.squares,
        within=sums.within,
        within_df=sums.within_df,
    )
    assert exact is not None
    assert found is not None
    assert found.msb == pytest.approx(exact.msb, abs=1e-9)
    assert (found.f is None) == (exact.f is None)
    if exact.f is not None:
        assert found.f == pytest.approx(exact.f, rel=1e-6, abs=1e-6)
        assert found.p == pytest.approx(exact.p, abs=1e-6)
    over = over_teams("language", sums, SCALE)
    everybody = [score for team in teams for score in team]
    assert over is not None
    assert over.mean == pytest.approx(float(sum(everybody) / len(everybody)), abs=0.0501)
    assert over.people == len(everybody)


def test_one_team_alone_and_a_team_at_a_bound_have_no_figure_for_everybody() -> None:
    assert over_teams("language", PillarSums(1, 12, 36.0, 108.0, 4.0, 11, has_bound=False), SCALE) is None
    assert over_teams("language", PillarSums(3, 30, 90.0, 280.0, 9.0, 27, has_bound=True), SCALE) is None


def test_where_no_teams_spread_is_released_teams_are_not_put_in_order() -> None:
    apart = PillarSums(3, 18, 54.0, 186.0, 0.0, 0, has_bound=False)
    over = over_teams("language", apart, SCALE)
    assert over is not None
    assert not over.may_rank


def cell(score: float, low: float | None = None, high: float | None = None) -> Cell:
    return Cell(12, score, low=low, high=high)


def test_a_tier_begins_where_a_whole_range_lies_under_that_of_the_tiers_first_team() -> None:
    ordered = [cell(4.2, 3.9, 4.5), cell(4.0, 3.6, 4.4), cell(3.6, 3.2, 3.8), cell(3.5, 3.2, 3.8), cell(2.0, 1.7, 2.3)]
    assert tiers(ordered) == [1, 1, 2, 2, 3]


def test_a_team_without_a_range_stays_with_those_beside_it() -> None:
    assert tiers([cell(4.2, 3.9, 4.5), cell(3.0), cell(2.0, 1.7, 2.3)]) == [1, 1, 2]
    assert tiers([cell(4.2), cell(4.0, 3.6, 4.4), cell(2.0, 1.7, 2.3)]) == [1, 1, 2]
    assert tiers([]) == []


def kinds(**facts: object) -> list[AttentionKind]:
    usual = {"created_on": LONG_AGO, "published_on": TODAY, "people": 12, "answered": 12, "has_pillars": True}
    return [reason.kind for reason in needs_attention(AttentionFacts(**(usual | facts)), TODAY)]  # type: ignore[arg-type]


def test_nothing_is_the_matter_with_a_team_whose_plan_goes_well() -> None:
    assert kinds(has_plan=True, progress=Progress(uuid.uuid4(), 4, 2, 0, TODAY)) == []


def test_every_reason_is_told_most_pressing_first() -> None:
    name = (Text("a", "a"),)
    told = kinds(
        alarms=name,
        worse=name,
        withheld=name,
        answered=5,
        published_on=TODAY - dt.timedelta(days=183),
        progress=Progress(uuid.uuid4(), 4, 2, 1, TODAY, stuck=1),
    )
    # What a round under way waits for, that rounds that repeat are late, and that there never was one, stands in the
    # place of "no round".
    of_rounds = OF_ROUNDS_UNDER_WAY | {AttentionKind.OVERDUE, AttentionKind.FIRST_ROUND}
    assert told == [kind for kind in AttentionKind if kind not in of_rounds]


@pytest.mark.parametrize(("answered", "people", "is_few"), [(5, 12, True), (6, 12, False), (None, 12, False)])
def test_few_is_fewer_than_half(answered: int | None, people: int, is_few: bool) -> None:
    assert (AttentionKind.FEW_ANSWERED in kinds(answered=answered, people=people)) is is_few


def test_a_round_without_pillars_needs_no_plan() -> None:
    long = TODAY - dt.timedelta(days=30)
    assert kinds(published_on=long, has_pillars=False) == []
    assert kinds(published_on=long) == [AttentionKind.NO_PLAN]
