"""Method, section 1: who counts, pillar scores, the overall, maturity levels, and what is withheld."""

from __future__ import annotations

import statistics
from dataclasses import replace
from fractions import Fraction

import pytest
from scipy import stats

from assessment.domain.answers import DK, AnswerSheet, Role
from assessment.domain.respondents import InvalidAnswer
from assessment.domain.result import OverallResult, PillarResult, TeamResult
from assessment.domain.scoring import score_team
from assessment.domain.sections.groups import group_score
from tests.domain.build import PILLARS, all_items, build_pillar, build_questionnaire, build_scale, sheet_of, team_of

TWELVE = build_questionnaire()
TWO = build_questionnaire([build_pillar("language"), build_pillar("vision")])


def answers(pillar, *values):
    """The answers to a pillar's items in their order; `None` skips an item."""
    return {f"{pillar}-{number}": value for number, value in enumerate(values, start=1) if value is not None}


def person(language=(3, 3, 3, 3), vision=(3, 3, 3, 3), **rest):
    return AnswerSheet(items=answers("language", *language) | answers("vision", *vision), **rest)


def language_of(*rows, **options):
    return score_team(team_of([person(language=row) for row in rows]), TWO, **options).pillar("language")


@pytest.mark.parametrize(
    ("items", "values", "score"),
    [
        (4, (1, 2, 4, 4), Fraction(11, 4)),
        (4, (1, 2, 4, None), Fraction(7, 3)),
        (4, (5, None, 2, None), Fraction(7, 2)),
        (4, (5, DK, 2, DK), Fraction(7, 2)),
        (4, (5, None, None, None), None),
        (4, (5, DK, DK, DK), None),
        (4, (None, None, None, None), None),
        (3, (5, None, None), None),
        (3, (5, 2, None), Fraction(7, 2)),
        (1, (4,), Fraction(4)),
        (1, (DK,), None),
    ],
)
def test_a_pillar_score_is_the_mean_of_answered_items_if_at_least_half_were_answered(items, values, score):
    sheet = AnswerSheet(items=answers("language", *values))
    assert group_score(sheet, build_pillar("language", items)) == score


def sheet_with_answers(count, value=3, **rest):
    """Answers the first `count` of the 48 items."""
    answered = list(all_items(TWELVE, value).items())[:count]
    return AnswerSheet(items=dict(answered), **rest)


def test_a_respondent_with_exactly_half_of_all_items_is_scored():
    result = score_team(team_of([sheet_with_answers(48)] * 5 + [sheet_with_answers(24, 5)]), TWELVE)
    assert (result.respondents, result.scored) == (6, 6)
    assert result.pillar("language").n == 6
    assert result.pillar("language").mean == pytest.approx((5 * 3 + 5) / 6)
    assert result.pillar("role-modelling").n == 5


def test_a_respondent_under_half_of_all_items_is_counted_but_left_out_of_everything():
    full = [sheet_with_answers(48, ladder={"contact": 4}, focus=("voice",))] * 5
    left_out = sheet_with_answers(23, 5, ladder={"contact": 1}, focus=("language",))
    without, result = (score_team(team_of(sheets, ["contact"]), TWELVE) for sheets in (full, [*full, left_out]))
    assert (result.respondents, result.scored) == (6, 5)
    assert replace(result, respondents=5) == without


def test_i_do_not_know_does_not_count_as_an_answer_for_the_half_of_all_items():
    unsure = AnswerSheet(items=dict(list(all_items(TWELVE, DK).items())[:25]) | answers("role-modelling", 3, 3, 3, 3))
    result = score_team(team_of([sheet_with_answers(48)] * 5 + [unsure]), TWELVE)
    assert (result.respondents, result.scored) == (6, 5)


