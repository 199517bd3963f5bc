"""What moved between two rounds of one team, and whether it is more than chance.

D = mean₂ − mean₁ with Welch's or the paired t interval, an exact permutation test, Hedges' g (1981) and Cliff's δ;
equivalence by two one-sided tests at 90 % (Lakens 2013); families by Holm and by Benjamini & Hochberg.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction

from assessment.domain import conventions as c
from assessment.domain.answers import Role
from assessment.domain.multiplicity import benjamini_hochberg, holm
from assessment.domain.people import Person
from assessment.domain.permutation import (
    shuffled_sign_flip_p,
    shuffled_two_sample_p,
    sign_flip_p,
    two_sample_p,
)
from assessment.domain.result import (
    Change,
    ChangeFamily,
    ChangeLabel,
    GapLabel,
    Interval,
    LadderChange,
)
from assessment.domain.summary import (
    Score,
    cliffs_delta,
    mean,
    median,
    t_interval,
    variance,
)

OVERALL = "overall"


def welch_interval(first: Sequence[Score], second: Sequence[Score], confidence: float = 0.95) -> Interval | None:
    """Welch's interval (1947) of mean(second) − mean(first); the difference itself where neither group varies.

    `None` where a group has fewer than two values.
    """
    if len(first) < 2 or len(second) < 2:
        return None
    difference = mean(second) - mean(first)
    part1, part2 = variance(first) / len(first), variance(second) / len(second)
    if part1 + part2 == 0:
        return difference, difference
    df = (part1 + part2) ** 2 / (part1**2 / (len(first) - 1) + part2**2 / (len(second) - 1))
    return t_interval(difference, math.sqrt(part1 + part2), df, confidence)


def paired_interval(differences: Sequence[Score], confidence: float = 0.95) -> Interval | None:
    """The paired t interval of a mean difference; the difference itself where they do not vary, `None` under two."""
    n = len(differences)
    if n < 2:
        return None
    spread = variance(differences)
    centre = mean(differences)
    return (centre, centre) if spread == 0 else t_interval(centre, math.sqrt(spread / n), n - 1, confidence)


def hedges_g(first: Sequence[Score], second: Sequence[Score]) -> float | None:
    """Hedges' g of second over first: pooled SD, with the exact correction J = Γ(m/2)/(√(m/2)·Γ((m−1)/2)).

    `None` under two values in a group, or where neither group varies.
    """
    n1, n2 = len(first), len(second)
    df = n1 + n2 - 2
    if n1 < 2 or n2 < 2:
        return None
    pooled = ((n1 - 1) * variance(first) + (n2 - 1) * variance(second)) / df
    if pooled == 0:
        return None
    correction = math.exp(math.lgamma(df / 2) - math.lgamma((df - 1) / 2)) / math.sqrt(df / 2)
    return correction * (mean(second) - mean(first)) / math.sqrt(pooled)


def change_label(
    difference: float, ci95: Interval, ci90: Interval, p_adjusted: float, *, smallest: float
) -> ChangeLabel:
    """The rule in a word: real and large enough, certainly small, or unclear; `smallest` is the scale's Δ."""
    beyond_zero = ci95[0] > 0 or ci95[1] < 0
    if p_adjusted < c.SIGNIFICANCE and beyond_zero and abs(difference) >= smallest - c.TOLERANCE:
        return "improved" if difference > 0 else "worse"
    return "same" if ci90[0] > -smallest and ci90[1] < smallest else "unclear"


def gap_label(difference: float, ci95: Interval | None, *, smallest: float) -> GapLabel:
    """Whether leaders' mean is clearly above or below that of staff: beyond chance, and by Δ at least."""
    if ci95 is None or ci95[0] <= 0 <= ci95[1] or abs(difference) < smallest - c.TOLERANCE:
        return "unclear"
    return "higher" if difference > 0 else "lower"


@dataclass(frozen=True, slots=True)
class Rounds:
    """The scored people of one team in the earlier and the later round, and the pairs that codes link."""

    before: Sequence[Person]
    after: Sequence[Person]
    pairs: Sequence[tuple[Person, Person]]
    joiners: int
    leavers: int

    @property
    def has_leaders(self) -> bool:
        """Whether leaders and staff are told apart: from their difference and the means, those of each can be had, and
        beside the change of the linked people that of the few leaders who are, or are not, among them."""
        return any(person.sheet.role is Role.LEADER for person in (*self.before, *self.after))

    @property
    def is_linked(self) -> bool:
        return len(self.pairs) >= c.LINKED_N


class Linking(StrEnum):
    """Whether a change compares the linked people only."""

    NEVER = "never"
    MATCHED = "matched"
    """Where five codes or more match: for those who hold the answers."""
    SAFE = "safe"
    """Where it also tells nothing about a small group of others, and no leaders are told apart: for everybody else."""


