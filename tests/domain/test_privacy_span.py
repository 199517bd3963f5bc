"""Linear algebra on released figures: no combination of them is about a group smaller than the minimum.

A mean is a row of ones over those whom it covers, the change of linked people one of ones and minus ones over the
pairs. Whatever can be worked out from released figures is a vector in the span of their rows; one that
differs from zero for fewer than k people in all tells something about them alone.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment.domain.change import is_safe_to_link, link
from assessment.domain.respondents import scored_people
from tests.domain.build import build_pillar, build_questionnaire, sheet_of, team_of

ASKED = build_questionnaire([build_pillar("language")])
K = 3
PEOPLE = "abcdefgh"


def rank(rows: list[list[int]]) -> int:
    """By elimination, exactly."""
    left = [[Fraction(value) for value in row] for row in rows]
    found = 0
    for column in range(len(left[0]) if left else 0):
        pivot = next((row for row in left[found:] if row[column]), None)
        if pivot is None:
            continue
        left.remove(pivot)
        left.insert(found, pivot)
        for at, row in enumerate(left):
            if at != found and row[column]:
                times = row[column] / pivot[column]
                left[at] = [value - times * other for value, other in zip(row, pivot, strict=True)]
        found += 1
    return found


def fewest_told(rows: list[list[int]], k: int) -> int | None:
    """The smallest number of people under `k` that something can be worked out about, or `None`."""
    columns, whole = range(len(rows[0])), rank(rows)
    for how_many in range(1, k):
        for hidden in combinations(columns, how_many):
            others = [[row[column] for column in columns if column not in hidden] for row in rows]
            if rank(others) < whole:
                return how_many
    return None


def overall(person):
    return person.overall


def people_of(codes: list[str]):
    return scored_people(team_of([sheet_of(ASKED, 3, respondent=code) for code in codes]), ASKED)


def released_rows(rounds: list[list[str]], linked: list[bool]) -> list[list[int]]:
    """The rows of the means of all rounds, and of the change of linked people between each two where it is shown."""
    starts = [sum(len(codes) for codes in rounds[:at]) for at in range(len(rounds) + 1)]
    rows = [[int(starts[at] <= column < starts[at + 1]) for column in range(starts[-1])] for at in range(len(rounds))]
    for at, is_shown in enumerate(linked):
        if is_shown:
            row = [0] * starts[-1]
            for number, code in enumerate(rounds[at]):
                if code and code in rounds[at + 1]:
                    row[starts[at] + number] = -1
                    row[starts[at + 1] + rounds[at + 1].index(code)] = 1
            rows.append(row)
    return rows


def safe_links(rounds: list[list[str]]) -> list[bool]:
    """Which changes are those of linked people, as a publication decides it round by round."""
    shown: list[bool] = []
    for before, after in pairwise(rounds):
        may = is_safe_to_link(link(people_of(before), people_of(after)), overall, K)
        shown.append(may and not (shown and shown[-1]))
    return shown


@st.composite
def team_rounds(draw):
    """Three rounds of a team: who is there, and who gives a code."""
    rounds = []
    for _ in range(3):
        present = draw(st.lists(st.sampled_from(PEOPLE), min_size=5, max_size=8, unique=True))
        rounds.append([code if draw(st.integers(0, 5)) else "" for code in present])
    return rounds


@settings(max_examples=60, deadline=None)
@given(team_rounds())
def test_nothing_can_be_worked_out_about_a_small_group_over_three_rounds(rounds):
    assert fewest_told(released_rows(rounds, safe_links(rounds)), K) is None


@pytest.mark.parametrize(
    ("rounds", "linked", "told"),
    [
        (["abcdef", "abcde"], [True], 1),  # who left
        (["abcdef", "abcdexy"], [True], None),  # they could only be had together with those who joined
        (["abcde", "abcde"], [True], None),
        # Each of the two is safe by itself, and one person is in the pairs of the first alone.
        (["abcdef", "abcdefxyz", "abcde"], [True, True], 1),
    ],
)
def test_what_linked_changes_would_tell(rounds, linked, told):
    assert fewest_told(released_rows([list(codes) for codes in rounds], linked), K) == told


def test_safe_links_are_shown_at_all():
    same = [list("abcdef")] * 3
    assert safe_links(same) == [True, False]
    assert safe_links([list("abcde"), list("abcdexyz")]) == [True]
    assert safe_links([list("abcdef"), list("abcde")]) == [False]
