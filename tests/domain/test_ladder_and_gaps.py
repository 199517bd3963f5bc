"""Method, section 1: the ordinal ladder, its weakest point and alarm, focus shares, and the two gaps."""

from __future__ import annotations

import statistics
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from assessment.domain.answers import DK, AnswerSheet, Role
from assessment.domain.result import Gaps, LeadersStaffGap, PointResult, SelfCustomerGap
from assessment.domain.scoring import score_team
from assessment.domain.summary import cliffs_delta, interpolated_median, median
from tests.domain.build import all_items, build_pillar, build_questionnaire, sheet_of, team_of

ONE = build_questionnaire([build_pillar("language")])
TWO = build_questionnaire([build_pillar("language"), build_pillar("vision")])
THREE = build_questionnaire([build_pillar("language"), build_pillar("vision"), build_pillar("voice")])


def judged(**steps_by_point):
    """A team whose people, one per position, judged each point so; `None` skips."""
    n = max(len(steps) for steps in steps_by_point.values())
    sheets = [
        sheet_of(
            ONE,
            3,
            ladder={
                point: steps[at] for point, steps in steps_by_point.items() if at < len(steps) and steps[at] is not None
            },
        )
        for at in range(n)
    ]
    return team_of(sheets, tuple(steps_by_point))


def ladder_of(**steps_by_point):
    return score_team(judged(**steps_by_point), ONE)


def test_a_perception_point_as_the_contract_shows_it():
    point = ladder_of(contact=[2] + [3] * 3 + [4] * 6 + [5] * 2).point("contact")
    assert (point.n, point.counts, point.median) == (12, (0, 1, 3, 6, 2, 0), 4)
    assert point.interpolated_median == pytest.approx(4 + (2 - 4) / 12)
    assert (point.share_low, point.share_high) == (1 / 12, 8 / 12)
    assert point.agreement == "close"


def test_a_median_may_fall_between_two_steps():
    point = ladder_of(contact=[3, 3, 3, 4, 4, 4]).point("contact")
    assert (point.median, point.interpolated_median) == (3.5, 3.5)


def test_a_median_that_nobody_chose_is_its_own_interpolated_median():
    assert (median([2, 0, 2]), interpolated_median([2, 0, 2])) == (2, 2)


@given(st.lists(st.integers(1, 6), min_size=1, max_size=25))
def test_medians_equal_those_of_the_listed_answers(steps):
    counts = [steps.count(step) for step in range(1, 7)]
    middle = statistics.median(steps)
    assert median(counts) == middle
    expected = middle
    if equal := sum(step == middle for step in steps):
        expected += (sum(step > middle for step in steps) - sum(step < middle for step in steps)) / (2 * equal)
    assert interpolated_median(counts) == pytest.approx(expected, abs=1e-12)


def test_dont_know_and_skipped_steps_are_missing():
    point = ladder_of(contact=[4, 4, 4, 4, 5, DK, None]).point("contact")
    assert (point.n, point.counts) == (5, (0, 0, 0, 4, 1, 0))


def test_a_point_under_the_minimum_group_keeps_only_its_n_and_is_never_the_weakest():
    result = ladder_of(contact=[1, 1, 1, 1, None, None], closing=[3] * 6)
    assert result.point("contact") == PointResult("contact", n=4)
    assert result.weakest_point == "closing"


def test_one_answer_makes_a_point_where_the_user_allows_it():
    point = score_team(judged(contact=[4]), ONE, minimum_group=1).point("contact")
    assert (point.n, point.median, point.share_high, point.consensus, point.agreement) == (1, 4, 1, None, "none")


def test_a_team_without_enough_answers_to_any_point_has_no_weakest_one():
    assert ladder_of(contact=[2, 2, 2, 2, None]).weakest_point is None


def test_the_weakest_point_has_the_lowest_interpolated_median_not_the_lowest_median():
    # Both medians are 4; contact's answers lie below it, closing's above.
    result = ladder_of(closing=[4, 4, 4, 5, 5], contact=[3, 3, 4, 4, 4])
    assert result.weakest_point == "contact"


@pytest.mark.parametrize("points", [("contact", "closing"), ("closing", "contact")])
def test_a_tie_of_the_weakest_goes_to_the_earlier_in_the_sequence(points):
    # 4 − 1/6 from six answers and from twelve.
    steps = {"contact": [3] * 2 + [4] * 6 + [5] * 0 + [None] * 4, "closing": [3] * 3 + [4] * 6 + [5]}
    assert ladder_of(**{point: steps[point] for point in points}).weakest_point == points[0]


@pytest.mark.parametrize(
    ("criminal", "n", "is_alarm"), [(1, 10, True), (1, 9, False), (9, 9, False), (1, 11, False), (2, 20, True)]
)
def test_ten_percent_criminal_of_ten_answers_raise_the_alarm(criminal, n, is_alarm):
    result = ladder_of(contact=[1] * criminal + [4] * (n - criminal), closing=[2] * n)
    assert result.alarms == (("contact",) if is_alarm else ())


def test_alarms_keep_the_sequence_of_the_points():
    assert ladder_of(contact=[1] * 10, logging=[2] * 10, closing=[1] * 10).alarms == ("contact", "closing")


def focus_of(*chosen, asked=True):
    sheets = [sheet_of(THREE, 3, focus=focus) for focus in chosen]
    return score_team(replace(team_of(sheets), asked_focus=asked), THREE).focus


