"""Which pillars a team should take on first, and how much that choice owes to chance.

P = 100 · G · (½ + s/2) · (1 + D/2), a product convention: the gap to the target, how many people want it, how much they
disagree. The grid behind it is Martilla & James (1977).
"""

from __future__ import annotations

import math
import random
import sys
from array import array
from bisect import insort
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from operator import itemgetter

from assessment.domain import conventions as c
from assessment.domain.agreement import absolute_deviations
from assessment.domain.people import Person
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.result import PillarResult, Priority, StabilityLabel
from assessment.domain.scale import Scale

Targets = Mapping[str, float]
"""Target per pillar id; a pillar that is not in it has that of its scale, 4 on 1–5."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    pillar: str
    priority: float
    gap: float
    focus_share: float
    disagreement: float


def disagreement(n: int, ad: float | None, scale_points: int) -> float:
    """D = min(1, AD/(A/6)), 0 under eight answers."""
    if ad is None or n < c.AGREEMENT_N:
        return 0.0
    return min(1.0, ad / (scale_points / c.SPLIT_DIVISOR))


def weight(gap: float, focus_share: float, spread: float) -> float:
    """P = 100 · G · (½ + s/2) · (1 + D/2)."""
    return 100 * gap * (0.5 + focus_share / 2) * (1 + spread / 2)


def _candidate(
    pillar: str, score: float, target: float, focus_share: float, spread: float, scale: Scale
) -> _Candidate | None:
    """The pillar's weight, or `None` where it is not Δ below its target."""
    if target - score < scale.smallest_change - c.TOLERANCE:
        return None
    gap = (target - score) / scale.span
    return _Candidate(pillar, weight(gap, focus_share, spread), gap, focus_share, spread)


def _ranked(candidates: Sequence[_Candidate]) -> list[_Candidate]:
    """Best first; a tie stays in the pillars' order, since the sort is stable."""
    return sorted(candidates, key=lambda candidate: -round(candidate.priority, 9))


def stability_label(share: float | None) -> StabilityLabel:
    """In the top three of how many resamples: 80 % firm, 50 % likely, else a toss-up; firm where none were drawn."""
    if share is None or share >= c.FIRM_SHARE - c.TOLERANCE:
        return "firm"
    return "likely" if share >= c.LIKELY_SHARE - c.TOLERANCE else "toss-up"


def level_with(priorities: Sequence[Priority], pillar: str) -> tuple[str, ...]:
    """The candidates that weigh exactly as much as this one, itself apart: only their order parts them."""
    weights = {entry.pillar: round(entry.priority, 6) for entry in priorities}
    return tuple(
        other for other, weight_ in weights.items() if other != pillar and weight_ == weights.get(pillar, math.nan)
    )


_LEAST_SURE_FIRST: tuple[StabilityLabel, ...] = ("toss-up", "likely", "firm")


def labelled_alike(priorities: Sequence[Priority]) -> tuple[Priority, ...]:
    """Candidates that weigh the same with the same label, as people read it: that of the least sure of them. Where the
    last place, in the proposal or among the three, is theirs by the questionnaire's order alone, it is a toss-up."""
    places = {entry.pillar: at for at, entry in enumerate(priorities)}
    labels = {entry.pillar: entry.label for entry in priorities}

    def label(entry: Priority) -> StabilityLabel:
        level = (entry.pillar, *level_with(priorities, entry.pillar))
        first, last = min(places[one] for one in level), max(places[one] for one in level)
        if any(first < limit <= last for limit in (c.PROPOSED_PRIORITIES, c.MOST_PRIORITIES)):
            return "toss-up"
        return min((labels[one] for one in level), key=_LEAST_SURE_FIRST.index)

    return tuple(replace(entry, label=label(entry)) for entry in priorities)


def rank_priorities(
    pillars: Sequence[PillarResult],
    focus: Mapping[str, float],
    people: Sequence[Person],
    questionnaire: Questionnaire,
    *,
    targets: Targets,
    is_consensus: bool,
    minimum_group: int,
) -> tuple[Priority, ...]:
    """All candidates, best first. In consensus mode the gap alone decides and nothing is resampled."""
    scale = questionnaire.scale
    candidates = []
    for result in pillars:
        if result.mean is None:
            continue
        spread = 0.0 if is_consensus else disagreement(result.n or 0, result.ad_md, scale.size)
        share = 0.0 if is_consensus else focus.get(result.pillar, 0.0)
        target = targets.get(result.pillar, scale.target)
        candidate = _candidate(result.pillar, result.mean, target, share, spread, scale)
        if candidate:
            candidates.append(candidate)
    ranked = _ranked(candidates)
    shares: Mapping[str, float] = {}
    if ranked and not is_consensus and len(people) <= c.RESAMPLING_LIMIT:
        shares = _Resampling(people, questionnaire, targets, minimum_group).top_shares()
    return tuple(
        Priority(
            pillar=candidate.pillar,
            priority=candidate.priority,
            gap=candidate.gap,
            focus_share=candidate.focus_share,
            disagreement=candidate.disagreement,
            stability=shares.get(candidate.pillar),
            label=stability_label(shares.get(candidate.pillar)),
        )
        for candidate in ranked
    )


