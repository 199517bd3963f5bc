"""Hold a round as a workshop: start it, lead it step by step, agree, write down, and hand over what was agreed.

Each command is a short transaction that locks the workshop's row, and says which `version` it was meant for: of two
that are given at once, or of one that is given twice, the second does nothing.
"""

from __future__ import annotations

import datetime as dt
import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy.orm import Session

from assessment.domain.plain_text import plain_line
from assessment.domain.plans.choices import LONGEST_OWNER
from assessment.domain.rounds import RoundMode, WrongRoundMode
from assessment.domain.workshops import (
    FEW_VOTERS,
    LONGEST_ACTION,
    LONGEST_NOTE,
    Command,
    Distribution,
    NotNow,
    Position,
    Stage,
    VotedQuestion,
    agreed_sheet,
    distribution,
    is_over,
    most_disagreed_first,
    moved,
    seconds_left,
    voted_questions,
)
from assessment.infra.tokens import new_token
from assessment.services.describe_round import points_to_judge
from assessment.services.questionnaires import find_pinned_questionnaire, pinned_questionnaire
from assessment.services.respond import AlreadySubmitted, resolve_link, save_draft, submit_response
from assessment.services.rounds import RoundHasAnswers, get_round, lock_round
from assessment.store.compaction import owe_compaction, owe_emptied_log
from assessment.store.database import Database
from assessment.store.responses import count_responses
from assessment.store.rounds import Round
from assessment.store.workshops import (
    NoteKind,
    Workshop,
    WorkshopAgreement,
    WorkshopBallot,
    WorkshopNote,
    agreements_of,
    ballots_of,
    count_participants,
    count_votes,
    delete_participants,
    delete_votes,
    ended_of,
    find_running,
    is_pin_taken,
    lock_running,
    notes_of,
    votes_of,
    with_participants,
)

PIN_DIGITS = 6
LONGEST_AGENDA = 24 * 60
"""Minutes."""


class NoWorkshop(LookupError):
    """The round has no workshop that is held now."""


class NothingToVote(Exception):
    """The round asks neither rubrics nor moments."""


class WorkshopMovedOn(Exception):
    """Meanwhile the workshop has gone on: what was sent was meant for what it showed before."""


class WorkshopIsOver(Exception):
    """It has ended by itself, or is paused: it must be resumed first."""


class FewVotes(Exception):
    """So few have voted that it could be guessed who voted what: whoever leads confirms that they are to be shown."""


class UnknownLevel(ValueError):
    """The question that is shown has no such level."""


