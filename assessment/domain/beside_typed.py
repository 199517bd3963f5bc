"""A result of which part of the sheets were typed from paper, with no more in it than the rest alone may show.

Whoever types knows those sheets, and can subtract them from what is released. So each figure of all stays only where
the release of the answers by link alone (`privacy.release`) shows the like, and a figure that is no sum, such as a
median, only where that release shows the distribution, which gives it. What a result loses here is frozen without it:
no reader has to know of paper.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from assessment.domain import conventions as c
from assessment.domain.as_read import as_read
from assessment.domain.change import OVERALL
from assessment.domain.priorities import weight
from assessment.domain.privacy import overall_of_pillars, overall_stands_apart, release
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.result import (
    Change,
    ChoiceResult,
    Gaps,
    GroupsResult,
    LadderChange,
    LeadersStaffGap,
    OverallResult,
    PillarResult,
    PointResult,
    Priority,
    SectionResult,
    TeamResult,
)
from assessment.domain.scale import Scale
from assessment.domain.scoring import criminal_alarms, weakest_point
from assessment.domain.sections.groups import GroupedSection, bound_as_read, withheld_change

AGREEMENT_FIGURES = ("sd", "ad_md", "r_wg_j", "r_wg_j_star", "r_wg_j_skew", "a_wg", "agreement")


@dataclass(frozen=True, slots=True)
class ByLink:
    """The results of those who answered by link alone, not released: of all of them, and of each role that any of them
    has where roles are told apart."""

    everybody: TeamResult
    roles: tuple[TeamResult, ...] = ()


def no_more_than(
    whole: TeamResult, by_link: ByLink, questionnaire: Questionnaire, *, minimum_group: int = c.MINIMUM_GROUP
) -> TeamResult:
    """The result of all, less what the release of the answers by link alone would withhold; `by_link` of it is set.

    It has no change yet, and is not released. Withheld as a whole where too few by link answered enough.
    """
    apart = by_link.everybody
    if whole.withheld or apart.withheld:
        return TeamResult(whole.team, whole.mode, whole.respondents, whole.scored, withheld=True, by_link=apart.scored)
    shown = release(apart, questionnaire, minimum_group=minimum_group)
    section = questionnaire.pillars_section
    pillars = tuple(_group(one, other, section) for one, other in zip(whole.pillars, shown.pillars, strict=True))
    drawn = {point.point for point in shown.ladder if point.counts is not None}
    ladder = tuple(one if one.point in drawn else PointResult(one.point, one.n) for one in whole.ladder)
    result = replace(
        whole,
        pillars=pillars,
        ladder=ladder,
        weakest_point=weakest_point(ladder),
        alarms=criminal_alarms(ladder),
        focus=whole.focus if _may_show_focus(apart, shown) else {},
        gaps=Gaps(
            leaders_staff=tuple(_gaps(whole, by_link.roles, questionnaire, minimum_group)),
            self_customer=tuple(gap for gap in whole.gaps.self_customer if gap.point in drawn),
        ),
        sections=_sections(whole, shown, questionnaire),
        by_link=apart.scored,
    )
    return replace(
        result,
        overall=_overall(result, apart, shown, questionnaire, section.minimum(minimum_group)),
        priorities=tuple(_priorities(whole, result, section.scale)),
    )


def change_beside_typed(result: TeamResult, before: TeamResult) -> TeamResult:
    """A result with its change from an earlier round, where sheets of either were typed (`by_link`).

    A change tells the earlier mean beside this one. It is given only where both rounds show an interval, and test and
    effect sizes where both show distributions. Of rounds where nothing was typed, the result as it is.
    """
    if result.by_link is None and before.by_link is None:
        return result
    return replace(
        result,
        change=tuple(
            _overall_change(one, result.overall, before.overall)
            if one.pillar == OVERALL
            else _change(one, result.pillars, before.pillars)
            for one in result.change
        ),
        ladder_change=tuple(_point_change(one, result.ladder, before.ladder) for one in result.ladder_change),
        sections={
            asked: {
                id_: _section_change(section, before.sections.get(asked, {}).get(id_))
                for id_, section in sections.items()
            }
            for asked, sections in result.sections.items()
        },
    )


# One part of a result each


def _group(whole: PillarResult, shown: PillarResult, section: GroupedSection) -> PillarResult:
    """`shown` is of those by link. Near an end their mean is a bound, and a mean of all would tell where beyond it."""
    if whole.mean is None or shown.mean is None or bound_as_read(shown.mean, section.scale):
        return PillarResult(whole.pillar, whole.n)
    if shown.answer_counts is None:
        # The median of an item caps the level; agreement and the share that cannot see it tell single answers, too.
        whole = PillarResult(
            whole.pillar,
            whole.n,
            mean=whole.mean,
            ci95=whole.ci95,
            level=section.scale.level(as_read(whole.mean)),
            level_low=whole.level_low,
            level_high=whole.level_high,
            percent=whole.percent,
        )
    if shown.ci95 is None:
        whole = replace(whole, ci95=None, level_low=None, level_high=None)
    # Also where the answers by link have too few complete rows for a figure.
    missing: dict[str, Any] = {
        figure: None for figure in AGREEMENT_FIGURES if shown.sd is None or getattr(shown, figure) is None
    }
    whole = replace(whole, **missing)
    own, others = whole.dk_share or {}, shown.dk_share or {}
    alike = {item: share for item, share in own.items() if _is_unseen(share) == _is_unseen(others.get(item))}
    return replace(whole, dk_share={item: alike.get(item) for item in own} if own else whole.dk_share)


def _is_unseen(share: float | None) -> bool | None:
    return None if share is None else share >= c.UNSEEN_SHARE - c.TOLERANCE


def _may_show_focus(apart: TeamResult, shown: TeamResult) -> bool:
    """A share that is told as its bound is not told: that of all would give it."""
    return bool(shown.focus) and all(share <= c.BOUND_SHARE + c.TOLERANCE for share in apart.focus.values())


def _gaps(
    whole: TeamResult, roles: Sequence[TeamResult], questionnaire: Questionnaire, minimum_group: int
) -> Iterable[LeadersStaffGap]:
    """Beside the team's mean, a gap tells those of leaders and of staff: of each role those by link must be shown."""
    section = questionnaire.pillars_section
    released = [release(role, questionnaire, minimum_group=minimum_group) for role in roles]
    for gap in whole.gaps.leaders_staff:
        shown = [next((one for one in role.pillars if one.pillar == gap.pillar), None) for role in released]
        if not all(one and one.mean is not None and not bound_as_read(one.mean, section.scale) for one in shown):
            continue
        yield replace(
            gap,
            ci95=gap.ci95 if all(one and one.ci95 for one in shown) else None,
            cliffs_delta=gap.cliffs_delta if all(one and one.answer_counts for one in shown) else None,
            label=gap.label if all(one and one.ci95 for one in shown) else "unclear",
        )


