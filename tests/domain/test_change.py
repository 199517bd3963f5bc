"""Method, section 5: what moved between two rounds, in which family it is tested, and what may be said of it."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from assessment.domain.answers import AnswerSheet, Role
from assessment.domain.change import (
    Linking,
    change_label,
    detectable_half_width,
    hedges_g,
    link,
    paired_interval,
    welch_interval,
)
from assessment.domain.respondents import scored_people
from assessment.domain.result import Change, LadderChange
from assessment.domain.scoring import score_round, score_team
from tests.domain.build import PILLARS, build_pillar, build_questionnaire, sheet_of, team_of

TWO = build_questionnaire([build_pillar("language"), build_pillar("vision")])
TWELVE = build_questionnaire()


def quarters(score):
    """Four answers whose mean is a score in quarters."""
    total = round(4 * score)
    return [total // 4 + (at < total % 4) for at in range(4)]


def person(language, vision=3, *, code=None, step=None):
    """Scores in quarters; `None` skips the pillar's last three items, so that it has no score."""
    items = {}
    for pillar, score in (("language", language), ("vision", vision)):
        values = quarters(3)[:1] if score is None else quarters(score)
        items |= {f"{pillar}-{number}": value for number, value in enumerate(values, start=1)}
    return AnswerSheet(items=items, ladder={} if step is None else {"contact": step}, respondent=code)


def change_of(before, after, pillar="language", **options):
    result = score_team(team_of(after), TWO, previous=team_of(before), **options)
    return next(change for change in result.change if change.pillar == pillar)


def moved(before, after):
    return change_of([person(score) for score in before], [person(score) for score in after])


def test_a_team_that_climbed_as_one_has_improved():
    change = moved([2] * 5, [4] * 5)
    assert (change.n1, change.n2, change.linked, change.difference) == (5, 5, False, 2)
    assert (change.ci95, change.ci90) == ((2, 2), (2, 2))
    assert change.p == pytest.approx(2 / math.comb(10, 5))
    assert (change.label, change.hedges_g, change.cliffs_delta) == ("improved", None, 1)


def test_a_team_that_fell_is_worse():
    change = moved([4, 4, 4, 4.25, 4.25], [2, 2, 2.25, 2.25, 2])
    assert change.difference == pytest.approx(-2)
    assert (change.label, change.cliffs_delta) == ("worse", -1)


def test_a_team_that_stayed_put_is_the_same():
    change = moved([3] * 6, [3] * 7)
    assert (change.difference, change.ci95, change.p, change.label) == (0, (0, 0), 1, "same")


def test_a_real_change_smaller_than_the_smallest_of_interest_is_the_same():
    change = moved([3] * 10, [3.25] * 10)
    assert change.p_adjusted < 0.001
    assert (change.ci95, change.label) == ((0.25, 0.25), "same")


def test_a_change_of_exactly_the_smallest_of_interest_counts():
    change = moved([3] * 10, [3.25] * 8 + [3.5] * 2)
    assert change.difference == pytest.approx(0.30)
    assert change.label == "improved"


def test_a_change_that_a_small_team_cannot_tell_from_chance_is_unclear():
    change = moved([2, 3, 3, 4, 5], [3, 3, 4, 4, 5])
    assert change.difference == pytest.approx(0.4)
    assert change.ci95[0] < 0 < change.ci95[1]
    assert change.label == "unclear"


def test_a_large_change_is_unclear_where_its_family_makes_it_insignificant():
    # Alone p = 2/252 < .05; as the least of twelve, the other eleven without any change, 24/252 > .05.
    before, after = (team_of([sheet_of(TWELVE, dict.fromkeys(PILLARS, 3) | {"voice": s})] * 5) for s in (2, 4))
    changes = {change.pillar: change for change in score_team(after, TWELVE, previous=before).change}
    assert changes["voice"].p_adjusted == pytest.approx(24 / 252)
    assert changes["voice"].label == "unclear"
    as_focus = score_team(after, TWELVE, previous=before, focus_pillars=["voice"]).change
    assert next(change for change in as_focus if change.pillar == "voice").label == "improved"


