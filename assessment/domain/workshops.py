"""A workshop: people in one room vote on each question, see how the votes fall, and agree on one answer.

What is voted on, which step follows which, and how votes are told. A vote is a value of the question's scale, or
`DONT_KNOW`; what was agreed is one, too.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
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
from assessment.domain.texts import NO_TEXT, Text

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
MOST_PRIORITIES: Final = 3
"""So many pillars each person may choose."""
MOST_BITS: Final = 30
"""Of a vote for several levels, in a column of whole numbers."""
MOST_OWN_QUESTIONS: Final = 12
MOST_CHOICES: Final = 8
LONGEST_QUESTION: Final = 160
LONGEST_CHOICE: Final = 60
LONGEST_TIMER: Final = 60
"""Minutes."""
PRIORITIES: Final = "priorities:pillars"


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
    TALK = "talk"
    """Shows the pillar's conversation instead of the votes, or the votes again."""
    DISCUSS = "discuss"
    """Everybody has voted on enough: from now on the most disagreed question comes first."""
    TIMER = "timer"
    MINUTE = "minute"
    UNTIMED = "untimed"
    DOORS = "doors"
    """Takes nobody new from now on, or takes people again."""
    RENEW = "renew"
    """Another code and another PIN."""


class Order(StrEnum):
    """In which order a workshop goes through its questions."""

    AS_ASKED = "as_asked"
    VOTES_FIRST = "votes_first"
    """All questions are voted on before any votes are shown; then `DISAGREED` follows."""
    DISAGREED = "disagreed"
    """The most disagreed first, by their first vote; after them those that nobody has voted on."""


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
    """What is voted on. Of the sheet it is a rubric or a perception point: `part` is its part of an answer sheet and
    `id` its id there. Which pillars matter most, and questions of the team's own, are in no sheet and in no score.

    Where `most` may be chosen at once, a value holds a bit for each level: 5 is the first and the third. Votes for
    levels that are in no order are not far from each other or near (`is_scale`). `pillar` is empty for a moment.
    """

    part: Literal["items", "ladder", "priorities", "own"]
    id: str
    title: Text
    text: Text
    levels: tuple[Level, ...]
    dont_know: Text
    pillar: str = ""
    most: int = 1
    is_scale: bool = True

    @cached_property
    def key(self) -> str:
        return f"{self.part}:{self.id}"

    @property
    def size(self) -> int:
        return len(self.levels)

    @property
    def is_in_sheet(self) -> bool:
        return self.part in ("items", "ladder")

    def takes(self, value: int) -> bool:
        """Whether this can be voted for, or agreed on."""
        if self.most == 1:
            return DONT_KNOW <= value <= self.size
        return DONT_KNOW <= value < 2**self.size and value.bit_count() <= self.most

    def chosen(self, value: int) -> tuple[int, ...]:
        """The levels that a vote is for; none for `DONT_KNOW`."""
        if self.most == 1:
            return (value,) if value else ()
        return tuple(level.value for level in self.levels if value >> (level.value - 1) & 1)

    def value_of(self, chosen: Iterable[int]) -> int:
        """The vote for these levels; the opposite of `chosen`."""
        levels = set(chosen)
        if self.most == 1:
            return max(levels, default=DONT_KNOW)
        return sum(1 << (level - 1) for level in levels if level)


@dataclass(frozen=True, slots=True)
class OwnQuestion:
    """A plain question of the team's own; without choices it is answered on a scale from 1 to 5."""

    id: str
    text: Text
    choices: tuple[Text, ...] = ()


_NOTHING_CHOSEN: Final = Text("Ninguno / no sé", "None / I don't know")
_DONT_KNOW: Final = Text("No sé", "I don't know")
_CHOOSE_ONE: Final = Text("Elija una respuesta.", "Choose one answer.")
_HOW_MUCH: Final = Text("De 1 (nada) a 5 (por completo)", "From 1 (not at all) to 5 (completely)")
_SCALE: Final = (
    Text("Nada", "Not at all"),
    Text("Poco", "A little"),
    Text("Más o menos", "Somewhat"),
    Text("Bastante", "Quite"),
    Text("Por completo", "Completely"),
)
_PRIORITIES: Final = Text("Prioridades", "Priorities")
_WHICH_MATTER: Final = Text(
    "¿Qué pilares importan más ahora? Elija hasta tres.", "Which pillars matter most now? Choose up to three."
)


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


