"""Method, sections 3 and 4: whether teams differ at all, and how well the items of a pillar hold together."""

from __future__ import annotations

import math
import random
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from assessment.domain.answers import AnswerSheet, Role
from assessment.domain.between_teams import between_teams
from assessment.domain.reliability import cronbach_alpha, feldt_interval, mean_correlation, reliability
from assessment.domain.result import BetweenTeams, Reliability
from assessment.domain.scoring import score_round
from tests.domain.build import build_pillar, build_questionnaire, sheet_of, team_of

ONE = build_questionnaire([build_pillar("language")])
TWO = build_questionnaire([build_pillar("language"), build_pillar("vision")])


def compare(minimum_group=5, **scores):
    return between_teams("language", scores, minimum_group=minimum_group)


def test_an_analysis_of_variance_by_hand():
    # Means 2 and 4 around 3: between 5·1 + 5·1 = 10 on 1 df; within 2 + 2 = 4 on 8 df.
    compared = compare(north=[1, 2, 2, 2, 3], south=[3, 4, 4, 4, 5])
    assert (compared.msb, compared.msw, compared.f) == (10, 0.5, 20)
    assert compared.icc1 == pytest.approx((10 - 0.5) / (10 + 4 * 0.5))
    assert compared.icc2 == pytest.approx(0.95)
    assert compared.n_by_team == {"north": 5, "south": 5}
    assert compared.ranking_allowed


thirds = st.fractions(1, 5, max_denominator=4)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(thirds, min_size=5, max_size=9), min_size=2, max_size=5))
def test_f_and_its_p_are_those_of_scipy(groups):
    compared = compare(**{f"team{number}": group for number, group in enumerate(groups)})
    if compared.f is None:
        assert all(len(set(group)) == 1 for group in groups)
        return
    expected = stats.f_oneway(*[[float(value) for value in group] for group in groups])
    assert compared.f == pytest.approx(expected.statistic, rel=1e-7, abs=1e-9)
    # SciPy's F falls a rounding error below zero where all means are equal, and its p is then no number.
    assert compared.p == pytest.approx(1.0 if math.isnan(expected.pvalue) else expected.pvalue, abs=1e-9)
    n_mean = sum(map(len, groups)) / len(groups)
    assert compared.icc1 == pytest.approx((compared.f - 1) / (compared.f + n_mean - 1))
    assert compared.icc2 is None if compared.f == 0 else compared.icc2 == pytest.approx(1 - 1 / compared.f)


def test_a_negative_intraclass_correlation_is_kept():
    compared = compare(north=[1, 3, 5, 2, 4], south=[1, 3, 5, 2, 4.25 - Fraction(5, 4)])
    assert compared.icc1 < 0
    assert compared.icc2 < 0
    assert not compared.ranking_allowed


def test_teams_with_the_same_mean_have_no_second_intraclass_correlation():
    compared = compare(north=[1, 2, 3, 4, 5], south=[5, 4, 3, 2, 1])
    assert (compared.f, compared.p, compared.icc2, compared.ranking_allowed) == (0, 1, None, False)
    assert compared.icc1 == pytest.approx(-1 / 4)


def test_without_variance_within_teams_there_is_no_f_and_no_ranking():
    compared = compare(north=[2] * 5, south=[4] * 5)
    assert compared == BetweenTeams("language", {"north": 5, "south": 5}, 10, 0, None, None, None, None, False)


def test_teams_of_one_person_have_no_variance_within():
    compared = compare(minimum_group=1, north=[2], south=[4])
    assert (compared.msw, compared.f, compared.p, compared.icc1, compared.icc2, compared.ranking_allowed) == (
        *[None] * 5,
        False,
    )


def test_fewer_than_two_teams_of_the_minimum_group_are_not_compared():
    assert compare(north=[1, 2, 3, 4, 5]) is None
    assert compare(north=[1, 2, 3, 4, 5], south=[1, 2, 3, 4]) is None


def test_a_team_under_the_minimum_is_left_out_and_forbids_a_ranking():
    far_apart = {"north": [1, 2, 2, 2, 3], "south": [3, 4, 4, 4, 5]}
    compared = compare(**far_apart, east=[5, 5, 4, 5])
    assert compared.n_by_team == {"north": 5, "south": 5}
    assert (compared.f, compared.ranking_allowed) == (20, False)


def test_a_ranking_is_allowed_from_exactly_seventy_hundredths():
    # In quarters: Σd² = 5/8 and s² = ¼·5/4 give F(3, 16) = 10/3, so ICC(2) = 1 − 3/10; p = .046.
    base = [Fraction(value, 4) for value in (9, 11, 12, 13, 15)]
    shifts = {"north": 2, "south": -2, "east": 1, "west": -1}
    compared = compare(**{team: [value + Fraction(shift, 4) for value in base] for team, shift in shifts.items()})
    assert compared.f == pytest.approx(10 / 3)
    assert compared.icc2 == pytest.approx(0.70)
    assert compared.p < 0.05
    assert compared.ranking_allowed


def test_reliable_means_that_could_be_chance_forbid_a_ranking():
    # s² = .625 in both; MSB = 2·5·.5² = 2.5, so F(1, 8) = 4.
    low = [Fraction(value, 2) for value in (2, 3, 4, 5, 6)]
    compared = compare(north=low, south=[value + 1 for value in low])
    assert (compared.f, compared.icc2) == (4, 0.75)
    assert compared.p > 0.05
    assert not compared.ranking_allowed


