"""Attacks on released figures: what somebody who took part, or knows how most answered, can work out of them."""

from __future__ import annotations

import itertools
import random
from collections import defaultdict
from dataclasses import asdict, replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment.domain.answers import DK, Role
from assessment.domain.privacy import release
from assessment.domain.respondents import scored_people
from assessment.domain.result import GroupsResult, PillarResult, TeamResult
from assessment.domain.scoring import score_pillar, score_team
from assessment.domain.sections.rubrics import RubricsSection
from assessment.domain.summary import mean, mean_interval, standard_deviation
from tests.domain.build import build_pillar, build_questionnaire, build_scale, sheet_of, team_of, text

TWO = [build_pillar("language"), build_pillar("vision")]
RUBRICS = RubricsSection(
    id="workshop", title=text("Workshop"), scale=build_scale(), groups=(build_pillar("one", 1), build_pillar("many", 3))
)
ASKED = build_questionnaire(TWO, more=(RUBRICS,))
FIGURES = "sd ci95 ad_md r_wg_j r_wg_j_star r_wg_j_skew a_wg answer_counts".split()
"""What an interval, an agreement figure or a distribution may consist of."""


def sheets_of(values, *, roles=(), ladder=True, focus=()):
    sheets = []
    for at, value in enumerate(values):
        sheet = sheet_of(
            ASKED, value,
            role=roles[at] if roles else Role.STAFF,
            ladder={"contact": value} if ladder else None,
            focus=focus[at] if focus else (),
        )  # fmt: skip
        sheet.items.update({item.id: value for item in RUBRICS.items})
        sheets.append(sheet)
    return sheets


def result_of(values, *, previous=None, **options) -> TeamResult:
    earlier = team_of(sheets_of(previous), ["contact"]) if previous else None
    return score_team(team_of(sheets_of(values, **options), ["contact"]), ASKED, previous=earlier)


def released(values, **options) -> TeamResult:
    return release(result_of(values, **options), ASKED)


def groups(result: TeamResult) -> list[PillarResult]:
    workshop = result.sections["test"]["workshop"]
    assert isinstance(workshop, GroupsResult)
    return [*result.pillars, *workshop.groups]


def figures_of(result: PillarResult) -> dict[str, object]:
    return {name: getattr(result, name) for name in FIGURES if getattr(result, name) is not None}


# All answered alike


@pytest.mark.parametrize("people", range(5, 25))
def test_a_team_that_answered_alike_leaves_without_any_figure_that_says_so(people):
    """Before, "3.0 between 3.0 and 3.0" told that each of them had answered 3."""
    result = released([3] * people)
    for group in groups(result):
        assert (group.mean, figures_of(group), group.level_low, group.level_high) == (3.0, {}, None, None)
    assert (result.overall.sd, result.overall.ci95) == (None, None)
    point = result.point("contact")
    assert (point.counts, point.consensus, point.share_low, point.interpolated_median) == (None, None, None, None)


@pytest.mark.parametrize("people", [8, 9, 12])
def test_a_team_that_answered_nearly_alike_looks_the_same(people):
    """So that a missing interval does not tell that all answered alike."""
    sheets = sheets_of([3] * people)
    sheets[0].items["language-1"] = 4
    nearly = release(score_team(team_of(sheets, ["contact"]), ASKED), ASKED).pillar("language")
    assert nearly == released([3] * people).pillar("language")


def test_whether_the_difference_to_such_a_team_is_certain_is_told_without_its_interval():
    (change, *_) = released([4] * 12, previous=[3] * 12).change
    assert (change.label, change.difference, change.ci95, change.ci90, change.p) == ("improved", 1.0, None, None, None)
    roles = [Role.LEADER] * 10 + [Role.STAFF] * 10
    (gap, *_) = released([4] * 10 + [3] * 10, roles=roles).gaps.leaders_staff
    assert (gap.label, gap.difference, gap.ci95, gap.cliffs_delta) == ("higher", 1.0, None, None)


@pytest.mark.parametrize(("alike", "is_drawn"), [(12, False), (11, False), (10, True)])
def test_that_a_distribution_is_missing_does_not_tell_that_all_answered_alike(alike, is_drawn):
    sheets = sheets_of([3] * alike + [4] * (12 - alike))
    result = release(score_team(team_of(sheets, ["contact"]), ASKED), ASKED)
    assert (result.point("contact").counts is not None) == is_drawn
    assert (result.pillar("language").answer_counts is not None) == is_drawn


