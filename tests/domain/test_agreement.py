"""Method, section 2: how far the people of a team see the same thing, its edges and its words."""

from __future__ import annotations

import math
import statistics
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from itertools import combinations_with_replacement

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment.domain import agreement
from assessment.domain.answers import AnswerSheet
from assessment.domain.scoring import score_team
from tests.domain.build import build_pillar, build_questionnaire, build_scale, team_of

ONE = build_questionnaire([build_pillar("language")])
UNIFORM = build_scale().uniform_variance


def language_sheet(row):
    return AnswerSheet(items={f"language-{at}": value for at, value in enumerate(row, start=1) if value is not None})


def language_of(*rows, minimum_group=5):
    sheets = [language_sheet(row) for row in rows]
    return score_team(team_of(sheets), ONE, minimum_group=minimum_group).pillar("language")


def listed(counts):
    return [value for value, count in enumerate(counts, start=1) for _ in range(count)]


def test_the_average_deviation_is_about_the_median_for_every_small_group():
    for n in range(1, 8):
        for values in combinations_with_replacement(range(1, 6), n):
            expected = sum(abs(value - statistics.median(values)) for value in values)
            counts = [values.count(value) for value in range(1, 6)]
            assert agreement.absolute_deviations(counts, n) == expected
            assert agreement.item_average_deviation(counts) == Fraction(expected) / n


def test_the_average_deviation_takes_each_item_on_its_available_answers():
    # Deviations 0; 2/5; 4/5 and, on the four who answered, 2/4.
    rows = [(3, 3, 2, 2), (3, 3, 2, 2), (3, 3, 3, 3), (3, 4, 4, 3), (3, 4, 4, None)]
    assert language_of(*rows).ad_md == pytest.approx((0 + 2 / 5 + 4 / 5 + 2 / 4) / 4)


def test_an_item_that_nobody_answered_takes_no_part_in_the_average_deviation():
    rows = [(2, 3, 3, None), (2, 3, 3, None), (3, 3, 3, None), (4, 3, 3, None), (4, 3, 3, None)]
    pillar = language_of(*rows)
    assert pillar.ad_md == pytest.approx(4 / 5 / 3)
    assert (pillar.r_wg_j, pillar.r_wg_j_star, pillar.r_wg_j_skew, pillar.a_wg) == (None,) * 4


def test_r_wg_and_a_wg_of_a_hand_made_case():
    # Every item has the answers 2, 3, 3, 3, 4: s² = 0.5, mean 3.
    pillar = language_of(*[(value,) * 4 for value in (2, 3, 3, 3, 4)])
    assert pillar.r_wg_j == pytest.approx(4 * 0.75 / (4 * 0.75 + 0.25))
    assert pillar.r_wg_j_star == pytest.approx(0.75)
    q = 0.5 / 1.34
    assert pillar.r_wg_j_skew == pytest.approx(4 * (1 - q) / (4 * (1 - q) + q))
    assert pillar.a_wg == pytest.approx(1 - 2 * 0.5 / ((6 * 3 - 9 - 5) * 5 / 4))


def test_three_complete_rows_are_enough():
    rows = [(2,), (3,), (4,)]
    assert agreement.r_wg_j(rows, UNIFORM) == pytest.approx(0.5)
    assert agreement.r_wg_j_star(rows, UNIFORM) == pytest.approx(0.5)
    assert agreement.a_wg(rows, 5) == pytest.approx(1 - 2 * 1 / (4 * 3 / 2))


def test_r_wg_takes_complete_rows_only():
    complete = [(2, 3, 4, 3), (3, 3, 4, 3), (4, 5, 3, 3)]
    with_gaps = [*complete, (1, 1, None, 1), (5, 5, 5, None)]
    assert language_of(*with_gaps).r_wg_j_star == agreement.r_wg_j_star(complete, UNIFORM)
    assert language_of(*with_gaps).a_wg == agreement.a_wg(complete, 5)


def test_under_three_complete_rows_there_is_no_r_wg_but_an_average_deviation():
    pillar = language_of(*[(3, 3, 3, 3)] * 2, *[(3, 3, 3, None)] * 6)
    assert (pillar.r_wg_j, pillar.r_wg_j_star, pillar.r_wg_j_skew, pillar.a_wg) == (None,) * 4
    assert (pillar.ad_md, pillar.agreement) == (0, "close")


@pytest.mark.parametrize(("n", "figure"), [(2, None), (3, 0)])
def test_under_three_people_there_is_no_average_deviation(n, figure):
    assert language_of(*[(3, 3, 3, 3)] * n, minimum_group=1).ad_md == figure


@pytest.mark.parametrize("value", [1, 2, 3, 4, 5])
def test_a_team_that_answers_alike_agrees_fully(value):
    pillar = language_of(*[(value,) * 4] * 8)
    assert (pillar.ad_md, pillar.r_wg_j, pillar.r_wg_j_star, pillar.a_wg, pillar.agreement) == (0, 1, 1, 1, "close")


def test_a_negative_r_wg_is_zero_while_its_star_keeps_the_value():
    # s² = 6·4/5 = 4.8 on every item: 1 − 4.8/2 = −1.4.
    pillar = language_of(*[(1,) * 4] * 3, *[(5,) * 4] * 3)
    assert (pillar.r_wg_j, pillar.r_wg_j_skew) == (0, 0)
    assert pillar.r_wg_j_star == pytest.approx(-1.4)
    assert pillar.a_wg == pytest.approx(-1)


