"""What must hold for any team: order does not matter, figures keep their bounds, and nobody else's rows count."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment.domain.answers import DK, AnswerSheet, Role
from assessment.domain.result import Gaps
from assessment.domain.scoring import score_round, score_team
from tests.domain.build import build_pillar, build_questionnaire, sheet_of, team_of, with_pillars

SIZES = {"language": 4, "vision": 3, "voice": 1}
QUESTIONNAIRE = build_questionnaire([build_pillar(name, items) for name, items in SIZES.items()])
POINTS = ("contact", "closing")
ITEMS = [item.id for item in QUESTIONNAIRE.items]

few = settings(max_examples=25, deadline=None)


def sheets(roles=(Role.STAFF, Role.LEADER)):
    item = st.one_of(st.integers(1, 5), st.sampled_from([1, 3, 4, 5, DK, None]))
    step = st.one_of(st.integers(1, 6), st.sampled_from([DK, None]))

    def build(role, items, ladder, focus):
        return AnswerSheet(
            role=role,
            items={name: value for name, value in zip(ITEMS, items, strict=True) if value is not None},
            ladder={name: value for name, value in zip(POINTS, ladder, strict=True) if value is not None},
            focus=tuple(focus),
        )

    return st.builds(
        build,
        st.sampled_from(roles),
        st.lists(item, min_size=len(ITEMS), max_size=len(ITEMS)),
        st.lists(step, min_size=len(POINTS), max_size=len(POINTS)),
        st.lists(st.sampled_from(list(SIZES)), max_size=2, unique=True),
    )


def teams(least=5, most=14, name="Team"):
    return st.lists(sheets(), min_size=least, max_size=most).map(lambda found: team_of(found, POINTS, name))


def score(team, **options):
    return score_team(team, QUESTIONNAIRE, **options)


@few
@given(teams(), teams(), st.randoms(use_true_random=False))
def test_the_order_of_respondents_does_not_matter(team, previous, chance):
    mixed, mixed_before = (
        replace(found, sheets=tuple(chance.sample(found.sheets, len(found.sheets)))) for found in (team, previous)
    )
    assert score(mixed, previous=mixed_before) == score(team, previous=previous)


@few
@given(teams(), st.randoms(use_true_random=False))
def test_the_order_of_items_within_a_pillar_does_not_matter(team, chance):
    mixed = with_pillars(
        QUESTIONNAIRE,
        [
            replace(pillar, items=tuple(chance.sample(pillar.items, len(pillar.items))))
            for pillar in QUESTIONNAIRE.pillars
        ],
    )
    assert score_team(team, mixed) == score(team)


@few
@given(st.lists(teams(least=3, most=7), min_size=2, max_size=4), st.randoms(use_true_random=False))
def test_the_order_of_teams_does_not_matter(found, chance):
    named = [replace(team, team=f"Team {number}") for number, team in enumerate(found)]
    mixed = chance.sample(named, len(named))
    one, other = (score_round(order, QUESTIONNAIRE, minimum_group=4) for order in (named, mixed))
    assert [result.team for result in other.teams] == [team.team for team in mixed]
    assert {result.team: result for result in one.teams} == {result.team: result for result in other.teams}
    assert one.between_teams == other.between_teams
    assert one.reliability == other.reliability


@few
@given(teams(least=1))
def test_every_figure_keeps_its_bounds(team):
    result = score(team, minimum_group=1)
    for found in (*result.pillars, *([] if result.withheld else [result.overall])):
        if found.mean is None:
            continue
        assert 1 <= found.mean <= 5
        assert 0 <= found.percent <= 100
        assert found.level in range(1, 6)
        assert (found.sd is None) == (found.ci95 is None) == (found.n < 2)
        if found.ci95:
            assert found.ci95[0] <= found.mean <= found.ci95[1]
            # Popoviciu: the largest spread has half of the people at either end.
            assert 0 <= found.sd <= 2 * (found.n / (found.n - 1)) ** 0.5 + 1e-12
    for found in result.pillars:
        if found.is_withheld:
            continue
        assert found.level_low is None or found.level_low <= found.level_high
        assert found.ad_md is None or 0 <= found.ad_md <= 2
        assert all(figure is None or 0 <= figure <= 1 for figure in (found.r_wg_j, found.r_wg_j_skew))
        assert found.r_wg_j_star is None or found.r_wg_j_star <= 1
        assert found.a_wg is None or -1 - 1e-12 <= found.a_wg <= 1
        assert all(share is None or 0 <= share <= 1 for share in found.dk_share.values())
    for point in result.ladder:
        if not point.is_withheld:
            assert sum(point.counts) == point.n
            assert 1 <= point.median <= 6
            assert abs(point.interpolated_median - point.median) <= 0.5
            assert point.consensus is None or 0 <= point.consensus <= 1
            assert 0 <= point.share_low + point.share_high <= 1
    assert all(0 <= share <= 1 for share in result.focus.values())
    for found in result.priorities:
        assert 0 <= found.priority <= 150
        assert 0.3 / 4 - 1e-9 <= found.gap <= 3 / 4
        assert 0 <= found.disagreement <= 1
        assert 0 <= found.stability <= 1
    # Two that differ by less are a tie, in the pillars' order.
    priorities = [round(found.priority, 9) for found in result.priorities]
    assert priorities == sorted(priorities, reverse=True)


@few
@given(teams(), teams())
def test_changes_keep_their_bounds(before, after):
    result = score(after, previous=before)
    for found in (*result.change, *result.ladder_change):
        if found.label == "withheld":
            assert min(found.n1, found.n2) < 5
            assert (found.p, found.cliffs_delta) == (None, None)
            continue
        assert 0 < found.p <= 1
        assert -1 <= found.cliffs_delta <= 1
    for found in result.change:
        if found.label != "withheld":
            assert -4 <= found.difference <= 4
            assert found.ci95[0] <= found.ci90[0] <= found.difference + 1e-12
            assert found.difference - 1e-12 <= found.ci90[1] <= found.ci95[1]
            assert found.p - 1e-12 <= found.p_adjusted <= 1


@few
@given(teams(), teams())
def test_seen_backwards_a_change_has_the_opposite_sign_and_the_same_p(before, after):
    forth, back = (score(later, previous=earlier).change for earlier, later in ((before, after), (after, before)))
    if not forth or not back:
        return  # one of them is withheld, so it has no change as the later round
    opposite = {"improved": "worse", "worse": "improved"}
    for one, other in zip(forth, back, strict=True):
        assert (other.n1, other.n2, other.p) == (one.n2, one.n1, one.p)
        assert other.label == opposite.get(one.label, one.label)
        if one.p is not None:
            assert other.difference == -one.difference
            assert other.ci95 == pytest.approx((-one.ci95[1], -one.ci95[0]), abs=1e-12)
            assert other.cliffs_delta == -one.cliffs_delta


@few
@given(st.integers(1, 5), st.integers(1, 6), st.integers(5, 12))
def test_a_team_that_answers_alike_has_no_spread_anywhere(value, step, n):
    sheet = sheet_of(QUESTIONNAIRE, value, ladder=dict.fromkeys(POINTS, step))
    result = score(team_of([sheet] * n, POINTS))
    for found in result.pillars:
        assert (found.mean, found.sd, found.ci95, found.level) == (value, 0, (value, value), value)
        assert (found.ad_md, found.r_wg_j, found.r_wg_j_star, found.r_wg_j_skew, found.a_wg) == (0, 1, 1, 1, 1)
    for point in result.ladder:
        assert (point.median, point.interpolated_median, point.consensus) == (step, step, 1)


@few
@given(teams())
def test_answers_given_twice_over_leave_means_medians_levels_and_shares(team):
    one, two = score(team), score(replace(team, sheets=team.sheets * 2))
    if one.withheld:
        return
    assert two.scored == 2 * one.scored
    assert two.focus == one.focus
    for before, after in zip(one.pillars, two.pillars, strict=True):
        assert after.n == 2 * before.n
        if before.is_withheld:
            continue
        figures = ("mean", "level", "percent", "ad_md")
        assert [getattr(after, name) for name in figures] == [getattr(before, name) for name in figures]
        shown = {item: share for item, share in before.dk_share.items() if share is not None}
        assert shown.items() <= after.dk_share.items()
    for before, after in zip(one.ladder, two.ladder, strict=True):
        assert after.n == 2 * before.n
        if before.is_withheld:
            continue
        figures = ("median", "interpolated_median", "share_low", "share_high")
        assert [getattr(after, name) for name in figures] == [getattr(before, name) for name in figures]
        assert after.consensus == pytest.approx(before.consensus, abs=1e-12)


@few
@given(teams(least=4), st.lists(sheets(roles=(Role.CUSTOMER,)), min_size=1, max_size=12), st.integers(0, 4))
def test_customers_change_nothing_but_their_own_gap(team, customers, position):
    mixed = (*team.sheets[:position], *customers, *team.sheets[position:])
    alone, together = score(team), score(replace(team, sheets=mixed))
    assert alone.gaps.self_customer == ()
    assert replace(together, gaps=replace(together.gaps, self_customer=())) == alone


@few
@given(teams(), st.lists(st.sampled_from(ITEMS), max_size=len(ITEMS) // 2 - 1, unique=True), st.integers(1, 5))
def test_a_respondent_under_half_of_all_items_changes_only_the_number_of_respondents(team, answered, value):
    sheet = AnswerSheet(items=dict.fromkeys(answered, value), ladder={"contact": 1}, focus=("voice",))
    alone, together = score(team), score(replace(team, sheets=(sheet, *team.sheets)))
    assert replace(together, respondents=alone.respondents) == alone


@few
@given(st.lists(teams(least=8, most=14), min_size=1, max_size=3), teams(least=1, most=4), st.integers(0, 3))
def test_a_withheld_team_changes_nothing_for_the_others(found, small, position):
    named = [replace(team, team=f"Team {number}") for number, team in enumerate(found)]
    small = replace(small, team="Small")
    alone = score_round(named, QUESTIONNAIRE)
    together = score_round([*named[:position], small, *named[position:]], QUESTIONNAIRE)
    hidden = next(result for result in together.teams if result.team == "Small")
    assert hidden.withheld
    assert (hidden.pillars, hidden.ladder, hidden.priorities, hidden.gaps) == ((), (), (), Gaps())
    assert tuple(result for result in together.teams if result is not hidden) == alone.teams
    assert (together.between_teams, together.reliability) == (alone.between_teams, alone.reliability)
