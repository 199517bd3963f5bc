"""Method, section 5: which changes are tested together, and how their p values are adjusted."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from assessment.domain.multiplicity import benjamini_hochberg, holm
from assessment.domain.scoring import score_team
from tests.domain.build import PILLARS, build_questionnaire, sheet_of, team_of

TWELVE = build_questionnaire()


def random_team(seed, shift=0, missing=None):
    chance = random.Random(seed)
    sheets = []
    for _ in range(9):
        values = {pillar: min(5, chance.randint(1, 4) + chance.choice((0, shift))) for pillar in PILLARS}
        sheets.append(sheet_of(TWELVE, {pillar: value for pillar, value in values.items() if pillar != missing}))
    return team_of(sheets)


def families_of(focus=(), missing=None):
    result = score_team(random_team(2, shift=1, missing=missing), TWELVE, previous=random_team(1), focus_pillars=focus)
    return {change.pillar: change for change in result.change}


def adjusted(changes, pillars):
    return [changes[pillar].p_adjusted for pillar in pillars]


@pytest.mark.parametrize("focus", [(), ("voice",), ("language", "voice", "recovery")])
def test_the_overall_is_alone_the_focus_is_adjusted_by_holm_and_the_rest_by_benjamini_hochberg(focus):
    changes = families_of(focus)
    rest = [pillar for pillar in PILLARS if pillar not in focus]
    assert list(changes) == [*PILLARS, "overall"]
    assert (changes["overall"].family, changes["overall"].p_adjusted) == ("overall", changes["overall"].p)
    assert {changes[pillar].family for pillar in rest} == {"rest"}
    expected = stats.false_discovery_control([changes[pillar].p for pillar in rest])
    assert adjusted(changes, rest) == pytest.approx(expected)
    assert all(changes[pillar].family == "focus" for pillar in focus)
    assert adjusted(changes, focus) == pytest.approx(holm_by_definition([changes[pillar].p for pillar in focus]))


def test_a_withheld_pillar_does_not_enter_its_family():
    whole, changes = families_of(), families_of(missing="voice")
    tested = [pillar for pillar in PILLARS if pillar != "voice"]
    assert (changes["voice"].label, changes["voice"].p_adjusted) == ("withheld", None)
    assert [changes[pillar].n2 for pillar in PILLARS] == [0 if pillar == "voice" else 9 for pillar in PILLARS]
    expected = stats.false_discovery_control([whole[pillar].p for pillar in tested])
    assert adjusted(changes, tested) == pytest.approx(expected)


def holm_by_definition(p_values):
    """The largest, over the p values up to this one, of p times how many are at least as large in the order."""
    ordered = sorted(p_values)
    steps = [min(1, (len(ordered) - rank) * p) for rank, p in enumerate(ordered)]
    return [max(steps[: ordered.index(p) + 1]) for p in p_values]


@given(st.lists(st.integers(1, 1000).map(lambda value: value / 1000), min_size=1, max_size=12, unique=True))
def test_adjusted_p_values_follow_their_definitions(p_values):
    assert benjamini_hochberg(p_values) == pytest.approx(list(stats.false_discovery_control(p_values)))
    assert holm(p_values) == pytest.approx(holm_by_definition(p_values))