def test_an_item_whose_mean_is_too_near_an_end_is_left_out_of_a_wg():
    # The first item's mean 1.2 is below (1·4 + 5)/5 = 1.8; the second's 1.8 is on that bound, so it counts.
    near, bound, middle = (1, 1, 1, 1, 2), (1, 1, 1, 1, 5), (2, 3, 3, 3, 4)
    on_bound = 1 - 2 * 3.2 / ((6 * 1.8 - 1.8**2 - 5) * 5 / 4)
    assert agreement.a_wg(list(zip(near, middle, strict=True)), 5) == pytest.approx(1 - 2 * 0.5 / 5)
    assert agreement.a_wg(list(zip(bound, strict=True)), 5) == pytest.approx(on_bound)
    assert agreement.a_wg([(6 - value,) for value in bound], 5) == pytest.approx(on_bound)
    assert agreement.a_wg(list(zip(near, strict=True)), 5) is None


def test_an_item_where_all_chose_an_end_counts_as_full_agreement_in_a_wg():
    rows = list(zip((5,) * 5, (2, 3, 3, 3, 4), strict=True))
    assert agreement.a_wg(rows, 5) == pytest.approx((1 + 0.8) / 2)


@pytest.mark.parametrize(
    ("ad", "word"),
    [
        (0.0, "close"),
        (5 / 12, "close"),
        (0.42, "fair"),
        (5 / 6, "fair"),
        (0.834, "split"),
        (2.0, "split"),
        (None, "none"),
    ],
)
def test_the_words_for_an_average_deviation(ad, word):
    assert agreement.pillar_agreement(8, ad, 5) == word
    assert agreement.pillar_agreement(7, ad, 5) == "none"


def test_an_average_deviation_exactly_on_a_twelfth_or_a_sixth_of_the_scale_is_still_inside():
    # Twelve people: five of them, or ten steps in all, away from the median of each item.
    close = [(3,) * 4] * 7 + [(4,) * 4] * 5
    fair = [(3,) * 4] * 7 + [(5,) * 4] * 5
    assert [(language_of(*rows).ad_md, language_of(*rows).agreement) for rows in (close, fair)] == [
        (pytest.approx(5 / 12), "close"),
        (pytest.approx(10 / 12), "fair"),
    ]


def test_the_number_that_judges_agreement_is_the_valid_person_scores():
    full, stray = [(3, 3, 3, 3)] * 7, (3, None, None, None)
    two = build_questionnaire([build_pillar("language"), build_pillar("vision")])
    vision = {f"vision-{number}": 3 for number in range(1, 5)}
    sheets = [replace(language_sheet(row), items=language_sheet(row).items | vision) for row in [*full, stray]]
    result = score_team(team_of(sheets), two)
    assert [(pillar.n, pillar.agreement) for pillar in result.pillars] == [(7, "none"), (8, "close")]


def share_of_random_teams_that_pass(n, items=4):
    """The exact share of teams of n whose answers, drawn evenly from 1 to 5, deviate by at most A/6."""
    one = Counter()
    for values in combinations_with_replacement(range(1, 6), n):
        counts = [values.count(value) for value in range(1, 6)]
        ways = math.factorial(n) // math.prod(map(math.factorial, counts))
        one[agreement.absolute_deviations(counts, n)] += ways
    all_items = Counter({0: 1})
    for _ in range(items):
        longer = Counter()
        for so_far, ways in all_items.items():
            for deviation, more in one.items():
                longer[so_far + deviation] += ways * more
        all_items = longer
    passing = sum(ways for deviation, ways in all_items.items() if 6 * deviation <= 5 * n * items)
    return passing / 5 ** (n * items)


def test_random_answers_pass_in_eighteen_percent_of_teams_of_five_and_three_percent_of_eight():
    assert round(share_of_random_teams_that_pass(5), 2) == 0.18
    assert round(share_of_random_teams_that_pass(8), 2) == 0.03


@pytest.mark.parametrize(
    ("counts", "figure"),
    [
        ([0, 0, 0, 9, 0, 0], 1),
        ([5, 0, 0, 0, 0, 5], 0),
        # Half each on neighbours: both are 0.5 of 5 away from the mean.
        ([0, 4, 4, 0, 0, 0], 1 + math.log2(0.9)),
        ([3, 0, 3], 0),
        ([1, 1, 0, 0, 0, 0], None),
        ([0, 0, 0, 0, 0, 0], None),
        ([1, 2, 0, 0, 0, 0], 1 + math.log2(1 - 2 / 15) / 3 + 2 / 3 * math.log2(1 - 1 / 15)),
    ],
)
def test_consensus_of_the_ladder(counts, figure):
    assert agreement.consensus(counts) == (None if figure is None else pytest.approx(figure, abs=1e-12))


@settings(max_examples=50)
@given(st.lists(st.integers(0, 9), min_size=6, max_size=6).filter(lambda counts: sum(counts) >= 3))
def test_consensus_is_between_none_and_full_and_the_same_seen_from_either_end(counts):
    figure = agreement.consensus(counts)
    assert 0 <= figure <= 1
    assert (figure == 1) == (len(set(listed(counts))) == 1)
    assert figure == pytest.approx(agreement.consensus(counts[::-1]), abs=1e-12)


@pytest.mark.parametrize(
    ("figure", "word"),
    [
        (1.0, "same step"),
        (0.80, "same step"),
        (0.799, "close"),
        (0.60, "close"),
        (0.599, "spread"),
        (0.45, "spread"),
        (0.449, "no common view"),
        (None, "none"),
    ],
)
def test_the_words_for_a_consensus(figure, word):
    assert agreement.point_agreement(8, figure) == word
    assert agreement.point_agreement(7, figure) == "none"
