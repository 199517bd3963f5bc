"""What a workshop voted and agreed on, in words: the same on phones, on the projector and beside the results."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assessment.domain.workshops import DONT_KNOW, Distribution, VotedQuestion
from assessment.infra.clock import local_date
from assessment.infra.languages import Localisation
from assessment.services.workshops import Board, NoteKind

__all__ = [
    "Bar",
    "Record",
    "RecordedNote",
    "RecordedQuestion",
    "bars_of",
    "level_words",
    "record_of",
    "records_of",
    "told",
]


@dataclass(frozen=True, slots=True)
class Bar:
    """One answer and its votes. `percent` is of all who voted; the number of an answer that is no level is empty."""

    value: int
    number: str
    name: str
    votes: str
    percent: int
    is_most_voted: bool


@dataclass(frozen=True, slots=True)
class RecordedQuestion:
    title: str
    agreed: str
    note: str
    ballots: tuple[tuple[Bar, ...], ...]
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RecordedNote:
    words: str
    about: str
    owner: str
    due: str


@dataclass(frozen=True, slots=True)
class Record:
    """What a workshop left behind: `questions` are those that were voted or agreed on. `anchor` is its place on the
    page."""

    anchor: str
    day: str
    questions: tuple[RecordedQuestion, ...]
    actions: tuple[RecordedNote, ...]
    parked: tuple[RecordedNote, ...]


def level_words(question: VotedQuestion, value: int, reader: Localisation) -> str:
    """A level with its number; of "I don't know", the questionnaire's own words."""
    if value == DONT_KNOW:
        return reader.text(question.dont_know)
    level = question.levels[value - 1]
    return f"{reader.number(level.value)} · {reader.text(level.name)}"


def bars_of(question: VotedQuestion, votes: Distribution, reader: Localisation) -> tuple[Bar, ...]:
    """From the highest level down to the lowest, then those who do not know, if anybody does not."""
    most, all_votes = votes.most_voted, max(1, votes.voters)
    bars = [
        Bar(
            level.value,
            reader.number(level.value),
            reader.text(level.name),
            reader.number(votes.counts[level.value]),
            round(100 * votes.counts[level.value] / all_votes),
            level.value in most,
        )
        for level in reversed(question.levels)
    ]
    if unknown := votes.counts[DONT_KNOW]:
        words = reader.text(question.dont_know)
        bars.append(Bar(DONT_KNOW, "", words, reader.number(unknown), round(100 * unknown / all_votes), False))
    return tuple(bars)


def told(question: VotedQuestion, votes: Distribution, reader: Localisation) -> tuple[str, ...]:
    """What is to be said about votes that are shown: a tie, and that so few are not anonymous."""
    sentences = []
    if votes.is_tied:
        levels = reader.list_of(level_words(question, value, reader) for value in votes.most_voted)
        sentences.append(
            reader.gettext("A tie: %(levels)s have the same number of votes. The team decides.", levels=levels)
        )
    if not votes.is_anonymous:
        sentences.append(reader.gettext("With fewer than five votes, it can be guessed who voted what."))
    return tuple(sentences)


def records_of(boards: Sequence[Board], time_zone: str, reader: Localisation) -> tuple[Record, ...]:
    """What several workshops of a round left behind, each with a place of its own."""
    return tuple(record_of(board, time_zone, reader, number) for number, board in enumerate(boards, 1))


def record_of(board: Board, time_zone: str, reader: Localisation, number: int = 1) -> Record:
    """What a workshop left behind, or has so far."""
    seen = [one for one in board.questions if one.key in board.agreements or one.key in board.ballots]
    return Record(
        anchor="workshop" if number == 1 else f"workshop-{number}",
        day=reader.date(local_date(board.workshop.started_at, time_zone)),
        questions=tuple(_recorded(board, question, reader) for question in seen),
        actions=_notes(board, NoteKind.ACTION, reader),
        parked=_notes(board, NoteKind.PARKED, reader),
    )


def _recorded(board: Board, question: VotedQuestion, reader: Localisation) -> RecordedQuestion:
    agreement = board.agreements.get(question.key)
    ballots: Sequence[Distribution] = board.ballots.get(question.key, ())
    return RecordedQuestion(
        title=reader.text(question.title),
        agreed=level_words(question, agreement.level, reader) if agreement else "",
        note=agreement.note if agreement else "",
        ballots=tuple(bars_of(question, votes, reader) for votes in ballots),
        sentences=told(question, ballots[-1], reader) if ballots else (),
    )


def _notes(board: Board, kind: NoteKind, reader: Localisation) -> tuple[RecordedNote, ...]:
    return tuple(
        RecordedNote(
            note.words,
            reader.text(board.by_key[note.question].title) if note.question in board.by_key else "",
            note.owner,
            reader.date(note.due_on) if note.due_on else "",
        )
        for note in board.notes_of(kind)
    )