def link(before: Sequence[Person], after: Sequence[Person]) -> Rounds:
    """Links two rounds of a team by respondent code; people without a code, or with another's, are in no pair."""
    earlier, later = _by_own_code(before), _by_own_code(after)
    pairs = [(earlier[code], person) for code, person in later.items() if code in earlier]
    return Rounds(before, after, pairs, joiners=len(after) - len(pairs), leavers=len(before) - len(pairs))


def _by_own_code(people: Sequence[Person]) -> dict[str, Person]:
    """The people of a round whose code nobody else gave."""
    given = Counter(person.sheet.respondent for person in people)
    return {code: person for person in people if (code := person.sheet.respondent) and given[code] == 1}


ScoreOf = Callable[[Person], Fraction | None]


def is_safe_to_link(rounds: Rounds, score_of: ScoreOf, minimum_group: int) -> bool:
    """Whether the change of the linked people, beside the means of all, tells nothing about a smaller group of others.

    The mean difference of the pairs, less the difference of the two means, is about those who are in no pair: who
    joined, left, gave no code, or has no score in one of the rounds. They must be none, or `minimum_group` at least in
    one of the rounds. And the pairs must be more than half of all: a manager who gives a few codes of their own would
    read the change of the one real person who gives one.
    """
    pairs, _ = _compared(rounds, score_of, linked=True)
    before, after = _compared(rounds, score_of, linked=False)
    everybody = max(len(before), len(after))
    others = everybody - len(pairs)
    is_enough = len(pairs) >= max(c.LINKED_N, minimum_group) and 2 * len(pairs) > everybody
    return is_enough and (others == 0 or others >= minimum_group)


def _compares_pairs(rounds: Rounds, scores: Iterable[ScoreOf], linking: Linking, minimum_group: int) -> bool:
    """For scores that are added up with each other, such as a person's pillars: for all of them, or for none."""
    if linking is Linking.SAFE:
        return all(is_safe_to_link(rounds, score_of, minimum_group) for score_of in scores)
    return linking is Linking.MATCHED and rounds.is_linked


def _compared(rounds: Rounds, score_of: ScoreOf, *, linked: bool) -> tuple[list[Fraction], list[Fraction]]:
    """The two lists of scores that a change compares; of equal length and order where linked."""
    if linked:
        pairs = [(score_of(before), score_of(after)) for before, after in rounds.pairs]
        complete = [(x, y) for x, y in pairs if x is not None and y is not None]
        return [x for x, _ in complete], [y for _, y in complete]
    before = [score for person in rounds.before if (score := score_of(person)) is not None]
    after = [score for person in rounds.after if (score := score_of(person)) is not None]
    return before, after


def _change(pillar: str, rounds: Rounds, score_of: ScoreOf, *, linked: bool, minimum: int) -> Change:
    """The change of one pillar or of the overall, its p not yet adjusted and its label not yet given."""
    before, after = _compared(rounds, score_of, linked=linked)
    family: ChangeFamily = "overall" if pillar == OVERALL else "rest"
    n1, n2 = len(before), len(after)
    if min(n1, n2) < minimum:
        return Change(pillar, n1, n2, linked, family=family)
    if linked:
        differences = [y - x for x, y in zip(before, after, strict=True)]
        ci95, ci90 = paired_interval(differences), paired_interval(differences, 0.90)
        p = shuffled_sign_flip_p(differences) if pillar == OVERALL else sign_flip_p(differences)
    else:
        ci95, ci90 = welch_interval(before, after), welch_interval(before, after, 0.90)
        p = shuffled_two_sample_p(before, after) if pillar == OVERALL else two_sample_p(before, after)
    return Change(
        pillar=pillar,
        n1=n1,
        n2=n2,
        linked=linked,
        difference=mean(after) - mean(before),
        ci95=ci95,
        ci90=ci90,
        p=p,
        family=family,
        hedges_g=hedges_g(before, after),
        cliffs_delta=cliffs_delta(after, before),
        label="unclear",
    )


def _adjusted(changes: Sequence[Change], focus: Collection[str], smallest: float) -> tuple[Change, ...]:
    """Families, adjusted p values and labels: the overall alone, focus pillars by Holm, the rest by BH."""
    placed = [replace(change, family="focus") if change.pillar in focus else change for change in changes]
    adjusted: dict[str, float] = {}
    for family, adjust in (("overall", holm), ("focus", holm), ("rest", benjamini_hochberg)):
        tested = [(change.pillar, change.p) for change in placed if change.family == family and change.p is not None]
        for (pillar, _), p in zip(tested, adjust([p for _, p in tested]), strict=True):
            adjusted[pillar] = p
    return tuple(_labelled(change, adjusted.get(change.pillar), smallest) for change in placed)


