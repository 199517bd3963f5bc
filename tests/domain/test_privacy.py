"""Method, section 6: what may leave the team that gave the answers."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment.domain import privacy
from assessment.domain.answers import Role
from assessment.domain.change import Linking, is_safe_to_link, link, team_change
from assessment.domain.respondents import scored_people
from assessment.domain.result import Change, LadderChange, PillarResult, PointResult, TeamResult
from assessment.domain.scoring import score_team
from tests.domain.build import build_pillar, build_questionnaire, sheet_of, team_of

TWO = build_questionnaire([build_pillar("language"), build_pillar("vision")])


def team_with(values, *, ladder=(), vision=3, previous=None, roles=(), focus=(), **options) -> TeamResult:
    """The scored result of people who answered `language` with these values and `vision` with the other."""

    def sheets(answers):
        return [
            sheet_of(
                TWO, {"language": value, "vision": vision},
                role=roles[at] if roles else Role.STAFF,
                ladder={"contact": ladder[at]} if ladder else None,
                focus=focus,
            )
            for at, value in enumerate(answers)
        ]  # fmt: skip

    earlier = team_of(sheets(previous), ["contact"]) if previous else None
    return score_team(team_of(sheets(values), ["contact"] if ladder else []), TWO, previous=earlier, **options)


def release(result: TeamResult) -> TeamResult:
    return privacy.release(result, TWO)


def language(result: TeamResult) -> PillarResult:
    return result.pillar("language")


def kept(result: PillarResult | PointResult | Change | LadderChange) -> set[str]:
    """The names of the figures that are not withheld."""
    return {field.name for field in fields(result) if getattr(result, field.name) is not None}


# Means at an end


@pytest.mark.parametrize(
    ("mean", "bound"),
    [
        (1.0, "low"), (1.2, "low"), (1.21, None), (3, None), (4.79, None), (4.8, "high"), (5, "high"), (None, None),
    ],
)  # fmt: skip
def test_a_mean_this_near_an_end_tells_what_everybody_said(mean, bound):
    assert TWO.scale.bound_of(mean) == bound


@pytest.mark.parametrize(("answers", "shown"), [([1] * 11 + [2], 1.2), ([5] * 11 + [4], 4.8), ([5] * 12, 4.8)])
def test_such_a_mean_leaves_as_its_bound_with_its_level_and_nothing_more(answers, shown):
    result = release(team_with(answers))
    assert language(result).mean == shown
    assert kept(language(result)) == {"pillar", "n", "mean", "level", "level_low", "level_high", "dk_share"}
    assert language(result).level_low == language(result).level == language(result).level_high


def test_an_overall_at_an_end_leaves_as_its_bound():
    overall = release(team_with([5] * 12, vision=5)).overall
    assert (overall.n, overall.mean, overall.sd, overall.ci95, overall.percent) == (12, 4.8, None, None, None)


def test_a_mean_between_the_ends_leaves_with_its_figures_as_people_read_them():
    whole, shown = team_with([3, 4, 4] * 4), release(team_with([3, 4, 4] * 4))
    assert kept(language(shown)) == kept(language(whole))
    assert (language(whole).mean, language(shown).mean) == (pytest.approx(3.6667, abs=1e-4), 3.7)
    assert (language(shown).ci95, language(shown).sd, language(shown).ad_md) == ((3.4, 4.0), 0.5, 0.33)
    assert language(shown).answer_counts == language(whole).answer_counts
    assert (shown.overall.mean, shown.overall.ci95) == (3.3, (3.2, 3.5))


@pytest.mark.parametrize(
    ("answers", "shown"), [([1] * 16 + [2] * 4, 1.2), ([1] * 15 + [2] * 5, 1.2), ([2] * 6 + [1] * 14, 1.3)]
)
def test_what_people_read_as_the_bound_is_the_bound(answers, shown):
    result = release(team_with(answers))
    assert language(result).mean == shown
    assert (language(result).ci95 is None) == (shown == 1.2)


# Distributions


@pytest.mark.parametrize(("people", "is_drawn"), [(9, False), (10, True)])
def test_a_distribution_is_drawn_from_ten_answers_on(people, is_drawn):
    result = release(team_with([3, 4, *([2] * (people - 2))], ladder=[3, 4, *([2] * (people - 2))]))
    assert (language(result).answer_counts is not None) == is_drawn
    point = result.point("contact")
    assert (point.counts is not None) == (point.share_low is not None) == (point.share_high is not None) == is_drawn
    assert point.median == 2


def test_a_distribution_of_one_option_is_never_drawn():
    result = release(team_with([3] * 12, ladder=[4] * 12))
    assert language(result).answer_counts is None
    assert (result.point("contact").counts, result.point("contact").median) == (None, 4)


def test_the_items_beside_one_that_all_answered_alike_are_not_drawn_either():
    """With theirs and the mean, what all answered to it could be worked out."""
    sheets = [sheet_of(TWO, 2 + at % 3) for at in range(12)]
    assert language(release(score_team(team_of(sheets), TWO))).answer_counts is not None
    for sheet in sheets:
        sheet.items["language-2"] = 4
    assert language(release(score_team(team_of(sheets), TWO))).answer_counts is None


# What would tell such a mean


@pytest.mark.parametrize(
    ("before", "now", "is_shown"),
    [([3, 4] * 6, [2, 3] * 6, True), ([3, 4] * 6, [5] * 12, False), ([1] * 12, [2, 3] * 6, False)],
    ids=["neither", "now", "before"],
)
def test_a_change_from_or_to_an_end_is_withheld(before, now, is_shown):
    (change,) = (entry for entry in release(team_with(now, previous=before)).change if entry.pillar == "language")
    assert (change.n1, change.n2, change.family) == (12, 12, "rest")
    assert (change.label != "withheld") == is_shown
    shown = (change.difference, change.ci95, change.ci90, change.p, change.hedges_g, change.cliffs_delta)
    assert all((value is not None) == is_shown for value in shown)


LEADERS = [Role.LEADER] * 6 + [Role.STAFF] * 6


def gaps_of(values) -> list[str]:
    return [gap.pillar for gap in release(team_with(values, vision=4, roles=LEADERS)).gaps.leaders_staff]


def test_leaders_and_staff_are_compared_where_neither_is_at_an_end():
    assert gaps_of([4, 4, 4, 5, 4, 4, 3, 2, 3, 3, 3, 3]) == ["language", "vision"]


def test_leaders_and_staff_are_not_compared_where_the_team_is_at_an_end():
    assert gaps_of([5] * 11 + [4]) == ["vision"]


@pytest.mark.parametrize("values", [[5] * 6 + [3, 4] * 3, [3, 4] * 3 + [1] * 6], ids=["leaders", "staff"])
def test_a_difference_that_would_tell_that_one_of_the_two_is_at_an_end_is_left_out(values):
    assert gaps_of(values) == ["vision"]


@pytest.mark.parametrize(("chose", "shown", "rest"), [(12, 0.9, 0.0), (11, 0.9, 0.1), (10, 0.83, 0.17)])
def test_a_share_that_would_tell_what_nearly_everybody_chose_or_left_stops_at_its_bound(chose, shown, rest):
    sheets = [
        sheet_of(TWO, {"language": 2 + at % 2, "vision": 3}, focus=("language",) if at < chose else ("vision",))
        for at in range(12)
    ]
    result = release(score_team(team_of(sheets), TWO))
    assert result.focus == {"language": shown, "vision": rest}
    (priority,) = (entry for entry in result.priorities if entry.pillar == "language")
    assert priority.focus_share == shown


# What is exempt, and what stays


def test_a_withheld_team_stays_withheld():
    withheld = team_with([3] * 4)
    assert withheld.withheld
    assert release(withheld) == withheld


def test_agreed_answers_are_open_by_agreement():
    sheet = sheet_of(TWO, 5, role=Role.CONSENSUS, ladder={"contact": 6})
    agreed = score_team(team_of([sheet], ["contact"]), TWO)
    assert release(agreed) == agreed
    assert release(agreed).pillar("language").mean == 5


def test_releasing_twice_is_releasing_once():
    once = release(team_with([5] * 10, ladder=[2, 3] * 5, previous=[3, 4] * 5))
    assert release(once) == once


@given(st.lists(st.integers(1, 5), min_size=5, max_size=14))
def test_no_released_figure_tells_that_everybody_chose_one_end(values):
    released = language(release(team_with(values)))
    assert 1.2 <= released.mean <= 4.8
    if released.mean in {1.2, 4.8}:
        assert released.sd is released.ci95 is released.ad_md is released.answer_counts is None


# Linked change


def coded(*codes: str):
    return scored_people(team_of([sheet_of(TWO, 3, respondent=code) for code in codes]), TWO)


STAYED = "abcdefghij"


def overall(person):
    return person.overall


@pytest.mark.parametrize(
    ("left", "joined", "is_shown"),
    [
        ("", "", True),
        ("k", "", False),
        ("", "x", False),
        ("kl", "xy", False),
        ("kl", "xyz", False),
        ("kl", "vwxyz", True),
        ("klmno", "", True),
        ("klmnopqrs", "", True),
        # A manager who gives seven codes of their own would read the one person who gives a code, too.
        ("klmnopqrst", "", False),
        ("", "klmnopqrst", False),
    ],
)
def test_linked_change_is_shown_where_nobody_or_at_least_the_minimum_joined_or_left(left, joined, is_shown):
    rounds = link(coded(*STAYED, *left), coded(*STAYED, *joined))
    assert is_safe_to_link(rounds, overall, 5) == is_shown


def test_linked_change_needs_as_many_pairs_as_the_minimum():
    rounds = link(coded(*STAYED), coded(*STAYED))
    assert is_safe_to_link(rounds, overall, 10)
    assert not is_safe_to_link(rounds, overall, 11)


def test_one_person_without_a_score_in_one_round_is_not_told_by_the_change_of_the_others():
    """The sum of the first round, less that of the pairs, would be this person's score."""
    before, after = coded(*STAYED), coded(*STAYED[1:])
    nobody_left = link(before, [*after, replace(coded(STAYED[0])[0], scores={})])
    assert is_safe_to_link(nobody_left, overall, 5)
    assert not is_safe_to_link(nobody_left, lambda person: person.scores.get("language"), 5)
    changes = team_change(nobody_left, ["language"], minimum_group=5, smallest=0.3, linking=Linking.SAFE)
    assert [change.linked for change in changes] == [False, False]


