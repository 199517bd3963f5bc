"""What may leave the team that gave the answers: one gate for pages, PDF, XLSX and API (the method's section 6).

`escala score` is gated by the minimum group alone, since its user holds the answers.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from assessment.domain.change import OVERALL, Rounds
from assessment.domain.priorities import weight
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.result import (
    Change,
    Interval,
    LeadersStaffGap,
    OverallResult,
    Priority,
    SectionResult,
    TeamResult,
)
from assessment.domain.scale import Scale
from assessment.domain.sections.focus import release_share
from assessment.domain.sections.groups import is_earlier_at_bound
from assessment.domain.sections.ladder import release_point


def _released_overall(result: OverallResult, scale: Scale, *, hides_a_pillar: bool) -> OverallResult:
    """The overall is about the mean of the pillars': exact, it would give away the one among them that is a bound."""
    if result.mean is None or result.n is None:
        return result
    if scale.bound_of(result.mean):
        return OverallResult(n=result.n, mean=scale.at_bound(result.mean), level=result.level)
    if not hides_a_pillar:
        return result
    return OverallResult(n=result.n, mean=_rounded(result.mean), level=result.level)


def _rounded(figure: float) -> float:
    """One decimal, as people read it."""
    return round(figure, 1)


def _rounded_interval(interval: Interval | None) -> Interval | None:
    return None if interval is None else (_rounded(interval[0]), _rounded(interval[1]))


def _released_priority(entry: Priority, mean: float | None, scale: Scale) -> Priority:
    """The weight of a pillar, worked out again from what is shown: its gap would tell the mean behind a bound, its
    disagreement that there is none, and its priority a share behind the highest that is shown."""
    share = release_share(entry.focus_share)
    if mean is not None and scale.bound_of(mean):
        # Rounded, since the last digits of a sum tell what it was made of.
        gap = round(entry.gap + (mean - scale.at_bound(mean)) / scale.span, 9)
        return replace(entry, focus_share=share, gap=gap, disagreement=None, priority=weight(gap, share, 0.0))
    if share == entry.focus_share:
        return entry
    return replace(entry, focus_share=share, priority=weight(entry.gap, share, entry.disagreement or 0.0))


def _coarse(change: Change) -> Change:
    """The change of the overall, told as coarsely as the overall itself."""
    return replace(
        change,
        difference=None if change.difference is None else _rounded(change.difference),
        ci95=_rounded_interval(change.ci95),
        ci90=_rounded_interval(change.ci90),
        hedges_g=None,
    )


def _may_compare(gap: LeadersStaffGap, mean: float | None, scale: Scale) -> bool:
    """Leaders and staff are compared where neither mean, which the difference tells beside the team's, is at an end."""
    if mean is None:
        return False
    share = gap.n_staff / (gap.n_leaders + gap.n_staff)
    leaders = mean + gap.difference * share
    return not (scale.bound_of(mean) or scale.bound_of(leaders) or scale.bound_of(leaders - gap.difference))


def release(result: TeamResult, questionnaire: Questionnaire) -> TeamResult:
    """The result as pages, documents and the API may show it; a consensus rating is open by agreement and exempt.

    No means at the ends, no small or unanimous distributions, and nothing that would give either away: no change, gap,
    weight or overall, no figure worked out from such a distribution. The ends are those of each section's scale; every
    further section releases its own result.
    """
    if result.withheld or result.mode == "consensus":
        return result
    section, scale = questionnaire.pillars_section, questionnaire.scale
    means = {pillar.pillar: pillar.mean for pillar in result.pillars} | {OVERALL: result.overall.mean}
    hides_now = any(scale.bound_of(pillar.mean) for pillar in result.pillars)
    hides_earlier = any(is_earlier_at_bound(change, means.get(change.pillar), scale) for change in result.change)

    def released_change(change: Change) -> Change:
        released = section.release_change(change, means.get(change.pillar))
        is_coarse = change.pillar == OVERALL and (hides_now or hides_earlier)
        return _coarse(released) if is_coarse and means[OVERALL] is not None else released

    return replace(
        result,
        overall=_released_overall(result.overall, scale, hides_a_pillar=hides_now),
        pillars=tuple(section.release_group(pillar) for pillar in result.pillars),
        ladder=tuple(release_point(point) for point in result.ladder),
        focus={pillar: release_share(share) for pillar, share in result.focus.items()},
        priorities=tuple(_released_priority(entry, means.get(entry.pillar), scale) for entry in result.priorities),
        gaps=replace(
            result.gaps,
            leaders_staff=tuple(
                gap for gap in result.gaps.leaders_staff if _may_compare(gap, means.get(gap.pillar), scale)
            ),
        ),
        change=tuple(released_change(change) for change in result.change),
        sections=_released_sections(result, questionnaire),
    )


def _released_sections(result: TeamResult, questionnaire: Questionnaire) -> dict[str, dict[str, SectionResult]]:
    """Only sections that the questionnaire knows leave, each as its kind allows."""
    released: dict[str, dict[str, SectionResult]] = {}
    for questionnaire_id, section in questionnaire.sections_apart:
        if (section_result := result.sections.get(questionnaire_id, {}).get(section.id)) is not None:
            released.setdefault(questionnaire_id, {})[section.id] = section.release(section_result)
    return released


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
        parts = list(shown)
        while parts and 0 < group.size - sum(size for size, _ in parts) < minimum_group:
            _, smallest = parts.pop(0)
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
