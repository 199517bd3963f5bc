"""The product's figures equal those that R computed of the same data, to 1e-9."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from assessment.domain import agreement
from assessment.domain.between_teams import between_teams
from assessment.domain.change import Linking, hedges_g, paired_interval, welch_interval
from assessment.domain.distributions import f_quantile, f_survival, t_quantile
from assessment.domain.multiplicity import benjamini_hochberg, holm
from assessment.domain.permutation import sign_flip_p, two_sample_p
from assessment.domain.scoring import score_round, score_team
from assessment.domain.summary import cliffs_delta, interpolated_median, median
from tests.domain import oracle
from tests.domain.build import build_scale

EXPECTED, PUBLISHED, QUANTILES = oracle.EXPECTED, oracle.PUBLISHED, oracle.QUANTILES
TEAM_PILLARS = sorted(EXPECTED["team_scores"])


def near(value: object) -> object:
    if value is None:
        return None
    return pytest.approx(value, abs=1e-9, rel=0)


def pillar_result(key: str):
    round_number, team, pillar = key.split("|")
    return score_team(oracle.team(int(round_number), team), oracle.questionnaire()).pillar(pillar)


@pytest.mark.parametrize("key", TEAM_PILLARS)
def test_team_scores(key):
    expected, result = EXPECTED["team_scores"][key], pillar_result(key)
    assert result.n == expected["n"]
    assert result.mean == near(expected["mean"])
    assert result.sd == near(expected["sd"])
    assert result.ci95 == near(tuple(expected["ci95"]))


@pytest.mark.parametrize("key", sorted(EXPECTED["agreement"]))
def test_agreement_of_pillars(key):
    expected, result = EXPECTED["agreement"][key], pillar_result(key)
    assert result.ad_md == near(expected["AD_Md_itemwise"])
    assert result.r_wg_j == near(expected["rwgj_uniform"])
    assert result.r_wg_j_skew == near(expected["rwgj_slight_skew"])
    assert result.r_wg_j_star == near(expected["rwgj_star_lindell_uniform"])
    assert result.a_wg == near(expected["awg"])


@pytest.mark.parametrize("key", sorted(EXPECTED["ladder"]))
def test_ladder(key):
    round_number, team, point = key.split("|")
    expected = EXPECTED["ladder"][key]
    result = score_team(oracle.team(int(round_number), team), oracle.questionnaire()).point(point)
    assert list(result.counts) == expected["counts"]
    assert result.median == expected["median"]
    assert result.interpolated_median == near(expected["interp_median"])
    assert result.consensus == near(expected["consensus"])


@pytest.mark.parametrize("key", sorted(EXPECTED["icc"]))
def test_between_teams(key):
    round_number, pillar = key.split("|")
    expected = EXPECTED["icc"][key]
    result = score_round(oracle.teams(int(round_number)), oracle.questionnaire())
    ours = next(entry for entry in result.between_teams if entry.pillar == pillar)
    assert list(ours.n_by_team.values()) == expected["n_by_team"]
    for name, key_in_r in (("msb", "MSB"), ("msw", "MSW"), ("f", "F"), ("p", "p"), ("icc1", "ICC1"), ("icc2", "ICC2")):
        assert getattr(ours, name) == near(expected[key_in_r])


@pytest.mark.parametrize("key", sorted(EXPECTED["reliability"]))
def test_reliability(key):
    round_number, pillar = key.split("|")
    expected = EXPECTED["reliability"][key]
    result = score_round(oracle.teams(int(round_number)), oracle.questionnaire())
    ours = next(entry for entry in result.reliability if entry.pillar == pillar)
    assert ours.n == expected["n"]
    if expected["n"] < 30:
        assert (ours.alpha, ours.feldt95, ours.mean_r) == (None, None, None)
        return
    assert ours.alpha == near(expected["alpha"])
    assert ours.mean_r == near(expected["mean_r"])
    assert ours.feldt95 == near(tuple(expected["feldt95"]))


def change_of(key: str, *, linked: bool):
    team, pillar = key.split("|")
    result = score_team(
        oracle.team(2, team),
        oracle.questionnaire(),
        previous=oracle.team(1, team),
        linking=Linking.MATCHED if linked else Linking.NEVER,
    )
    return next(entry for entry in result.change if entry.pillar == pillar)


@pytest.mark.parametrize("key", sorted(EXPECTED["change"]))
def test_unlinked_change(key):
    expected, ours = EXPECTED["change"][key], change_of(key, linked=False)
    assert (ours.n1, ours.n2, ours.linked) == (expected["n1"], expected["n2"], False)
    assert ours.difference == near(expected["diff"])
    assert ours.ci95 == near(tuple(expected["welch_ci95"]))
    assert ours.ci90 == near(tuple(expected["welch_ci90"]))
    assert ours.p == near(expected["perm_p_exact_exactRankTests"])
    assert ours.hedges_g == near(expected["hedges_g"])
    assert ours.cliffs_delta == near(expected["cliffs_delta"])


@pytest.mark.parametrize("key", sorted(EXPECTED["change"]))
def test_linked_change(key):
    expected, ours = EXPECTED["change"][key]["linked"], change_of(key, linked=True)
    assert (ours.n1, ours.n2, ours.linked) == (expected["n"], expected["n"], True)
    assert ours.difference == near(expected["mean_diff"])
    assert ours.ci95 == near(tuple(expected["ci95"]))
    assert ours.p == near(expected["signflip_perm_p_exact"])


def test_families_of_p_values():
    p_values = list(EXPECTED["multiplicity"]["p"].values())
    assert holm(p_values) == near(list(EXPECTED["multiplicity"]["holm"].values()))
    assert benjamini_hochberg(p_values) == near(list(EXPECTED["multiplicity"]["BH"].values()))


@pytest.mark.parametrize("point", oracle.POINTS)
def test_team_against_customers(point):
    expected = EXPECTED["gaps"][f"self_vs_customer|{point}"]
    everybody = [sheet for team in oracle.teams(1) for sheet in team.sheets]
    together = replace(oracle.team(1, "A"), sheets=(*everybody, *oracle.customers()))
    gaps = score_team(together, oracle.questionnaire()).gaps.self_customer
    ours = next(gap for gap in gaps if gap.point == point)
    assert (ours.n_self, ours.n_customers) == (expected["n_self"], expected["n_cust"])
    assert (ours.median_self, ours.median_customers) == (expected["median_self"], expected["median_cust"])
    assert ours.cliffs_delta == near(expected["cliffs_delta"])


@pytest.mark.parametrize("pillar", ["P1", "P2"])
def test_leaders_against_staff(pillar):
    expected = EXPECTED["gaps"][f"leader_vs_staff|{pillar}"]
    together = replace(oracle.team(1, "A"), sheets=tuple(sheet for team in oracle.teams(1) for sheet in team.sheets))
    gaps = score_team(together, oracle.questionnaire()).gaps.leaders_staff
    ours = next(gap for gap in gaps if gap.pillar == pillar)
    assert (ours.n_leaders, ours.n_staff) == (expected["n_leader"], expected["n_staff"])
    assert ours.difference == near(expected["diff"])
    assert ours.ci95 == near(tuple(expected["ci95"]))
    assert ours.cliffs_delta == near(expected["cliffs_delta"])


@pytest.mark.parametrize("probability", [0.975, 0.95])
def test_t_quantiles(probability):
    for entry in QUANTILES["t975" if probability == 0.975 else "t95"]:
        assert t_quantile(probability, entry["df"]) == near(entry["q"])


@pytest.mark.parametrize("entry", QUANTILES["F"], ids=str)
def test_f_quantiles(entry):
    df1, df2 = entry["df1"], entry["df2"]
    assert f_quantile(0.025, df1, df2) == near(entry["q025"])
    assert f_quantile(0.975, df1, df2) == near(entry["q975"])
    assert f_survival(2.0, df1, df2) == near(entry["sf2"])


@pytest.mark.parametrize("name", sorted(PUBLISHED["consensus"]["values"]))
def test_published_consensus(name):
    entry = PUBLISHED["consensus"]["values"][name]
    assert agreement.consensus(entry["counts"]) == near(entry["consensus"])


def test_published_cliffs_delta_and_permutation():
    data = PUBLISHED["cliff"]
    assert cliffs_delta(data["x"], data["y"]) == near(data["R"]["delta_effectsize"])
    assert two_sample_p(data["x"], data["y"]) == near(data["R"]["perm_p"])


def test_published_paired_example():
    data = PUBLISHED["lakens_2013"]
    x, y, expected = data["x"], data["y"], data["R"]
    assert welch_interval(y, x) == near(tuple(expected["welch_ci"]))
    assert paired_interval([a - b for a, b in zip(x, y, strict=True)]) == near(tuple(expected["paired_ci"]))
    assert hedges_g(y, x) == near(expected["hedges_g"])
    assert two_sample_p(x, y) == near(expected["perm_p"])
    assert sign_flip_p([a - b for a, b in zip(x, y, strict=True)]) == near(expected["signflip_p"])
    assert cliffs_delta(x, y) == near(expected["cliffs_delta"])


def test_published_intraclass_correlation():
    data = PUBLISHED["shrout_fleiss_1979"]
    scores = {str(row): [Fraction(value) for value in values] for row, values in enumerate(data["data"])}
    ours = between_teams("p", scores, minimum_group=4)
    assert ours.icc1 == near(data["R"]["ICC1_anova"])
    assert ours.icc2 == near(data["R"]["ICC2_anova"])
    assert (ours.f, ours.p) == near((data["R"]["F"], data["R"]["p"]))


@pytest.mark.parametrize("name", sorted(PUBLISHED["agreement_edges"]))
def test_agreement_at_its_edges(name):
    entry = PUBLISHED["agreement_edges"][name]
    values = entry["x"] if isinstance(entry["x"], list) else [entry["x"]]
    rows = [(Fraction(value),) for value in values]
    uniform = build_scale().uniform_variance
    if len(rows) < 3:
        # The product gives no figure under three rows, where R still computes one.
        assert agreement.r_wg_j(rows, uniform) is None
        assert agreement.a_wg(rows, 5) is None
        return
    assert agreement.r_wg_j(rows, uniform) == near(entry["rwg"])
    assert agreement.r_wg_j_star(rows, uniform) == near(entry["rwg_star_untruncated"])
    assert agreement.a_wg(rows, 5) == near(entry["awg"])
    if all(value == int(value) for value in values):
        counts = [[values.count(value) for value in range(1, 6)]]
        assert agreement.average_deviation(counts) == near(entry["AD_Md"])


def test_medians_of_the_oracle_are_those_of_their_counts():
    for expected in EXPECTED["ladder"].values():
        assert median(expected["counts"]) == expected["median"]
        assert interpolated_median(expected["counts"]) == near(expected["interp_median"])
