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
class PrintedQuestion:
    """A question with its number, where it has one; `options` are what is marked, each with its key."""

    number: str
    text: str
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class PrintedGroup:
    """Questions under one heading."""

    name: str
    questions: tuple[PrintedQuestion, ...]


@dataclass(frozen=True, slots=True)
class PrintedBlock:
    """What stands together on the sheet.

    `rows` are groups of questions below shared `columns` (value, label), of which `meanings` say more; else each
    question of the groups has its own options, of which up to `at_most` are marked, or lines to write on.
    """

    question: str
    groups: tuple[PrintedGroup, ...]
    is_rows: bool = False
    columns: tuple[tuple[str, str], ...] = ()
    meanings: tuple[tuple[str, str, str], ...] = ()
    dont_know: str = ""
    at_most: int = 1
    warning: str = ""


@dataclass(frozen=True, slots=True)
class Steps:
    """The ladder: its question and steps, each with its number, name and what the customer lives."""

    question: str
    steps: tuple[tuple[str, str, str], ...]
    dont_know: str


@dataclass(frozen=True, slots=True)
class QuestionnaireContext(SheetContext):
    """`promises` are sentences about privacy; `number` is where whoever types the sheet writes its number."""

    introduction: str
    promises: tuple[str, ...]
    number: str
    blocks: tuple[PrintedBlock, ...]


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


@dataclass(frozen=True, slots=True)
class GuideStep:
    """`at` are the minutes from the beginning (0–5); `say` is empty where there are no words to say."""

    at: str
    minutes: str
    title: str
    do: str
    say: str


@dataclass(frozen=True, slots=True)
class GuideAgenda:
    name: str
    about: str
    asked: str
    steps: tuple[GuideStep, ...]


@dataclass(frozen=True, slots=True)
class GuideContext(SheetContext):
    """`difficulties` are (when, do, say); `lists` are headings with what stands below them."""

    aim: str
    points: tuple[str, ...]
    agendas: tuple[GuideAgenda, ...]
    difficulties: tuple[tuple[str, str, str], ...]
    before: tuple[tuple[str, tuple[str, ...]], ...]
    after: tuple[tuple[str, tuple[str, ...]], ...]
