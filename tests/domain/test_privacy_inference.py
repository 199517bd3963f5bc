"""Nothing that is hidden can be worked out from what is shown beside it."""

from __future__ import annotations

from dataclasses import asdict, replace

from hypothesis import given, settings
from hypothesis import strategies as st

from assessment.domain.privacy import release
from assessment.domain.result import TeamResult
from assessment.domain.scoring import score_team
from tests.domain.build import build_pillar, build_questionnaire, sheet_of, team_of

PILLARS = [f"pillar-{number}" for number in range(12)]
TWELVE = build_questionnaire([build_pillar(pillar) for pillar in PILLARS])
HIDDEN = PILLARS[0]
PEOPLE = 12

same_bound = st.lists(st.sampled_from([1] * 9 + [2]), min_size=PEOPLE, max_size=PEOPLE).filter(
    lambda answers: sum(answers) <= 1.2 * PEOPLE
)
others = st.lists(st.integers(2, 4), min_size=PEOPLE, max_size=PEOPLE)


def released(hidden: list[int], rest: list[int], *, before: list[int] | None = None, share: int = 12) -> TeamResult:
    """Everybody answers the first pillar with `hidden`, all others with `rest`; so many people chose the first."""

    def sheets(answers: list[int]):
        return [
            sheet_of(
                TWELVE,
                {**dict.fromkeys(PILLARS, other), HIDDEN: answer},
                focus=(HIDDEN,) if at < share else (PILLARS[1],),
            )
            for at, (answer, other) in enumerate(zip(answers, rest, strict=True))
        ]

    previous = team_of(sheets(before)) if before else None
    return release(score_team(team_of(sheets(hidden)), TWELVE, previous=previous), TWELVE)


def without_chance(result: TeamResult) -> dict[str, object]:
    """All but how stable the order of priorities is under resampling: a share of draws, which tells no mean."""
    calm = tuple(replace(entry, stability=None, label="firm") for entry in result.priorities)
    return asdict(replace(result, priorities=calm, overall=replace(result.overall, mean=None), change=()))


@settings(max_examples=25, deadline=None)
@given(same_bound, same_bound, others)
def test_two_teams_that_are_shown_as_the_same_bound_are_told_apart_by_no_figure(one, other, rest):
    first, second = released(one, rest), released(other, rest)
    assert without_chance(first) == without_chance(second)
    assert abs(first.overall.mean - second.overall.mean) < 0.11


@settings(max_examples=15, deadline=None)
@given(same_bound, others)
def test_the_overall_beside_a_hidden_pillar_is_too_coarse_to_subtract_the_others_from_it(hidden, rest):
    result = released(hidden, rest, before=rest)
    overall = result.overall
    assert overall.mean == round(overall.mean, 1)
    assert (overall.sd, overall.ci95, overall.percent) == (None, None, None)
    for change in result.change:
        if change.pillar == "overall":
            assert change.difference is None or change.difference == round(change.difference, 1)
            assert change.hedges_g is None


def test_the_earlier_round_is_protected_by_the_same_coarseness():
    rest = [2, 3] * 6
    result = released([2, 3] * 6, rest, before=[1] * PEOPLE)
    (overall,) = (change for change in result.change if change.pillar == "overall")
    assert overall.difference == round(overall.difference, 1)
    assert (overall.ci95[0], overall.hedges_g) == (round(overall.ci95[0], 1), None)


def test_a_weight_is_that_of_the_bound_and_of_the_highest_share_that_is_shown():
    weights = {
        (entry.priority, entry.gap, entry.disagreement)
        for hidden in ([1] * 12, [1] * 11 + [2])
        for share in (11, 12)
        for entry in released(hidden, [3] * 12, share=share).priorities
        if entry.pillar == HIDDEN
    }
    ((priority, gap, disagreement),) = weights
    assert (round(gap, 9), disagreement) == (0.7, None)
    assert round(priority, 9) == round(100 * 0.7 * (0.5 + 0.9 / 2), 9)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(1, 6), min_size=5, max_size=9))
def test_a_moment_without_its_counts_keeps_no_figure_that_they_could_be_worked_out_from(steps):
    sheets = [sheet_of(TWELVE, 3, ladder={"contact": step}) for step in steps]
    point = release(score_team(team_of(sheets, ["contact"]), TWELVE), TWELVE).point("contact")
    assert point.median is not None
    assert point.counts is point.interpolated_median is point.consensus is point.share_low is point.share_high is None


def test_releasing_twice_is_releasing_once_beside_a_hidden_pillar():
    once = released([1] * 11 + [2], [2, 3] * 6, before=[3] * 12)
    assert release(once, TWELVE) == once
