"""Method, section 7: from a team's result to its plan."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment.domain.actions import Action, ActionLibrary, LadderMoves, PillarActions
from assessment.domain.plans.proposal import MOST_ACTIONS, NothingToPlan, draft_plan, due_on
from assessment.domain.questionnaire import PerceptionPoint, Phase
from assessment.domain.result import PillarResult, PointResult, Priority, TeamResult
from tests.domain.build import PILLARS, build_scale, text

MONDAY = dt.date(2026, 11, 23)
PHASES: tuple[Phase, ...] = ("beginning", "middle", "end")
BANDS = {1: "low", 2: "low", 3: "middle", 4: "high", 5: "high"}


def action(name: str, days: int = 14) -> Action:
    words = text(name)
    return Action(name, words, words, words, words, words, words, "small", days)


def pillar_actions(pillar: str, each: int = 4) -> PillarActions:
    by_level = {
        level: [action(f"{pillar}-{band}-{number}", 14 * number) for number in range(1, each + 1)]
        for level, band in BANDS.items()
    }
    return PillarActions(pillar, action(f"{pillar}-talk", 10), by_level)


LIBRARY = ActionLibrary(
    {pillar: pillar_actions(pillar) for pillar in PILLARS},
    LadderMoves({(step, phase): [action(f"move-{step}-{phase}", 21)] for step in range(1, 7) for phase in PHASES}),
)


def pillar(name: str, mean: float | None, level: int = 3, **more: Any) -> PillarResult:
    level_or_none = None if mean is None else level
    return PillarResult(name, 12 if mean is not None else 3, mean, level=level_or_none, agreement="fair", **more)


def point(name: str, median: float, counts: Sequence[int] | None = (0, 2, 3, 4, 2, 1)) -> PointResult:
    return PointResult(name, 12, tuple(counts) if counts else None, median, median)


def candidate(name: str) -> Priority:
    return Priority(name, 30.0, 0.25, 0.4, 0.0, 0.9, "firm")


def result(
    candidates: Sequence[str] = (),
    *,
    means: dict[str, float | None] | None = None,
    focus: dict[str, float] | None = None,
    points: Sequence[PointResult] = (),
    weakest: str | None = None,
    alarms: Sequence[str] = (),
) -> TeamResult:
    scores = dict.fromkeys(PILLARS, 3.0) | (means or {})
    return TeamResult(
        "Team", "individual", 12, 12, False,
        pillars=tuple(pillar(name, mean) for name, mean in scores.items()),
        ladder=tuple(points), weakest_point=weakest, alarms=tuple(alarms),
        focus=focus or {}, priorities=tuple(candidate(name) for name in candidates),
    )  # fmt: skip


def plan_of(team: TeamResult, known: Sequence[PerceptionPoint] = (), **options: Any):
    return draft_plan(
        team,
        LIBRARY,
        scale=build_scale(),
        drawn_on=MONDAY,
        known_points={entry.id: entry for entry in known},
        **options,
    )


def changed(team: TeamResult, name: str, **fields: Any) -> TeamResult:
    """The result with other figures for one pillar."""
    return replace(
        team, pillars=tuple(replace(entry, **fields) if entry.pillar == name else entry for entry in team.pillars)
    )


def ids(actions) -> list[str]:
    return [entry.action.id for entry in actions]


# Which pillars


def test_the_two_best_candidates_are_proposed_in_their_order():
    plan = plan_of(result(["voice", "language", "measures"]))
    assert plan.kind == "improve"
    assert [entry.result.pillar for entry in plan.pillars] == ["voice", "language"]
    assert [entry.priority.pillar for entry in plan.pillars] == ["voice", "language"]


def test_one_candidate_is_a_plan_of_one_pillar():
    plan = plan_of(result(["voice"]))
    assert [entry.result.pillar for entry in plan.pillars] == ["voice"]


def test_with_nobody_below_target_what_people_care_most_about_is_kept_and_shared():
    plan = plan_of(result(focus={"recovery": 0.7, "voice": 0.5, "language": 0.2}, means={"measures": 4.7}))
    assert plan.kind == "keep_and_share"
    assert [entry.result.pillar for entry in plan.pillars] == ["recovery", "voice"]
    assert [entry.priority for entry in plan.pillars] == [None, None]


@pytest.mark.parametrize("focus", [{}, dict.fromkeys(PILLARS, 0.0)], ids=["not asked", "nobody chose"])
def test_where_nobody_said_what_matters_the_strongest_are_kept(focus):
    plan = plan_of(result(focus=focus, means={"measures": 4.7, "voice": 4.6, "language": 4.5}))
    assert [entry.result.pillar for entry in plan.pillars] == ["measures", "voice"]


def test_where_only_one_pillar_was_chosen_the_strongest_of_the_others_joins_it():
    focus = dict.fromkeys(PILLARS, 0.0) | {"recovery": 1.0}
    plan = plan_of(result(focus=focus, means={"measures": 4.7, "recovery": 4.1}))
    assert [entry.result.pillar for entry in plan.pillars] == ["recovery", "measures"]


def test_a_withheld_pillar_is_neither_kept_nor_shared():
    plan = plan_of(result(focus={"recovery": 0.7, "voice": 0.5, "language": 0.2}, means={"recovery": None}))
    assert [entry.result.pillar for entry in plan.pillars] == ["voice", "language"]


@pytest.mark.parametrize(
    "empty",
    [replace(result(["voice"]), withheld=True), result(means=dict.fromkeys(PILLARS))],
    ids=["withheld", "no pillar"],
)
def test_there_is_nothing_to_plan_without_a_result(empty):
    with pytest.raises(NothingToPlan):
        plan_of(empty)


def test_a_pillar_keeps_its_own_target():
    plan = plan_of(result(["voice", "language"]), targets={"voice": 3.5})
    assert [entry.target for entry in plan.pillars] == [3.5, 4.0]


def test_the_share_that_chose_a_pillar_is_told_except_of_agreed_answers():
    team = result(["voice"], focus={"voice": 0.6})
    assert plan_of(team).pillars[0].focus_share == 0.6
    assert plan_of(replace(team, mode="consensus")).pillars[0].focus_share is None
    assert plan_of(result(["voice"])).pillars[0].focus_share is None


# Which actions


@pytest.mark.parametrize("level", BANDS)
def test_actions_are_those_of_the_pillars_band_in_the_librarys_order(level):
    team = changed(result(["voice"]), "voice", level=level)
    (planned,) = plan_of(team).pillars
    band = BANDS[level]
    assert ids(planned.actions) == [f"voice-{band}-1", f"voice-{band}-2", f"voice-{band}-3"]
    assert [entry.id for entry in planned.later] == [f"voice-{band}-4"]


@pytest.mark.parametrize("candidates", [["voice"], ["voice", "language"]])
@pytest.mark.parametrize("has_ladder", [True, False])
@pytest.mark.parametrize("is_split", [True, False])
def test_page_one_holds_at_most_five_actions_the_next_step_up_among_them(candidates, has_ladder, is_split):
    team = result(
        candidates, points=[point("contact", 3)] if has_ladder else (), weakest="contact" if has_ladder else None
    )
    for name in candidates if is_split else ():
        team = changed(team, name, agreement="split")
    plan = plan_of(team)
    assert len(plan.actions) <= MOST_ACTIONS == 5
    assert all(len(entry.actions) >= 2 for entry in plan.pillars)
    assert bool(plan.point) == has_ladder


def test_a_split_pillar_begins_with_its_conversation():
    team = changed(result(["voice", "language"]), "language", agreement="split")
    voice, language = plan_of(team).pillars
    assert ids(language.actions) == ["language-talk", "language-middle-1"]
    assert [entry.is_conversation for entry in language.actions] == [True, False]
    assert not any(entry.is_conversation for entry in voice.actions)


def test_what_is_planned_now_is_not_kept_for_later():
    for planned in plan_of(changed(result(["voice", "language"]), "voice", agreement="split")).pillars:
        assert not set(ids(planned.actions)) & {entry.id for entry in planned.later}


def test_a_short_band_leaves_nothing_for_later():
    library = ActionLibrary({"voice": pillar_actions("voice", each=2)}, LIBRARY.moves)
    (planned,) = draft_plan(result(["voice"]), library, scale=build_scale(), drawn_on=MONDAY, known_points={}).pillars
    assert (ids(planned.actions), planned.later) == (["voice-middle-1", "voice-middle-2"], ())


def test_all_actions_are_listed_by_due_date():
    plan = plan_of(result(["voice", "language"], points=[point("contact", 3)], weakest="contact"))
    dates = [entry.due_on for entry in plan.actions]
    assert dates == sorted(dates)
    assert "move-3-beginning" in ids(plan.actions)


# When


def test_an_action_is_due_so_many_days_after_the_plan():
    assert due_on(MONDAY, 10) == dt.date(2026, 12, 3)
    (planned,) = plan_of(result(["voice"])).pillars
    assert [entry.due_on for entry in planned.actions] == [MONDAY + dt.timedelta(days=days) for days in (14, 28, 42)]


@given(st.dates(dt.date(2000, 1, 1), dt.date(2100, 1, 1)), st.integers(7, 90))
def test_what_would_fall_on_a_weekend_is_due_on_the_monday_after(start, days):
    exact, due = start + dt.timedelta(days=days), due_on(start, days)
    assert due.weekday() < 5
    assert due == exact or (exact.weekday() >= 5 and due.weekday() == 0 and 0 < (due - exact).days <= 2)


# Which moment


@pytest.mark.parametrize(("median", "step"), [(1, 1), (2.5, 2), (3, 3), (5.5, 5), (6, 6)])
def test_the_weakest_point_gets_the_move_of_its_step_and_between_two_of_the_lower(median, step):
    plan = plan_of(result(["voice"], points=[point("contact", median)], weakest="contact"))
    assert (plan.point.step, plan.point.is_alarm) == (step, False)
    assert plan.point.move.action.id == f"move-{step}-beginning"
    assert plan.point.move.due_on == MONDAY + dt.timedelta(days=21)


def test_the_phase_is_that_of_the_template():
    known = PerceptionPoint("closing", "end", text("closing"), text("closing"))
    plan = plan_of(result(["voice"], points=[point("closing", 3), point("other", 4)], weakest="closing"), [known])
    assert plan.point.move.action.id == "move-3-end"


@pytest.mark.parametrize(
    ("size", "phases"),
    [(1, "b"), (2, "bm"), (3, "bme"), (4, "bbme"), (6, "bbmmee"), (7, "bbbmmee")],
)
def test_a_point_of_the_teams_own_has_its_phase_by_thirds_of_the_sequence(size, phases):
    names = [f"own-{number}" for number in range(size)]
    initials = ""
    for name in names:
        plan = plan_of(result(["voice"], points=[point(each, 3) for each in names], weakest=name))
        initials += plan.point.phase[0]
    assert initials == phases


def test_without_a_ladder_there_is_no_moment():
    assert plan_of(result(["voice"])).point is None


ALARMING = (3, 0, 3, 4, 2, 0)
MORE_ALARMING = (5, 0, 1, 4, 2, 0)


def test_an_alarm_goes_before_a_weaker_median_and_gets_the_moves_of_the_lowest_step():
    points = [point("contact", 2, (0, 9, 3, 0, 0, 0)), point("closing", 4, ALARMING)]
    plan = plan_of(result(["voice"], points=points, weakest="contact", alarms=["closing"]))
    assert (plan.point.result.point, plan.point.step, plan.point.is_alarm) == ("closing", 1, True)
    assert plan.point.move.action.id == "move-1-middle"


def test_of_several_alarms_the_weakest_point_goes_first():
    points = [point("contact", 2, ALARMING), point("closing", 4, MORE_ALARMING)]
    plan = plan_of(result(["voice"], points=points, weakest="contact", alarms=["contact", "closing"]))
    assert plan.point.result.point == "contact"


def test_of_several_alarms_elsewhere_the_one_that_most_people_see_goes_first():
    points = [point("contact", 2), point("logging", 4, ALARMING), point("closing", 4, MORE_ALARMING)]
    plan = plan_of(result(["voice"], points=points, weakest="contact", alarms=["logging", "closing"]))
    assert plan.point.result.point == "closing"


def test_an_alarm_that_all_see_goes_first_though_its_counts_are_withheld():
    # A released result draws no distribution where all chose one step.
    points = [point("contact", 2), point("logging", 4, ALARMING), point("closing", 1, None)]
    plan = plan_of(result(["voice"], points=points, weakest="contact", alarms=["logging", "closing"]))
    assert plan.point.result.point == "closing"


def test_the_same_result_and_day_give_the_same_plan():
    team = result(["voice", "language"], points=[point("contact", 3)], weakest="contact")
    assert plan_of(team) == plan_of(team)
    assert plan_of(team).drawn_on == MONDAY


@pytest.mark.parametrize(("mean", "actions"), [(4.4, "high"), (3.2, "middle")])
def test_a_strong_pillar_that_one_rare_habit_holds_back_is_shared_as_a_strong_one(mean, actions):
    plan = plan_of(result(means={"language": mean}, focus={"language": 0.9}))
    assert (plan.kind, plan.pillars[0].result.level) == ("keep_and_share", 3)
    assert ids(plan.pillars[0].actions)[0] == f"language-{actions}-1"
