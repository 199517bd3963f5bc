"""All teams of an organisation in one look: what stands for a team, why it needs attention, and figures over teams.

Every cell is a team's own released figure. A figure over teams is made of such figures and of nothing else: from one
made of exact figures, whoever can vary the other teams' answers reads the exact ones, digit by digit (the method's
sections 3, 6 and 9; decision 0043).
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from assessment.domain import conventions as c
from assessment.domain.as_read import as_read
from assessment.domain.between_teams import between_sums
from assessment.domain.next_step import NextStep
from assessment.domain.repetitions import RepetitionRule, is_overdue
from assessment.domain.result import BetweenTeams, ChangeLabel
from assessment.domain.scale import Scale
from assessment.domain.texts import Text

# What stands for a team


class Standing(StrEnum):
    """What there is of a team for the questions of a page."""

    RESULT = "result"
    WITHHELD = "withheld"
    """Its round was published, and there is nothing that may be shown."""
    OTHER_QUESTIONS = "other-questions"
    """It was asked, but not these questions."""
    NO_ROUND = "no-round"


@dataclass(frozen=True, slots=True)
class Cell:
    """A released figure of a round: a pillar's or the overall. `score` is `None` where it is withheld.

    `low` and `high` are the released interval; `label` is what became of it since the round before.
    """

    n: int | None
    score: float | None
    level: int | None = None
    low: float | None = None
    high: float | None = None
    change: float | None = None
    label: ChangeLabel | None = None

    @property
    def is_withheld(self) -> bool:
        return self.score is None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the actions of a team's latest plan are."""

    round_id: uuid.UUID
    total: int
    done: int
    late: int
    drawn_on: dt.date
    stuck: int = 0


class AttentionKind(StrEnum):
    """Why a team needs attention, in the order in which reasons are told."""

    ALARM = "alarm"
    LATE = "late"
    STUCK = "stuck"
    WORSE = "worse"
    ROUND_CLOSED = "round-closed"
    """A round waits to be published."""
    ROUND_TOO_FEW = "round-too-few"
    """A round has stopped with fewer answers than a result needs."""
    ROUND_READY = "round-ready"
    """So many have answered an open round that it can be closed."""
    NO_PLAN = "no-plan"
    FEW_ANSWERED = "few-answered"
    ROUND_OPEN = "round-open"
    """For half a year nothing was published, and a round is open now, with fewer answers than a result needs."""
    ROUND_DRAFT = "round-draft"
    """The same, and a round is prepared that has no day yet."""
    OVERDUE = "overdue"
    """The team's rounds repeat, and none was published for their interval and a month."""
    FIRST_ROUND = "first-round"
    """The team is here for half a year, and has never had a round."""
    NO_ROUND = "no-round"
    WITHHELD = "withheld"


OF_ROUNDS_UNDER_WAY = frozenset(
    {
        AttentionKind.ROUND_CLOSED,
        AttentionKind.ROUND_TOO_FEW,
        AttentionKind.ROUND_READY,
        AttentionKind.ROUND_OPEN,
        AttentionKind.ROUND_DRAFT,
    }
)
"""Reasons that lead to a round that is not published."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a team needs attention: which pillars or moments (`names`), how many actions, days or answers (`count`) of
    how many people (`of`), and the round in which it can be seen or mended."""

    kind: AttentionKind
    names: tuple[Text, ...] = ()
    count: int = 0
    round_id: uuid.UUID | None = None
    of: int = 0
    """Of how many people; 0 where the team answers together."""

    @property
    def urgency(self) -> tuple[int, int]:
        """Orders teams by their most pressing reason, and by how much of it there is."""
        return list(AttentionKind).index(self.kind), -max(self.count, len(self.names))


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamLine:
    """A team as a row: its latest published round with the page's questions, and its actions.

    `pillars` has a cell for each pillar that the round asked about. `answered` of `people` took part. `weakest` are the
    moments than which none is lower; none where all are level (`is_level`) or nothing is known.
    """

    team_id: uuid.UUID
    name: str
    standing: Standing
    tags: tuple[str, ...] = ()
    round_id: uuid.UUID | None = None
    round_name: str = ""
    published_on: dt.date | None = None
    is_agreed: bool = False
    answered: int | None = None
    people: int = 0
    overall: Cell | None = None
    pillars: Mapping[str, Cell] = field(default_factory=dict)
    weakest: tuple[Text, ...] = ()
    is_level: bool = False
    moments_up: tuple[Text, ...] = ()
    """Moments that moved since the round before by more than chance."""
    moments_down: tuple[Text, ...] = ()
    progress: Progress | None = None
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class RoundMove:
    """What became of the pillars in a round since the round before: how many went up or down by more than chance, how
    many stayed about the same, and of how many nothing is sure. All are 0 where nothing was compared."""

    name: str
    published_on: dt.date
    up: int = 0
    down: int = 0
    same: int = 0
    unclear: int = 0
    is_withheld: bool = False
    pillars_up: tuple[Text, ...] = ()
    """By name, of a list of rounds that names them; as those that follow."""
    pillars_down: tuple[Text, ...] = ()
    moments_up: tuple[Text, ...] = ()
    moments_down: tuple[Text, ...] = ()

    @property
    def is_compared(self) -> bool:
        return bool(self.up or self.down or self.same or self.unclear)