def other_questions(questionnaire: Questionnaire, own: Sequence[OwnQuestion]) -> tuple[VotedQuestion, ...]:
    """What can be voted on besides, and becomes no part of the sheet: which pillars matter most, where a round asks for
    several, and the team's own questions."""
    pillars = questionnaire.pillars
    levels = tuple(Level(at, group.name, group.summary) for at, group in enumerate(pillars, 1))
    priorities = VotedQuestion(
        "priorities",
        "pillars",
        _PRIORITIES,
        _WHICH_MATTER,
        levels,
        _NOTHING_CHOSEN,
        most=MOST_PRIORITIES,
        is_scale=False,
    )
    return ((priorities,) if MOST_PRIORITIES < len(pillars) <= MOST_BITS else ()) + tuple(
        _own(question) for question in own
    )


def agenda(
    sheet: Sequence[VotedQuestion],
    others: Sequence[VotedQuestion],
    chosen: Sequence[str] | None,
    order: Order,
    first_votes: Mapping[str, Distribution],
) -> tuple[VotedQuestion, ...]:
    """What a workshop asks, in its order: the `chosen` keys of both, or where nobody has chosen all of the sheet.

    `first_votes` are the first votes that were counted on a question: a later vote does not change the order.
    """
    offered = (*sheet, *others)
    asked = [one for one in offered if (one in sheet if chosen is None else one.key in chosen)]
    if order is not Order.DISAGREED:
        return tuple(asked)
    first = most_disagreed_first([one.key for one in asked], first_votes)
    return tuple(sorted(asked, key=lambda one: first.index(one.key) if one.key in first else len(first)))


def _rubrics(section: GroupedSection) -> Iterable[VotedQuestion]:
    for group in section.groups:
        for item in group.items:
            if item.levels:
                levels = [
                    Level(point.value, point.label, described)
                    for point, described in zip(section.scale.points, item.levels, strict=True)
                ]
                pillar = group.id if section.are_pillars else ""
                unknown = section.scale.dont_know
                yield VotedQuestion("items", item.id, group.name, item.text, tuple(levels), unknown, pillar)


def _moment(section: LadderSection, point: str, name: Text) -> VotedQuestion:
    levels = tuple(Level(step.value, step.label, step.lived) for step in section.steps)
    return VotedQuestion("ladder", point, name, section.question, levels, section.dont_know)


def _own(question: OwnQuestion) -> VotedQuestion:
    levels = tuple(Level(at, words, NO_TEXT) for at, words in enumerate(question.choices or _SCALE, 1))
    text = _CHOOSE_ONE if question.choices else _HOW_MUCH
    is_scale = not question.choices
    return VotedQuestion("own", question.id, question.text, text, levels, _DONT_KNOW, is_scale=is_scale)


# Which step follows which


@dataclass(frozen=True, slots=True)
class Position:
    """What a workshop shows. `question` is a key, empty while people join; `ballot` counts the votes on a question;
    while `is_talk`, it shows the pillar's conversation instead of the votes."""

    stage: Stage = Stage.JOINING
    question: str = ""
    ballot: int = 0
    is_blank: bool = False
    is_talk: bool = False
    order: Order = Order.AS_ASKED