def test_a_difference_beyond_chance_forbids_a_ranking_where_the_means_are_not_reliable():
    # MSW = 80/76, MSB = 20·(¼ + ¼)/3: F(3, 76) = 3.17 and ICC(2) = .68.
    base = [Fraction(value, 2) for value in (3, 5, 6, 7, 9)] * 4
    half = Fraction(1, 2)
    compared = compare(
        north=[value - half for value in base], south=[value + half for value in base], east=base, west=base
    )
    assert compared.f == pytest.approx(76 / 24)
    assert compared.icc2 == pytest.approx(1 - 24 / 76)
    assert compared.p < 0.05
    assert not compared.ranking_allowed


def team(name, *values, role=Role.STAFF):
    return team_of([sheet_of(TWO, value, role=role) for value in values], name=name)


def test_a_round_compares_released_teams_with_individual_answers_only():
    teams = [
        team("North", 1, 2, 2, 2, 3),
        team("Small", 5, 5, 5, 5),
        team("South", 3, 4, 4, 4, 5),
        team("Agreed", 5, role=Role.CONSENSUS),
    ]
    result = score_round(teams, TWO)
    assert [(compared.pillar, compared.n_by_team, compared.f) for compared in result.between_teams] == [
        ("language", {"North": 5, "South": 5}, 20),
        ("vision", {"North": 5, "South": 5}, 20),
    ]
    assert [compared.n for compared in result.reliability] == [10, 10]
    assert score_round(teams[:2], TWO).between_teams == ()
    assert score_round(teams[1:2], TWO).reliability == ()


def test_alpha_of_a_case_by_hand():
    rows = [(1, 1), (2, 2), (3, 2), (2, 3)]
    # Either item has 1, 2, 2 and 3: s² = 2/3. The sums 2, 4, 5 and 5 have the mean 4: s² = 6/3.
    assert cronbach_alpha(rows) == pytest.approx(2 * (1 - (2 / 3 + 2 / 3) / 2))
    # The products of deviations are 1, 0, 0 and 0; the sums of their squares 2 and 2.
    assert mean_correlation(rows) == pytest.approx(1 / 2)


def test_alpha_is_one_where_all_items_agree_and_negative_where_they_oppose():
    assert cronbach_alpha([(value,) * 4 for value in (1, 2, 4, 5)]) == pytest.approx(1)
    assert cronbach_alpha([(1, 5), (2, 3), (5, 2)]) < 0


def test_two_people_and_two_items_are_enough_for_alpha():
    # Either item's s² is 2, that of the sums 2 and 6 is 8.
    assert cronbach_alpha([(1, 1), (3, 3)]) == pytest.approx(2 * (1 - 4 / 8))
    assert mean_correlation([(1, 1), (3, 3)]) == pytest.approx(1)


def test_alpha_needs_two_items_two_people_and_sums_that_vary():
    assert cronbach_alpha([(1,), (2,), (3,)]) is None
    assert cronbach_alpha([(1, 2, 3)]) is None
    assert cronbach_alpha([(1, 5), (5, 1), (3, 3)]) is None


def test_the_mean_correlation_is_null_where_an_item_does_not_vary():
    assert mean_correlation([(1, 3, 2), (2, 3, 4), (4, 3, 4)]) is None


def random_rows(n, items=4, seed=1):
    chance = random.Random(seed)
    rows = []
    for _ in range(n):
        level = chance.randint(1, 5)
        rows.append(tuple(min(5, max(1, level + chance.choice((-1, 0, 0, 1)))) for _ in range(items)))
    return rows


def test_alpha_its_interval_and_the_mean_correlation_follow_from_the_covariances():
    rows = random_rows(40)
    compared = reliability("language", rows)
    covariances = np.cov(np.array(rows).T)
    alpha = 4 / 3 * (1 - np.trace(covariances) / covariances.sum())
    assert compared.alpha == pytest.approx(alpha)
    ends = [1 - (1 - alpha) * stats.f.ppf(p, 39, 39 * 3) for p in (0.975, 0.025)]
    assert compared.feldt95 == pytest.approx(tuple(ends))
    assert compared.feldt95[0] < compared.alpha < compared.feldt95[1]
    correlations = np.corrcoef(np.array(rows).T)
    assert compared.mean_r == pytest.approx((correlations.sum() - 4) / 12)


def test_a_perfect_alpha_has_an_interval_of_no_width():
    assert feldt_interval(1.0, 30, 4) == (1, 1)


@pytest.mark.parametrize(("n", "is_given"), [(29, False), (30, True)])
def test_under_thirty_complete_rows_there_is_nothing_but_n(n, is_given):
    compared = reliability("language", random_rows(n))
    assert (compared.alpha is not None) is is_given
    assert is_given or compared == Reliability("language", n)


def test_reliability_pools_the_complete_rows_of_all_released_teams():
    rows = random_rows(36)
    sheets = [AnswerSheet(items={f"language-{at}": value for at, value in enumerate(row, 1)}) for row in rows]
    incomplete = AnswerSheet(items={f"language-{at}": 5 for at in range(1, 4)})
    teams = [team_of([*sheets[start::3], incomplete], name=f"Team {start}") for start in range(3)]
    (compared,) = score_round(teams, ONE).reliability
    assert compared == reliability("language", [row for start in range(3) for row in rows[start::3]])
    assert compared.n == 36