def _labelled(change: Change, p_adjusted: float | None, smallest: float) -> Change:
    if p_adjusted is None or change.difference is None or change.ci95 is None or change.ci90 is None:
        return change
    label = change_label(change.difference, change.ci95, change.ci90, p_adjusted, smallest=smallest)
    return replace(change, p_adjusted=p_adjusted, label=label)


def team_change(
    rounds: Rounds,
    pillars: Sequence[str],
    *,
    minimum_group: int,
    smallest: float,
    focus_pillars: Collection[str] = (),
    linking: Linking = Linking.MATCHED,
) -> tuple[Change, ...]:
    """The change of every pillar, in their order, and then of the overall; `smallest` is their scale's Δ.

    With fewer than five (or `minimum_group`) values in either round a change keeps its n and the label "withheld".
    `focus_pillars` are those that the last plan took on.
    """
    scores = {pillar: _pillar_score(pillar) for pillar in pillars} | {OVERALL: lambda person: person.overall}
    use_pairs = _compares_pairs(rounds, scores.values(), linking, minimum_group)
    minimum = max(c.CHANGE_N, minimum_group)
    changes = [
        _change(pillar, rounds, score_of, linked=use_pairs, minimum=minimum) for pillar, score_of in scores.items()
    ]
    return _adjusted(changes, focus_pillars, smallest)


def _pillar_score(pillar: str) -> ScoreOf:
    return lambda person: person.scores.get(pillar)


def group_changes(
    rounds: Rounds,
    groups: Sequence[tuple[str, ScoreOf]],
    *,
    minimum_group: int,
    smallest: float,
    linking: Linking = Linking.MATCHED,
) -> tuple[Change, ...]:
    """The change of the groups of one section, a family of its own (Benjamini–Hochberg)."""
    use_pairs = _compares_pairs(rounds, [score_of for _group, score_of in groups], linking, minimum_group)
    minimum = max(c.CHANGE_N, minimum_group)
    changes = [_change(group, rounds, score_of, linked=use_pairs, minimum=minimum) for group, score_of in groups]
    return _adjusted(changes, (), smallest)


def ladder_change(
    rounds: Rounds,
    points: Sequence[str],
    *,
    steps: int,
    minimum_group: int,
    linking: Linking = Linking.MATCHED,
) -> tuple[LadderChange, ...]:
    """The change of each perception point: Cliff's δ and the exact permutation on steps, never a mean.

    A point moved where p < .05; the direction is that of δ. There is no "same": an ordinal scale has no Δ.
    """
    minimum = max(c.CHANGE_N, minimum_group)
    changes = []
    for point in points:
        step = _step_at(point)
        linked = _compares_pairs(rounds, [step], linking, minimum_group)
        changes.append(_point_change(point, rounds, step, steps, linked=linked, minimum=minimum))
    return tuple(changes)


def _step_at(point: str) -> ScoreOf:
    def step(person: Person) -> Fraction | None:
        answer = person.sheet.ladder.get(point)
        return Fraction(answer) if isinstance(answer, int) else None

    return step


def _point_change(point: str, rounds: Rounds, step: ScoreOf, size: int, *, linked: bool, minimum: int) -> LadderChange:
    before, after = _compared(rounds, step, linked=linked)
    n1, n2 = len(before), len(after)
    if min(n1, n2) < minimum:
        return LadderChange(point, n1, n2, linked)
    p = sign_flip_p([y - x for x, y in zip(before, after, strict=True)]) if linked else two_sample_p(before, after)
    delta = cliffs_delta(after, before)
    label: ChangeLabel = "unclear"
    moved = mean(after) - mean(before)
    # The test is on steps, the direction that of δ; where the two disagree nothing clear can be said.
    if p < c.SIGNIFICANCE and delta * moved > 0:
        label = "improved" if delta > 0 else "worse"
    return LadderChange(
        point=point,
        n1=n1,
        n2=n2,
        linked=linked,
        median1=median(_counts(before, size)),
        median2=median(_counts(after, size)),
        cliffs_delta=delta,
        p=p,
        label=label,
    )


def _counts(values: Sequence[Fraction], size: int) -> list[int]:
    return [sum(value == step for value in values) for step in range(1, size + 1)]


def detectable_half_width(n: int, sd: float = 0.65, correlation: float | None = None) -> float:
    """What a team of n can detect: the 95 % half-width of a change, both rounds of n and the given person SD.

    Unlinked without `correlation`, else linked with that correlation between rounds. Raises `ValueError` under n = 2.
    """
    if n < 2:
        raise ValueError("two people at least")
    if correlation is None:
        low, high = t_interval(0.0, sd * math.sqrt(2 / n), 2 * n - 2)
    else:
        low, high = t_interval(0.0, sd * math.sqrt(2 * (1 - correlation) / n), n - 1)
    return (high - low) / 2