def test_the_team_score_is_the_mean_of_person_scores_not_of_items():
    pillar = language_of((1, 1, 1, 1), (5, 5, None, None), (2, 3, 2, 3), (4, 4, 4, 1), (3, 3, 3, DK))
    scores = [1, 5, 2.5, 3.25, 3]
    assert (pillar.n, pillar.mean) == (5, statistics.mean(scores))
    assert pillar.sd == pytest.approx(statistics.stdev(scores))
    interval = stats.t.interval(0.95, 4, loc=statistics.mean(scores), scale=statistics.stdev(scores) / 5**0.5)
    assert pillar.ci95 == pytest.approx(interval)
    assert pillar.percent == pytest.approx(100 * (2.95 - 1) / 4)


def test_the_interval_of_a_team_that_agrees_fully_is_its_mean():
    pillar = language_of(*[(4, 4, 4, 4)] * 5)
    assert (pillar.mean, pillar.sd, pillar.ci95) == (4, 0, (4, 4))


def test_the_overall_is_the_mean_over_persons_of_the_mean_of_their_pillars():
    # The first person has no vision score, so the mean of the two pillar means (3.1) would differ.
    pillars = [dict.fromkeys(PILLARS, 5) | {"vision": None}] + [dict.fromkeys(PILLARS, 2) | {"vision": 4}] * 4
    overall = score_team(team_of([sheet_of(TWELVE, values) for values in pillars]), TWELVE).overall
    scores = [5] + [(11 * 2 + 4) / 12] * 4
    assert (overall.n, overall.mean) == (5, pytest.approx(statistics.mean(scores)))
    assert overall.sd == pytest.approx(statistics.stdev(scores))


@pytest.mark.parametrize(("valid", "counted"), [(12, 6), (10, 6), (9, 5)])
def test_the_overall_needs_ten_of_twelve_pillars_of_a_person(valid, counted):
    result = score_team(team_of([sheet_with_answers(48)] * 5 + [sheet_with_answers(4 * valid)]), TWELVE)
    assert (result.scored, result.overall.n) == (6, counted)


def test_an_overall_with_too_few_people_is_withheld_in_a_released_team():
    result = score_team(team_of([sheet_with_answers(48)] * 4 + [sheet_with_answers(36)]), TWELVE)
    assert not result.withheld
    assert result.overall == OverallResult(n=4)


@pytest.mark.parametrize(
    ("score", "level"),
    [(1, 1), (1.49, 1), (1.5, 2), (2.49, 2), (2.5, 3), (3.49, 3), (3.5, 4), (4.49, 4), (4.5, 5), (5, 5)],
)
def test_the_level_is_the_nearest_anchor_and_a_score_on_a_cut_goes_up(score, level):
    assert build_scale().level(score) == level


@pytest.mark.parametrize(("low", "level"), [(1, 2), (2, 3), (3, 4), (4, 5)])
def test_a_team_exactly_between_two_anchors_has_the_higher_level(low, level):
    pillar = language_of(*[(low, low, low, low)] * 3, *[(low + 1,) * 4] * 3)
    assert (pillar.mean, pillar.level) == (low + 0.5, level)


def test_a_mean_that_floating_point_sums_below_a_cut_still_reaches_it():
    assert sum([11 / 3] * 4 + [10 / 3] * 4) / 8 < 3.5
    pillar = language_of(*[(4, 4, 3, None)] * 4, *[(3, 3, 4, None)] * 4)
    assert (pillar.mean, pillar.level) == (3.5, 4)


def test_the_levels_of_both_ends_of_the_interval_are_kept():
    pillar = language_of(*[(value,) * 4 for value in (2, 3, 3, 3, 4)])
    # s² = 2/4, and 2.776 is the t of four degrees of freedom.
    half = 2.776 * (0.5 / 5) ** 0.5
    assert pillar.ci95 == pytest.approx((3 - half, 3 + half), abs=1e-3)
    assert (pillar.level_low, pillar.level, pillar.level_high) == (2, 3, 4)


def test_one_item_with_a_median_of_two_caps_the_level_at_three():
    pillar = language_of(*[(5, 5, 5, 2)] * 6)
    assert (pillar.mean, pillar.level) == (4.25, 3)