# Few answers


@pytest.mark.parametrize("people", [5, 7, 8, 9, 10])
def test_an_interval_leaves_from_eight_answers_and_the_figures_behind_it_from_ten(people):
    result = released([2, 4] * (people // 2) + [3] * (people % 2))
    for group in groups(result):
        single = group.pillar == "one"
        assert (group.ci95 is not None) == (people >= 8 and not single)
        assert (group.level_low is None) == (group.ci95 is None)
        assert (group.sd is not None) == (group.ad_md is not None) == (people >= 10 and not single)
        assert (group.agreement == "none") == (people < 8)
    assert (result.overall.ci95 is not None) == (people >= 8)
    assert (result.overall.sd is not None) == (people >= 10)


@pytest.mark.parametrize(("before", "now"), [(7, 12), (12, 7), (8, 8), (10, 10)])
def test_a_change_has_an_interval_from_eight_answers_in_both_rounds(before, now):
    changes = {
        label: released([value + shift for value in _spread(now)], previous=_spread(before)).change[0]
        for label, shift in (("improved", 2), ("unclear", 0))
    }
    enough, many = min(before, now) >= 8, min(before, now) >= 10
    for change in changes.values():
        assert (change.ci95 is not None) == enough
        assert (change.p is not None) == (change.ci90 is not None) == (change.cliffs_delta is not None) == many
    assert (changes["improved"].label, changes["improved"].difference is not None) == ("improved", True)
    assert (changes["unclear"].label, changes["unclear"].difference is not None) == ("unclear", enough)


def _spread(people):
    return ([1, 2, 3] * people)[:people]


def test_leaders_and_staff_have_an_interval_from_eight_in_both():
    for leaders, enough in ((7, False), (8, True)):
        roles = [Role.LEADER] * leaders + [Role.STAFF] * 9
        gap = released([4, 3, 5] * 2 + [4] * (leaders - 6) + [2, 1, 3] * 3, roles=roles).gaps.leaders_staff[0]
        assert (gap.label, gap.ci95 is not None, gap.cliffs_delta) == ("higher", enough, None)


# A single statement


@pytest.mark.parametrize("people", [7, 8, 12])
def test_a_pillar_of_one_statement_shows_mean_level_and_number_from_eight_and_nothing_moves(people):
    asked = build_questionnaire([build_pillar("language", 1), build_pillar("vision")])
    roles = [Role.LEADER] * 5 + [Role.STAFF] * (people + 5)

    def team(shift):
        values = [1 + (at + shift) % 3 for at in range(people)]
        everybody = [*values, *[None] * (len(roles) - people)]
        return team_of(
            [
                sheet_of(asked, {"language": value, "vision": 2 + at % 2}, role=role)
                for at, (value, role) in enumerate(zip(everybody, roles, strict=True))
            ]
        )

    whole = score_team(team(0), asked, previous=team(1))
    result = release(whole, asked)
    shown = {name for name, value in asdict(result.pillar("language")).items() if value is not None}
    assert shown == ({"pillar", "n", "mean", "level"} if people >= 8 else {"pillar", "n"})
    assert result.change[0] == replace(result.change[0], difference=None, ci95=None, p=None, label="withheld")
    assert result.change[1].label != "withheld"
    assert "language" not in [gap.pillar for gap in result.gaps.leaders_staff]
    assert (people >= 8) == ("language" in [entry.pillar for entry in result.priorities])
    assert release(result, asked) == result


# Shares of few


@pytest.mark.parametrize(("chose", "is_shown"), [(0, False), (1, False), (4, False), (5, True)])
def test_what_matters_most_is_shown_where_enough_people_chose_anything(chose, is_shown):
    values = [2, 3, 2, 2, 3, 2, 2, 3, 2, 2]
    result = released(values, focus=[("vision",)] * chose + [()] * (10 - chose))
    assert bool(result.focus) == is_shown
    assert result.focus_n == chose
    if not is_shown:
        nobody = released(values, focus=[()] * 10)
        without = [replace(entry, label="toss-up") for entry in nobody.priorities]
        assert [replace(entry, label="toss-up") for entry in result.priorities] == without
    assert release(result, ASKED) == result


def test_a_section_may_ask_for_more_choosers_and_so_may_the_round():
    result = result_of([2, 3] * 6, focus=[("vision",)] * 6 + [()] * 6)
    assert release(result, ASKED).focus
    assert not release(result, ASKED, minimum_group=7).focus


def test_the_share_of_those_who_do_not_know_is_of_enough_people():
    sheets = sheets_of([3, 2] * 4)
    for sheet in sheets[:4]:
        del sheet.items["language-1"]
    shares = release(score_team(team_of(sheets, ["contact"]), ASKED), ASKED).pillar("language").dk_share
    assert shares == {"language-1": None, "language-2": 0.0, "language-3": 0.0, "language-4": 0.0}


@pytest.mark.parametrize("people", [5, 8, 12])
def test_how_many_do_not_know_is_told_as_a_quarter_or_more_even_where_all_do(people):
    told = set()
    for unsure in range(people + 1):
        sheets = sheets_of([3, 2] * people)[:people]
        for sheet in sheets[:unsure]:
            sheet.items["language-1"] = DK
        shown = release(score_team(team_of(sheets, ["contact"]), ASKED), ASKED).pillar("language").dk_share
        assert shown["language-1"] == (0.25 if unsure >= people / 4 else 0.0)
        told.add(shown["language-1"])
    assert told == {0.0, 0.25}


# Rounded as people read it

people_of = st.lists(st.integers(1, 5), min_size=5, max_size=14)


@settings(max_examples=25, deadline=None)
@given(people_of, people_of, st.lists(st.sampled_from([(), ("vision",), ("vision", "language")]), min_size=14))
def test_every_figure_leaves_rounded_and_releasing_twice_is_releasing_once(now, before, focus):
    roles = [Role.LEADER if at % 2 else Role.STAFF for at in range(len(now))]
    result = released(now, previous=before, roles=roles, focus=focus)
    assert release(result, ASKED) == result
    worked_out = {"gap", "priority", "disagreement", "percent"}
    """Of what is shown: no figure of the team's own is in them."""
    for path, figure in _numbers(asdict(result)):
        name = next(part for part in reversed(path) if isinstance(part, str))
        if isinstance(figure, float) and name not in worked_out:
            decimals = 1 if name in {"mean", "ci95", "ci90", "sd", "difference"} and "ladder" not in path else 3
            assert figure == round(figure, decimals), path


def _numbers(part, path=()):
    if isinstance(part, dict):
        for name, inner in part.items():
            yield from _numbers(inner, (*path, name))
    elif isinstance(part, (list, tuple)):
        for at, inner in enumerate(part):
            yield from _numbers(inner, (*path, at))
    else:
        yield path, part


def test_the_order_of_priorities_is_that_of_the_exact_figures():
    """Both pillars read 2.3; the second lies lower."""
    sheets = sheets_of([2, 2, 2, 3, 3, 2, 2, 2, 3, 2, 2, 2])
    for sheet in sheets[:3]:
        sheet.items["language-1"] = 3
    whole = score_team(team_of(sheets, ["contact"]), ASKED)
    shown = release(whole, ASKED)
    assert [pillar.mean for pillar in shown.pillars] == [2.3, 2.2]
    order = [entry.pillar for entry in whole.priorities]
    assert order == [entry.pillar for entry in shown.priorities]
    assert {entry.stability for entry in shown.priorities} == {None}
    assert [entry.label for entry in shown.priorities] == [entry.label for entry in whole.priorities]


# One's own score


TEAMS = 300
SCORES = [Fraction(quarter, 4) for quarter in range(4, 21)]
"""What a person can score on four statements."""


def _told(result: PillarResult) -> tuple[object, ...]:
    return (result.n, result.mean, result.sd, result.ci95, result.level_low, result.level_high, result.percent)


def _figures(scores, *, is_released: bool) -> tuple[object, ...]:
    """What is told of five people with these scores; all that depends on more than their scores is left out."""
    interval, scale = mean_interval(scores), ASKED.scale
    result = PillarResult(
        pillar="language",
        n=len(scores),
        mean=mean(scores),
        sd=standard_deviation(scores),
        ci95=interval,
        level=3,
        level_low=scale.level(interval[0]),
        level_high=scale.level(interval[1]),
        percent=scale.percent(mean(scores)),
    )
    return _told(ASKED.pillars_section.release_group(result) if is_released else result)


def _all_teams(*, is_released: bool) -> dict[tuple[object, ...], list[tuple[int, ...]]]:
    """Every team of five by what is told of it."""
    told: dict[tuple[int, int], tuple[object, ...]] = {}
    teams: dict[tuple[object, ...], list[tuple[int, ...]]] = defaultdict(list)
    for scores in itertools.combinations_with_replacement(range(4, 21), 5):
        sums = sum(scores), sum(score * score for score in scores)
        if sums not in told:
            told[sums] = _figures([Fraction(score, 4) for score in scores], is_released=is_released)
        teams[told[sums]].append(scores)
    return teams


def _gives_another(teams, told, own: int) -> bool:
    """Whether whoever scored `own` knows that somebody else scored a certain value: it is in all teams that fit."""
    certain: set[int] | None = None
    for scores in teams[told]:
        if own not in scores:
            continue
        others = list(scores)
        others.remove(own)
        certain = set(others) if certain is None else certain & set(others)
        if not certain:
            return False
    return bool(certain)


def _five_people(chance: random.Random):
    centre, spread = chance.uniform(1.8, 4.2), chance.uniform(0.4, 1.2)
    sheets = sheets_of([3] * 5)
    for sheet in sheets:
        tendency = chance.gauss(centre, spread)
        for item in TWO[0].items:
            sheet.items[item.id] = min(5, max(1, round(chance.gauss(tendency, 0.7))))
    return scored_people(team_of(sheets, ["contact"]), ASKED)


def test_ones_own_score_and_all_that_is_shown_of_a_team_of_five_gives_nobody_elses():
    """With exact figures it does in many teams; with what leaves, in one of a hundred at most.

    The other pillars tell nothing of this one, and the overall is about the mean of all, as coarse as they are.
    """
    chance = random.Random(5)
    given = {False: 0, True: 0}
    teams = {is_released: _all_teams(is_released=is_released) for is_released in given}
    for _ in range(TEAMS):
        people = _five_people(chance)
        own = int(4 * people[0].scores["language"])
        whole = score_pillar(TWO[0], people, scale=ASKED.scale, minimum_group=5)
        shown = ASKED.pillars_section.release_group(whole)
        assert (figures_of(shown), shown.agreement) == ({}, "none")
        given[False] += _gives_another(teams[False], _told(whole), own)
        given[True] += _gives_another(teams[True], _told(shown), own)
    assert given[False] > 0.2 * TEAMS
    assert given[True] <= 0.01 * TEAMS


def test_a_level_tells_no_more_than_the_mean_that_is_read():
    below, at_the_cut = [2] * 6 + [3] * 5, [2] * 5 + [3] * 5  # 2.45 and 2.5: both read 2.5
    exact = result_of(below)
    assert {group.level for group in groups(exact)} == {exact.overall.level} == {2}
    for values in (below, at_the_cut):
        shown = released(values)
        assert {group.mean for group in groups(shown)} == {shown.overall.mean} == {2.5}
        assert {group.level for group in groups(shown)} == {shown.overall.level} == {3}


def test_the_medians_of_linked_people_stay_with_them():
    """The attack: beside the medians of everybody they tell of the few who did not judge the point both times."""

    def round_of(steps):
        return team_of(
            [
                sheet_of(ASKED, 3, respondent=str(at), ladder={"contact": step} if step else None)
                for at, step in enumerate(steps)
            ],
            ["contact"],
        )

    result = score_team(round_of([4] * 8 + [6] * 4), ASKED, previous=round_of([2] * 8 + [None] * 4))
    [change] = result.ladder_change
    assert (change.linked, change.n1, change.median2) == (True, 8, 4)
    [shown] = release(result, ASKED).ladder_change
    assert (shown.label, shown.median1, shown.median2) == ("improved", None, None)


# The overall beside the pillars

SMALL_PILLARS = build_questionnaire([build_pillar("language"), build_pillar("vision")])
TWELVE_PILLARS = build_questionnaire([build_pillar(f"pillar-{at}") for at in range(12)])


def shown_of(asked, answers, *, previous=()) -> TeamResult:
    """What leaves of people who answered the pillars with these values; `None` left one out."""
    teams = [team_of([sheet_of(asked, values) for values in sheets]) for sheets in (answers, previous)]
    return release(score_team(teams[0], asked, previous=teams[1] if previous else None), asked)


def of_twelve(value: int, answered: int = 12) -> dict[str, int | None]:
    return {pillar.id: value if at < answered else None for at, pillar in enumerate(TWELVE_PILLARS.pillars)}


def test_the_overall_does_not_tell_what_somebody_answered_who_did_not_finish():
    """The attack: five people are in the overall, six in nine of the pillars; the pillars' sums less five overalls
    gave three quarters of the sixth one's average, within a third of a point."""
    five = [of_twelve(value) for value in (3, 4, 3, 2, 4)]
    for own in range(1, 6):
        answers = [*five, of_twelve(own, answered=9)]
        whole = score_team(team_of([sheet_of(TWELVE_PILLARS, values) for values in answers]), TWELVE_PILLARS)
        shown = release(whole, TWELVE_PILLARS)
        means = [pillar.mean for pillar in shown.pillars if pillar.mean is not None]
        assert (whole.overall.n, len(means)) == (5, 12)
        assert shown.overall.mean == round(sum(means) / len(means), 1)
        assert shown.overall.level == TWELVE_PILLARS.scale.level(shown.overall.mean)
        assert release(shown, TWELVE_PILLARS) == shown


def test_the_overall_does_not_tell_a_pillar_that_is_withheld():
    """The attack: a sixth of the few people's score in the withheld pillar was in the overall of six."""
    asked = build_questionnaire([build_pillar(f"pillar-{at}") for at in range(6)])
    means = set()
    for own in (1, 5):
        whole = {pillar.id: 3 for pillar in asked.pillars}
        answers = [whole | {"pillar-5": own} for _ in range(4)] + [whole | {"pillar-5": None} for _ in range(4)]
        result = shown_of(asked, answers)
        assert (result.pillar("pillar-5").mean, result.overall.n) == (None, 8)
        means.add(result.overall.mean)
    assert means == {3.0}


def test_the_overall_does_not_tell_a_pillar_of_one_statement_under_eight():
    asked = build_questionnaire([build_pillar("language"), build_pillar("one", 1)])
    results = [shown_of(asked, [{"language": 3, "one": own} for own in (1, 1, 1, 2, high, 2)]) for high in (1, 5)]
    assert {result.overall.mean for result in results} == {3.0}
    assert {result.pillar("one").mean for result in results} == {None}


def test_of_two_pillars_the_overall_does_not_tell_where_beyond_its_bound_one_lies():
    """The middle beyond a bound stands for it: 4.9 for what is shown as 4.8 or more."""
    sums = [
        [{"language": 3, "vision": 5} for _ in range(10)],
        [{"language": 3, "vision": 5} for _ in range(8)] + [{"language": 3, "vision": 4} for _ in range(2)],
    ]
    results = [shown_of(SMALL_PILLARS, answers) for answers in sums]
    assert {result.pillar("vision").mean for result in results} == {4.8}
    assert len({result.overall.mean for result in results}) == 1


def test_the_change_of_the_overall_is_that_of_the_pillars_where_few_lack_one():
    now = [{"language": value, "vision": value} for value in (3, 4, 5, 4, 3, 4, 5, 4)]
    for own in (1, 5):
        before = [{"language": value, "vision": value} for value in (2, 3, 2, 3, 2, 3, 3, 2)]
        before.append({"language": own, "vision": None})
        result = shown_of(SMALL_PILLARS, now, previous=before)
        *pillars, overall = result.change
        told = [change.difference for change in pillars]
        assert overall.pillar == "overall"
        assert overall.difference == pytest.approx(round(sum(told) / len(told), 1))
        assert (overall.label, overall.p, overall.hedges_g) == ("improved", None, None)
        assert release(result, SMALL_PILLARS) == result


def test_the_overall_is_that_of_the_persons_where_nobody_or_enough_people_lack_a_pillar():
    everybody = [{"language": value, "vision": 6 - value} for value in (2, 3, 4, 2, 3)]
    assert shown_of(SMALL_PILLARS, everybody).overall.mean == 3.0
    many = [*everybody, *[{"language": 1 + at % 2, "vision": None} for at in range(6)]]
    result = shown_of(SMALL_PILLARS, many)
    assert result.overall.n == 5
    assert result.overall.mean == 3.0
    assert result.pillar("language").mean == 2.1