class NothingWritten(ValueError):
    """A note without words."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """What was agreed: a level, or `DONT_KNOW`, and why."""

    level: int
    note: str


@dataclass(frozen=True)
class Board:
    """A workshop as whoever leads it sees it. Of an open ballot nobody knows more than how many have voted.

    `ballots` are the votes that were shown, by question, the first ones first.
    """

    workshop: Workshop
    questions: tuple[VotedQuestion, ...]
    joined: int
    voted: int
    ballots: Mapping[str, tuple[Distribution, ...]]
    agreements: Mapping[str, Agreement]
    notes: Sequence[WorkshopNote]
    is_over: bool

    @property
    def position(self) -> Position:
        return _position(self.workshop)

    @property
    def is_paused(self) -> bool:
        """Also where nobody has paused it and it has ended by itself: resuming it is what can be done."""
        return self.workshop.paused_at is not None or self.is_over

    @cached_property
    def by_key(self) -> dict[str, VotedQuestion]:
        return {question.key: question for question in self.questions}

    @property
    def question(self) -> VotedQuestion | None:
        return self.by_key.get(self.workshop.question)

    @property
    def number(self) -> int:
        """Which of the questions is shown, from 1."""
        return [question.key for question in self.questions].index(self.workshop.question) + 1 if self.question else 0

    @property
    def following(self) -> VotedQuestion | None:
        """What comes after the question that is shown."""
        return self.questions[self.number] if self.number < len(self.questions) else None

    @property
    def shown(self) -> Distribution | None:
        """The votes that are shown now."""
        if self.workshop.stage is not Stage.REVEALED:
            return None
        return self.ballots[self.workshop.question][self.workshop.ballot - 1]

    @property
    def agreement(self) -> Agreement | None:
        return self.agreements.get(self.workshop.question)

    @property
    def open_questions(self) -> tuple[VotedQuestion, ...]:
        """Those on which nothing was agreed yet."""
        return tuple(question for question in self.questions if question.key not in self.agreements)

    @property
    def most_disagreed(self) -> tuple[VotedQuestion, ...]:
        """Those on which nothing was agreed yet though they were voted on, the most disagreed first."""
        last = {key: ballots[-1] for key, ballots in self.ballots.items()}
        return tuple(self.by_key[key] for key in most_disagreed_first([one.key for one in self.open_questions], last))

    def notes_of(self, kind: NoteKind) -> list[WorkshopNote]:
        return [note for note in self.notes if note.kind is kind]

    def seconds_left(self, now: dt.datetime) -> int:
        return seconds_left(self.workshop.agenda_seconds, self.workshop.agenda_since, now)


def questions_of(session: Session, round_: Round) -> tuple[VotedQuestion, ...]:
    """What a room can vote on of what a round asks; nothing where its text is not known any more."""
    asked = find_pinned_questionnaire(session, round_)
    return voted_questions(asked, [(point.id, point.name) for point in points_to_judge(round_)]) if asked else ()


def statements_of(session: Session, round_: Round) -> int:
    """How many statements a round asks that a room does not vote on."""
    asked = find_pinned_questionnaire(session, round_)
    return sum(section.statement_count for section in asked.all_sections) if asked else 0


def is_fit_for_workshop(session: Session, round_: Round, *, now: dt.datetime) -> bool:
    """Whether a round can be held as a workshop now: answered together, open, and not answered yet."""
    return (
        round_.mode is RoundMode.CONSENSUS
        and round_.facts.state(now) == "open"
        and not count_responses(session, round_.id)
        and bool(questions_of(session, round_))
    )


def start_workshop(
    session: Session, *, organisation_id: uuid.UUID, round_id: uuid.UUID, minutes: int, now: dt.datetime
) -> Workshop:
    """Starts a workshop that is planned to last so long; one that is being held goes on instead.

    Raises `UnknownRound`, `WrongRoundMode`, `RoundNotOpen`, `RoundHasAnswers` or `NothingToVote`.
    """
    round_ = lock_round(session, organisation_id=organisation_id, round_id=round_id)
    if round_.mode is not RoundMode.CONSENSUS:
        raise WrongRoundMode(round_.mode)
    round_.facts.require_open(now)
    if count_responses(session, round_.id):
        raise RoundHasAnswers
    if not questions_of(session, round_):
        raise NothingToVote
    if running := find_running(session, organisation_id, round_id):
        return running
    workshop = Workshop(
        organisation_id=organisation_id,
        round_id=round_id,
        token=new_token(),
        pin=_free_pin(session),
        stage=Stage.JOINING,
        started_at=now,
        commanded_at=now,
        agenda_seconds=60 * minutes,
        agenda_since=now,
    )
    session.add(workshop)
    session.flush()
    return workshop


def get_board(session: Session, *, organisation_id: uuid.UUID, round_id: uuid.UUID, now: dt.datetime) -> Board:
    """The workshop that is held of a round. Raises `UnknownRound`, `NoWorkshop` or `QuestionnaireChanged`."""
    return _board(session, _running(session, organisation_id, round_id), now)


def get_signs(session: Session, *, organisation_id: uuid.UUID, round_id: uuid.UUID) -> tuple[int, int, int]:
    """What tells whether a board has changed: its version, and how many have joined and voted. Raises `NoWorkshop`."""
    workshop = _running(session, organisation_id, round_id)
    return (workshop.version, count_participants(session, workshop.id), count_votes(session, workshop.id))


def find_held(session: Session, *, organisation_id: uuid.UUID, round_id: uuid.UUID) -> Workshop | None:
    """The round's workshop that nobody has ended."""
    return find_running(session, organisation_id, round_id)


def find_records(
    session: Session, *, organisation_id: uuid.UUID, round_id: uuid.UUID, now: dt.datetime
) -> tuple[Board, ...]:
    """What each ended workshop of the round left behind, the last one first; those that left nothing are not there."""
    boards = [_board(session, workshop, now) for workshop in ended_of(session, organisation_id, round_id)]
    return tuple(board for board in reversed(boards) if board.ballots or board.agreements or board.notes)


def give_command(
    session: Session,
    *,
    organisation_id: uuid.UUID,
    round_id: uuid.UUID,
    command: Command,
    version: int,
    to: str = "",
    may_be_few: bool = False,
    now: dt.datetime,
) -> None:
    """Leads the workshop a step on. Votes that are revealed become counts, and are deleted; once the transaction is
    committed, `Database.compact_if_owed` removes them from SQLite's files, and at a pause those that were changed.

    Raises `NoWorkshop`, `WorkshopMovedOn`, `WorkshopIsOver`, `NotNow`, `NobodyVoted`, or `FewVotes` unless they may be
    few.
    """
    workshop = _lock(session, organisation_id, round_id, version)
    if command is Command.RESUME:
        _resume(workshop, now)
    else:
        _require_going_on(workshop, now)
        if command is Command.PAUSE:
            _pause(workshop, now)
            owe_emptied_log(session)
        else:
            _move(session, workshop, command, to, now, may_be_few=may_be_few)
    _commanded(session, workshop, now)


