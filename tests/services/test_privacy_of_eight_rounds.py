"""Whoever collects all that eight rounds show of an organisation works out nothing about fewer than k people.

`tests.spans` has the algebra, `eight_rounds` the organisations; `tests/web/test_privacy_of_eight_rounds.py` shows that
no page, document or file tells more than the figures that are looked at here.
"""

from __future__ import annotations

import os
import random
import uuid
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import cache

import pytest

from assessment.catalogue.catalogue import parse_questionnaire
from assessment.domain.answers import Role, TeamAnswers
from assessment.domain.privacy import release
from assessment.domain.result import LeadersStaffGap
from assessment.domain.scoring import score_team
from assessment.store.database import Database
from tests.databases import fresh_engine
from tests.services.build import kind_of_team, make_home
from tests.services.eight_rounds import (
    Answering,
    EightRounds,
    Figures,
    Story,
    few_shuffles,
    make_organisation,
    make_sheet,
    questionnaire_text,
    released_rows,
)
from tests.spans import Answered, Row, plus, told_of_few

SEEDS = (2, 5) if os.environ.get("CI") else (5,)
TEAMS = 60 if os.environ.get("CI") else 20
MINIMUM = 5


@pytest.fixture(scope="module", params=SEEDS)
def organisation(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EightRounds]:
    with fresh_engine("sqlite", tmp_path_factory.mktemp("rounds")) as engine, few_shuffles():
        database = Database(engine)
        yield make_organisation(database, make_home(database), request.param)


@pytest.fixture(scope="module")
def figures(organisation: EightRounds) -> dict[str, Row]:
    return dict(released_rows(organisation))


def test_nothing_in_the_span_of_eight_rounds_is_about_fewer_than_k_people(
    organisation: EightRounds, figures: dict[str, Row]
) -> None:
    assert told_of_few(figures.values(), organisation.minimum) is None


def test_figures_of_every_kind_were_looked_at(organisation: EightRounds, figures: dict[str, Row]) -> None:
    for kind in ("overall", "over teams", "leaders less staff", "change of", "who chose", "does not know", "= 5"):
        assert any(kind in name for name in figures), kind
    assert any(story.found.result.withheld for story in organisation.stories if story.found)
    linked = [change.linked for story in organisation.stories if story.found for change in story.found.result.change]
    assert True in linked


# The check can fail: one more figure, and it is found


def shown_round(organisation: EightRounds, *, with_leaders: bool = False) -> Figures:
    """A round that shows a pillar, whose people are told apart or not."""
    for story in organisation.stories:
        assert story.found
        made = Figures(story, story.found.result, story.found.questionnaire)
        leaders = [person for person in made.persons.values() if person.is_leader]
        if made.is_exact("language") and (1 <= len(leaders) < organisation.minimum if with_leaders else not leaders):
            return made
    raise AssertionError("no such round")


def is_found(organisation: EightRounds, figures: dict[str, Row], row: Row) -> bool:
    return told_of_few([*figures.values(), row], organisation.minimum) is not None


def test_the_mean_of_few_leaders_is_found(organisation: EightRounds, figures: dict[str, Row]) -> None:
    made = shown_round(organisation, with_leaders=True)
    for side in (made.is_leader, made.is_staff):  # that of the others, too: the team's less theirs
        assert is_found(organisation, figures, made.mean("language", side))


def test_a_mean_without_one_person_is_found(organisation: EightRounds, figures: dict[str, Row]) -> None:
    made = shown_round(organisation)
    [*others, _last] = made.scores("language")
    assert is_found(organisation, figures, made.mean("language", lambda human: human in others))