def moved(
    position: Position,
    command: Command,
    *,
    questions: Sequence[str],
    ballots: Mapping[str, int],
    votes: int,
    to: str = "",
    agreed: Collection[str] = (),
) -> Position:
    """Where a command leads to; `questions` are the keys in their order, `ballots` how many votes on a question have
    been counted, `votes` how many were cast in the one that is open, `agreed` on what there is agreement, `to` is where
    `GO` goes. Where the order becomes `DISAGREED`, its first question is found by whoever knows the votes: the position
    stays at the one that was voted on.

    While people vote nothing else is shown, so that no vote is lost. Raises `NotNow` or `NobodyVoted`.
    """
    if command is Command.BLANK:
        return replace(position, is_blank=not position.is_blank)
    if command is Command.TALK and position.stage in (Stage.ASKED, Stage.REVEALED):
        return replace(position, is_talk=not position.is_talk, is_blank=False)
    shown = _undimmed(position, command, questions, ballots, votes, to, agreed)
    return replace(shown, is_blank=False, is_talk=False)


def _undimmed(
    position: Position,
    command: Command,
    questions: Sequence[str],
    ballots: Mapping[str, int],
    votes: int,
    to: str,
    agreed: Collection[str],
) -> Position:
    stage, refused = position.stage, NotNow(command, position.stage)
    at = questions.index(position.question) if position.question in questions else -1
    others = [key for key in questions if key not in agreed and key != position.question]

    def shown(question: str) -> Position:
        return replace(_shown(question, ballots), order=position.order)

    match command, stage:
        case Command.NEXT, Stage.ASKED:
            return replace(position, stage=Stage.VOTING)
        case Command.NEXT, Stage.VOTING:
            if not votes:
                raise NobodyVoted
            return _counted(position, questions[at + 1 :], ballots)
        case Command.BACK, Stage.VOTING if not votes:
            return shown(position.question)
        case _, Stage.VOTING:
            raise refused
        case Command.DISCUSS, _ if position.order is Order.VOTES_FIRST and ballots:
            return replace(position, order=Order.DISAGREED)
        case Command.AGAIN, Stage.REVEALED:
            return replace(position, stage=Stage.VOTING, ballot=position.ballot + 1)
        case (Command.NEXT, Stage.JOINING | Stage.REVEALED) | (Command.SKIP, _) if at + 1 < len(questions):
            return shown(questions[at + 1])
        case Command.NEXT, Stage.REVEALED if others:
            return shown(others[0])
        case Command.BACK, Stage.ASKED | Stage.REVEALED:
            return shown(questions[at - 1]) if at > 0 else Position(order=position.order)
        case Command.GO, _ if to in questions or not to:
            return shown(to)
    raise refused


def _counted(position: Position, later: Sequence[str], ballots: Mapping[str, int]) -> Position:
    """Once the votes on a question are counted: they are shown, or where all are voted on first, the next question is
    asked; after the last one the order is that of disagreement. Voting again always shows."""
    if position.order is not Order.VOTES_FIRST or position.question in ballots:
        return replace(position, stage=Stage.REVEALED)
    for key in later:
        if key not in ballots:
            return replace(_shown(key, ballots), order=position.order)
    return replace(position, stage=Stage.REVEALED, order=Order.DISAGREED)


def _shown(question: str, ballots: Mapping[str, int]) -> Position:
    """A question as it is when one comes to it: with its last votes, or to be voted on."""
    if not question:
        return Position()
    if counted := ballots.get(question, 0):
        return Position(Stage.REVEALED, question, counted)
    return Position(Stage.ASKED, question, 1)


# How votes are told