@pytest.mark.parametrize(
    ("difference", "ci95", "ci90", "p", "label"),
    [
        (0.9, (0.3, 1.5), (0.4, 1.4), 0.01, "improved"),
        (-0.9, (-1.5, -0.3), (-1.4, -0.4), 0.01, "worse"),
        (0.9, (0.3, 1.5), (0.4, 1.4), 0.05, "unclear"),
        (0.9, (-0.1, 1.9), (0.1, 1.7), 0.04, "unclear"),
        (0.9, (0.0, 1.8), (0.1, 1.7), 0.04, "unclear"),
        (-0.9, (-1.8, 0.0), (-1.7, -0.1), 0.04, "unclear"),
        (0.3, (0.1, 0.5), (0.15, 0.45), 0.01, "improved"),
        (0.7 - 0.4, (0.1, 0.5), (0.15, 0.45), 0.01, "improved"),
        (0.29, (0.1, 0.5), (0.15, 0.45), 0.01, "unclear"),
        (0.1, (-0.05, 0.25), (0.0, 0.2), 0.2, "same"),
        (0.1, (0.05, 0.15), (0.06, 0.14), 0.001, "same"),
        (0.1, (-0.5, 0.6), (-0.4, 0.5), 0.6, "unclear"),
        (-0.1, (-0.4, 0.2), (-0.31, 0.1), 0.6, "unclear"),
    ],
)
def test_the_label_follows_from_difference_intervals_and_adjusted_p(difference, ci95, ci90, p, label):
    assert change_label(difference, ci95, ci90, p, smallest=0.3) == label


@pytest.mark.parametrize(("n1", "n2"), [(4, 9), (9, 4)])
def test_a_change_with_under_five_in_either_round_keeps_only_its_numbers(n1, n2):
    change = change_of([person(2)] * n1, [person(4)] * n2, minimum_group=4)
    assert change == Change("language", n1, n2, linked=False, family="rest", label="withheld")


def test_a_larger_minimum_group_also_holds_for_change():
    people = [person(2)] * 6
    assert change_of(people, people * 2, minimum_group=7).label == "withheld"
    assert change_of(people, people * 2, minimum_group=6).label == "same"


def test_only_the_withheld_pillar_of_a_team_is_withheld():
    before = [person(2)] * 4 + [person(2, None)]
    changes = score_team(team_of([person(2)] * 5), TWO, previous=team_of(before)).change
    assert [(change.pillar, change.n1, change.label) for change in changes] == [
        ("language", 5, "same"),
        ("vision", 4, "withheld"),
        ("overall", 4, "withheld"),
    ]


def coded(codes, scores):
    return [person(score, code=code) for code, score in zip(codes, scores, strict=True)]


@pytest.mark.parametrize(("codes", "linked", "n"), [("abcdwxyz", False, 8), ("abcdexyz", True, 5)])
def test_rounds_are_linked_from_five_matching_codes(codes, linked, n):
    change = change_of(coded("abcdefgh", [2, 3, 3, 4, 4, 2, 3, 4]), coded(codes, [3, 3, 4, 4, 5, 2, 3, 4]))
    assert (change.linked, change.n1, change.n2) == (linked, n, n)


def test_linked_people_are_compared_with_themselves_in_whatever_order_they_answered():
    scores1, scores2 = [2, 3, 3, 4, 2.5, 1], [3, 3.5, 3, 4.25, 3, 1.5]
    later = coded("abcdef", scores2)
    change = change_of(coded("abcdef", scores1) + [person(5)] * 3, [person(1), *later[::-1]])
    differences = np.subtract(scores2, scores1)
    assert change.difference == pytest.approx(differences.mean())
    for interval, confidence in ((change.ci95, 0.95), (change.ci90, 0.90)):
        expected = stats.ttest_rel(scores2, scores1).confidence_interval(confidence)
        assert interval == pytest.approx(tuple(expected))
    # Only both patterns with all signs equal (a zero has none) are as extreme.
    assert change.p == 2 / 2**5


def test_the_unlinked_interval_is_that_of_welch():
    scores1, scores2 = [2, 3, 3, 4, 2.5, 1], [3, 3.5, 3, 4.25, 3, 1.5, 5]
    change = moved(scores1, scores2)
    test = stats.ttest_ind(scores2, scores1, equal_var=False)
    assert change.ci95 == pytest.approx(tuple(test.confidence_interval(0.95)))
    assert change.ci90 == pytest.approx(tuple(test.confidence_interval(0.90)))


