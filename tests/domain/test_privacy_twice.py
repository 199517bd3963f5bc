"""What was released is released again wherever a file brought it: that must change nothing, and show no more."""

from __future__ import annotations

import random

import pytest

from assessment.catalogue.catalogue import load_questionnaire
from assessment.domain.answers import Role, TeamAnswers
from assessment.domain.privacy import release
from assessment.domain.scoring import compare_team, score_team
from tests.services.build import kind_of_team, make_sheet


def answers(chance: random.Random, people: int) -> TeamAnswers:
    points = tuple(point.id for point in kind_of_team().points)
    leaders = chance.choice((0, 0, 5))
    sheets = (
        make_sheet(chance.randrange(10**6), role=Role.LEADER if at < leaders else Role.STAFF) for at in range(people)
    )
    return TeamAnswers("Mesa de ayuda", points, tuple(sheets))


@pytest.mark.usefixtures("ranked_before")
@pytest.mark.parametrize("seed", range(6))
def test_what_is_released_twice_stays_as_it_was(seed: int) -> None:
    chance, asked = random.Random(seed), load_questionnaire()
    before, now = answers(chance, chance.choice((5, 9, 14))), answers(chance, chance.choice((3, 5, 8, 12, 20)))
    result = score_team(now, asked, minimum_group=5)
    if not result.withheld:
        result = compare_team(
            result, now, asked, previous=before, previous_questionnaire=asked, minimum_group=5, focus_pillars=()
        )
    released = release(result, asked, minimum_group=5)
    assert release(released, asked, minimum_group=5) == released