def test_a_change_of_those_who_stayed_is_found_where_few_did_not(
    organisation: EightRounds, figures: dict[str, Row]
) -> None:
    found = 0
    shown = {
        story.id: Figures(story, story.found.result, story.found.questionnaire)
        for story in organisation.stories
        if story.found
    }
    for now in shown.values():
        earlier = now.story.found.compared_with if now.story.found else None
        before = shown[earlier.id] if earlier else None
        if before is None or not (now.is_exact("language") and before.is_exact("language")):
            continue
        both = now.scores("language").keys() & before.scores("language").keys()
        gone = before.scores("language").keys() - both
        come = now.scores("language").keys() - both
        if both and 0 < len(gone | come) < organisation.minimum:
            rows = (now.mean("language", both.__contains__), before.mean("language", both.__contains__))
            assert is_found(organisation, figures, plus((1, rows[0]), (-1, rows[1])))
            found += 1
    assert found


def test_a_figure_over_teams_that_holds_one_too_small_is_found(
    organisation: EightRounds, figures: dict[str, Row]
) -> None:
    small = next(story for story in organisation.stories if story.found and story.found.result.withheld)
    made = shown_round(organisation)
    few = {Answered(one.human, str(small.id), "language-1", 2): Fraction(1) for one in small.answers[:3]}
    assert is_found(organisation, figures, plus((1, made.mean("language")), (1, few)))


# Many small teams, one round each


@cache
def asked():
    return parse_questionnaire(questionnaire_text(), "questionnaire")


def team_of_few(seed: int) -> tuple[Story, TeamAnswers]:
    chance = random.Random(seed)
    has_leaders, may_skip = chance.random() < 0.5, chance.random() < 0.7
    answers = []
    for at in range(chance.randint(4, 14)):
        role = Role.LEADER if has_leaders and at % 2 else Role.STAFF
        sheet = make_sheet(chance, asked(), f"{seed} {at}", role, may_skip=may_skip)
        answers.append(Answering(f"person {at}", sheet, ""))
    points = tuple(point.id for point in kind_of_team().points[:2])
    sheets = tuple(one.sheet for one in answers)
    return Story(uuid.UUID(int=seed), f"team {seed}", answers), TeamAnswers("team", points, sheets)


@pytest.mark.parametrize("seed", range(TEAMS))
def test_nothing_that_one_round_of_a_small_team_shows_is_about_fewer_than_k_people(seed: int) -> None:
    story, answers = team_of_few(seed)
    result = score_team(answers, asked(), minimum_group=MINIMUM)
    shown = Figures(story, release(result, asked(), minimum_group=MINIMUM), asked())
    assert told_of_few([row for _name, row in shown.rows()], MINIMUM) is None


def test_an_overall_over_persons_would_be_found_where_few_lack_a_pillar() -> None:
    """What left before the overall followed from the pillars, where it has to."""
    found = 0
    for seed in range(TEAMS):
        story, answers = team_of_few(seed)
        result = score_team(answers, asked(), minimum_group=MINIMUM)
        if result.withheld:
            continue
        shown = release(result, asked(), minimum_group=MINIMUM)
        exact = replace(shown, overall=result.overall)
        rows = [row for _name, row in Figures(story, exact, asked()).rows()]
        found += told_of_few(rows, MINIMUM) is not None
    assert found > TEAMS / 10


def test_a_difference_between_four_leaders_and_the_others_would_be_found() -> None:
    seed = next(seed for seed in range(100) if _has_four_leaders(seed))
    story, answers = team_of_few(seed)
    shown = release(score_team(answers, asked(), minimum_group=MINIMUM), asked(), minimum_group=MINIMUM)
    assert shown.gaps.leaders_staff == ()
    gap = LeadersStaffGap("language", 4, 5, 0.5, None, None, "unclear")
    more = replace(shown, gaps=replace(shown.gaps, leaders_staff=(gap,)))
    rows = [row for _name, row in Figures(story, more, asked()).rows()]
    assert told_of_few(rows, MINIMUM) is not None


def _has_four_leaders(seed: int) -> bool:
    story, _answers = team_of_few(seed)
    people = [person for person in story.persons(asked()).values() if "language" in person.scores]
    return sum(person.is_leader for person in people) == 4 and len(people) in (8, 9)
