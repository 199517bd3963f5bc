"""Method, section 6.2 and 6.3: no hidden group may be had by subtraction between released ones."""

from __future__ import annotations

import itertools

import numpy
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment.domain.privacy import Group, released_groups


def group(name: str, size: int, *children: Group) -> Group:
    return Group(name, size, children)


A, B, C = group("a", 12), group("b", 9), group("c", 3)


def test_the_methods_example_does_not_expose_the_team_of_three():
    assert released_groups(group("all", 24, A, B, C), 5) == {"all", "a"}


def test_all_is_released_where_nothing_small_is_left_over():
    assert released_groups(group("all", 21, A, B), 5) == {"all", "a", "b"}
    assert released_groups(group("all", 27, A, B), 5) == {"all", "a", "b"}


def test_two_leaders_are_not_exposed_by_their_team_less_its_staff():
    team = group("a", 12, group("a staff", 10), group("a leaders", 2))
    assert released_groups(team, 5) == {"a"}
    assert released_groups(group("a", 12, group("a staff", 7), group("a leaders", 5)), 5) == {
        "a",
        "a staff",
        "a leaders",
    }


def test_a_group_under_the_minimum_is_never_released():
    assert released_groups(group("all", 4, group("a", 4)), 5) == frozenset()


def test_the_parts_of_a_withdrawn_group_are_withdrawn_with_it():
    withdrawn = group("b", 9, group("b staff", 9))
    assert released_groups(group("all", 24, A, withdrawn, C), 5) == {"all", "a"}


@st.composite
def organisations(draw) -> Group:
    """Small trees of three storeys; a group may hold people who are in none of its parts."""
    names = (f"group {number}" for number in itertools.count())

    def storey(depth: int) -> Group:
        children = [storey(depth - 1) for _ in range(draw(st.integers(0, 3)))] if depth else []
        alone = draw(st.integers(0 if children else 1, 4))
        return Group(next(names), alone + sum(child.size for child in children), tuple(children))

    return storey(2)


def indicators(root: Group, released: frozenset[str]) -> list[list[int]]:
    """Of each released group, a row with a 1 for each person in it."""
    rows = []

    def walk(node: Group, first: int) -> None:
        if node.name in released:
            rows.append([int(first <= person < first + node.size) for person in range(root.size)])
        for child in node.children:
            walk(child, first)
            first += child.size

    walk(root, 0)
    return rows


def rank(rows: list[list[int]]) -> int:
    return int(numpy.linalg.matrix_rank(numpy.array(rows))) if rows else 0


@settings(max_examples=60)
@given(organisations().filter(lambda root: root.size <= 14))
def test_no_sum_or_difference_of_released_groups_gives_a_group_under_the_minimum(root):
    minimum = 3
    rows = indicators(root, released_groups(root, minimum))
    for size in range(1, minimum):
        for people in itertools.combinations(range(root.size), size):
            small = [int(person in people) for person in range(root.size)]
            assert rank([*rows, small]) == rank(rows) + 1


@given(organisations(), st.integers(1, 6))
def test_only_groups_of_the_minimum_are_released_and_the_whole_is_one_if_it_can_be(root, minimum):
    released = released_groups(root, minimum)
    sizes = {}

    def walk(node: Group) -> None:
        sizes[node.name] = node.size
        for child in node.children:
            walk(child)

    walk(root)
    assert all(sizes[name] >= minimum for name in released)
    assert (root.name in released) == (root.size >= minimum)