def test_intervals_of_the_smallest_and_of_equally_spread_groups_are_those_of_scipy():
    for first, second in (([1, 2], [2, 4]), ([1, 2, 4], [2, 3, 5])):
        expected = stats.ttest_ind(second, first, equal_var=False).confidence_interval(0.95)
        assert welch_interval(first, second) == pytest.approx(tuple(expected))
    # Where one group does not vary, the other's degrees of freedom are left: s² = 7/3 of three values.
    expected = stats.t.interval(0.95, 2, loc=7 / 3 - 3, scale=math.sqrt(7 / 9))
    assert welch_interval([3, 3, 3], [1, 2, 4]) == pytest.approx(expected)
    expected = stats.ttest_rel([2, 4], [1, 1]).confidence_interval(0.95)
    assert paired_interval([1, 3]) == pytest.approx(tuple(expected))
    # The means differ by 2, the pooled s² is (.5 + 4.5)/2; with two degrees of freedom J = Γ(1)/Γ(½) = 1/√π.
    assert hedges_g([1, 2], [2, 5]) == pytest.approx(2 / math.sqrt(2.5) / math.sqrt(math.pi))


def test_joiners_and_leavers_are_those_without_a_counterpart():
    before, after = (scored_people(team_of(coded(codes, [3] * len(codes))), TWO) for codes in ("abcdefg", "cdefghijk"))
    rounds = link(before, after)
    assert [pair[0].sheet.respondent for pair in rounds.pairs] == list("cdefg")
    assert (rounds.leavers, rounds.joiners, rounds.is_linked) == (2, 4, True)


def test_a_code_that_two_people_gave_links_neither():
    before, after = (scored_people(team_of(coded(codes, [3] * len(codes))), TWO) for codes in ("abcdef", "aabcdef"))
    assert [pair[0].sheet.respondent for pair in link(before, after).pairs] == list("bcdef")


def test_five_links_with_four_complete_pairs_withhold_only_that_pillar():
    before = [person(2, 3 if code != "a" else None, code=code) for code in "abcde"] + [person(2)] * 5
    changes = score_team(team_of(coded("abcde", [3] * 5)), TWO, previous=team_of(before)).change
    assert [(change.pillar, change.linked, change.n1, change.label) for change in changes[:2]] == [
        ("language", True, 5, "unclear"),
        ("vision", True, 4, "withheld"),
    ]


def test_linking_can_be_refused_from_outside():
    people = coded("abcdef", [2, 3, 3, 4, 4, 2])
    assert not change_of(people, people, linking=Linking.NEVER).linked


def test_codes_of_customers_and_of_people_left_out_link_nothing():
    people = [*coded("abcd", [3] * 4), person(3)]
    others = [
        AnswerSheet(role=Role.CUSTOMER, items=people[0].items, respondent="e"),
        AnswerSheet(items={"language-1": 3}, respondent="f"),
    ]
    assert not change_of([*people, *others], [*people, *others]).linked


def test_without_variance_in_either_round_the_interval_is_the_difference():
    assert welch_interval([2, 2, 2], [3, 3]) == (1, 1)
    assert paired_interval([1, 1, 1]) == (1, 1)
    assert welch_interval([2], [3, 4]) is paired_interval([1]) is None
    assert hedges_g([2, 2], [3, 3]) is None


def test_a_group_of_one_has_no_standardised_difference():
    assert hedges_g([2], [3, 4]) is hedges_g([3, 4], [2]) is None


@pytest.mark.parametrize(("n", "unlinked", "linked"), [(8, 0.70, 0.49), (15, 0.49, 0.32), (30, 0.34, 0.22)])
def test_what_a_team_of_this_size_can_detect_is_the_methods_table(n, unlinked, linked):
    assert round(detectable_half_width(n), 2) == unlinked
    assert round(detectable_half_width(n, correlation=0.6), 2) == linked


