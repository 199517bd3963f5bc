"""What may leave the team that gave the answers: one gate for pages, PDF, XLSX and API (the method's section 6).

`escala score` is gated by the minimum group alone, since its user holds the answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from assessment.domain import conventions as c
from assessment.domain.as_read import as_read, for_experts, interval_as_read
from assessment.domain.change import OVERALL, gap_label
from assessment.domain.priorities import disagreement, labelled_alike, weight
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.result import (
    Change,
    Gaps,
    Interval,
    LeadersStaffGap,
    OverallResult,
    PillarResult,
    PointResult,
    Priority,
    SectionResult,
    SelfCustomerGap,
    TeamResult,
)
from assessment.domain.scale import Scale
from assessment.domain.sections.focus import release_share
from assessment.domain.sections.groups import (
    GroupedSection,
    bound_as_read,
    change_as_read,
    is_earlier_at_bound,
    withheld_change,
)
from assessment.domain.sections.ladder import release_point, release_point_change


def release(result: TeamResult, questionnaire: Questionnaire, *, minimum_group: int = c.MINIMUM_GROUP) -> TeamResult:
    """The result as pages, documents and the API may show it; a consensus rating is open by agreement and exempt.

    Every figure as people read it. No means at the ends, no interval of few answers or of answers nearly alike, no
    small or nearly unanimous distributions, no share of fewer than `minimum_group` people, and nothing that would give
    any of it away: no change, gap, weight or overall, no figure worked out from such a distribution. The ends are those
    of each section's scale; every further section releases its own result.
    """
    if result.withheld or result.mode == "consensus":
        return result
    section, scale = questionnaire.pillars_section, questionnaire.scale
    minimum = section.minimum(minimum_group)
    pillars = tuple(section.release_group(pillar) for pillar in result.pillars)
    follows = not overall_stands_apart(result, pillars, scale, minimum)
    whole = overall_of_pillars(result.overall, pillars, scale) if follows else result.overall
    means = {pillar.pillar: pillar.mean for pillar in result.pillars} | {OVERALL: whole.mean}
    hides_now = any(_is_hidden(before, now, scale) for before, now in zip(result.pillars, pillars, strict=True))
    hides_earlier = any(is_earlier_at_bound(change, means.get(change.pillar), scale) for change in result.change)
    moved = [section.release_change(one, means.get(one.pillar)) for one in result.change if one.pillar != OVERALL]

    def released_overall_change(change: Change) -> Change:
        is_coarse = hides_now or hides_earlier
        if follows or not _change_stands_apart(result.change, moved, minimum):
            change, is_coarse = _change_of_pillars(change, result.change, moved), True
            if is_earlier_at_bound(change, means[OVERALL], scale):
                return withheld_change(change)
        if is_coarse and not section.bound_of(means[OVERALL]):
            return change_as_read(change, scale, is_coarse=True)
        return section.release_change(change, means[OVERALL])

    ladder = tuple(release_point(point) for point in result.ladder)
    focus = _released_focus(result, questionnaire.focus.minimum(minimum_group))
    return replace(
        result,
        overall=_released_overall(whole, scale, hides_a_pillar=hides_now),
        pillars=pillars,
        ladder=ladder,
        focus=focus,
        priorities=_released_priorities(result, pillars, focus, scale),
        gaps=Gaps(
            leaders_staff=tuple(_released_gaps(result.gaps.leaders_staff, means, section)),
            self_customer=tuple(_released_customers(result.gaps.self_customer, ladder)),
        ),
        change=(*moved, *(released_overall_change(one) for one in result.change if one.pillar == OVERALL)),
        ladder_change=tuple(release_point_change(change) for change in result.ladder_change),
        sections=_released_sections(result, questionnaire),
    )


def _is_hidden(before: PillarResult, released: PillarResult, scale: Scale) -> bool:
    """Whether the mean is not shown as people would read it."""
    return before.mean is not None and (released.mean is None or scale.bound_of(released.mean) is not None)


def _released_overall(result: OverallResult, scale: Scale, *, hides_a_pillar: bool) -> OverallResult:
    """The overall is about the mean of the pillars': with more than its mean, it would give away the one among them
    that is a bound."""
    if result.mean is None or result.n is None:
        return result
    mean = as_read(result.mean)
    if bound_as_read(result.mean, scale):
        return OverallResult(n=result.n, mean=scale.at_bound(mean), level=result.level)
    level = scale.level(mean)
    if hides_a_pillar:
        return OverallResult(n=result.n, mean=mean, level=level)
    interval = interval_as_read(result.ci95, [result.n], scale)
    has_figures = interval is not None and result.n >= c.DISTRIBUTION_N
    return OverallResult(
        n=result.n,
        mean=mean,
        sd=as_read(result.sd) if has_figures and result.sd is not None else None,
        ci95=interval,
        level=level,
        percent=None if result.percent is None else for_experts(scale.percent(mean)),
    )


def overall_stands_apart(result: TeamResult, shown: Sequence[PillarResult], scale: Scale, minimum: int) -> bool:
    """Whether the mean over persons may leave as the overall, beside the means of the pillars.

    Less those means, it is about whoever is not in all of them alike: people without one of the pillars, people who are
    not in the overall, the few who answered a pillar that is withheld. There must be nobody of the kind, or
    `minimum` people at least, as where so many lack a pillar that is shown. How many they are is told by the ns alone.
    """
    everybody = result.scored
    if any(everybody - (pillar.n or 0) >= minimum for pillar in shown if pillar.mean is not None):
        return True
    is_complete = result.overall.n == everybody and all(one.n == everybody and one.mean is not None for one in shown)
    hides = any(scale.bound_of(pillar.mean) for pillar in shown)
    # Of very few pillars, even a rounded overall tells where beyond its bound the mean of one lies.
    return is_complete and not (hides and c.MEAN_STEP * len(shown) < scale.low_bound - 1 + c.MEAN_STEP / 2)


def overall_of_pillars(result: OverallResult, shown: Sequence[PillarResult], scale: Scale) -> OverallResult:
    """The overall as everybody can work it out: the mean of the pillars' means as they are read, those that are shown
    as a bound in the middle beyond it. Its interval lies around it."""
    means = [_middle(pillar.mean, scale) for pillar in shown if pillar.mean is not None]
    if result.mean is None or not means:
        return OverallResult(n=result.n)
    mean = as_read(sum(means) / len(means))
    return replace(result, mean=mean, ci95=_moved(result.ci95, mean - result.mean), level=scale.level(mean))


def _middle(mean: float, scale: Scale) -> float:
    match scale.bound_of(mean):
        case "low":
            return (1 + scale.low_bound) / 2
        case "high":
            return (scale.high_bound + scale.size) / 2
    return mean


def _moved(interval: Interval | None, by: float) -> Interval | None:
    return (interval[0] + by, interval[1] + by) if interval else None


def _change_stands_apart(changes: Iterable[Change], moved: Sequence[Change], minimum: int) -> bool:
    """As `overall_stands_apart`, of the people whom a change compares, in both rounds."""
    for sizes in ({one.pillar: one.n1 for one in changes}, {one.pillar: one.n2 for one in changes}):
        everybody = max(sizes.values())
        lacking = (everybody - sizes[one.pillar] for one in moved if one.label != "withheld")
        if set(sizes.values()) != {everybody} and max(lacking, default=0) < minimum:
            return False
    return True


def _change_of_pillars(overall: Change, changes: Iterable[Change], moved: Sequence[Change]) -> Change:
    """The change of the overall as the mean of those of the pillars that are shown."""
    shown = {one.pillar for one in moved if one.label != "withheld"}
    differences = [one.difference for one in changes if one.pillar in shown]
    if overall.difference is None or None in differences:
        return overall  # released already: under eight answers, not all are told
    told = [as_read(difference) for difference in differences if difference is not None]
    if not told:
        return withheld_change(overall)
    difference = as_read(sum(told) / len(told))
    return replace(overall, difference=difference, ci95=_moved(overall.ci95, difference - overall.difference))


# What matters most, and the order of priorities


def _released_focus(result: TeamResult, needed: int) -> dict[str, float]:
    """The shares, of at least so many people who chose anything: those of one person are what that person chose."""
    if result.focus_n is not None and result.focus_n < needed:
        return {}
    return {pillar: release_share(share) for pillar, share in result.focus.items()}


def _released_priorities(
    result: TeamResult, pillars: Iterable[PillarResult], focus: Mapping[str, float], scale: Scale
) -> tuple[Priority, ...]:
    """In the order that the exact figures gave, each weight worked out again from what is shown: its gap would tell the
    mean, its disagreement the distribution, its stability both.

    Where so few chose what matters most that it is withheld, their choice takes no part in the order either. Pillars
    that read alike have the same label.
    """
    entries = list(result.priorities)
    if any(result.focus.values()) and not focus:
        place = {pillar.pillar: at for at, pillar in enumerate(result.pillars)}
        entries.sort(key=lambda entry: place[entry.pillar])
        entries.sort(key=lambda entry: -round(weight(entry.gap, 0.0, entry.disagreement or 0.0), 9))
        entries = [replace(entry, label="toss-up") for entry in entries]
    before = {pillar.pillar: pillar.mean for pillar in result.pillars}
    now = {pillar.pillar: pillar for pillar in pillars}
    return labelled_alike(
        [
            _released_priority(entry, before[entry.pillar], now[entry.pillar], focus.get(entry.pillar, 0.0), scale)
            for entry in entries
            if now[entry.pillar].mean is not None
        ]
    )


def _released_priority(
    entry: Priority, mean: float | None, shown: PillarResult, share: float, scale: Scale
) -> Priority:
    # Rounded, since the last digits of a sum tell what it was made of.
    moved = 0.0 if mean is None or shown.mean is None else (mean - shown.mean) / scale.span
    gap = round(entry.gap + moved, 9)
    spread = None if shown.ad_md is None else disagreement(shown.n or 0, shown.ad_md, scale.size)
    return replace(
        entry,
        focus_share=share,
        gap=gap,
        disagreement=spread,
        priority=weight(gap, share, spread or 0.0),
        stability=None,
    )


# Two groups beside each other


def _released_gaps(
    gaps: Iterable[LeadersStaffGap], means: Mapping[str, float | None], section: GroupedSection
) -> Iterable[LeadersStaffGap]:
    """Leaders and staff, where they may be compared: the interval from eight in both, Cliff's δ from ten."""
    scale = section.scale
    for gap in gaps:
        if section.is_single(gap.pillar) or not _may_compare(gap, means.get(gap.pillar), scale):
            continue
        sizes = (gap.n_leaders, gap.n_staff)
        interval = interval_as_read(gap.ci95, sizes, scale)
        has_figures = interval is not None and min(sizes) >= c.DISTRIBUTION_N
        yield replace(
            gap,
            difference=as_read(gap.difference),
            ci95=interval,
            cliffs_delta=for_experts(gap.cliffs_delta) if has_figures else None,
            label=gap.label or gap_label(gap.difference, gap.ci95, smallest=scale.smallest_change),
        )


