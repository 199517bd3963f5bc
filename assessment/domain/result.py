"""What a round says: the nouns that scoring returns. Field names are those of the published JSON (`escala.result/1`).

Everywhere `None` means that the method gives nothing there: too few answers, no variance, or a consensus rating.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from assessment.domain.answers import Mode

SCORING_VERSION = 1

Interval = tuple[float, float]
PillarAgreement = Literal["none", "close", "fair", "split"]
PointAgreement = Literal["none", "same step", "close", "spread", "no common view"]
ChangeLabel = Literal["improved", "worse", "same", "unclear", "withheld"]
ChangeFamily = Literal["overall", "focus", "rest"]
StabilityLabel = Literal["firm", "likely", "toss-up"]
GapLabel = Literal["higher", "lower", "unclear"]
"""Whether leaders' scores are clearly higher or lower than those of staff."""
ChoiceSummary = Literal["counts", "nearly all", "most", "spread", "agreed"]
"""How a choice may be told: its counts; that nearly all chose one; that most did; that answers are spread; or what the
team agreed on."""


@dataclass(frozen=True, slots=True)
class OverallResult:
    n: int | None
    mean: float | None = None
    sd: float | None = None
    ci95: Interval | None = None
    level: int | None = None
    percent: float | None = None


@dataclass(frozen=True, slots=True)
class PillarResult:
    """A pillar of one team, or a group of another section: then `pillar` is the group's id.

    `mean`, `sd` and `ad_md` are in points of the section's scale, shares in [0, 1]; `r_wg_j_skew` only on five points.
    """

    pillar: str
    n: int | None
    mean: float | None = None
    sd: float | None = None
    ci95: Interval | None = None
    level: int | None = None
    level_low: int | None = None
    level_high: int | None = None
    percent: float | None = None
    ad_md: float | None = None
    r_wg_j: float | None = None
    r_wg_j_star: float | None = None
    r_wg_j_skew: float | None = None
    a_wg: float | None = None
    agreement: PillarAgreement | None = None
    dk_share: dict[str, float | None] | None = None
    answer_counts: dict[str, tuple[int, ...]] | None = None

    @property
    def is_withheld(self) -> bool:
        return self.mean is None


@dataclass(frozen=True, slots=True)
class PointResult:
    """A perception point on the ladder, which is ordinal: counts and medians, never a mean."""

    point: str
    n: int | None
    counts: tuple[int, ...] | None = None
    median: float | None = None
    interpolated_median: float | None = None
    consensus: float | None = None
    agreement: PointAgreement | None = None
    share_low: float | None = None
    share_high: float | None = None

    @property
    def is_withheld(self) -> bool:
        return self.median is None


@dataclass(frozen=True, slots=True)
class Priority:
    """A candidate pillar; `priority` in points (0 to 150), `gap`, `focus_share` and `disagreement` in [0, 1].

    Released, they are in the same order, but each figure is worked out from what is shown: the gap of the mean as
    people read it, no `disagreement` where that of the pillar is not shown, no `stability` beside its label.
    """

    pillar: str
    priority: float
    gap: float
    focus_share: float
    disagreement: float | None
    stability: float | None
    label: StabilityLabel


@dataclass(frozen=True, slots=True)
class LeadersStaffGap:
    """Leaders minus staff, on the item scale, with Welch's 95 % interval.

    Frozen results of before there was a `label` have none; they get it when they are released.
    """

    pillar: str
    n_leaders: int
    n_staff: int
    difference: float
    ci95: Interval | None
    cliffs_delta: float | None
    label: GapLabel | None = None


@dataclass(frozen=True, slots=True)
class SelfCustomerGap:
    point: str
    n_self: int
    n_customers: int
    median_self: float
    median_customers: float
    cliffs_delta: float | None


