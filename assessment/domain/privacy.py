"""What may leave the team that gave the answers: one gate for pages, PDF, XLSX and API (the method's section 6).

`escala score` is gated by the minimum group alone, since its user holds the answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from assessment.domain import conventions as c
from assessment.domain.change import OVERALL, Rounds
from assessment.domain.priorities import weight
from assessment.domain.result import (
    Change,
    Interval,
    LeadersStaffGap,
    OverallResult,
    PillarResult,
    PointResult,
    Priority,
    TeamResult,
)

Bound = Literal["low", "high"]

SCALE_SPAN = 4
"""From 1 to 5: the scale that the bounds, too, are set for."""


def bound_of(mean: float | None) -> Bound | None:
    """Whether a mean is so near an end that it would tell what everybody said."""
    if mean is None:
        return None
    if mean <= c.BOUND_LOW + c.TOLERANCE:
        return "low"
    return "high" if mean >= c.BOUND_HIGH - c.TOLERANCE else None


def _at_bound(mean: float) -> float:
    return c.BOUND_LOW if bound_of(mean) == "low" else c.BOUND_HIGH


def _may_draw(counts: Sequence[int]) -> bool:
    """A distribution is drawn from ten answers, and never where all chose one option."""
    return sum(counts) >= c.DISTRIBUTION_N and max(counts) < sum(counts)


def _released_pillar(result: PillarResult) -> PillarResult:
    if result.mean is not None and result.n is not None and bound_of(result.mean):
        return PillarResult(
            pillar=result.pillar,
            n=result.n,
            mean=_at_bound(result.mean),
            level=result.level,
            level_low=result.level,
            level_high=result.level,
            dk_share=result.dk_share,
        )
    counts = result.answer_counts or {}
    drawn = {item: answers for item, answers in counts.items() if _may_draw(answers)}
    return replace(result, answer_counts=drawn or None)


def _released_overall(result: OverallResult, *, hides_a_pillar: bool) -> OverallResult:
    """The overall is about the mean of the pillars': exact, it would give away the one among them that is a bound."""
    if result.mean is None or result.n is None:
        return result
    if bound_of(result.mean):
        return OverallResult(n=result.n, mean=_at_bound(result.mean), level=result.level)
    if not hides_a_pillar:
        return result
    return OverallResult(n=result.n, mean=_rounded(result.mean), level=result.level)


def _rounded(figure: float) -> float:
    """One decimal, as people read it."""
    return round(figure, 1)


def _rounded_interval(interval: Interval | None) -> Interval | None:
    return None if interval is None else (_rounded(interval[0]), _rounded(interval[1]))


def _released_point(result: PointResult) -> PointResult:
    """Without its counts where they may not show, nor what is worked out from them: shares, consensus, the
    interpolated median. The median and the word for agreement stay."""
    if result.counts is None or _may_draw(result.counts):
        return result
    return PointResult(point=result.point, n=result.n, median=result.median, agreement=result.agreement)


def _released_share(share: float) -> float:
    """A share of people that would tell what everybody chose stops at its bound."""
    return min(share, c.BOUND_SHARE)


def _released_priority(entry: Priority, mean: float | None) -> Priority:
    """The weight of a pillar, worked out again from what is shown: its gap would tell the mean behind a bound, its
    disagreement that there is none, and its priority a share behind the highest that is shown."""
    share = _released_share(entry.focus_share)
    if mean is not None and bound_of(mean):
        # Rounded, since the last digits of a sum tell what it was made of.
        gap = round(entry.gap + (mean - _at_bound(mean)) / SCALE_SPAN, 9)
        return replace(entry, focus_share=share, gap=gap, disagreement=None, priority=weight(gap, share, 0.0))
    if share == entry.focus_share:
        return entry
    return replace(entry, focus_share=share, priority=weight(entry.gap, share, entry.disagreement or 0.0))


def _earlier_bound(change: Change, mean: float | None) -> Bound | None:
    """Whether the mean of the round before was so near an end."""
    return None if mean is None or change.difference is None else bound_of(mean - change.difference)


