"""Method, section 8, "Other scales": what depends on the number of points belongs to the section's scale."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment.domain.answers import Role
from assessment.domain.privacy import release
from assessment.domain.scoring import score_team
from tests.domain.build import build_pillar, build_questionnaire, build_scale, sheet_of, team_of

SIZES = (3, 7, 10)


def two_pillars(points: int):
    return build_questionnaire([build_pillar("language"), build_pillar("vision")], scale_points=points)


ASKED = {points: two_pillars(points) for points in (*SIZES, 5)}


def result_of(points: int, values, *, vision=2, previous=None, roles=None):
    asked = ASKED[points]

    def team(answers):
        return team_of([
            sheet_of(asked, {"language": value, "vision": vision}, role=roles[at] if roles else Role.STAFF)
            for at, value in enumerate(answers)
        ])  # fmt: skip

    return score_team(team(values), asked, previous=team(previous) if previous else None)


@pytest.mark.parametrize(
    ("points", "smallest", "target", "low", "high"),
    [(3, 0.15, 2.5, 1.1, 2.9), (5, 0.3, 4.0, 1.2, 4.8), (7, 0.45, 5.5, 1.3, 6.7), (10, 0.675, 7.75, 1.45, 9.55)],
)
def test_the_conventions_stretch_with_the_scale(points, smallest, target, low, high):
    scale = build_scale(points)
    assert (scale.smallest_change, scale.target) == pytest.approx((smallest, target))
    assert (scale.low_bound, scale.high_bound) == pytest.approx((low, high))


@pytest.mark.parametrize(
    ("points", "levels"),
    [
        (3, {1: 1, 1.24: 1, 1.25: 2, 1.75: 3, 2: 3, 2.25: 4, 2.74: 4, 2.75: 5, 3: 5}),
        (7, {1: 1, 1.75: 2, 3.24: 2, 3.25: 3, 4: 3, 4.75: 4, 6.24: 4, 6.25: 5, 7: 5}),
        (10, {1: 1, 2.12: 1, 2.125: 2, 4.375: 3, 5.5: 3, 6.625: 4, 8.875: 5, 10: 5}),
    ],
)
def test_there_are_five_levels_on_every_scale(points, levels):
    scale = build_scale(points)
    assert {score: scale.level(score) for score in levels} == levels


@pytest.mark.parametrize(("points", "rare", "often"), [(3, 1, 2), (7, 2, 3), (10, 3, 4)])
def test_a_level_is_capped_where_an_item_rarely_happens_on_its_own_scale(points, rare, often):
    def level(value):
        sheets = [sheet_of(ASKED[points], {"language": points, "vision": points}) for _ in range(6)]
        for sheet in sheets:
            sheet.items["language-1"] = value
        return score_team(team_of(sheets), ASKED[points]).pillar("language").level

    assert (level(rare), level(often) > 3) == (3, True)


def test_the_skewed_null_variance_exists_on_five_points_only():
    for points in SIZES:
        pillar = result_of(points, [1, 2, 2, 3, 1, 2]).pillar("language")
        assert (pillar.r_wg_j_skew, pillar.r_wg_j is not None) == (None, True)
    assert result_of(5, [1, 2, 2, 3, 1, 2]).pillar("language").r_wg_j_skew is not None


@pytest.mark.parametrize("points", SIZES)
def test_percent_runs_from_nothing_to_all(points):
    scale = build_scale(points)
    assert (scale.percent(1), scale.percent(points), scale.percent((1 + points) / 2)) == (0, 100, 50)


@pytest.mark.parametrize(("points", "below"), [(3, 2.35), (7, 5.05), (10, 7.075)])
def test_a_pillar_is_a_candidate_from_the_smallest_change_below_its_target(points, below):
    """`below` is Δ under the target; people answer so that the mean lies just under or over it."""
    scale = ASKED[points].scale
    assert scale.target - scale.smallest_change == pytest.approx(below)
    low, high = int(below), int(below) + 1
    people = 40
    for share_of_high, expected in ((below - low - 0.03, True), (below - low + 0.03, False)):
        chose_high = round(share_of_high * people)
        result = result_of(points, [high] * chose_high + [low] * (people - chose_high), vision=points)
        assert [entry.pillar for entry in result.priorities] == (["language"] if expected else [])
        for entry in result.priorities:
            assert entry.gap == pytest.approx((scale.target - result.pillar("language").mean) / (points - 1))


@pytest.mark.parametrize("points", SIZES)
def test_the_label_of_a_change_is_that_of_the_scale(points):
    """One step up for everybody is beyond Δ on every scale, and none at all is certainly the same."""
    before = [1, 2] * 8
    moved = result_of(points, [2, 3] * 8, previous=before).change[0]
    still = result_of(points, [2] * 16, previous=[2] * 16).change[0]
    assert (moved.pillar, moved.label, still.label) == ("language", "improved", "same")


# Anonymity


@pytest.mark.parametrize("points", SIZES)
@pytest.mark.parametrize("end", ["low", "high"])
def test_that_everybody_chose_one_end_leaves_as_a_bound(points, end):
    value = 1 if end == "low" else points
    released = release(result_of(points, [value] * 12), ASKED[points]).pillar("language")
    scale = ASKED[points].scale
    assert released.mean == (scale.low_bound if end == "low" else scale.high_bound)
    assert released.sd is released.ci95 is released.percent is released.ad_md is released.answer_counts is None


@pytest.mark.parametrize(("points", "inside"), [(7, 5), (7, 6), (10, 5), (10, 9), (10, 2)])
def test_a_mean_that_is_an_end_of_a_shorter_scale_leaves_as_it_is(points, inside):
    whole = result_of(points, [inside] * 12)
    assert release(whole, ASKED[points]).pillar("language").mean == inside


@pytest.mark.parametrize("points", SIZES)
def test_a_change_to_or_from_an_end_is_withheld_on_every_scale(points):
    middle = [2] * 11 + [1 if points == 3 else 3]
    for before, now in ((middle, [points] * 12), ([points] * 12, middle), ([1] * 12, middle)):
        change = release(result_of(points, now, previous=before), ASKED[points]).change[0]
        assert (change.pillar, change.label, change.difference, change.n2) == ("language", "withheld", None, 12)


@pytest.mark.parametrize("points", SIZES)
def test_leaders_at_an_end_are_not_compared_on_any_scale(points):
    roles = [Role.LEADER] * 6 + [Role.STAFF] * 6
    result = result_of(points, [points] * 6 + [2, 1] * 3, roles=roles)
    assert [gap.pillar for gap in result.gaps.leaders_staff] == ["language", "vision"]
    assert [gap.pillar for gap in release(result, ASKED[points]).gaps.leaders_staff] == ["vision"]


@settings(deadline=None, max_examples=40)
@given(st.sampled_from(SIZES), st.data())
def test_no_released_figure_tells_that_everybody_chose_one_end(points, data):
    values = data.draw(st.lists(st.integers(1, points), min_size=5, max_size=14))
    asked = ASKED[points]
    result = result_of(points, values)
    released = release(result, asked)
    pillar = released.pillar("language")
    assert asked.scale.low_bound <= pillar.mean <= asked.scale.high_bound
    if asked.scale.bound_of(result.pillar("language").mean):
        assert (pillar.sd, pillar.ci95, pillar.ad_md, pillar.answer_counts) == (None, None, None, None)
        # Neither the order of priorities nor the overall gives the mean behind the bound away.
        assert all(entry.disagreement is None for entry in released.priorities if entry.pillar == "language")
        assert released.overall.ci95 is None
    assert release(released, asked) == released


@settings(deadline=None, max_examples=40)
@given(st.sampled_from(SIZES), st.data())
def test_two_teams_that_differ_only_behind_a_bound_leave_alike(points, data):
    """All at the highest answer, or one of fourteen a step below it: both means lie beyond the bound."""
    at = data.draw(st.integers(0, 13))
    everybody = [points] * 14
    all_but_one = [points - (place == at) for place in range(14)]
    asked = ASKED[points]
    results = [result_of(points, values) for values in (everybody, all_but_one)]
    means = [result.pillar("language").mean for result in results]
    assert means[0] != means[1]
    if all(asked.scale.bound_of(mean) == "high" for mean in means):
        first, second = (release(result, asked) for result in results)
        assert first.pillar("language") == second.pillar("language")
        assert first.priorities == second.priorities