def test_where_leaders_are_told_apart_nobody_is_linked():
    """The change of the pairs, less that of the staff, would be the one leader's who gave a code."""

    def team(value):
        staff = [sheet_of(TWO, value, respondent=code) for code in "abcdefg"]
        leaders = [sheet_of(TWO, value, role=Role.LEADER, respondent="h" if at == 0 else "") for at in range(6)]
        return team_of([*staff, *leaders])

    linked = {
        linking: {change.linked for change in score_team(team(4), TWO, previous=team(3), linking=linking).change}
        for linking in Linking
    }
    assert linked == {Linking.NEVER: {False}, Linking.MATCHED: {True}, Linking.SAFE: {False}}


def test_people_without_a_code_count_as_joined_and_left():
    rounds = link(coded(*STAYED, ""), coded(*STAYED, ""))
    assert (rounds.joiners, rounds.leavers) == (1, 1)
    assert not is_safe_to_link(rounds, overall, 5)


def test_all_else_of_a_result_leaves_as_it_is():
    whole = team_with([3, 4] * 6, ladder=[3, 4] * 6, focus=("vision",), previous=[2, 3] * 6)
    released = release(whole)
    for part in ("team", "respondents", "scored", "weakest_point", "alarms", "gaps", "focus_n"):
        assert getattr(released, part) == getattr(whole, part), part
    for part in ("ladder", "change", "ladder_change"):
        for one, other in zip(getattr(released, part), getattr(whole, part), strict=True):
            assert kept(one) == kept(other) or one.pillar == "vision"  # to which all answered alike