def _sections(
    whole: TeamResult, shown: TeamResult, questionnaire: Questionnaire
) -> dict[str, dict[str, SectionResult]]:
    kept: dict[str, dict[str, SectionResult]] = {}
    for asked, section in questionnaire.sections_apart:
        result = whole.sections.get(asked, {}).get(section.id)
        if result is None:
            continue
        other = shown.sections.get(asked, {}).get(section.id)
        if isinstance(result, GroupsResult) and isinstance(section, GroupedSection):
            others = {one.pillar: one for one in other.groups} if isinstance(other, GroupsResult) else {}
            nothing = PillarResult("", None)
            groups = (_group(one, others.get(one.pillar, nothing), section) for one in result.groups)
            result = replace(result, groups=tuple(groups), change=())
        elif isinstance(result, ChoiceResult) and not (isinstance(other, ChoiceResult) and other.counts):
            result = ChoiceResult(minimum_group=result.minimum_group, n=result.n)
        kept.setdefault(asked, {})[section.id] = result
    return kept


def _overall(
    result: TeamResult, apart: TeamResult, shown: TeamResult, questionnaire: Questionnaire, minimum: int
) -> OverallResult:
    """The mean over persons where those by link have one of their own; else that of the pillars as people read them,
    which tells nothing beside them."""
    section, other = questionnaire.pillars_section, shown.overall
    pillars = tuple(section.release_group(pillar) for pillar in result.pillars)
    if (
        all(pillar.mean is not None for pillar in result.pillars)
        and other.mean is not None
        and not bound_as_read(other.mean, section.scale)
        and overall_stands_apart(apart, shown.pillars, section.scale, minimum)
    ):
        return replace(
            result.overall,
            sd=result.overall.sd if other.sd is not None else None,
            ci95=result.overall.ci95 if other.ci95 else None,
        )
    whole = overall_of_pillars(result.overall, pillars, section.scale)
    return replace(whole, sd=None, ci95=None, percent=None)


