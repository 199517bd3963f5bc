"""Method, section 7: which pillars come first, and how much that choice owes to chance."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

import pytest

from assessment.domain.answers import DK, Answer, AnswerSheet, Role
from assessment.domain.conventions import RESAMPLES, SEED
from assessment.domain.priorities import disagreement, stability_label, weight
from assessment.domain.respondents import scored_people
from assessment.domain.scoring import score_pillar, score_team
from assessment.domain.sections.focus import focus_shares
from tests.domain.build import PILLARS, build_pillar, build_questionnaire, sheet_of, team_of

SINGLE = build_questionnaire([build_pillar(name, items=1) for name in ("language", "vision", "voice")])


def single(language=5, vision=5, voice=5, **rest):
    return sheet_of(SINGLE, {"language": language, "vision": vision, "voice": voice}, **rest)


def priorities_of(sheets, **options):
    return score_team(team_of(sheets), SINGLE, **options).priorities


def names(priorities):
    return [priority.pillar for priority in priorities]


def test_the_methods_own_example():
    assert disagreement(12, 0.60, 5) == pytest.approx(0.72)
    assert weight(0.3, 1, 0.72) == pytest.approx(40.8)


def test_the_methods_own_example_from_answers():
    # Ten people: mean 2.8; the deviations from the median 3 are 4 down and 2 up, 6/10; everybody picks the pillar.
    values = [2] * 4 + [3] * 4 + [4] * 2
    (priority,) = priorities_of([single(value, focus=("language",)) for value in values])
    assert (priority.pillar, priority.focus_share) == ("language", 1)
    assert priority.gap == pytest.approx(0.3)
    assert priority.disagreement == pytest.approx(0.72)
    assert priority.priority == pytest.approx(40.8)


def test_a_pillar_that_everybody_picks_counts_double_one_that_nobody_does():
    picked, not_picked = priorities_of([single(2, 2, focus=("vision",))] * 8)
    assert names((picked, not_picked)) == ["vision", "language"]
    assert (picked.priority, not_picked.priority) == (50, 25)


def test_where_nobody_was_asked_or_nobody_picked_every_pillar_counts_once():
    team = team_of([single(2)] * 8)
    assert score_team(team, SINGLE).priorities == score_team(replace(team, asked_focus=False), SINGLE).priorities
    assert priorities_of([single(2)] * 8)[0].priority == 25


def test_disagreement_adds_up_to_half_and_only_from_eight_people():
    split = [single(1), single(5)] * 4
    (priority,) = priorities_of(split, targets={"language": 5})
    assert (priority.disagreement, priority.priority) == (1, pytest.approx(100 * 0.5 * 0.5 * 1.5))
    (few,) = priorities_of([*split[:6], single(3)], targets={"language": 5})
    assert (few.disagreement, few.priority) == (0, pytest.approx(100 * 0.5 * 0.5))
    assert disagreement(8, 0.9, 5) == 1
    assert disagreement(8, None, 5) == 0


@pytest.mark.parametrize(
    ("values", "is_candidate"),
    [([4] * 7 + [3] * 3, True), ([4] * 8 + [3] * 2, False), ([3] * 10, True), ([4] * 10, False), ([5] * 10, False)],
)
def test_a_candidate_is_at_least_the_smallest_change_of_interest_below_its_target(values, is_candidate):
    assert bool(priorities_of([single(value) for value in values])) is is_candidate


def test_the_target_is_four_unless_a_pillar_has_its_own():
    sheets = [single(4, 4, 3)] * 8
    assert names(priorities_of(sheets)) == ["voice"]
    priorities = priorities_of(sheets, targets={"language": 5, "voice": 3})
    assert names(priorities) == ["language"]
    assert priorities[0].gap == 0.25


def test_a_tie_keeps_the_order_of_the_pillars():
    sheets = [single(3, 3, 2), single(2, 2, 3)] * 4
    priorities = priorities_of(sheets)
    assert len({entry.priority for entry in priorities}) == 1
    assert names(priorities) == ["language", "vision", "voice"]


def test_priorities_hold_every_candidate_best_first():
    twelve = build_questionnaire()
    values = dict(zip(PILLARS, [1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 1, 2], strict=True))
    priorities = score_team(team_of([sheet_of(twelve, values)] * 8), twelve).priorities
    assert [values[pillar] for pillar in names(priorities)] == [1, 1, 1, 2, 2, 2, 3, 3]
    assert names(priorities)[:3] == [pillar for pillar in PILLARS if values[pillar] == 1]


def test_a_withheld_pillar_is_no_candidate():
    assert names(priorities_of([single(1)] * 4 + [single(None, 5, 5)] * 4)) == []


def test_in_consensus_the_gap_alone_decides():
    sheet = single(2, 3, 1, role=Role.CONSENSUS, focus=("vision",))
    priorities = priorities_of([sheet])
    assert names(priorities) == ["voice", "language", "vision"]
    assert [(entry.gap, entry.focus_share, entry.disagreement) for entry in priorities] == [
        (0.75, 0, 0),
        (0.5, 0, 0),
        (0.25, 0, 0),
    ]
    assert [(entry.priority, entry.stability) for entry in priorities] == [(37.5, None), (25, None), (12.5, None)]


@pytest.mark.parametrize(
    ("share", "label"),
    [
        (1, "firm"),
        (0.80, "firm"),
        (0.799, "likely"),
        (0.50, "likely"),
        (0.499, "toss-up"),
        (0, "toss-up"),
        (None, "firm"),
    ],
)
def test_the_words_for_stability(share, label):
    assert stability_label(share) == label


FIVE = build_questionnaire([build_pillar(name, items=3) for name in PILLARS[:5]])
ANSWERS: list[Answer | None] = [2, 3, 3, 4, 4, 5, DK, None]
LAST = max(pillar.id for pillar in FIVE.pillars)


def varied_team(seed, n=9):
    """People with gaps, "I don't know" and focus, whose pillars lie close together: the choice owes much to chance.

    They are listed by their scores in the last pillar by id, all different. That is the order from which people are
    drawn, whatever the order of the rows.
    """
    chance = random.Random(seed)
    sheets = []
    for place in range(n):
        drawn = {item.id: chance.choice(ANSWERS) for item in FIVE.items}
        items = {item: answer for item, answer in drawn.items() if answer is not None}
        items |= {f"{LAST}-{number}": 1 + (place + number - 1) // 3 for number in (1, 2, 3)}
        focus = chance.sample([pillar.id for pillar in FIVE.pillars], chance.randint(0, 3))
        sheets.append(AnswerSheet(items=items, focus=tuple(focus)))
    return team_of(sheets)


def top_three(people, questionnaire, minimum_group):
    """The rule as the method states it, from the published figures of the people drawn."""
    shares = focus_shares(people, [pillar.id for pillar in questionnaire.pillars], was_asked=True)
    candidates = []
    for order, pillar in enumerate(questionnaire.pillars):
        result = score_pillar(pillar, people, scale=questionnaire.scale, minimum_group=minimum_group)
        if result.mean is None or 4 - result.mean < 0.30 - 1e-9:
            continue
        spread = min(1, result.ad_md / (5 / 6)) if result.n >= 8 else 0
        priority = 100 * (4 - result.mean) / 4 * (0.5 + shares[pillar.id] / 2) * (1 + spread / 2)
        candidates.append((-round(priority, 9), order, pillar.id))
    return [pillar for _, _, pillar in sorted(candidates)[:3]]


@pytest.mark.parametrize(("seed", "n", "minimum_group"), [(1, 9, 5), (2, 12, 5), (3, 6, 4)])
def test_stability_is_the_share_of_resamples_with_the_pillar_among_the_three_best(seed, n, minimum_group):
    team = varied_team(seed, n)
    people = scored_people(team, FIVE)
    chance = random.Random(SEED)
    times = Counter()
    for _ in range(RESAMPLES):
        drawn = [people[at] for at in chance.choices(range(len(people)), k=len(people))]
        times.update(top_three(drawn, FIVE, minimum_group))
    priorities = score_team(team, FIVE, minimum_group=minimum_group).priorities
    assert len(priorities) >= 3
    assert {entry.pillar: entry.stability for entry in priorities} == {
        entry.pillar: times[entry.pillar] / RESAMPLES for entry in priorities
    }
    assert any(0 < entry.stability < 1 for entry in priorities)


def test_stability_is_the_same_every_time():
    team = varied_team(4)
    assert score_team(team, FIVE).priorities == score_team(team, FIVE).priorities


def test_stability_does_not_depend_on_the_order_of_respondents():
    team = varied_team(4)
    mixed = replace(team, sheets=team.sheets[::-1])
    assert score_team(mixed, FIVE).priorities == score_team(team, FIVE).priorities


def test_a_team_that_answers_alike_has_a_firm_choice():
    priorities = priorities_of([single(1, 2, 3)] * 5)
    assert [(entry.stability, entry.label) for entry in priorities] == [(1, "firm")] * 3


def test_the_fourth_of_four_clear_candidates_is_never_among_the_three_best():
    values = dict(zip(PILLARS, [1, 1, 1, 3, 5], strict=False))
    priorities = score_team(team_of([sheet_of(FIVE, values)] * 6), FIVE).priorities
    assert [(entry.stability, entry.label) for entry in priorities] == [(1, "firm")] * 3 + [(0, "toss-up")]


@pytest.mark.parametrize(("n", "is_resampled"), [(200, True), (201, False)])
def test_above_two_hundred_respondents_nothing_is_resampled_and_all_is_firm(n, is_resampled):
    sheets = [single(2 + at % 3) for at in range(n)]
    (priority,) = priorities_of(sheets)
    assert (priority.stability is not None) is is_resampled
    assert priority.label == "firm"