@dataclass(frozen=True, slots=True)
class Gaps:
    leaders_staff: tuple[LeadersStaffGap, ...] = ()
    self_customer: tuple[SelfCustomerGap, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """Change of a pillar, or of `overall`, from the earlier round (1) to this one (2).

    Released, a change under eight answers has its label, and its difference only where it is clear.
    """

    pillar: str
    n1: int
    n2: int
    linked: bool
    difference: float | None = None
    ci95: Interval | None = None
    ci90: Interval | None = None
    p: float | None = None
    p_adjusted: float | None = None
    family: ChangeFamily = "rest"
    hedges_g: float | None = None
    cliffs_delta: float | None = None
    label: ChangeLabel = "withheld"


@dataclass(frozen=True, slots=True)
class LadderChange:
    point: str
    n1: int
    n2: int
    linked: bool
    median1: float | None = None
    median2: float | None = None
    cliffs_delta: float | None = None
    p: float | None = None
    label: ChangeLabel = "withheld"


@dataclass(frozen=True, slots=True)
class GroupsResult:
    """A section of statements or rubrics beside the pillars: its groups are scored as pillars are.

    `kind` is the section's; `minimum_group` the one that applied. The changes are a family of their own.
    """

    kind: str
    minimum_group: int
    groups: tuple[PillarResult, ...]
    change: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class ChoiceResult:
    """How many chose each vignette; `most` is the one that more than half chose, or the team agreed on."""

    minimum_group: int
    n: int | None
    summary: ChoiceSummary | None = None
    most: str | None = None
    counts: dict[str, int] | None = None
    kind: Literal["choice"] = "choice"


SectionResult = GroupsResult | ChoiceResult
"""What a section beside pillars, ladder and focus says."""


@dataclass(frozen=True, slots=True)
class TeamResult:
    """Everything that a round says of one team. A withheld team keeps `team` and `respondents` only.

    `focus_n` is how many chose anything that matters most; `None` where nobody was asked. `by_link` is how many of the
    scored answered by link where other sheets were typed from paper, and the result tells no more than theirs alone may
    (`domain.beside_typed`); else `None`.
    """

    team: str
    mode: Mode
    respondents: int
    scored: int
    withheld: bool
    overall: OverallResult = field(default_factory=lambda: OverallResult(n=None))
    pillars: tuple[PillarResult, ...] = ()
    ladder: tuple[PointResult, ...] = ()
    weakest_point: str | None = None
    alarms: tuple[str, ...] = ()
    focus: dict[str, float] = field(default_factory=dict)
    priorities: tuple[Priority, ...] = ()
    gaps: Gaps = field(default_factory=Gaps)
    change: tuple[Change, ...] = ()
    ladder_change: tuple[LadderChange, ...] = ()
    sections: dict[str, dict[str, SectionResult]] = field(default_factory=dict)
    """Results of further sections, by questionnaire and section id."""
    focus_n: int | None = None
    by_link: int | None = None

    @property
    def compares_linked_people(self) -> bool:
        """Whether any change, of whatever was asked, is that of the people whom codes link."""
        changes: list[Change | LadderChange] = [*self.change, *self.ladder_change]
        for results in self.sections.values():
            for result in results.values():
                changes += result.change if isinstance(result, GroupsResult) else ()
        return any(change.linked for change in changes)

    def pillar(self, pillar_id: str) -> PillarResult:
        """The result of one pillar; raises `KeyError` for an unknown id."""
        for result in self.pillars:
            if result.pillar == pillar_id:
                return result
        raise KeyError(pillar_id)

    @property
    def lowest_points(self) -> tuple[str, ...]:
        """The weakest point and all that read exactly as it does, in their sequence: none of them is the weakest."""
        if self.weakest_point is None:
            return ()
        weakest = self.point(self.weakest_point)
        height = (weakest.median, weakest.interpolated_median)
        return tuple(one.point for one in self.ladder if (one.median, one.interpolated_median) == height)

    @property
    def has_level_ladder(self) -> bool:
        """Whether all points that are shown, and more than one, read alike: then no moment is the lowest."""
        shown = [one for one in self.ladder if one.median is not None]
        return 1 < len(shown) == len(self.lowest_points)

    def point(self, point: str) -> PointResult:
        """The result of one perception point; raises `KeyError` for an unknown one."""
        for result in self.ladder:
            if result.point == point:
                return result
        raise KeyError(point)


@dataclass(frozen=True, slots=True)
class BetweenTeams:
    """One-way analysis of variance of a pillar over teams."""

    pillar: str
    n_by_team: dict[str, int]
    msb: float
    msw: float | None
    f: float | None
    p: float | None
    icc1: float | None
    icc2: float | None
    ranking_allowed: bool


@dataclass(frozen=True, slots=True)
class Reliability:
    pillar: str
    n: int
    alpha: float | None = None
    feldt95: Interval | None = None
    mean_r: float | None = None
    omega: float | None = None


@dataclass(frozen=True, slots=True)
class RoundResult:
    """All teams of one responses file or round."""

    minimum_group: int
    teams: tuple[TeamResult, ...]
    between_teams: tuple[BetweenTeams, ...]
    reliability: tuple[Reliability, ...]