@lru_cache(maxsize=16)
def _draws(n: int) -> tuple[itemgetter[Sequence[int]], ...]:
    """1,000 seeded draws of n people with replacement, as functions that pick them; shared by teams of one size."""
    chance = random.Random(c.SEED)
    people = range(n)
    return tuple(itemgetter(*chance.choices(people, k=n), 0) for _ in range(c.RESAMPLES))


class _Resampling:
    """Resamples respondents by adding one big integer per person.

    A person is packed into 32-bit fields: one for every possible answer to every item, one for every pillar chosen as
    focus, one for having chosen any, and per pillar whether the score is valid and the score in whole units. Adding the
    integers of the people drawn yields all counts at once; no field can overflow with at most 200 people.
    """

    def __init__(
        self, people: Sequence[Person], questionnaire: Questionnaire, targets: Targets, minimum_group: int
    ) -> None:
        self._pillars = questionnaire.pillars
        self._scale = questionnaire.scale.size
        self._smallest_change = questionnaire.scale.smallest_change
        self._minimum = minimum_group
        self._targets = [targets.get(pillar.id, questionnaire.scale.target) for pillar in self._pillars]
        self._unit = _common_denominator(people)
        self._item_field: dict[str, int] = {}
        field = 0
        for item in sorted(item.id for item in questionnaire.items):
            self._item_field[item] = field
            field += self._scale
        self._any_focus = field
        pillars = sorted(pillar.id for pillar in self._pillars)
        self._focus_field = {pillar: field + 1 + at for at, pillar in enumerate(pillars)}
        field += 1 + len(pillars)
        self._sum_field = {pillar: field + 2 * at for at, pillar in enumerate(pillars)}
        self._fields = field + 2 * len(pillars)
        # Sorted, fields and people alike, so that the order of rows or items does not decide who is drawn.
        self._packed = sorted(self._pack(person) for person in people)

    def _pack(self, person: Person) -> int:
        fields = array("I", bytes(4 * self._fields))
        for item, answer in person.sheet.items.items():
            if isinstance(answer, int) and item in self._item_field:
                fields[self._item_field[item] + answer - 1] = 1
        if person.sheet.focus:
            fields[self._any_focus] = 1
            for pillar in person.sheet.focus:
                fields[self._focus_field[pillar]] = 1
        for pillar, score in person.scores.items():
            fields[self._sum_field[pillar]] = 1
            fields[self._sum_field[pillar] + 1] = int(score * self._unit)
        return int.from_bytes(fields.tobytes(), sys.byteorder)

    def top_shares(self) -> dict[str, float]:
        """Per pillar, the share of resamples in which it is among the three best candidates."""
        times = dict.fromkeys((pillar.id for pillar in self._pillars), 0)
        size = 4 * self._fields
        for draw in _draws(len(self._packed)):
            # The last one picked only keeps itemgetter from returning a bare value for a team of one.
            total = sum(draw(self._packed)[:-1])
            fields = array("I", total.to_bytes(size, sys.byteorder))
            for pillar in self._top_three(fields):
                times[pillar] += 1
        return {pillar: count / c.RESAMPLES for pillar, count in times.items()}

    def _top_three(self, fields: array[int]) -> list[str]:
        below = []
        for at, pillar in enumerate(self._pillars):
            n = fields[self._sum_field[pillar.id]]
            if n < self._minimum:
                continue
            score = fields[self._sum_field[pillar.id] + 1] / (n * self._unit)
            if self._targets[at] - score >= self._smallest_change - c.TOLERANCE:
                below.append((at, n, score))
        if len(below) <= c.MOST_PRIORITIES:
            return [self._pillars[at].id for at, _, _ in below]
        chose = fields[self._any_focus]
        calm = []
        for at, n, score in below:
            share = fields[self._focus_field[self._pillars[at].id]] / chose if chose else 0.0
            calm.append((-self._weigh(at, score, share, 0.0), at, n, score, share))
        calm.sort()
        # Best first without disagreement, which adds up to half: stop once even that half cannot reach the third
        # place, since it is the average deviation that costs.
        ranked: list[tuple[float, int]] = []
        for negative, at, n, score, share in calm:
            if len(ranked) >= c.MOST_PRIORITIES and 1.5 * negative > ranked[c.MOST_PRIORITIES - 1][0] + c.TOLERANCE:
                break
            insort(ranked, (-round(self._weigh(at, score, share, self._disagreement(fields, at, n)), 9), at))
        return [self._pillars[at].id for _, at in ranked[: c.MOST_PRIORITIES]]

    def _weigh(self, at: int, score: float, focus_share: float, spread: float) -> float:
        return weight((self._targets[at] - score) / (self._scale - 1), focus_share, spread)

    def _disagreement(self, fields: array[int], at: int, n: int) -> float:
        """D of one pillar, from the packed counts, in plain floats for speed."""
        if n < c.AGREEMENT_N:
            return 0.0
        total, items = 0.0, 0
        for item in self._pillars[at].items:
            start = self._item_field[item.id]
            counts = fields[start : start + self._scale]
            if answered := sum(counts):
                total += absolute_deviations(counts, answered) / answered
                items += 1
        return disagreement(n, total / items if items else None, self._scale)


def _common_denominator(people: Sequence[Person]) -> int:
    return math.lcm(*{score.denominator for person in people for score in person.scores.values()})