@dataclass(frozen=True, slots=True)
class TeamMoves:
    """A team's published rounds, the oldest first."""

    team_id: uuid.UUID
    name: str
    rounds: tuple[RoundMove, ...]


# Why a team needs attention


@dataclass(frozen=True, slots=True)
class RoundUnderWay:
    """A team's round that is not published, and what it waits for."""

    round_id: uuid.UUID
    step: NextStep
    answered: int = 0
    people: int = 0
    """0 where the team answers together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttentionFacts:
    """What is known of a team today; the round is the latest that was published, whatever it asked. `under_way` is
    one that is not published, `rule` when rounds repeat by themselves."""

    round_id: uuid.UUID | None = None
    published_on: dt.date | None = None
    created_on: dt.date
    is_withheld: bool = False
    withheld: tuple[Text, ...] = ()
    """The pillars that are withheld in a round that is not."""
    alarms: tuple[Text, ...] = ()
    worse: tuple[Text, ...] = ()
    answered: int | None = None
    """`None` for one agreed sheet."""
    people: int = 0
    has_pillars: bool = False
    has_plan: bool = False
    progress: Progress | None = None
    under_way: RoundUnderWay | None = None
    rule: RepetitionRule | None = None


WAITING: dict[NextStep, AttentionKind] = {
    NextStep.PUBLISH_ROUND: AttentionKind.ROUND_CLOSED,
    NextStep.REOPEN_ROUND: AttentionKind.ROUND_TOO_FEW,
    NextStep.STOP_ROUND: AttentionKind.ROUND_READY,
}
"""Rounds that wait for somebody, whenever the last one was published."""
UNFINISHED: dict[NextStep, AttentionKind] = {
    NextStep.INVITE_MORE: AttentionKind.ROUND_OPEN,
    NextStep.FINISH_DRAFT: AttentionKind.ROUND_DRAFT,
}
"""Rounds that are told of only where nothing was published for too long, in the place of that. One that goes on by
itself, since its day is set or enough have answered, is looked after, and no reason."""


def needs_attention(facts: AttentionFacts, today: dt.date) -> tuple[Reason, ...]:
    """Every reason for which a team needs attention, most pressing first (the method's section 9)."""
    round_id, reasons = facts.round_id, []
    if facts.alarms:
        reasons.append(Reason(AttentionKind.ALARM, facts.alarms, round_id=round_id))
    if facts.progress and facts.progress.late:
        reasons.append(Reason(AttentionKind.LATE, count=facts.progress.late, round_id=facts.progress.round_id))
    if facts.progress and facts.progress.stuck:
        reasons.append(Reason(AttentionKind.STUCK, count=facts.progress.stuck, round_id=facts.progress.round_id))
    if facts.worse:
        reasons.append(Reason(AttentionKind.WORSE, facts.worse, round_id=round_id))
    under_way = facts.under_way
    if under_way and under_way.step in WAITING:
        reasons.append(_of_round(WAITING[under_way.step], under_way))
    age = (today - facts.published_on).days if facts.published_on else None
    if age is not None and age >= c.PLAN_WITHIN_DAYS and facts.has_pillars and not facts.has_plan:
        reasons.append(Reason(AttentionKind.NO_PLAN, count=age, round_id=round_id))
    if facts.answered is not None and facts.people and facts.answered < c.FEW_ANSWERED_SHARE * facts.people:
        reasons.append(Reason(AttentionKind.FEW_ANSWERED, round_id=round_id))
    if _is_without_round(facts, today):
        if under_way is None:
            overdue = AttentionKind.OVERDUE if facts.rule else AttentionKind.NO_ROUND
            reasons.append(Reason(overdue if facts.published_on else AttentionKind.FIRST_ROUND))
        elif under_way.step in UNFINISHED:
            reasons.append(_of_round(UNFINISHED[under_way.step], under_way))
    if facts.is_withheld or facts.withheld:
        reasons.append(Reason(AttentionKind.WITHHELD, facts.withheld, round_id=round_id))
    return tuple(reasons)


def _is_without_round(facts: AttentionFacts, today: dt.date) -> bool:
    """Whether no round has been published for the interval of those that repeat and a month; else for half a year."""
    since = facts.published_on or facts.created_on
    if facts.rule is not None:
        return is_overdue(facts.rule, since, today)
    return (today - since).days >= c.ROUND_WITHIN_DAYS


def _of_round(kind: AttentionKind, under_way: RoundUnderWay) -> Reason:
    return Reason(kind, count=under_way.answered, round_id=under_way.round_id, of=under_way.people)


# Figures over teams


@dataclass(frozen=True, slots=True)
class PillarSums:
    """A pillar over teams that are released for it: sums of figures as they are released.

    `people` is Σn, `total` Σn·mean, `squares` Σn·mean². Over the teams whose interval is released, too, `within` is
    Σ(n − 1)·SD² with the SD that the interval tells, and `within_df` Σ(n − 1). `has_bound` where the mean of one is
    shown as a bound.
    """

    teams: int
    people: int
    total: float
    squares: float
    within: float
    within_df: int
    has_bound: bool


@dataclass(frozen=True, slots=True)
class OverTeams:
    """What may be said of a pillar over teams: how many teams and people, their mean as people read it, and whether
    teams differ by more than chance, so that they may be put in order."""

    teams: int
    people: int
    mean: float
    level: int
    may_rank: bool


def over_teams(pillar: str, sums: PillarSums, scale: Scale) -> OverTeams | None:
    """A pillar over all teams that are released for it; `None` for fewer than two.

    Also `None` where a team's mean is shown as a bound, which stands for no number. The figure covers only teams that
    are released for this very pillar, so that the audit of the method's section 6.3 holds: the organisation, less its
    released teams, is nobody.
    """
    if sums.teams < 2 or sums.has_bound:
        return None
    mean = as_read(sums.total / sums.people)
    between = between_pillar(pillar, sums)
    return OverTeams(sums.teams, sums.people, mean, scale.level(mean), between is not None and between.ranking_allowed)


def between_pillar(pillar: str, sums: PillarSums) -> BetweenTeams | None:
    """Whether teams differ in a pillar, from sums; `None` for fewer than two teams, or where the interval of none is
    released. Teams of which it is not are taken to spread as the others do."""
    if not sums.within_df:
        return None
    return between_sums(
        pillar,
        {str(at): 0 for at in range(sums.teams)},
        n=sums.people,
        total=sums.total,
        squares=sums.squares,
        within=sums.within,
        within_df=sums.within_df,
    )


def tiers(cells: Sequence[Cell]) -> list[int]:
    """The tier of each of these cells, which are in the order of their scores, the highest first; counted from 1.

    A tier begins where a team's whole interval lies under that of the team that began the tier before: never a place
    of its own for a difference that may be chance (Goldstein & Spiegelhalter 1996). Only figures that are shown take
    part; a team without an interval stays in the tier of those beside it.
    """
    found, tier, first_low = [], 1, None
    for cell in cells:
        if first_low is not None and cell.high is not None and cell.high < first_low:
            tier, first_low = tier + 1, cell.low
        elif first_low is None:
            first_low = cell.low
        found.append(tier)
    return found
