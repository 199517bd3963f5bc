"""A workshop: people in one room vote on each question, see how the votes fall, and agree on one answer.

What is voted on, which step follows which, and how votes are told. A vote is a value of the question's scale, or
`DONT_KNOW`; what was agreed is one, too.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from typing import Final, Literal

from assessment.domain.answers import DK, Answer, AnswerSheet, Role
from assessment.domain.plans.choices import LONGEST_TITLE
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.sections.groups import GroupedSection
from assessment.domain.sections.ladder import LadderSection
from assessment.domain.texts import Text

DONT_KNOW: Final = 0
FEW_VOTERS: Final = 5
"""With fewer votes than this, people in the room can guess who voted what."""
LASTS: Final = dt.timedelta(hours=12)
"""After the last command a workshop is over by itself."""
WAITS: Final = dt.timedelta(days=14)
"""How long one that is paused can be resumed."""
LONGEST_NOTE: Final = 300
LONGEST_ACTION: Final = LONGEST_TITLE
"""So that an action can stand in the plan as it was written down, as its owner can (`LONGEST_OWNER`)."""
MOST_PARTICIPANTS: Final = 500


class Stage(StrEnum):
    """Where a workshop stands with the question that it shows."""

    JOINING = "joining"
    """It shows no question: people join."""
    ASKED = "asked"
    """The question is read; nobody can vote yet."""
    VOTING = "voting"
    REVEALED = "revealed"


class Command(StrEnum):
    """What whoever facilitates can do. `NEXT` and `BACK` are the two keys of a presenter's remote."""

    NEXT = "next"
    BACK = "back"
    AGAIN = "again"
    SKIP = "skip"
    GO = "go"
    BLANK = "blank"
    PAUSE = "pause"
    RESUME = "resume"


class NotNow(Exception):
    """The command does nothing at this stage."""

    def __init__(self, command: Command, stage: Stage) -> None:
        super().__init__(f"{command} while {stage}")
        self.command = command
        self.stage = stage


class NobodyVoted(Exception):
    """There is nothing to reveal."""


# What is voted on


@dataclass(frozen=True, slots=True)
class Level:
    """One answer that can be voted for."""

    value: int
    name: Text
    described: Text


@dataclass(frozen=True)
class VotedQuestion:
    """A rubric or a perception point. `key` is its part of an answer sheet and its id there."""

    part: Literal["items", "ladder"]
    id: str
    title: Text
    text: Text
    levels: tuple[Level, ...]
    dont_know: Text

    @cached_property
    def key(self) -> str:
        return f"{self.part}:{self.id}"

    @property
    def size(self) -> int:
        return len(self.levels)

    def takes(self, value: int) -> bool:
        """Whether this can be voted for, or agreed on."""
        return DONT_KNOW <= value <= self.size


def voted_questions(questionnaire: Questionnaire, points: Sequence[tuple[str, Text]]) -> tuple[VotedQuestion, ...]:
    """What a room can vote on of what a round asks: its rubrics and, for each perception point (id and name), the
    ladder, in the order in which they are asked. Statements are not among them: they would be too many."""
    questions: list[VotedQuestion] = []
    for section in questionnaire.all_sections:
        if isinstance(section, GroupedSection):
            questions += _rubrics(section)
        elif isinstance(section, LadderSection):
            questions += (_moment(section, id_, name) for id_, name in points)
    return tuple(questions)


def _rubrics(section: GroupedSection) -> Iterable[VotedQuestion]:
    for group in section.groups:
        for item in group.items:
            if item.levels:
                levels = [
                    Level(point.value, point.label, described)
                    for point, described in zip(section.scale.points, item.levels, strict=True)
                ]
                yield VotedQuestion("items", item.id, group.name, item.text, tuple(levels), section.scale.dont_know)


def _moment(section: LadderSection, point: str, name: Text) -> VotedQuestion:
    levels = tuple(Level(step.value, step.label, step.lived) for step in section.steps)
    return VotedQuestion("ladder", point, name, section.question, levels, section.dont_know)


# Which step follows which


@dataclass(frozen=True, slots=True)
class Position:
    """What a workshop shows. `question` is a key, empty while people join; `ballot` counts the votes on a question."""

    stage: Stage = Stage.JOINING
    question: str = ""
    ballot: int = 0
    is_blank: bool = False


def moved(
    position: Position,
    command: Command,
    *,
    questions: Sequence[str],
    ballots: Mapping[str, int],
    votes: int,
    to: str = "",
) -> Position:
    """Where a command leads to; `questions` are the keys in their order, `ballots` how many votes on a question have
    been revealed, `votes` how many were cast in the one that is open, `to` is where `GO` goes.

    While people vote nothing else is shown, so that no vote is lost. Raises `NotNow` or `NobodyVoted`.
    """
    if command is Command.BLANK:
        return replace(position, is_blank=not position.is_blank)
    shown = _unblanked(position, command, questions, ballots, votes, to)
    return replace(shown, is_blank=False)


