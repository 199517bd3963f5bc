"""Student's t and Fisher's F against scipy, over all the degrees of freedom that a team or a region can have."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special, stats

from assessment.domain.distributions import f_quantile, f_survival, incomplete_beta, t_quantile

PROBABILITIES = [0.55, 0.75, 0.9, 0.95, 0.975, 0.99, 0.999]
DEGREES = [1, 1.0001, 1.5, 2, 2.7, 3, 4, 5.5, 7.9, 10, 13.37, 29, 58.2, 100, 398.5, 1_000, 10_000, 100_000]
F_DEGREES = [1, 2, 3, 4.5, 11, 29, 87, 100, 399, 5_000]


def near(value):
    return pytest.approx(value, abs=1e-9, rel=1e-9)


@pytest.mark.parametrize("df", DEGREES)
@pytest.mark.parametrize("probability", PROBABILITIES)
def test_t_quantiles_are_those_of_scipy(probability, df):
    assert t_quantile(probability, df) == near(stats.t.ppf(probability, df))


@settings(max_examples=60)
@given(st.floats(0.9, 0.995), st.floats(1, 500))
def test_t_quantiles_of_any_fractional_degrees_are_those_of_scipy(probability, df):
    assert t_quantile(probability, df) == near(stats.t.ppf(probability, df))


def test_t_quantiles_with_a_closed_form():
    # One degree of freedom is Cauchy's distribution; with two, t = (2p − 1)/√(2p(1 − p)).
    for p in PROBABILITIES:
        assert t_quantile(p, 1) == near(math.tan(math.pi * (p - 0.5)))
        assert t_quantile(p, 2) == near((2 * p - 1) / math.sqrt(2 * p * (1 - p)))


def test_t_quantiles_fall_towards_the_normal_as_degrees_of_freedom_grow():
    quantiles = [t_quantile(0.975, df) for df in DEGREES]
    assert quantiles == sorted(quantiles, reverse=True)
    assert quantiles[-1] == pytest.approx(stats.norm.ppf(0.975), abs=1e-4)


@pytest.mark.parametrize(("probability", "df"), [(0.5, 5), (0.2, 5), (1.0, 5), (1.5, 5), (0.975, 0), (0.975, -1)])
def test_a_t_quantile_that_does_not_exist_is_refused(probability, df):
    with pytest.raises(ValueError, match="t quantile"):
        t_quantile(probability, df)


@pytest.mark.parametrize("df1", F_DEGREES)
@pytest.mark.parametrize("df2", F_DEGREES[2:])
def test_f_quantiles_are_those_of_scipy(df1, df2):
    for probability in (0.025, 0.05, 0.5, 0.95, 0.975):
        assert f_quantile(probability, df1, df2) == near(stats.f.ppf(probability, df1, df2))


@pytest.mark.parametrize("df1", F_DEGREES)
@pytest.mark.parametrize("df2", F_DEGREES)
def test_f_tails_are_those_of_scipy(df1, df2):
    for f in (0.01, 0.3, 1, 2.5, 8, 60):
        assert f_survival(f, df1, df2) == near(stats.f.sf(f, df1, df2))


def test_a_very_small_f_tail_keeps_its_digits():
    assert f_survival(500, 3, 200) == pytest.approx(stats.f.sf(500, 3, 200), rel=1e-9, abs=0)


@settings(max_examples=60)
@given(st.floats(0.01, 0.99), st.integers(1, 60), st.integers(1, 400))
def test_the_tail_beyond_an_f_quantile_is_the_rest(probability, df1, df2):
    assert f_survival(f_quantile(probability, df1, df2), df1, df2) == near(1 - probability)


def test_no_f_is_below_zero():
    assert f_survival(0, 3, 20) == f_survival(-1, 3, 20) == 1


@pytest.mark.parametrize(("probability", "df1", "df2"), [(0, 2, 9), (1, 2, 9), (-0.1, 2, 9), (0.5, 0, 9), (0.5, 2, -1)])
def test_an_f_quantile_that_does_not_exist_is_refused(probability, df1, df2):
    with pytest.raises(ValueError, match="F quantile"):
        f_quantile(probability, df1, df2)


@settings(max_examples=100)
@given(st.floats(0.5, 200), st.floats(0.5, 200), st.floats(0, 1))
def test_the_incomplete_beta_function_is_that_of_scipy(a, b, x):
    assert incomplete_beta(a, b, x) == near(special.betainc(a, b, x))