def test_a_median_between_two_and_three_does_not_cap_the_level():
    pillar = language_of(*[(5, 5, 5, 2)] * 3, *[(5, 5, 5, 3)] * 3)
    assert (pillar.mean, pillar.level) == (4.375, 4)


def test_the_cap_does_not_raise_a_low_level_nor_touch_the_overall_or_another_pillar():
    people = [person(language=(1, 1, 2, 2), vision=(5, 5, 5, 5))] * 3 + [person((5, 5, 5, 2), (5, 5, 5, 5))] * 3
    result = score_team(team_of(people), TWO)
    assert [pillar.level for pillar in result.pillars] == [3, 5]
    assert result.overall.mean == pytest.approx((1.5 + 4.25) / 4 + 2.5)
    assert result.overall.level == 4
    assert language_of(*[(1, 1, 2, 2)] * 5).level == 2


def test_the_cap_looks_at_all_scored_respondents_also_those_without_a_score_in_the_pillar():
    # The item's answers: 5 5 5 among people with a score, 2 2 2 2 among people who answered nothing else of it.
    counted = [person(language=(5, 5, 5, 5))] * 5
    others = [person(language=(2, None, None, None))] * 6
    pillar = score_team(team_of(counted + others), TWO).pillar("language")
    assert (pillar.n, pillar.mean, pillar.level) == (5, 5, 3)


def test_the_share_of_i_do_not_know_leaves_skipped_answers_out():
    pillar = language_of(*[(3, 3, 3, 3)] * 5, *[(3, 3, 3, DK)] * 2, *[(3, 3, 3, None)] * 3)
    assert pillar.dk_share == {"language-1": 0, "language-2": 0, "language-3": 0, "language-4": 2 / 7}


@pytest.mark.parametrize(("answered", "share"), [(4, 1 / 5), (3, None)])
def test_the_share_of_i_do_not_know_is_shown_from_the_minimum_group_of_answered_or_unknown(answered, share):
    rows = [(3, 3, 3, 3)] * answered + [(3, 3, 3, DK)] + [(3, 3, 3, None)] * 3
    assert language_of(*rows).dk_share["language-4"] == share


def test_a_team_under_the_minimum_group_keeps_only_its_counts():
    sheets = [person(ladder={"contact": 1}, focus=("vision",))] * 4
    assert score_team(team_of(sheets, ["contact"]), TWO) == TeamResult("Team", "individual", 4, 4, withheld=True)


def test_the_minimum_group_counts_scored_people_not_respondents():
    sheets = [person()] * 4 + [AnswerSheet(items=answers("language", 3, 3, 3))]
    result = score_team(team_of(sheets), TWO)
    assert (result.respondents, result.scored, result.withheld) == (5, 4, True)
    assert not score_team(team_of(sheets), TWO, minimum_group=4).withheld


def test_a_team_without_respondents_is_withheld_at_any_minimum_group():
    assert score_team(team_of([]), TWO, minimum_group=1).withheld


def test_a_pillar_under_the_minimum_group_keeps_only_its_n():
    result = score_team(team_of([person()] * 4 + [person(vision=(3, None, None, None))]), TWO)
    assert result.pillar("language").mean == 3
    assert result.pillar("vision") == PillarResult("vision", n=4)


def test_a_team_of_one_has_a_score_but_no_spread_where_the_user_allows_it():
    result = score_team(team_of([person(language=(2, 3, 4, 5))]), TWO, minimum_group=1)
    pillar = result.pillar("language")
    assert (pillar.n, pillar.mean, pillar.level) == (1, 3.5, 3)
    assert (result.overall.n, result.overall.mean, result.overall.sd, result.overall.ci95) == (1, 3.25, None, None)
    assert (pillar.sd, pillar.ci95, pillar.level_low, pillar.level_high, pillar.ad_md, pillar.agreement) == (
        (None,) * 5 + ("none",)
    )