def test_a_focus_share_is_of_those_who_picked_any():
    assert focus_of(("vision",), ("vision", "voice"), ("language", "vision", "voice"), (), ()) == {
        "language": 1 / 3,
        "vision": 1,
        "voice": 2 / 3,
    }


def test_focus_shares_are_zero_where_nobody_picked_and_empty_where_nobody_was_asked():
    assert focus_of(*[()] * 5) == {"language": 0, "vision": 0, "voice": 0}
    assert focus_of(*[()] * 5, asked=False) == {}


def with_leaders(leaders, staff):
    sheets = [sheet_of(TWO, value, role=Role.LEADER) for value in leaders]
    return score_team(team_of([*sheets, *(sheet_of(TWO, value) for value in staff)]), TWO)


def test_leaders_are_compared_with_staff_as_leaders_minus_staff():
    leaders, staff = [4, 5, 4, 5, 5], [3, 3, 4, 2, 3, 5]
    gap, _ = with_leaders(leaders, staff).gaps.leaders_staff
    welch = stats.ttest_ind(leaders, staff, equal_var=False).confidence_interval(0.95)
    assert (gap.pillar, gap.n_leaders, gap.n_staff) == ("language", 5, 6)
    assert gap.difference == pytest.approx(4.6 - 20 / 6)
    assert gap.ci95 == pytest.approx(tuple(welch))
    # Of the 30 pairs the leader is higher in 5·4 + 3 (a 5 over the 4), lower in 2 (a 4 under the 5).
    assert gap.cliffs_delta == pytest.approx((23 - 2) / 30)


@pytest.mark.parametrize(("leaders", "staff", "is_shown"), [(5, 5, True), (4, 9, False), (9, 4, False), (0, 9, False)])
def test_leaders_are_compared_only_where_both_groups_reach_the_minimum(leaders, staff, is_shown):
    assert bool(with_leaders([4] * leaders, [3] * staff).gaps.leaders_staff) is is_shown


def test_the_groups_of_a_pillar_are_its_valid_scores():
    unsure = AnswerSheet(role=Role.LEADER, items={f"language-{number}": 4 for number in range(1, 5)})
    sheets = [sheet_of(TWO, 4, role=Role.LEADER)] * 4 + [unsure] + [sheet_of(TWO, 3)] * 5
    gaps = score_team(team_of(sheets), TWO).gaps.leaders_staff
    assert gaps == (LeadersStaffGap("language", 5, 5, 1, (1, 1), 1, "higher"),)


def customers(*steps, point="contact"):
    return tuple(AnswerSheet(role=Role.CUSTOMER, ladder={point: step}) for step in steps)


def test_the_team_is_compared_with_its_customers_by_medians_and_delta():
    team = judged(contact=[4, 4, 4, 5, 5, 6])
    result = score_team(replace(team, sheets=team.sheets + customers(*[3] * 6, *[4] * 4)), ONE)
    # All 36 pairs with a 3 are wins; of the 24 with a 4, three people tie and three win: 36 + 12 of 60.
    assert result.gaps.self_customer == (SelfCustomerGap("contact", 6, 10, 4.5, 3, 48 / 60),)


def test_customers_are_compared_from_ten_answers_to_the_point():
    team = judged(contact=[4] * 6)
    for extra, is_shown in (
        (customers(*[3] * 9), False),
        (customers(*[3] * 9, DK), False),
        (customers(*[3] * 10), True),
    ):
        gaps = score_team(replace(team, sheets=team.sheets + extra), ONE).gaps.self_customer
        assert bool(gaps) is is_shown


def test_a_point_that_is_withheld_for_the_team_is_not_compared_with_customers():
    team = judged(contact=[4, 4, 4, 4, None], closing=[5] * 5)
    extra = customers(*[3] * 10) + customers(*[3] * 10, point="closing")
    gaps = score_team(replace(team, sheets=team.sheets + extra), ONE).gaps.self_customer
    assert [gap.point for gap in gaps] == ["closing"]


def test_customers_count_nowhere_but_in_their_own_gap():
    team = judged(contact=[1] * 2 + [4] * 8)
    loud = AnswerSheet(
        role=Role.CUSTOMER, items=all_items(ONE, 1), ladder={"contact": 1}, focus=("language",), respondent="x"
    )
    alone, together = (
        score_team(replace(team, sheets=sheets), ONE) for sheets in (team.sheets, team.sheets + (loud,) * 20)
    )
    assert together.gaps.self_customer[0].n_customers == 20
    assert replace(together, gaps=Gaps()) == alone


def test_customers_do_not_lift_a_team_over_the_minimum_group():
    result = score_team(team_of([sheet_of(ONE, 3)] * 4 + [sheet_of(ONE, 3, role=Role.CUSTOMER)] * 20), ONE)
    assert (result.withheld, result.respondents, result.scored) == (True, 4, 4)


@settings(max_examples=50)
@given(
    st.lists(st.fractions(1, 5, max_denominator=12), min_size=1, max_size=8),
    st.lists(st.fractions(1, 5, max_denominator=12), min_size=1, max_size=8),
)
def test_cliffs_delta_is_the_share_of_higher_less_that_of_lower_pairs(first, second):
    signs = [(x > y) - (x < y) for x in first for y in second]
    assert cliffs_delta(first, second) == pytest.approx(float(Fraction(sum(signs), len(signs))), abs=1e-12)
    assert cliffs_delta(second, first) == -cliffs_delta(first, second)