def agree(
    session: Session,
    *,
    organisation_id: uuid.UUID,
    round_id: uuid.UUID,
    question: str,
    level: int,
    note: str,
    version: int,
    now: dt.datetime,
) -> None:
    """Keeps what the team agrees on for the question that is shown; what it had agreed before is replaced, unless
    somebody else has changed it since `version`.

    Raises `NoWorkshop`, `WorkshopMovedOn`, `WorkshopIsOver`, `NotNow` while people vote, or `UnknownLevel`.
    """
    workshop = _lock(session, organisation_id, round_id, version)
    if workshop.question != question:
        raise WorkshopMovedOn(workshop.version)
    _require_going_on(workshop, now)
    if workshop.stage not in (Stage.ASKED, Stage.REVEALED):
        raise NotNow(Command.NEXT, workshop.stage)
    asked = next(one for one in _questions(session, workshop) if one.key == question)
    if not asked.takes(level):
        raise UnknownLevel(level)
    kept = session.get(WorkshopAgreement, (workshop.id, question))
    if kept is None:
        kept = WorkshopAgreement(
            organisation_id=organisation_id, workshop_id=workshop.id, question=question, level=level
        )
        session.add(kept)
    kept.level, kept.note = level, plain_line(note)[:LONGEST_NOTE]
    _commanded(session, workshop, now)


def write_note(
    session: Session,
    *,
    organisation_id: uuid.UUID,
    round_id: uuid.UUID,
    kind: NoteKind,
    words: str,
    owner: str = "",
    due_on: dt.date | None = None,
    now: dt.datetime,
) -> None:
    """Parks a thought, or keeps an action with its owner and day. Raises `NoWorkshop` or `NothingWritten`."""
    workshop = _running(session, organisation_id, round_id)
    longest = LONGEST_ACTION if kind is NoteKind.ACTION else LONGEST_NOTE
    if not (plain := plain_line(words)[:longest]):
        raise NothingWritten
    session.add(
        WorkshopNote(
            organisation_id=organisation_id,
            workshop_id=workshop.id,
            kind=kind,
            question=workshop.question,
            words=plain,
            owner=plain_line(owner)[:LONGEST_OWNER],
            due_on=due_on,
            written_at=now,
        )
    )
    session.flush()


def end_workshop(
    session: Session, *, organisation_id: uuid.UUID, round_id: uuid.UUID, hands_over: bool = True, now: dt.datetime
) -> int:
    """Ends the workshop for good, also one that has ended by itself: what was agreed becomes the round's one sheet,
    unless nothing is to be handed over, or the round was published meanwhile.

    Returns on how many questions there was agreement; with none, the round has no sheet. People who took part are
    forgotten, with votes that were not shown. Raises `NoWorkshop`, `RoundNotOpen`, `AlreadySubmitted` or
    `QuestionnaireChanged`; nothing has changed then.
    """
    round_ = lock_round(session, organisation_id=organisation_id, round_id=round_id)  # first, as where a round goes
    workshop = lock_running(session, organisation_id, round_id)
    if workshop is None:
        raise NoWorkshop(round_id)
    agreed = {agreement.question: agreement.level for agreement in agreements_of(session, workshop.id)}
    if agreed and hands_over and round_.published_at is None:
        _hand_over(session, round_, agreed, now)
    workshop.ended_at, workshop.pin = now, None
    workshop.stage, workshop.agenda_since = _stage_at_rest(workshop), None
    delete_participants(session, workshop.id)
    owe_compaction(session)
    _commanded(session, workshop, now)
    return len(agreed)


def forget_what_is_over(database: Database, *, now: dt.datetime) -> None:
    """Deletes who took part in workshops that have ended by themselves, with the votes that were not shown. What was
    shown and agreed stays; whoever leads may still resume or end them, and people join again."""
    with database.reading() as session:
        waiting = [(one.organisation_id, one.round_id) for one in _over(session, now)]
    for organisation_id, round_id in waiting:
        with database.writing() as session:
            workshop = lock_running(session, organisation_id, round_id)
            if workshop is None or not _is_over(workshop, now) or not count_participants(session, workshop.id):
                continue
            workshop.stage = _stage_at_rest(workshop)
            workshop.version += 1
            delete_participants(session, workshop.id)
            owe_compaction(session)
    if waiting:
        database.compact_if_owed()


def _over(session: Session, now: dt.datetime) -> list[Workshop]:
    return [one for one in with_participants(session) if _is_over(one, now)]


def _hand_over(session: Session, round_: Round, agreed: Mapping[str, int], now: dt.datetime) -> None:
    """As if the team had answered its link on one device. Raises what sending raises."""
    pinned_questionnaire(session, round_)
    device = new_token()
    access = resolve_link(session, token=round_.link_token, cookie=device)
    if access.progress.is_submitted:
        raise AlreadySubmitted
    save_draft(session, access, cookie=device, sheet=agreed_sheet(agreed), now=now)
    submit_response(session, access, cookie=device, now=now)


