"""What the action plan shows: plain, already localised data. The document is a pure function of it."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from assessment.infra.languages import Paper
from reports.all_rounds.context import RoundsBlock
from reports.engine.consultancy import Consultancy
from reports.sections.block import SectionBlock
from reports.sections.rows import ComparisonRow, LegendEntry, PillarRow


@dataclass(frozen=True, slots=True)
class ActionRow:
    """One line of the plan; in a plan to fill in by hand every text is empty."""

    title: str
    what: str
    owner: str
    due: str
    measure: str
    has_proposed_owner: bool = False
    is_done: bool = False
    is_late: bool = False
    is_stuck: bool = False


@dataclass(frozen=True, slots=True)
class PriorityBox:
    label: str
    pillar: str
    reasons: tuple[str, ...]
    rows: tuple[ActionRow, ...]


@dataclass(frozen=True, slots=True)
class PointBox:
    """The weakest perception point and its next step up."""

    heading: str
    today: str
    rows: tuple[ActionRow, ...]
    is_alarm: bool


@dataclass(frozen=True, slots=True)
class LadderRow:
    name: str
    median: str
    low: str
    high: str
    agreement: str
    customers: str
    mark: str
    """That it is the weakest, or one of the lowest; empty otherwise."""
    strip: Markup | None
    """Its part of the map, for screens too narrow for the whole map; none of a point that is withheld."""


@dataclass(frozen=True, slots=True)
class FocusRow:
    name: str
    share: str
    bar: Markup
    score: str


@dataclass(frozen=True, slots=True)
class VotesRow:
    """A question of a workshop. `again` tells of the votes before those that are drawn, `tie` that the team decided."""

    title: str
    agreed: str
    bar: Markup | None
    votes: str
    again: str
    tie: str
    is_in_sheet: bool


@dataclass(frozen=True, slots=True)
class VotesBlock:
    """How the votes of a workshop fell; `few` says that some of them are hardly anonymous."""

    note: str
    few: str
    rows: tuple[VotesRow, ...]


@dataclass(frozen=True, slots=True)
class Quadrant:
    """One cell of the importance–performance grid (Martilla & James 1977)."""

    heading: str
    pillars: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CandidateRow:
    name: str
    score: str
    share: str
    stability: str
    is_proposed: bool


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    due: str
    words: str
    owner: str
    is_done: bool = False
    is_late: bool = False
    is_stuck: bool = False


@dataclass(frozen=True, slots=True)
class CalendarBlock:
    """What is due within 7, 30, 60 or 90 days, and the review that closes the span."""

    heading: str
    entries: tuple[CalendarEntry, ...]
    review: str


@dataclass(frozen=True, slots=True)
class ActionDetail:
    """One action in full: `heading` is the pillar or the perception point that it is for."""

    heading: str
    title: str
    what: str
    why: str
    effort: str
    first_step: str
    measure: str


@dataclass(frozen=True, slots=True)
class ChangeGroup:
    """The pillars whose change has the same label (`ChangeLabel`)."""

    label: str
    heading: str
    rows: tuple[ComparisonRow, ...]
    note: str = ""
    """What holds for all of them, said once."""

    @property
    def is_clear(self) -> bool:
        """Whether they went up, or down, by more than chance."""
        return self.label in ("improved", "worse")


@dataclass(frozen=True, slots=True)
class StatementRow:
    """A statement with its averages in both rounds, without any judgement."""

    text: str
    before: str
    now: str


@dataclass(frozen=True, slots=True)
class NextTry:
    """An action that the team has not tried yet; or one that is still open (`is_pending`) in the plan before."""

    pillar: str
    title: str
    first_step: str
    is_pending: bool = False


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """A finished action and what the round says of what it serves; `mark` only where that is clear."""

    title: str
    serves: str
    done: str
    mark: str
    words: str


@dataclass(frozen=True, slots=True)
class OutcomesBlock:
    """The finished actions of one plan, and pillars that began alike and of which it had no action."""

    since: str
    rows: tuple[OutcomeRow, ...]
    others: tuple[ComparisonRow, ...]


@dataclass(frozen=True, slots=True)
class ChangePart:
    """What changed since the round before, in the order in which it is told, but that what is clear (of groups and
    ladder) stands before the statements. Empty parts are not told."""

    note: str
    circumstances: tuple[str, ...]
    done: str
    statements: tuple[StatementRow, ...]
    statements_note: str
    tries: tuple[NextTry, ...]
    overall: ComparisonRow | None
    groups: tuple[ChangeGroup, ...]
    ladder: tuple[ComparisonRow, ...]
    ladder_rest: str
    outcomes: tuple[OutcomesBlock, ...]
    others_note: str
    """What pillars without an action tell of those with one; empty where there are none."""
    outcomes_note: str
    """Why a change may be unclear although its whole range lies on one side of zero."""
    recent: str

    @property
    def clear_groups(self) -> tuple[ChangeGroup, ...]:
        return tuple(group for group in self.groups if group.is_clear)

    @property
    def other_groups(self) -> tuple[ChangeGroup, ...]:
        return tuple(group for group in self.groups if not group.is_clear)


@dataclass(frozen=True, slots=True)
class Reading:
    """How to read a result, in what depends on it; the macro `reading_paragraphs` has the rest.

    `score` is the sentence that says what a score is; empty where nothing is scored.
    """

    is_consensus: bool
    score: str
    has_levels: bool
    has_ladder: bool
    has_pillars: bool


@dataclass(frozen=True, slots=True)
class ResultContext:
    """A result by itself, for the page of a round on which nothing is planned."""

    is_consensus: bool
    headline: str
    story: tuple[str, ...]
    surplus: str
    """That more answered than the team has people; empty where they did not."""
    alarm: str
    ladder_map: Markup | None
    ladder_rows: tuple[LadderRow, ...]
    ladder_note: str
    has_shares: bool
    has_point_agreement: bool
    has_customers: bool
    ladder_change: tuple[ComparisonRow, ...]
    ladder_change_rest: str
    changed: ChangePart | None
    sections: tuple[SectionBlock, ...]
    asked: str
    reading: Reading


@dataclass(frozen=True, slots=True)
class ActionPlanContext:
    lang: str
    paper: Paper
    accent: str
    consultancy: Consultancy
    logo: str
    """A `data:` URI, or empty."""
    title: str
    team: str
    organisation: str
    date: str
    """When this edition was printed."""
    drawn: str
    """When the plan was drawn up; empty where that was the same day."""
    lead: str
    is_blank: bool
    is_decided: bool
    is_consensus: bool
    proposal_note: str
    alarm: str
    priorities: tuple[PriorityBox, ...]
    point: PointBox | None
    is_packed: bool
    qr: Markup | None
    """The code of the address at which the plan is read; none of a plan that is not shared."""
    address: tuple[str, str]
    """That address as people type it: up to the last slash, and the secret."""
    headline: str
    story: tuple[str, ...]
    surplus: str
    surplus_in_short: str
    ladder_map: Markup | None
    ladder_rows: tuple[LadderRow, ...]
    ladder_note: str
    has_shares: bool
    has_point_agreement: bool
    has_customers: bool
    pillars: tuple[PillarRow, ...]
    pillars_open: str
    pillars_title: str
    score_heading: str
    legend: tuple[LegendEntry, ...]
    has_agreement: bool
    has_distributions: bool
    pillars_note: str
    focus: tuple[FocusRow, ...]
    focus_note: str
    focus_withheld: str
    quadrants: tuple[Quadrant, ...]
    quadrants_note: str
    has_focus: bool
    candidates: tuple[CandidateRow, ...]
    candidates_note: str
    candidates_rest: str
    """How many candidates are not listed; empty where all are."""
    has_leaders_staff: bool
    leaders_staff: tuple[ComparisonRow, ...]
    leaders_staff_note: str
    leaders_staff_rest: str
    change: tuple[ComparisonRow, ...]
    change_note: str
    ladder_change: tuple[ComparisonRow, ...]
    ladder_change_rest: str
    changed: ChangePart | None
    past: RoundsBlock | None
    votes: tuple[VotesBlock, ...]
    sections: tuple[SectionBlock, ...]
    calendar: tuple[CalendarBlock, ...]
    details: tuple[ActionDetail, ...]
    asked: str
    reading: Reading
