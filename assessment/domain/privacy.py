"""What may leave the team that gave the answers: one gate for pages, PDF, XLSX and API (the method's section 6).

`escala score` is gated by the minimum group alone, since its user holds the answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from assessment.domain import conventions as c
from assessment.domain.change import OVERALL, Rounds
from assessment.domain.result import Change, LeadersStaffGap, OverallResult, PillarResult, PointResult, TeamResult

Bound = Literal["low", "high"]


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


def _released_overall(result: OverallResult) -> OverallResult:
    if result.mean is None or result.n is None or not bound_of(result.mean):
        return result
    return OverallResult(n=result.n, mean=_at_bound(result.mean), level=result.level)


def _released_point(result: PointResult) -> PointResult:
    """Without its counts where they may not show, and without the two shares: the same counts in three parts."""
    if result.counts is None or _may_draw(result.counts):
        return result
    return replace(result, counts=None, share_low=None, share_high=None)


def _released_share(share: float) -> float:
    """A share of people that would tell what everybody chose stops at its bound."""
    return min(share, c.BOUND_SHARE)


def _released_change(change: Change, mean: float | None) -> Change:
    """A change is withheld where this mean or the earlier one is only shown as a bound: it would tell it."""
    if mean is None or change.difference is None:
        return change
    if bound_of(mean) or bound_of(mean - change.difference):
        return Change(change.pillar, change.n1, change.n2, change.linked, family=change.family)
    return change


def _may_compare(gap: LeadersStaffGap, mean: float | None) -> bool:
    """Leaders and staff are compared where neither mean, which the difference tells beside the team's, is at an end."""
    if mean is None:
        return False
    share = gap.n_staff / (gap.n_leaders + gap.n_staff)
    leaders = mean + gap.difference * share
    return not (bound_of(mean) or bound_of(leaders) or bound_of(leaders - gap.difference))


def release(result: TeamResult) -> TeamResult:
    """The result as pages, documents and the API may show it; a consensus rating is open by agreement and exempt.

    No means at the ends, no small or unanimous distributions, no change or gap that would give such a mean away.
    """
    if result.withheld or result.mode == "consensus":
        return result
    means = {pillar.pillar: pillar.mean for pillar in result.pillars} | {OVERALL: result.overall.mean}
    return replace(
        result,
        overall=_released_overall(result.overall),
        pillars=tuple(_released_pillar(pillar) for pillar in result.pillars),
        ladder=tuple(_released_point(point) for point in result.ladder),
        focus={pillar: _released_share(share) for pillar, share in result.focus.items()},
        priorities=tuple(replace(entry, focus_share=_released_share(entry.focus_share)) for entry in result.priorities),
        gaps=replace(
            result.gaps,
            leaders_staff=tuple(gap for gap in result.gaps.leaders_staff if _may_compare(gap, means.get(gap.pillar))),
        ),
        change=tuple(_released_change(change, means.get(change.pillar)) for change in result.change),
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