@dataclass(frozen=True, slots=True)
class Distribution:
    """How often each level was voted for: `counts[0]` is `DONT_KNOW`, `counts[v]` the level v.

    Where each person chose up to `most` levels, `voted` says how many people voted; else it is the sum.
    """

    counts: tuple[int, ...]
    voted: int | None = None
    most: int = 1
    is_scale: bool = True

    @property
    def voters(self) -> int:
        return sum(self.counts) if self.voted is None else self.voted

    @property
    def is_anonymous(self) -> bool:
        return self.voters >= FEW_VOTERS

    @property
    def most_voted(self) -> tuple[int, ...]:
        """The levels with the most votes, as many as each person may choose: more where the last of them are level,
        none where nobody knew."""
        ranked = sorted((count for count in self.counts[1:] if count), reverse=True)
        least = ranked[min(self.most, len(ranked)) - 1] if ranked else 0
        return tuple(value for value, count in enumerate(self.counts) if value and count and count >= least)

    @property
    def is_tied(self) -> bool:
        """Nobody breaks a tie but the team."""
        return len(self.most_voted) > self.most

    @property
    def disagreement(self) -> Fraction:
        """The mean distance between the votes of two people, as a share of the longest: 0 where all voted alike, or
        where there is no distance between answers."""
        known = sum(self.counts[1:])
        span = len(self.counts) - 2
        if known < 2 or span < 1 or not self.is_scale:
            return Fraction(0)
        levels = range(1, len(self.counts))
        apart = sum(self.counts[a] * self.counts[b] * abs(a - b) for a in levels for b in levels)
        return Fraction(apart, known * (known - 1) * span)


def distribution(votes: Iterable[int], question: VotedQuestion) -> Distribution:
    """Of the votes on a question."""
    counts, voted = [0] * (question.size + 1), 0
    for vote in votes:
        voted += 1
        for value in question.chosen(vote) or (DONT_KNOW,):
            counts[value] += 1
    return counted(counts, voted, question)


def counted(counts: Iterable[int], voted: int | None, question: VotedQuestion) -> Distribution:
    """Votes that were counted before; `voted` is needed where one may choose several."""
    return Distribution(tuple(counts), voted if question.most > 1 else None, question.most, question.is_scale)


def may_be_counted(counts: Sequence[int], voted: int | None, question: VotedQuestion) -> bool:
    """Whether a room can have voted so: at least one person, each for one answer, or for several if the question takes
    them; `voted` as it is kept with the counts."""
    if len(counts) != question.size + 1 or min(counts) < 0:
        return False
    if question.most == 1:
        return voted is None and 1 <= sum(counts) <= MOST_PARTICIPANTS
    if voted is None or not 1 <= voted <= MOST_PARTICIPANTS:
        return False
    chose, chosen = voted - counts[DONT_KNOW], counts[1:]
    return chose >= max(chosen) and chose <= sum(chosen) <= question.most * chose


def most_disagreed_first(questions: Sequence[str], last: Mapping[str, Distribution]) -> tuple[str, ...]:
    """The questions that were voted on, by their last vote; those that are level stay in their order."""
    return tuple(sorted((key for key in questions if key in last), key=lambda key: -last[key].disagreement))


@dataclass(frozen=True, slots=True)
class VotedOn:
    """A question of a workshop that has ended: its votes, the first ones first, and what was agreed, if anything."""

    question: VotedQuestion
    ballots: tuple[Distribution, ...]
    agreed: int | None


@dataclass(frozen=True, slots=True)
class HeldWorkshop:
    """A workshop that has ended, as it stands beside results and in the plan."""

    held_on: dt.date
    questions: tuple[VotedOn, ...]


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


def timed(minutes: int, ends_at: dt.datetime | None, now: dt.datetime) -> dt.datetime:
    """When a timer ends that gets so many minutes, on top of what is left of it (`ends_at`, if it runs)."""
    return (max(ends_at, now) if ends_at is not None else now) + dt.timedelta(minutes=minutes)


def minutes_a_question(seconds: int, questions: int) -> int:
    """Whole minutes for each of the questions that are still to come."""
    return seconds // 60 // questions if questions else 0


def agreed_sheet(agreed: Mapping[str, int]) -> AnswerSheet:
    """What the team agreed on, by key, as the one sheet of a round that is answered together; what is in no sheet is
    left out."""
    parts: dict[str, dict[str, Answer]] = {"items": {}, "ladder": {}}
    for key, value in agreed.items():
        part, _, id_ = key.partition(":")
        if part in parts:
            parts[part][id_] = DK if value == DONT_KNOW else value
    return AnswerSheet(role=Role.CONSENSUS, items=parts["items"], ladder=parts["ladder"])