def _released_change(change: Change, mean: float | None, *, hides_a_pillar: bool) -> Change:
    """A change is withheld where this mean or the earlier one is only shown as a bound: it would tell it. That of the
    overall is told as coarsely as the overall itself."""
    if mean is None or change.difference is None:
        return change
    if bound_of(mean) or _earlier_bound(change, mean):
        return Change(change.pillar, change.n1, change.n2, change.linked, family=change.family)
    if change.pillar != OVERALL or not hides_a_pillar:
        return change
    return replace(
        change,
        difference=_rounded(change.difference),
        ci95=_rounded_interval(change.ci95),
        ci90=_rounded_interval(change.ci90),
        hedges_g=None,
    )


def _may_compare(gap: LeadersStaffGap, mean: float | None) -> bool:
    """Leaders and staff are compared where neither mean, which the difference tells beside the team's, is at an end."""
    if mean is None:
        return False
    share = gap.n_staff / (gap.n_leaders + gap.n_staff)
    leaders = mean + gap.difference * share
    return not (bound_of(mean) or bound_of(leaders) or bound_of(leaders - gap.difference))


def release(result: TeamResult) -> TeamResult:
    """The result as pages, documents and the API may show it; a consensus rating is open by agreement and exempt.

    No means at the ends, no small or unanimous distributions, and nothing that would give either away: no change, gap,
    weight or overall, no figure worked out from such a distribution.
    """
    if result.withheld or result.mode == "consensus":
        return result
    means = {pillar.pillar: pillar.mean for pillar in result.pillars} | {OVERALL: result.overall.mean}
    hides_now = any(bound_of(pillar.mean) for pillar in result.pillars)
    hides_earlier = any(_earlier_bound(change, means.get(change.pillar)) for change in result.change)
    return replace(
        result,
        overall=_released_overall(result.overall, hides_a_pillar=hides_now),
        pillars=tuple(_released_pillar(pillar) for pillar in result.pillars),
        ladder=tuple(_released_point(point) for point in result.ladder),
        focus={pillar: _released_share(share) for pillar, share in result.focus.items()},
        priorities=tuple(_released_priority(entry, means.get(entry.pillar)) for entry in result.priorities),
        gaps=replace(
            result.gaps,
            leaders_staff=tuple(gap for gap in result.gaps.leaders_staff if _may_compare(gap, means.get(gap.pillar))),
        ),
        change=tuple(
            _released_change(change, means.get(change.pillar), hides_a_pillar=hides_now or hides_earlier)
            for change in result.change
        ),
    )


def may_show_linked(rounds: Rounds, minimum_group: int) -> bool:
    """Linked change would single out those who joined or left, unless they are none or enough."""
    moved = rounds.joiners + rounds.leavers
    return rounds.is_linked and len(rounds.pairs) >= minimum_group and (moved == 0 or moved >= minimum_group)


@dataclass(frozen=True, slots=True)
class Group:
    """A node of the tree of cuts (organisation ⊃ team ⊃ role): how many people it holds, and its parts."""

    name: str
    size: int
    children: tuple[Group, ...] = ()


def released_groups(root: Group, minimum_group: int) -> frozenset[str]:
    """The names of the groups that may be released together (complementary suppression).

    Each released group, less all its released children, must hold 0 or at least `minimum_group` people: children are
    disjoint, so that no smaller group can be had by subtraction. Where 1 to k − 1 would remain, the smallest released
    child is withheld as well, and again. Names must be unique.
    """
    released: set[str] = set()

    def visit(group: Group) -> int:
        """Releases what may be within the group; returns how many people its released outermost parts hold."""
        shown = sorted(((visit_size, child) for child in group.children if (visit_size := visit(child))), key=_size)
        if group.size < minimum_group:
            return sum(size for size, _ in shown)
        kept = list(shown)
        while kept and 0 < group.size - sum(size for size, _ in kept) < minimum_group:
            _, smallest = kept.pop(0)
            _withdraw(smallest, released)
        released.add(group.name)
        return group.size

    visit(root)
    return frozenset(released)


def _size(entry: tuple[int, Group]) -> int:
    return entry[0]


def _withdraw(group: Group, released: set[str]) -> None:
    released.discard(group.name)
    for child in group.children:
        _withdraw(child, released)
