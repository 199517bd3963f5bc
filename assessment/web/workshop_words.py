"""What a workshop voted and agreed on, in words: the same on phones, on the projector and beside the results."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from assessment.domain.actions import Action
from assessment.domain.workshops import Distribution, VotedOn, VotedQuestion
from assessment.infra.clock import local_date
from assessment.infra.languages import Localisation
from assessment.services.workshops import Board, NoteKind
from reports.engine.votes import Bar, bar_of, bars_of, ends_of, in_reading_order, level_words, told

__all__ = [
    "Bar",
    "Record",
    "RecordedNote",
    "RecordedQuestion",
    "bars_of",
    "cue",
    "ends_of",
    "in_reading_order",
    "level_words",
    "record_of",
    "records_of",
    "talk_words",
    "told",
]


@dataclass(frozen=True, slots=True)
class RecordedQuestion:
    title: str
    agreed: str
    note: str
    bar: Markup | None
    ballots: tuple[tuple[Bar, ...], ...]
    sentences: tuple[str, ...]
    is_in_sheet: bool


@dataclass(frozen=True, slots=True)
class RecordedNote:
    id: uuid.UUID
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


def records_of(boards: Sequence[Board], time_zone: str, reader: Localisation) -> tuple[Record, ...]:
    """What several workshops of a round left behind, each with a place of its own."""
    return tuple(record_of(board, time_zone, reader, number) for number, board in enumerate(boards, 1))


def record_of(board: Board, time_zone: str, reader: Localisation, number: int = 1) -> Record:
    """What a workshop left behind, or has so far."""
    return Record(
        anchor="workshop" if number == 1 else f"workshop-{number}",
        day=reader.date(local_date(board.workshop.started_at, time_zone)),
        questions=tuple(_recorded(board, one, reader) for one in board.voted_on),
        actions=_notes(board, NoteKind.ACTION, reader),
        parked=_notes(board, NoteKind.PARKED, reader),
    )


def _recorded(board: Board, one: VotedOn, reader: Localisation) -> RecordedQuestion:
    question, agreement = one.question, board.agreements.get(one.question.key)
    last = one.ballots[-1] if one.ballots else None
    return RecordedQuestion(
        title=reader.text(question.title),
        agreed=level_words(question, agreement.level, reader) if agreement else "",
        note=agreement.note if agreement else "",
        bar=bar_of(question, last, reader) if last else None,
        ballots=tuple(bars_of(question, votes, reader) for votes in one.ballots),
        sentences=told(question, last, reader, is_agreed=agreement is not None) if last else (),
        is_in_sheet=question.is_in_sheet,
    )


LENGTH = re.compile(r"^(?:Treinta minutos|Thirty minutes)[.,:]? +")


def talk_words(conversation: Action, reader: Localisation, *, is_timed: bool) -> str:
    """How the team talks. Where a timer runs, that says how long, and not the words, which are of the whole
    conversation."""
    words = reader.text(conversation.what)
    if not is_timed:
        return words
    short = LENGTH.sub("", words)
    return short[:1].upper() + short[1:]


def cue(question: VotedQuestion, votes: Distribution, reader: Localisation) -> str:
    """What whoever leads asks when votes are shown: of levels what speaks for either end, of answers in no order what
    speaks for each; where all see it alike, neither."""
    known = [count for count in votes.counts[1:] if count]
    if not known:
        return reader.gettext("Nobody could say: ask what you would need to see. Then agree.")
    if all(count == votes.voters for count in known) if question.most > 1 else len(known) == 1:
        return reader.gettext("All who answered see it alike: ask for an example, then agree.")
    if question.is_scale:
        return reader.gettext(
            "Ask what speaks for a low answer, then what speaks for a high one: what have you seen? Nobody need say "
            "what they voted. Then agree."
        )
    return reader.gettext(
        "Ask what speaks for each answer that got votes, also for those with few. Nobody need say what they voted. "
        "Then agree."
    )


def _about(board: Board, key: str, reader: Localisation) -> str:
    return next((reader.text(question.title) for question in board.offered if question.key == key), "")


def _notes(board: Board, kind: NoteKind, reader: Localisation) -> tuple[RecordedNote, ...]:
    return tuple(
        RecordedNote(
            note.id,
            note.words,
            _about(board, note.question, reader),
            note.owner,
            reader.date(note.due_on) if note.due_on else "",
        )
        for note in board.notes_of(kind)
    )