def _priorities(whole: TeamResult, result: TeamResult, scale: Scale) -> Iterable[Priority]:
    """As they were where nothing that they stand on is withheld; else in the order of what is shown."""
    shown = {pillar.pillar: pillar for pillar in result.pillars if pillar.mean is not None}
    is_all_shown = len(shown) == len(whole.pillars) and result.focus == whole.focus
    if is_all_shown and all(one.ad_md == shown[one.pillar].ad_md for one in whole.pillars):
        return whole.priorities
    entries = [
        _priority(entry, shown[entry.pillar], result.focus.get(entry.pillar, 0.0), scale)
        for entry in whole.priorities
        if entry.pillar in shown
    ]
    place = {pillar.pillar: at for at, pillar in enumerate(result.pillars)}
    return sorted(entries, key=lambda entry: (-round(entry.priority, 9), place[entry.pillar]))


def _priority(entry: Priority, shown: PillarResult, share: float, scale: Scale) -> Priority:
    mean = shown.mean or 0.0
    read = round(entry.gap + (mean - as_read(mean)) / scale.span, 9)
    spread = None if shown.ad_md is None else entry.disagreement
    return replace(
        entry,
        priority=weight(read, share, spread or 0.0),
        focus_share=share,
        disagreement=spread,
        stability=None,
        label="toss-up",
    )


# Change


def _change(change: Change, now: Iterable[PillarResult], before: Iterable[PillarResult]) -> Change:
    both = [next((one for one in groups if one.pillar == change.pillar), None) for groups in (now, before)]
    if not all(one and one.ci95 for one in both):
        return withheld_change(change)
    return change if all(one and one.sd is not None and one.answer_counts for one in both) else _coarse(change)


def _overall_change(change: Change, now: OverallResult, before: OverallResult) -> Change:
    if not (now.ci95 and before.ci95):
        return withheld_change(change)
    return change if now.sd is not None and before.sd is not None else _coarse(change)


def _coarse(change: Change) -> Change:
    """Without test and effect sizes, which tell how answers are distributed."""
    return replace(change, ci90=None, p=None, p_adjusted=None, hedges_g=None, cliffs_delta=None)


def _point_change(change: LadderChange, now: Iterable[PointResult], before: Iterable[PointResult]) -> LadderChange:
    both = [next((one for one in points if one.point == change.point), None) for points in (now, before)]
    if all(one and one.counts for one in both):
        return change
    return LadderChange(change.point, change.n1, change.n2, change.linked)


def _section_change(result: SectionResult, before: SectionResult | None) -> SectionResult:
    if not isinstance(result, GroupsResult):
        return result
    earlier: Mapping[str, PillarResult] = (
        {one.pillar: one for one in before.groups} if isinstance(before, GroupsResult) else {}
    )
    return replace(result, change=tuple(_change(one, result.groups, tuple(earlier.values())) for one in result.change))
