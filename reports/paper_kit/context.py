"""What the sheets show: plain, already localised data. Each document is a pure function of it."""

from __future__ import annotations

from dataclasses import dataclass

from assessment.infra.languages import Paper
from reports.engine.consultancy import Consultancy


@dataclass(frozen=True, slots=True)
class SheetContext:
    """What all sheets share; `team` and `organisation` are isolated for whatever direction they are read in."""

    lang: str
    paper: Paper
    accent: str
    consultancy: Consultancy
    title: str
    team: str
    organisation: str


@dataclass(frozen=True, slots=True)
class StatementGroup:
    """Statements under one heading, numbered through the sheet."""

    name: str
    statements: tuple[tuple[str, str], ...]
    """Each with its number."""


@dataclass(frozen=True, slots=True)
class Steps:
    """The ladder: its question and steps, each with its number, name and what the customer lives."""

    question: str
    steps: tuple[tuple[str, str, str], ...]
    dont_know: str


@dataclass(frozen=True, slots=True)
class QuestionnaireContext(SheetContext):
    """`columns` are the values of the scale with their words, `points` the names of the team's moments."""

    introduction: str
    question: str
    columns: tuple[tuple[str, str], ...]
    dont_know: str
    groups: tuple[StatementGroup, ...]
    ladder: Steps
    points: tuple[str, ...]
    focus_question: str
    focus: tuple[str, ...]
    comment_question: str
    comment_warning: str


@dataclass(frozen=True, slots=True)
class Card:
    """A pillar with its described levels: number, name and words."""

    number: str
    name: str
    question: str
    levels: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class CardsContext(SheetContext):
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class BallotsContext(SheetContext):
    """`values` are what may be voted for; a page has `ballots` of them, all alike."""

    values: tuple[str, ...]
    dont_know: str
    ballots: int


@dataclass(frozen=True, slots=True)
class LadderContext(SheetContext):
    """`is_tight` where the moments have long names, so that the sheet stays one page or two."""

    ladder: Steps
    points: tuple[str, ...]
    is_tight: bool