def _unblanked(
    position: Position, command: Command, questions: Sequence[str], ballots: Mapping[str, int], votes: int, to: str
) -> Position:
    stage, refused = position.stage, NotNow(command, position.stage)
    at = questions.index(position.question) if position.question in questions else -1
    match command, stage:
        case Command.NEXT, Stage.ASKED:
            return replace(position, stage=Stage.VOTING)
        case Command.NEXT, Stage.VOTING:
            if not votes:
                raise NobodyVoted
            return replace(position, stage=Stage.REVEALED)
        case Command.BACK, Stage.VOTING if not votes:
            return _shown(position.question, ballots)
        case _, Stage.VOTING:
            raise refused
        case Command.AGAIN, Stage.REVEALED:
            return replace(position, stage=Stage.VOTING, ballot=position.ballot + 1)
        case (Command.NEXT, Stage.JOINING | Stage.REVEALED) | (Command.SKIP, _) if at + 1 < len(questions):
            return _shown(questions[at + 1], ballots)
        case Command.BACK, Stage.ASKED | Stage.REVEALED:
            return _shown(questions[at - 1], ballots) if at > 0 else Position()
        case Command.GO, _ if to in questions or not to:
            return _shown(to, ballots)
    raise refused


def _shown(question: str, ballots: Mapping[str, int]) -> Position:
    """A question as it is when one comes to it: with its last votes, or to be voted on."""
    if not question:
        return Position()
    if revealed := ballots.get(question, 0):
        return Position(Stage.REVEALED, question, revealed)
    return Position(Stage.ASKED, question, 1)


# How votes are told


@dataclass(frozen=True, slots=True)
class Distribution:
    """How often each value was voted for: `counts[0]` is `DONT_KNOW`, `counts[v]` the value v."""

    counts: tuple[int, ...]

    @property
    def voters(self) -> int:
        return sum(self.counts)

    @property
    def is_anonymous(self) -> bool:
        return self.voters >= FEW_VOTERS

    @property
    def most_voted(self) -> tuple[int, ...]:
        """The levels with the most votes: several where they are level, none where nobody knew."""
        most = max(self.counts[1:], default=0)
        return tuple(value for value, count in enumerate(self.counts) if value and count == most and count)

    @property
    def is_tied(self) -> bool:
        """Nobody breaks a tie but the team."""
        return len(self.most_voted) > 1

    @property
    def disagreement(self) -> Fraction:
        """The mean distance between the votes of two people, as a share of the longest: 0 where all voted alike."""
        known = sum(self.counts[1:])
        span = len(self.counts) - 2
        if known < 2 or span < 1:
            return Fraction(0)
        levels = range(1, len(self.counts))
        apart = sum(self.counts[a] * self.counts[b] * abs(a - b) for a in levels for b in levels)
        return Fraction(apart, known * (known - 1) * span)


def distribution(votes: Iterable[int], size: int) -> Distribution:
    """Of the votes on a question with so many levels."""
    counts = [0] * (size + 1)
    for value in votes:
        counts[value] += 1
    return Distribution(tuple(counts))


def most_disagreed_first(questions: Sequence[str], last: Mapping[str, Distribution]) -> tuple[str, ...]:
    """The questions that were voted on, by their last vote; those that are level stay in their order."""
    return tuple(sorted((key for key in questions if key in last), key=lambda key: -last[key].disagreement))


# Time, and what comes of it


def is_over(
    commanded_at: dt.datetime, paused_at: dt.datetime | None, ended_at: dt.datetime | None, now: dt.datetime
) -> bool:
    """Whether a workshop was ended, or has ended by itself."""
    if ended_at is not None:
        return True
    return now >= (paused_at + WAITS if paused_at is not None else commanded_at + LASTS)


def seconds_left(seconds: int, since: dt.datetime | None, now: dt.datetime) -> int:
    """Of the time that was planned: `seconds` were left at `since`. While it is paused (`None`), none passes."""
    return max(0, seconds - int((now - since).total_seconds())) if since is not None else seconds


def minutes_a_question(seconds: int, questions: int) -> int:
    """Whole minutes for each of the questions that are still to come."""
    return seconds // 60 // questions if questions else 0


def agreed_sheet(agreed: Mapping[str, int]) -> AnswerSheet:
    """What the team agreed on, by key, as the one sheet of a round that is answered together."""
    parts: dict[str, dict[str, Answer]] = {"items": {}, "ladder": {}}
    for key, value in agreed.items():
        part, _, id_ = key.partition(":")
        parts[part][id_] = DK if value == DONT_KNOW else value
    return AnswerSheet(role=Role.CONSENSUS, items=parts["items"], ladder=parts["ladder"])