def test_what_can_be_detected_is_the_half_width_of_the_interval_that_such_a_team_would_have():
    first, second = [1, 2, 4, 5, 3], [2, 3, 5, 4, 1]
    low, high = welch_interval(first, second)
    assert detectable_half_width(5, sd=stats.tstd(first)) == pytest.approx((high - low) / 2)
    low, high = paired_interval([y - x for x, y in zip(first, second, strict=True)])
    correlation = stats.pearsonr(first, second).statistic
    assert detectable_half_width(5, stats.tstd(first), correlation) == pytest.approx((high - low) / 2)
    assert detectable_half_width(2) > detectable_half_width(3)


def test_one_person_can_detect_nothing():
    with pytest.raises(ValueError, match="two people"):
        detectable_half_width(1)


def ladder_change_of(before, after, codes1=None, codes2=None):
    teams = [
        team_of(
            [person(3, code=code, step=step) for step, code in zip(steps, codes or [None] * len(steps), strict=True)],
            ["contact"],
        )
        for steps, codes in ((before, codes1), (after, codes2))
    ]
    return score_team(teams[1], TWO, previous=teams[0]).ladder_change


def test_a_point_moves_by_the_permutation_on_steps_with_medians_and_delta():
    (change,) = ladder_change_of([2, 2, 3, 3, 3], [4, 4, 5, 5, 4, 6])
    assert (change.n1, change.n2, change.linked, change.median1, change.median2) == (5, 6, False, 3, 4.5)
    assert (change.cliffs_delta, change.p, change.label) == (1, pytest.approx(1 / math.comb(11, 5)), "improved")
    (back,) = ladder_change_of([4, 4, 5, 5, 4, 6], [2, 2, 3, 3, 3])
    assert (back.cliffs_delta, back.p, back.label) == (-1, change.p, "worse")


def test_a_linked_point_flips_signs():
    (change,) = ladder_change_of([2, 3, 4, 2, 3, 3], [3, 4, 5, 3, 4, 4], "abcdef", "abcdef")
    assert (change.linked, change.p, change.label) == (True, 2 / 2**6, "improved")
    # δ is of independent samples, also where people are linked.
    wins = sum(x > y for x in (3, 4, 5, 3, 4, 4) for y in (2, 3, 4, 2, 3, 3))
    losses = sum(x < y for x in (3, 4, 5, 3, 4, 4) for y in (2, 3, 4, 2, 3, 3))
    assert change.cliffs_delta == pytest.approx((wins - losses) / 36)


def test_a_point_that_moved_within_chance_is_unclear_in_either_direction():
    (up,) = ladder_change_of([2, 3, 3, 4, 4], [3, 3, 4, 4, 5])
    (down,) = ladder_change_of([3, 3, 4, 4, 5], [2, 3, 3, 4, 4])
    assert up.p == down.p > 0.05
    assert up.cliffs_delta == -down.cliffs_delta > 0
    assert up.label == down.label == "unclear"
    (still,) = ladder_change_of([3] * 6, [3] * 6)
    assert (still.cliffs_delta, still.p, still.label) == (0, 1, "unclear")


def test_a_point_with_under_five_in_either_round_is_withheld_also_where_it_is_new():
    assert ladder_change_of([2, 2, 2, 2, None], [4] * 6) == (LadderChange("contact", 4, 6, linked=False),)
    assert ladder_change_of([None] * 5, [4] * 6) == (LadderChange("contact", 0, 6, linked=False),)


def test_without_an_earlier_round_or_with_a_consensus_there_is_no_change():
    team = team_of([person(3)] * 5)
    consensus = team_of([replace(person(3), role=Role.CONSENSUS)])
    assert score_team(team, TWO).change == score_team(team, TWO).ladder_change == ()
    assert score_team(consensus, TWO, previous=team).change == score_team(team, TWO, previous=consensus).change == ()


def test_a_round_compares_each_team_with_its_own_earlier_answers():
    now = [team_of([person(score)] * 5, name=name) for name, score in (("North", 4), ("South", 2))]
    earlier = {name: team_of([person(3)] * 5, name=name) for name in ("South", "North")}
    result = score_round(now, TWO, previous=earlier)
    assert [team.change[0].difference for team in result.teams] == [1, -1]


def test_a_ladder_whose_steps_rise_while_its_ranks_fall_is_unclear():
    (change,) = ladder_change_of([1] * 12 + [2] * 20, [6] * 12 + [1] * 20)
    assert change.p < 0.05
    assert change.cliffs_delta < 0
    assert change.label == "unclear"
