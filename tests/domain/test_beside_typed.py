"""Whoever types sheets of paper knows them: a result tells no more of the rest than a result of these alone would."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment.domain.answers import DK, Answer, AnswerSheet, Role
from assessment.domain.beside_typed import ByLink, change_beside_typed, no_more_than
from assessment.domain.change import Linking
from assessment.domain.privacy import release
from assessment.domain.respondents import scored_people
from assessment.domain.result import ChoiceResult, GroupsResult, PillarResult, TeamResult
from assessment.domain.scoring import compare_team, score_team
from assessment.domain.sections.choice import ChoiceSection, Option
from assessment.domain.sections.rubrics import RubricsSection
from assessment.services.snapshots import result_from_snapshot, result_to_snapshot
from tests.domain.build import build_pillar, build_questionnaire, build_scale, sheet_of, team_of, text

PILLARS = [build_pillar("language", 2), build_pillar("vision", 2), build_pillar("voice", 3)]
RUBRICS = RubricsSection(
    id="workshop", title=text("Workshop"), scale=build_scale(), groups=(build_pillar("one", 1), build_pillar("many", 3))
)
CHOICE = ChoiceSection(
    id="learning",
    title=text("Learning"),
    question=text("How do you learn"),
    options=tuple(Option(name, text(name), text(name)) for name in ("a", "b", "c")),
)
ASKED = build_questionnaire(PILLARS, more=(RUBRICS, CHOICE))
POINT = "contact"
ANY, UNDER_TEN, UNDER_EIGHT = st.integers(5, 14), st.integers(5, 9), st.integers(5, 7)
FIVE: list[Answer] = [1, 2, 3, 4, 5]


@dataclass(frozen=True)
class Mixed:
    """What those by link answered, and what was typed."""

    by_link: list[AnswerSheet]
    typed: list[AnswerSheet]

    def scored(self, sheets: list[AnswerSheet]) -> TeamResult:
        return score_team(team_of(sheets, [POINT]), ASKED)

    @property
    def frozen(self) -> TeamResult:
        roles = {sheet.role for sheet in [*self.by_link, *self.typed]}
        of_roles = [[sheet for sheet in self.by_link if sheet.role is role] for role in roles if len(roles) > 1]
        apart = ByLink(self.scored(self.by_link), tuple(self.scored(one) for one in of_roles if one))
        result = no_more_than(self.scored([*self.by_link, *self.typed]), apart, ASKED)
        return result_from_snapshot(result_to_snapshot(result))

    @property
    def released(self) -> TeamResult:
        return release(self.frozen, ASKED)

    @property
    def alone(self) -> TeamResult:
        """What the answers by link would show without the others."""
        return release(self.scored(self.by_link), ASKED)


def person(chance: random.Random, values: list[Answer], *, role: Role = Role.STAFF) -> AnswerSheet:
    asked = (*ASKED.items, *RUBRICS.items)
    return AnswerSheet(
        role=role,
        items={item.id: chance.choice(values) for item in asked},
        ladder={POINT: chance.randint(1, 6)},
        focus=tuple(chance.sample([pillar.id for pillar in PILLARS], chance.randint(0, 2))),
        choices={CHOICE.id: chance.choice("aaab")},
    )


@st.composite
def mixed(draw: st.DrawFn, by_link: st.SearchStrategy[int] = ANY) -> Mixed:
    chance = random.Random(draw(st.integers(0, 10**6)))
    spreads: list[list[Answer]] = [FIVE, [1, 1, 1, 2], [3], [5, 5, 4, DK], [2, 3, DK, DK], [1, 5], [3, 4]]
    spread, other = draw(st.sampled_from(spreads)), draw(st.sampled_from(spreads))
    roles = draw(st.sampled_from([[Role.STAFF], [Role.STAFF, Role.LEADER]]))
    people = [person(chance, spread, role=chance.choice(roles)) for _ in range(draw(by_link))]
    return Mixed(people, [person(chance, other, role=chance.choice(roles)) for _ in range(draw(st.integers(1, 12)))])


def groups(result: TeamResult) -> list[PillarResult]:
    workshop = result.sections["test"]["workshop"]
    assert isinstance(workshop, GroupsResult)
    return [*result.pillars, *workshop.groups]


def choice(result: TeamResult) -> ChoiceResult:
    found = result.sections["test"]["learning"]
    assert isinstance(found, ChoiceResult)
    return found


@settings(max_examples=60)
@given(mixed())
def test_less_what_was_typed_nothing_is_told_that_the_rest_alone_would_not_show(round_):
    shown, alone = round_.released, round_.alone
    if alone.withheld:
        assert shown.withheld
        return
    typed = [person.sheet for person in scored_people(team_of(round_.typed, [POINT]), ASKED)]
    for now, other in zip(groups(shown), groups(alone), strict=True):
        if now.mean is not None:
            assert other.mean is not None
            assert 1.2 < other.mean < 4.8
        for figure in ("ci95", "sd", "ad_md", "r_wg_j", "a_wg", "answer_counts"):
            assert getattr(now, figure) is None or getattr(other, figure) is not None
        for item, counts in (now.answer_counts or {}).items():
            known = [sum(sheet.items[item] == value for sheet in typed) for value in range(1, 6)]
            assert tuple(a - b for a, b in zip(counts, known, strict=True)) == (other.answer_counts or {})[item]
    for point, other_point in zip(shown.ladder, alone.ladder, strict=True):
        assert point.median is None or other_point.counts is not None
    assert choice(shown).summary is None or choice(alone).counts
    assert set(shown.alarms) <= {point.point for point in alone.ladder if point.counts}
    assert not shown.focus or max(round_.scored(round_.by_link).focus.values()) <= 0.9
    assert not shown.overall.ci95 or alone.overall.ci95


@settings(max_examples=40)
@given(mixed(UNDER_TEN), st.integers(0, 10**6))
def test_what_fewer_than_ten_say_of_a_moment_or_choose_changes_nothing(round_, seed):
    chance = random.Random(seed)
    others = [
        replace(sheet, ladder={POINT: chance.randint(1, 6)}, choices={CHOICE.id: chance.choice("abc")})
        for sheet in round_.by_link
    ]
    assert Mixed(others, round_.typed).released == round_.released


@settings(max_examples=40)
@given(mixed(UNDER_EIGHT), st.integers(0, 10**6))
def test_of_fewer_than_eight_only_their_sums_are_told(round_, seed):
    """Two of them who move apart by as much leave every mean of theirs, and everything that is shown, as it was."""
    chance = random.Random(seed)
    one, other = chance.sample(range(len(round_.by_link)), 2)
    item = chance.choice([*ASKED.items, *RUBRICS.items]).id
    low, high = round_.by_link[one].items[item], round_.by_link[other].items[item]
    is_apart = round_.by_link[one].role is round_.by_link[other].role and DK not in (low, high)
    if not is_apart or low == 1 or high == 5 or any(DK in sheet.items.values() for sheet in round_.by_link):
        return
    people = list(round_.by_link)
    people[one] = replace(people[one], items=people[one].items | {item: low - 1})
    people[other] = replace(people[other], items=people[other].items | {item: high + 1})
    assert Mixed(people, round_.typed).released == round_.released


def alike(value: int, count: int, *, role: Role = Role.STAFF, step: int | None = None) -> list[AnswerSheet]:
    return [sheet_of(ASKED, value, role=role, ladder={POINT: step or value}) for _ in range(count)]


@pytest.mark.parametrize("typed", [alike(4, 5), alike(3, 1) + alike(4, 1), alike(5, 20)])
@pytest.mark.parametrize("count", [5, 8, 10, 12])
def test_those_by_link_who_all_say_one_are_not_to_be_had_by_subtraction(count, typed):
    result = Mixed(alike(1, count), typed).released
    assert all(pillar.mean is None and pillar.n == count + len(typed) for pillar in result.pillars)
    assert (result.overall.mean, result.priorities, result.alarms, result.weakest_point) == (None, (), (), None)
    assert [(point.median, point.counts) for point in result.ladder] == [(None, None)]


def test_nearly_alike_answers_by_link_have_a_mean_without_an_interval():
    result = Mixed(alike(3, 10), alike(4, 1) + alike(2, 1)).released
    (language, *_) = result.pillars
    assert (language.mean, language.ci95, language.answer_counts, language.agreement) == (3, None, None, None)
    assert result.overall.ci95 is None


def test_leaders_by_link_are_compared_only_where_they_alone_may_be():
    def round_of(leaders: list[AnswerSheet]) -> Mixed:
        staff = [*alike(2, 3), *alike(4, 3)]
        return Mixed([*leaders, *staff], [*alike(3, 5, role=Role.LEADER), *alike(4, 2, role=Role.LEADER)])

    spread = alike(2, 3, role=Role.LEADER) + alike(4, 3, role=Role.LEADER)
    (gap, *_) = round_of(spread).frozen.gaps.leaders_staff
    assert (gap.n_leaders, gap.ci95, gap.cliffs_delta, gap.label) == (13, None, None, "unclear")
    assert not round_of(alike(1, 6, role=Role.LEADER)).frozen.gaps.leaders_staff
    assert not round_of(alike(3, 4, role=Role.LEADER)).frozen.gaps.leaders_staff


def test_enough_various_answers_by_link_lose_nothing():
    chance = random.Random(7)
    round_ = Mixed(*([person(chance, FIVE) for _ in range(count)] for count in (40, 6)))
    whole = round_.scored([*round_.by_link, *round_.typed])
    frozen = round_.frozen
    assert (frozen.pillars, frozen.ladder, frozen.focus, frozen.priorities, frozen.overall) == (
        whole.pillars, whole.ladder, whole.focus, whole.priorities, whole.overall,
    )  # fmt: skip
    assert (frozen.by_link, whole.by_link) == (40, None)


@pytest.mark.parametrize(("by_link", "is_told"), [(6, False), (40, True)])
def test_a_change_tells_neither_rounds_answers_by_link(by_link, is_told):
    """In whichever of the two rounds sheets were typed."""
    chance = random.Random(3)
    round_ = Mixed(*([person(chance, FIVE) for _ in range(count)] for count in (by_link, 12)))
    typed, plain = round_.frozen, [person(chance, [2, 3, 4]) for _ in range(20)]
    sheets, other = [*round_.by_link, *round_.typed], round_.scored(plain)
    for result, before, now, then in ((typed, other, sheets, plain), (other, typed, plain, sheets)):
        changed = compare_team(
            result, team_of(now, [POINT]), ASKED, previous=team_of(then, [POINT]), linking=Linking.NEVER
        )
        safe = change_beside_typed(changed, before)
        workshop = safe.sections["test"]["workshop"]
        assert isinstance(workshop, GroupsResult)
        labels = [one.label for one in (*safe.change, *workshop.change) if one.pillar != "one"]
        for label in [*labels, *(one.label for one in safe.ladder_change)]:
            assert (label != "withheld") is is_told


def test_where_nothing_was_typed_a_change_stays_as_it_is():
    chance = random.Random(5)
    now, then = ([person(chance, FIVE) for _ in range(6)] for _ in range(2))
    before = score_team(team_of(then, [POINT]), ASKED)
    changed = score_team(team_of(now, [POINT]), ASKED, previous=team_of(then, [POINT]))
    assert change_beside_typed(changed, before) is changed
