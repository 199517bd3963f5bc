"""What can be worked out from released figures: exact linear algebra, over a field of a prime so large that nothing is
lost to chance.

A figure is a row: which answers it adds up, and with which weight. Whatever can be worked out from several figures is
a vector in the span of their rows, and one that differs from zero for fewer than k people tells something of them
alone. Figures are taken as exact, though they leave rounded.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import count

PRIME = 2**61 - 1


@dataclass(frozen=True)
class Answered:
    """What one human being answered to one question of one round; with a `value`, whether it was that one."""

    human: str
    round: str
    question: str
    value: int = 0


Row = Mapping[Answered, Fraction]


@dataclass(frozen=True)
class Told:
    """The fewest people about whom something can be worked out, and in which rounds they answered."""

    people: frozenset[str]
    rounds: frozenset[str]


def plus(*parts: tuple[Fraction | int, Row]) -> dict[Answered, Fraction]:
    """A sum of rows, each with its weight."""
    total: dict[Answered, Fraction] = defaultdict(Fraction)
    for weight, row in parts:
        for column, value in row.items():
            total[column] += weight * value
    return {column: value for column, value in total.items() if value}


def told_of_few(rows: Iterable[Row], k: int) -> Told | None:
    """Whom, fewer than `k` people, something in the span of these rows is about; `None` where nothing is."""
    alike = _Alike.of([row for row in rows if row])
    for part in _apart(_reduced(alike.rows)):
        if (few := _fewest(part, alike, k)) is not None:
            return few
    return None


# Rows with numbers for columns

Numbers = dict[int, int]


@dataclass
class _Alike:
    """The rows over kinds of people: those whose answers of a round stand in every figure with the same weights are
    one kind, since whatever holds for one of them holds for all. `kind_of` a column, and who `is_of` a kind."""

    rows: list[Numbers] = field(default_factory=list)
    kind_of: dict[int, int] = field(default_factory=dict)
    is_of: dict[int, frozenset[str]] = field(default_factory=dict)
    rounds: dict[int, str] = field(default_factory=dict)

    @staticmethod
    def of(rows: Sequence[Row]) -> _Alike:
        weights: dict[tuple[str, str], dict[tuple[str, int], list[tuple[int, Fraction]]]] = defaultdict(dict)
        for at, row in enumerate(rows):
            for column, weight in row.items():
                own = weights[column.human, column.round]
                own.setdefault((column.question, column.value), []).append((at, weight))
        kinds: dict[Hashable, list[tuple[str, str]]] = defaultdict(list)
        for who, own in weights.items():
            kinds[who[1], frozenset((question, tuple(stands)) for question, stands in own.items())].append(who)
        made, numbers = _Alike(rows=[{} for _row in rows]), count()
        for kind, members in enumerate(kinds.values()):
            made.is_of[kind] = frozenset(human for human, _round in members)
            made.rounds[kind] = members[0][1]
            # Answers that stand alike in every figure are one column as well.
            for stands in {tuple(stands) for stands in weights[members[0]].values()}:
                number = next(numbers)
                made.kind_of[number] = kind
                for at, weight in stands:
                    inverse = pow(weight.denominator, -1, PRIME)
                    made.rows[at][number] = weight.numerator * inverse % PRIME
        return made


def _less(row: Numbers, times: int, other: Numbers) -> None:
    for column, value in other.items():
        left = (row.get(column, 0) - times * value) % PRIME
        if left:
            row[column] = left
        else:
            row.pop(column, None)


def _reduced(rows: Iterable[Numbers]) -> list[Numbers]:
    """The reduced echelon form of these rows."""
    pivots: dict[int, Numbers] = {}
    for given in rows:
        row = dict(given)
        for column in [column for column in row if column in pivots]:
            if column in row:
                _less(row, row[column], pivots[column])
        if not row:
            continue
        pivot = next(iter(row))
        inverse = pow(row[pivot], -1, PRIME)
        row = {column: value * inverse % PRIME for column, value in row.items()}
        for other in pivots.values():
            if pivot in other:
                _less(other, other[pivot], row)
        pivots[pivot] = row
    return list(pivots.values())


def _apart(rows: Sequence[Numbers]) -> Iterator[list[Numbers]]:
    """The rows in parts that share no column: what one part says, no other does."""
    parent: dict[int, int] = {}

    def root(column: int) -> int:
        while parent.setdefault(column, column) != column:
            column = parent[column]
        return column

    for row in rows:
        first = root(next(iter(row)))
        for column in row:
            parent[root(column)] = first
            first = root(first)
    parts: dict[int, list[Numbers]] = defaultdict(list)
    for row in rows:
        parts[root(next(iter(row)))].append(row)
    yield from parts.values()


def _fewest(rows: list[Numbers], alike: _Alike, k: int) -> Told | None:
    kinds = sorted({alike.kind_of[column] for row in rows for column in row}, key=lambda kind: len(alike.is_of[kind]))
    for chosen in _small(kinds, alike.is_of, k):
        others = [
            {column: value for column, value in row.items() if alike.kind_of[column] not in chosen} for row in rows
        ]
        if len(_reduced(others)) < len(rows):
            people = frozenset[str]().union(*(alike.is_of[kind] for kind in chosen))
            return Told(people, frozenset(alike.rounds[kind] for kind in chosen))
    return None


def _small(kinds: Sequence[int], is_of: Mapping[int, frozenset[str]], k: int) -> Iterator[frozenset[int]]:
    """Every choice of kinds with fewer than `k` people in all."""
    found: list[tuple[frozenset[int], frozenset[str], int]] = [(frozenset(), frozenset(), 0)]
    while found:
        chosen, people, after = found.pop()
        for at in range(after, len(kinds)):
            together = people | is_of[kinds[at]]
            if len(together) < k:
                found.append((chosen | {kinds[at]}, together, at + 1))
                yield chosen | {kinds[at]}
