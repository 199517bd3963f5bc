"""Method, section 5: the permutation tests are exact, and their seeded forms agree with them."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import combinations, product
from math import comb, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from assessment.domain.conventions import SHUFFLES
from assessment.domain.permutation import shuffled_sign_flip_p, shuffled_two_sample_p, sign_flip_p, two_sample_p

some = settings(max_examples=60, deadline=None)
scores = st.one_of(st.integers(1, 6), st.fractions(1, 5, max_denominator=12))
groups = st.lists(scores, min_size=1, max_size=6)
steps = st.one_of(st.integers(-5, 5), st.fractions(-4, 4, max_denominator=12))
differences = st.lists(steps, min_size=1, max_size=9)


def mean(values):
    return Fraction(sum(values)) / len(values)


def two_sample_by_listing(first, second):
    pool = [*first, *second]
    observed = abs(mean(second) - mean(first))
    extreme = 0
    for chosen in combinations(range(len(pool)), len(first)):
        one = [pool[at] for at in chosen]
        other = [value for at, value in enumerate(pool) if at not in chosen]
        extreme += abs(mean(other) - mean(one)) >= observed
    return extreme / comb(len(pool), len(first))


def sign_flip_by_listing(values):
    patterns = list(product((1, -1), repeat=len(values)))
    observed = abs(sum(values))
    extreme = sum(
        abs(sum(sign * value for sign, value in zip(signs, values, strict=True))) >= observed for signs in patterns
    )
    return extreme / len(patterns)


def person_scores(n, seed, shift=0):
    """Scores as people give them: means of two, three or four answers."""
    chance = random.Random(seed)
    return [
        min(Fraction(5), Fraction(sum(chance.choices(range(1, 6), k=k)), k) + shift)
        for k in chance.choices((2, 3, 4), k=n)
    ]


@some
@given(groups, groups)
def test_the_two_sample_p_is_the_share_of_all_regroupings_as_extreme(first, second):
    assert two_sample_p(first, second) == two_sample_by_listing(first, second)


@some
@given(differences)
def test_the_sign_flip_p_is_the_share_of_all_sign_patterns_as_extreme(values):
    assert sign_flip_p(values) == sign_flip_by_listing(values)


@pytest.mark.parametrize(
    ("first", "second", "p"),
    [
        ([1, 1, 1], [5, 5, 5], 2 / 20),
        ([1], [2], 1),
        ([1, 2], [3], 2 / 3),
        ([2], [1, 1, 1, 1], 1 / 5),
        ([3, 3, 3], [3, 3], 1),
        ([1, 5], [3, 3], 1),
    ],
)
def test_two_groups_whose_regroupings_one_can_count_by_hand(first, second, p):
    assert two_sample_p(first, second) == pytest.approx(p)


@pytest.mark.parametrize(
    ("values", "p"),
    [
        ([1], 1),
        ([1, 1, 1, 1, 1], 2 / 32),
        ([2, -1], 1),
        ([3, 1, -1], 6 / 8),
        ([3, 1, 1], 2 / 8),
        ([0, 0, 0], 1),
        ([0, 0, 1, 1], 2 / 4),
    ],
)
def test_differences_whose_sign_patterns_one_can_count_by_hand(values, p):
    assert sign_flip_p(values) == p


@pytest.mark.parametrize(("n1", "n2"), [(5, 5), (5, 8), (9, 4), (8, 8)])
@pytest.mark.parametrize("seed", [1, 2])
def test_the_two_sample_p_is_that_of_scipy(n1, n2, seed):
    first, second = person_scores(n1, seed), person_scores(n2, seed + 10, Fraction(1, 2))
    # Whole numbers of twelfths, so that scipy's floating point cannot miss a tie.
    arrays = [np.array([float(value * 12) * n1 * n2 for value in group]) for group in (first, second)]
    theirs = stats.permutation_test(
        arrays, lambda x, y, axis: np.mean(y, axis=axis) - np.mean(x, axis=axis), vectorized=True, n_resamples=np.inf
    )
    extreme = np.sum(np.abs(theirs.null_distribution) >= abs(theirs.statistic) - 1e-6)
    assert two_sample_p(first, second) == pytest.approx(extreme / len(theirs.null_distribution), abs=1e-12)


@pytest.mark.parametrize("n", [5, 9, 12])
def test_the_sign_flip_p_is_that_of_scipy(n):
    values = [after - before for before, after in zip(person_scores(n, 3), person_scores(n, 4), strict=True)]
    theirs = stats.permutation_test(
        (np.array([float(value * 12) for value in values]),),
        lambda x, axis: np.sum(x, axis=axis),
        permutation_type="samples",
        vectorized=True,
        n_resamples=np.inf,
    )
    extreme = np.sum(np.abs(theirs.null_distribution) >= abs(theirs.statistic) - 1e-6)
    assert sign_flip_p(values) == pytest.approx(extreme / len(theirs.null_distribution), abs=1e-12)


@some
@given(groups, groups, steps, st.fractions(Fraction(1, 7), 9, max_denominator=7))
def test_swapping_shifting_scaling_and_negating_leave_the_two_sample_p(first, second, shift, factor):
    p = two_sample_p(first, second)
    assert 0 < p <= 1
    assert two_sample_p(second, first) == p
    assert two_sample_p([value + shift for value in first], [value + shift for value in second]) == p
    assert two_sample_p([value * factor for value in first], [value * factor for value in second]) == p
    assert two_sample_p([-value for value in first], [-value for value in second]) == p


@some
@given(differences, st.fractions(Fraction(1, 7), 9, max_denominator=7), st.integers(0, 3))
def test_scaling_negating_and_adding_zeros_leave_the_sign_flip_p(values, factor, zeros):
    p = sign_flip_p(values)
    assert 0 < p <= 1
    assert sign_flip_p([value * factor for value in values]) == p
    assert sign_flip_p([-value for value in values]) == p
    assert sign_flip_p([*values, *[0] * zeros]) == p


@some
@given(groups)
def test_identical_groups_have_a_p_of_one(group):
    assert two_sample_p(group, group) == 1
    assert sign_flip_p([value - value for value in group]) == 1


def separated(n):
    """Two groups of n person scores, all of the second above all of the first."""
    first = [1 + Fraction(at % 12, 12) for at in range(n)]
    return first, [value + 2 for value in first]


@pytest.mark.parametrize("n", [5, 12, 40, 100, 150])
def test_the_two_sample_p_is_exact_at_every_team_size(n):
    # Fully separated groups have the smallest p that their size allows.
    assert two_sample_p(*separated(n)) == 2 / comb(2 * n, n)


@pytest.mark.parametrize("n", [5, 40, 200])
def test_the_sign_flip_p_is_exact_at_every_team_size(n):
    assert sign_flip_p([Fraction(1, 12)] * n) == 2 / 2**n


def test_a_team_of_forty_is_exact_and_near_the_normal_approximation():
    first, second = person_scores(40, 5), person_scores(40, 6, Fraction(1, 4))
    assert two_sample_p(first, second) == pytest.approx(
        stats.ttest_ind([float(x) for x in first], [float(x) for x in second]).pvalue, abs=0.01
    )


def within_chance(shuffled, exact):
    """Five standard errors of a share of 19,999, and the one that (b + 1)/(B + 1) adds."""
    return abs(shuffled - exact) <= 5 * sqrt(exact * (1 - exact) / SHUFFLES) + 1 / SHUFFLES


@pytest.mark.parametrize("shift", [0, Fraction(1, 2), 1])
@pytest.mark.parametrize("n", [5, 12, 30])
def test_seeded_shuffles_agree_with_the_exact_p_and_are_reproducible(n, shift):
    first, second = person_scores(n, 7), person_scores(n + 3, 8, shift)
    shuffled = shuffled_two_sample_p(first, second)
    assert within_chance(shuffled, two_sample_p(first, second))
    assert shuffled == shuffled_two_sample_p(first, second)


@pytest.mark.parametrize("shift", [0, Fraction(1, 4), 1])
@pytest.mark.parametrize("n", [5, 12, 30])
def test_seeded_sign_flips_agree_with_the_exact_p_and_are_reproducible(n, shift):
    values = [y - x for x, y in zip(person_scores(n, 9), person_scores(n, 10, shift), strict=True)]
    shuffled = shuffled_sign_flip_p(values)
    assert within_chance(shuffled, sign_flip_p(values))
    assert shuffled == shuffled_sign_flip_p(values)


def test_neither_the_order_of_people_nor_that_of_the_groups_changes_a_seeded_p():
    first, second = person_scores(11, 1), person_scores(11, 2)
    p = shuffled_two_sample_p(first, second)
    assert shuffled_two_sample_p(first[::-1], second[3:] + second[:3]) == shuffled_two_sample_p(second, first) == p
    values = [y - x for x, y in zip(first, second, strict=True)]
    p = shuffled_sign_flip_p(values)
    assert shuffled_sign_flip_p(values[::-1]) == shuffled_sign_flip_p([-value for value in values]) == p


def test_a_seeded_p_is_never_zero_and_is_one_where_nothing_differs():
    low, high = [Fraction(1)] * 12, [Fraction(5)] * 12
    assert shuffled_two_sample_p(low, high) == 1 / 20_000
    assert shuffled_two_sample_p(low, low) == 1
    assert shuffled_sign_flip_p([Fraction(0)] * 12) == 1
    # Only the pattern of all signs equal reaches 30 ones, which no draw of 19,999 is likely to hit.
    assert shuffled_sign_flip_p([Fraction(1)] * 30) == 1 / 20_000