def _may_compare(gap: LeadersStaffGap, mean: float | None, scale: Scale) -> bool:
    """Leaders and staff are compared where neither mean, which the difference tells beside the team's, is at an end: in
    truth, or worked out from what people read."""
    if mean is None:
        return False
    share = gap.n_staff / (gap.n_leaders + gap.n_staff)
    pairs = ((mean, gap.difference), (as_read(mean), as_read(gap.difference)))
    return not any(
        bound_as_read(figure, scale)
        for team, difference in pairs
        for figure in (team, team + difference * share, team + difference * share - difference)
    )


def _released_customers(gaps: Iterable[SelfCustomerGap], ladder: Iterable[PointResult]) -> Iterable[SelfCustomerGap]:
    """The medians; Cliff's δ tells the team's distribution, and leaves where that does."""
    drawn = {point.point for point in ladder if point.counts is not None}
    for gap in gaps:
        yield replace(gap, cliffs_delta=for_experts(gap.cliffs_delta) if gap.point in drawn else None)


def _released_sections(result: TeamResult, questionnaire: Questionnaire) -> dict[str, dict[str, SectionResult]]:
    """Only sections that the questionnaire knows leave, each as its kind allows."""
    released: dict[str, dict[str, SectionResult]] = {}
    for questionnaire_id, section in questionnaire.sections_apart:
        if (section_result := result.sections.get(questionnaire_id, {}).get(section.id)) is not None:
            released.setdefault(questionnaire_id, {})[section.id] = section.release(section_result)
    return released


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