def _stage_at_rest(workshop: Workshop) -> Stage:
    """Of an open ballot nothing is left once the workshop has ended."""
    return Stage.ASKED if workshop.stage is Stage.VOTING else workshop.stage


def _running(session: Session, organisation_id: uuid.UUID, round_id: uuid.UUID) -> Workshop:
    get_round(session, organisation_id=organisation_id, round_id=round_id)
    workshop = find_running(session, organisation_id, round_id)
    if workshop is None:
        raise NoWorkshop(round_id)
    return workshop


def _lock(session: Session, organisation_id: uuid.UUID, round_id: uuid.UUID, version: int) -> Workshop:
    workshop = lock_running(session, organisation_id, round_id)
    if workshop is None:
        raise NoWorkshop(round_id)
    if workshop.version != version:
        raise WorkshopMovedOn(workshop.version)
    return workshop


def _require_going_on(workshop: Workshop, now: dt.datetime) -> None:
    """Raises `WorkshopIsOver`."""
    if workshop.paused_at is not None or _is_over(workshop, now):
        raise WorkshopIsOver


def _is_over(workshop: Workshop, now: dt.datetime) -> bool:
    return is_over(workshop.commanded_at, workshop.paused_at, workshop.ended_at, now)


def _position(workshop: Workshop) -> Position:
    return Position(workshop.stage, workshop.question, workshop.ballot, workshop.is_blank)


def _commanded(session: Session, workshop: Workshop, now: dt.datetime) -> None:
    workshop.version += 1
    workshop.commanded_at = now
    session.flush()


def _pause(workshop: Workshop, now: dt.datetime) -> None:
    workshop.agenda_seconds = seconds_left(workshop.agenda_seconds, workshop.agenda_since, now)
    workshop.agenda_since = None
    workshop.paused_at = now


def _resume(workshop: Workshop, now: dt.datetime) -> None:
    """One that goes on stays as it is. Of one that has ended by itself, the time until then is not counted."""
    if workshop.paused_at is None and not _is_over(workshop, now):
        return
    workshop.paused_at = None
    workshop.agenda_since = now


def _move(
    session: Session, workshop: Workshop, command: Command, to: str, now: dt.datetime, *, may_be_few: bool
) -> None:
    before = _position(workshop)
    votes = votes_of(session, workshop.id) if before.stage is Stage.VOTING else ()
    ballots: dict[str, int] = {}
    for shown in ballots_of(session, workshop.id):
        ballots[shown.question] = max(shown.number, ballots.get(shown.question, 0))
    questions = _questions(session, workshop)
    after = moved(before, command, questions=[one.key for one in questions], ballots=ballots, votes=len(votes), to=to)
    if (before.stage, after.stage) == (Stage.VOTING, Stage.REVEALED):
        if len(votes) < FEW_VOTERS and not may_be_few:
            raise FewVotes
        size = next(one.size for one in questions if one.key == before.question)
        session.add(
            WorkshopBallot(
                organisation_id=workshop.organisation_id,
                workshop_id=workshop.id,
                question=before.question,
                number=before.ballot,
                counts=list(distribution(votes, size).counts),
                revealed_at=now,
            )
        )
        delete_votes(session, workshop.id)
        owe_emptied_log(session)
    workshop.stage, workshop.question = after.stage, after.question
    workshop.ballot, workshop.is_blank = after.ballot, after.is_blank


def _questions(session: Session, workshop: Workshop) -> tuple[VotedQuestion, ...]:
    round_ = get_round(session, organisation_id=workshop.organisation_id, round_id=workshop.round_id)
    asked = pinned_questionnaire(session, round_)
    return voted_questions(asked, [(point.id, point.name) for point in points_to_judge(round_)])


def _board(session: Session, workshop: Workshop, now: dt.datetime) -> Board:
    ballots: dict[str, list[Distribution]] = {}
    for shown in ballots_of(session, workshop.id):
        ballots.setdefault(shown.question, []).append(Distribution(tuple(shown.counts)))
    return Board(
        workshop=workshop,
        questions=_questions(session, workshop),
        joined=count_participants(session, workshop.id),
        voted=count_votes(session, workshop.id),
        ballots={question: tuple(votes) for question, votes in ballots.items()},
        agreements={one.question: Agreement(one.level, one.note) for one in agreements_of(session, workshop.id)},
        notes=notes_of(session, workshop.id),
        is_over=_is_over(workshop, now),
    )


def _free_pin(session: Session) -> str:
    while is_pin_taken(session, pin := f"{secrets.randbelow(10**PIN_DIGITS):0{PIN_DIGITS}}"):
        pass
    return pin