def test_a_consensus_team_has_its_agreed_values_and_no_statistic():
    sheet = person((4, 4, 4, 4), (2, 3, 3, 3), role=Role.CONSENSUS, ladder={"contact": 2, "closing": 4})
    result = score_team(team_of([sheet], ["contact", "closing"]), TWO)
    assert (result.mode, result.respondents, result.withheld) == ("consensus", 1, False)
    assert result.pillars == (
        PillarResult("language", n=None, mean=4, level=4),
        PillarResult("vision", n=None, mean=2.75, level=3),
    )
    assert result.overall == OverallResult(n=None, mean=3.375, level=3)
    point = result.point("contact")
    assert (point.median, point.n, point.counts, point.interpolated_median, point.consensus, point.agreement) == (
        (2,) + (None,) * 5
    )
    assert (result.weakest_point, result.alarms, result.gaps.leaders_staff, result.gaps.self_customer) == (
        ("contact",) + ((),) * 3
    )


@pytest.mark.parametrize("value", [0, 6, -1, True, False, 2.5, 3.0, "3", "DK", None], ids=repr)
@pytest.mark.parametrize("role", [Role.STAFF, Role.CUSTOMER, Role.CONSENSUS])
def test_an_answer_off_the_scale_is_rejected_never_clamped(value, role):
    wrong = AnswerSheet(role=role, items=all_items(TWO, 3) | {"vision-2": value})
    with pytest.raises(InvalidAnswer) as caught:
        score_team(team_of([person()] * 5 + [wrong]), TWO)
    assert (caught.value.question, caught.value.answer) == ("vision-2", value)


@pytest.mark.parametrize("value", [0, 7, True, 3.5, "expected", None], ids=repr)
def test_a_step_off_the_ladder_is_rejected(value):
    with pytest.raises(InvalidAnswer, match="contact"):
        score_team(team_of([person()] * 5 + [person(ladder={"contact": value})], ["contact"]), TWO)


def test_an_answer_to_an_unknown_item_is_rejected():
    with pytest.raises(InvalidAnswer, match="language-5"):
        score_team(team_of([person(language=(3, 3, 3, 3, 3))] * 5), TWO)


@pytest.mark.parametrize("focus", [("voice",), ("vision", "vision"), ("language", "vision", "language", "vision")])
def test_an_unknown_repeated_or_fourth_focus_pillar_is_rejected(focus):
    with pytest.raises(InvalidAnswer, match="focus"):
        score_team(team_of([person()] * 5 + [person(focus=focus)]), TWO)


def test_a_fourth_focus_pillar_is_rejected_also_where_all_four_differ():
    with pytest.raises(InvalidAnswer, match="focus"):
        score_team(team_of([sheet_of(TWELVE, 3, focus=tuple(PILLARS[:4]))] * 5), TWELVE)


def test_a_consensus_sheet_counts_for_the_pillars_it_rates_however_few():
    sheet = AnswerSheet(role=Role.CONSENSUS, items=all_items(build_questionnaire([TWO.pillars[0]]), 4))
    result = score_team(team_of([sheet]), TWO)
    assert not result.withheld
    assert [pillar.mean for pillar in result.pillars] == [4.0, None]


@pytest.mark.parametrize("others", [[Role.STAFF], [Role.CONSENSUS]], ids=str)
def test_a_consensus_sheet_beside_another_is_rejected(others):
    sheets = [AnswerSheet(role=role, items=all_items(TWO, 3)) for role in [Role.CONSENSUS, *others]]
    with pytest.raises(InvalidAnswer, match="role"):
        score_team(team_of(sheets), TWO)


def test_an_answer_to_a_point_outside_the_sequence_is_rejected():
    with pytest.raises(InvalidAnswer, match="nowhere"):
        score_team(team_of([person(ladder={"nowhere": 3})] * 5, ["contact"]), TWO)
