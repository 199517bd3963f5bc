"""What the summary shows: plain, localised data. The document is a pure function of it."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from assessment.infra.languages import Paper
from reports.engine.consultancy import Consultancy


@dataclass(frozen=True, slots=True)
class PillarLine:
    """A pillar over teams: `figure` for everybody together where there is one, with its `bar`; and how many teams are
    on each level, in words."""

    name: str
    figure: str
    bar: Markup | None
    counts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CellShown:
    """A team's figure: `level` from 1 to 5, 0 for none; `words` for those who listen."""

    level: int
    score: str
    arrow: str
    words: str
    is_withheld: bool = False
    is_probable: bool = False


@dataclass(frozen=True, slots=True)
class TeamRow:
    """A team of the table. `instead` stands in the place of its cells where there are none."""

    name: str
    about: str
    weakest: str
    instead: str
    cells: tuple[CellShown, ...]


@dataclass(frozen=True, slots=True)
class MoveRow:
    """How a team moved: in its latest round in words, and over its rounds, the oldest first."""

    name: str
    latest: str
    rounds: str


@dataclass(frozen=True, slots=True)
class DoneRow:
    team: str
    plan: str
    action: str
    serves: str
    outcome: str


@dataclass(frozen=True, slots=True)
class HelpRow:
    """A team that needs attention, and why."""

    name: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NextRow:
    day: str
    team: str
    action: str
    who: str


@dataclass(frozen=True, slots=True)
class ExecutiveContext:
    lang: str
    paper: Paper
    accent: str
    consultancy: Consultancy
    logo: str
    title: str
    organisation: str
    meta: str
    headline: str
    standing: tuple[str, ...]
    pillars: tuple[PillarLine, ...]
    has_figures: bool
    """Whether there is a figure for everybody together, of any pillar."""
    pillars_note: str
    heads: tuple[str, ...]
    teams: tuple[TeamRow, ...]
    teams_more: str
    is_few: bool
    """Whether the table of teams leaves room on its page."""
    is_long: bool
    """Whether the table of teams comes last, and has only those that need help most."""
    page_starts: tuple[str, ...]
    """The sections that begin a page: `moved`, `done`, `help`, `next`."""
    moved: tuple[str, ...]
    moves: tuple[MoveRow, ...]
    moves_note: str
    moves_more: str
    done: tuple[str, ...]
    done_rows: tuple[DoneRow, ...]
    done_more: str
    help: tuple[HelpRow, ...]
    help_more: str
    next: tuple[str, ...]
    next_rows: tuple[NextRow, ...]
    next_more: str
