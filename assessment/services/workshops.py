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

from assessment.catalogue.catalogue import load_action_library
from assessment.domain.actions import Action
from assessment.domain.plain_text import plain_line
from assessment.domain.plans.choices import LONGEST_OWNER
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.rounds import RoundMode, WrongRoundMode
from assessment.domain.texts import Text
from assessment.domain.workshops import (
    FEW_VOTERS,
    LONGEST_ACTION,
    LONGEST_CHOICE,
    LONGEST_NOTE,
    LONGEST_QUESTION,
    LONGEST_TIMER,
    MOST_CHOICES,
    MOST_OWN_QUESTIONS,
    Command,
    Distribution,
    HeldWorkshop,
    NotNow,
    Order,
    OwnQuestion,
    Position,
    Stage,
    VotedOn,
    VotedQuestion,
    agenda,
    agreed_sheet,
    counted,
    distribution,
    is_over,
    most_disagreed_first,
    moved,
    other_questions,
    seconds_left,
    timed,
    voted_questions,
)
from assessment.infra.clock import local_date
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
    find_note,
    find_running,
    is_pin_taken,
    lock_running,
    notes_of,
    questions_with_words,
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
    """A note, or a question, without words."""


class UnknownNote(LookupError):
    """The workshop has no such note, or not any more."""


class NoteChanged(Exception):
    """What was written down says something else since the page was loaded."""


class TooManyQuestions(Exception):
    """A workshop has as many questions of its own as it may have."""


class NothingChosen(Exception):
    """Nothing would be voted on."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """What was agreed: a level, or `DONT_KNOW`, and why."""

    level: int
    note: str


@dataclass(frozen=True)
class Board:
    """A workshop as whoever leads it sees it. Of an open ballot nobody knows more than how many have voted.

    `ballots` are the votes that were counted, by question, the first ones first; `offered` is all that could be voted
    on, of which `questions` are in the agenda.
    """

    workshop: Workshop
    questions: tuple[VotedQuestion, ...]
    joined: int
    voted: int
    ballots: Mapping[str, tuple[Distribution, ...]]
    agreements: Mapping[str, Agreement]
    notes: Sequence[WorkshopNote]
    is_over: bool
    offered: tuple[VotedQuestion, ...] = ()

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
    def are_votes_first(self) -> bool:
        return self.workshop.order is Order.VOTES_FIRST

    @property
    def agreed_in_sheet(self) -> int:
        return sum(question.is_in_sheet and question.key in self.agreements for question in self.questions)

    @property
    def left_out(self) -> tuple[VotedQuestion, ...]:
        """What the round's sheet asks and this workshop does not vote on."""
        return tuple(one for one in self.offered if one.is_in_sheet and one.key not in self.by_key)

    @property
    def timer_ends_at(self) -> dt.datetime | None:
        return self.workshop.timer_ends_at

    @property
    def most_disagreed(self) -> tuple[VotedQuestion, ...]:
        """Those on which nothing was agreed yet though they were voted on, the most disagreed first."""
        last = {key: ballots[-1] for key, ballots in self.ballots.items()}
        return tuple(self.by_key[key] for key in most_disagreed_first([one.key for one in self.open_questions], last))

    @property
    def voted_on(self) -> tuple[VotedOn, ...]:
        """The questions that were voted or agreed on, in the order in which they are offered."""
        return tuple(
            VotedOn(
                one,
                tuple(self.ballots.get(one.key, ())),
                self.agreements[one.key].level if one.key in self.agreements else None,
            )
            for one in self.offered
            if one.key in self.agreements or one.key in self.ballots
        )

    def notes_of(self, kind: NoteKind) -> list[WorkshopNote]:
        return [note for note in self.notes if note.kind is kind]

    def seconds_left(self, now: dt.datetime) -> int:
        return seconds_left(self.workshop.agenda_seconds, self.workshop.agenda_since, now)


def questions_of(session: Session, round_: Round) -> tuple[VotedQuestion, ...]:
    """What a room can vote on of what a round asks; nothing where its text is not known any more."""
    asked = find_pinned_questionnaire(session, round_)
    return _sheet_questions(asked, round_) if asked else ()


def all_questions_of(session: Session, round_: Round, own: Sequence[OwnQuestion] = ()) -> tuple[VotedQuestion, ...]:
    """The same, with what is in no sheet: priorities, and questions of the team's own."""
    asked = find_pinned_questionnaire(session, round_)
    return (*_sheet_questions(asked, round_), *other_questions(asked, own)) if asked else ()


def conversation_about(question: VotedQuestion) -> Action | None:
    """How a team talks about a pillar on which it is split, if the library has one for it."""
    return load_action_library().conversation(question.pillar) if question.pillar else None


def _sheet_questions(asked: Questionnaire, round_: Round) -> tuple[VotedQuestion, ...]:
    return voted_questions(asked, [(point.id, point.name) for point in points_to_judge(round_)])


def own_questions(workshop: Workshop) -> tuple[OwnQuestion, ...]:
    return tuple(
        OwnQuestion(one["id"], _text(one), tuple(_text(choice) for choice in one["choices"]))
        for one in workshop.own_questions
    )


def _text(document: Mapping[str, str]) -> Text:
    return Text(document["es"], document["en"])


def _document(text: Text) -> dict[str, str]:
    return {"es": text.es, "en": text.en}


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
    session: Session,
    *,
    organisation_id: uuid.UUID,
    round_id: uuid.UUID,
    minutes: int,
    chosen: Sequence[str] | None = None,
    order: Order = Order.AS_ASKED,
    now: dt.datetime,
) -> Workshop:
    """Starts a workshop that is planned to last so long; one that is being held goes on instead. It votes on the
    `chosen` keys, or on all that stands on the round's sheet.

    Raises `UnknownRound`, `WrongRoundMode`, `RoundNotOpen`, `RoundHasAnswers`, `NothingToVote` or `NothingChosen`.
    """
    round_ = lock_round(session, organisation_id=organisation_id, round_id=round_id)
    if round_.mode is not RoundMode.CONSENSUS:
        raise WrongRoundMode(round_.mode)
    round_.facts.require_open(now)
    if count_responses(session, round_.id):
        raise RoundHasAnswers
    if not questions_of(session, round_):
        raise NothingToVote
    if chosen is not None:
        chosen = [one.key for one in all_questions_of(session, round_) if one.key in chosen]
        if not chosen:
            raise NothingChosen
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
        chosen=chosen,
        order=order,
        own_questions=[],
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


def held_workshops(session: Session, round_: Round, *, time_zone: str, now: dt.datetime) -> tuple[HeldWorkshop, ...]:
    """The same for documents: votes and what was agreed, without the words that people wrote."""
    if round_.mode is not RoundMode.CONSENSUS:
        return ()
    boards = find_records(session, organisation_id=round_.organisation_id, round_id=round_.id, now=now)
    return tuple(
        HeldWorkshop(local_date(board.workshop.started_at, time_zone), board.voted_on)
        for board in boards
        if board.voted_on
    )


def give_command(
    session: Session,
    *,
    organisation_id: uuid.UUID,
    round_id: uuid.UUID,
    command: Command,
    version: int,
    to: str = "",
    may_be_few: bool = False,
    minutes: int = 0,
    now: dt.datetime,
) -> None:
    """Leads the workshop a step on; a timer is started for so many `minutes`. Votes that are counted are deleted; once
    the transaction is committed, `Database.compact_if_owed` removes them from SQLite's files, and at a pause those that
    were changed.

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
        elif command is Command.TIMER:
            workshop.timer_ends_at = timed(min(max(minutes, 1), LONGEST_TIMER), None, now)
        elif command is Command.MINUTE:
            workshop.timer_ends_at = timed(1, workshop.timer_ends_at, now)
        elif command is Command.UNTIMED:
            workshop.timer_ends_at = None
        elif command is Command.DOORS:
            workshop.takes_nobody_new = not workshop.takes_nobody_new
        elif command is Command.RENEW:
            workshop.token, workshop.pin = new_token(), _free_pin(session)
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
    asked = next(one for one in _offered(session, workshop) if one.key == question)
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


def choose_questions(
    session: Session,
    *,
    organisation_id: uuid.UUID,
    round_id: uuid.UUID,
    chosen: Sequence[str],
    order: Order,
    version: int,
    now: dt.datetime,
) -> None:
    """What is voted on from now on, and in which order. What was voted or agreed on stays, as does what is shown.

    Raises `NoWorkshop`, `WorkshopMovedOn` or `NothingChosen`.
    """
    workshop = _lock(session, organisation_id, round_id, version)
    stays = questions_with_words(session, workshop.id) | {workshop.question}
    kept = [one.key for one in _offered(session, workshop) if one.key in chosen or one.key in stays]
    if not kept:
        raise NothingChosen
    workshop.chosen, workshop.order = kept, order
    _changed_what_is_asked(session, workshop, now)


def add_own_question(
    session: Session,
    *,
    organisation_id: uuid.UUID,
    round_id: uuid.UUID,
    text: Text,
    choices: Sequence[Text] = (),
    version: int,
    now: dt.datetime,
) -> None:
    """A plain question more, after all others; without choices it is answered from 1 to 5.

    Raises `NoWorkshop`, `WorkshopMovedOn`, `NothingWritten` (also for a single choice) or `TooManyQuestions`.
    """
    workshop = _lock(session, organisation_id, round_id, version)
    asked = _plain(text, LONGEST_QUESTION)
    if not (asked.es and asked.en) or len(choices) == 1:
        raise NothingWritten
    if len(workshop.own_questions) >= MOST_OWN_QUESTIONS or len(choices) > MOST_CHOICES:
        raise TooManyQuestions
    id_ = str(len(workshop.own_questions) + 1)
    written = {
        "id": id_,
        **_document(asked),
        "choices": [_document(_plain(choice, LONGEST_CHOICE)) for choice in choices],
    }
    chosen = workshop.chosen
    if chosen is None:
        chosen = [one.key for one in _offered(session, workshop) if one.is_in_sheet]
    workshop.own_questions = [*workshop.own_questions, written]
    workshop.chosen = [*chosen, f"own:{id_}"]
    _changed_what_is_asked(session, workshop, now)


def _plain(text: Text, longest: int) -> Text:
    return Text(plain_line(text.es)[:longest], plain_line(text.en)[:longest])


def _changed_what_is_asked(session: Session, workshop: Workshop, now: dt.datetime) -> None:
    workshop.edition += 1
    _commanded(session, workshop, now)


def change_note(
    session: Session,
    *,
    organisation_id: uuid.UUID,
    round_id: uuid.UUID,
    note_id: uuid.UUID,
    words: str,
    owner: str = "",
    due_on: dt.date | None = None,
    shown: str | None = None,
) -> None:
    """Other words, owner and day for what was written down; without words it is taken away.

    `shown` is `text_of_note` as the page showed it. Raises `NoWorkshop`, `UnknownNote`, or `NoteChanged` where that is
    not what it says any more.
    """
    note = get_note(session, organisation_id=organisation_id, round_id=round_id, note_id=note_id, locks=True)
    if shown is not None and shown != text_of_note(note):
        raise NoteChanged
    plain = plain_line(words)[: LONGEST_ACTION if note.kind is NoteKind.ACTION else LONGEST_NOTE]
    if plain:
        note.words, note.owner, note.due_on = plain, plain_line(owner)[:LONGEST_OWNER], due_on
    else:
        session.delete(note)
        owe_emptied_log(session)
    session.flush()


def text_of_note(note: WorkshopNote) -> str:
    """All that somebody wrote of it, in one line."""
    return " · ".join(filter(None, (note.words, note.owner, note.due_on.isoformat() if note.due_on else "")))


def get_note(
    session: Session, *, organisation_id: uuid.UUID, round_id: uuid.UUID, note_id: uuid.UUID, locks: bool = False
) -> WorkshopNote:
    """If it `locks`, nobody else changes it until the transaction ends. Raises `NoWorkshop` or `UnknownNote`."""
    note = find_note(session, _running(session, organisation_id, round_id).id, note_id, locks=locks)
    if note is None:
        raise UnknownNote(note_id)
    return note


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

    Returns on how many questions of the sheet there was agreement; with none, the round has no sheet. People who took
    part are forgotten, with votes that were not shown. Raises `NoWorkshop`, `RoundNotOpen`, `AlreadySubmitted` or
    `QuestionnaireChanged`; nothing has changed then.
    """
    round_ = lock_round(session, organisation_id=organisation_id, round_id=round_id)  # first, as where a round goes
    workshop = lock_running(session, organisation_id, round_id)
    if workshop is None:
        raise NoWorkshop(round_id)
    in_sheet = {one.key for one in _offered(session, workshop) if one.is_in_sheet}
    agreements = agreements_of(session, workshop.id)
    agreed = {agreement.question: agreement.level for agreement in agreements if agreement.question in in_sheet}
    if agreed and hands_over and round_.published_at is None:
        _hand_over(session, round_, agreed, now)
    workshop.ended_at, workshop.pin = now, None
    workshop.stage, workshop.agenda_since, workshop.timer_ends_at = _stage_at_rest(workshop), None, None
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
    return Position(
        workshop.stage, workshop.question, workshop.ballot, workshop.is_blank, workshop.is_talk, workshop.order
    )


def _commanded(session: Session, workshop: Workshop, now: dt.datetime) -> None:
    workshop.version += 1
    workshop.commanded_at = now
    session.flush()


def _pause(workshop: Workshop, now: dt.datetime) -> None:
    workshop.agenda_seconds = seconds_left(workshop.agenda_seconds, workshop.agenda_since, now)
    workshop.agenda_since = workshop.timer_ends_at = None
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
    board = _board(session, workshop, now)
    after = moved(
        before,
        command,
        questions=[one.key for one in board.questions],
        ballots={key: len(counted_) for key, counted_ in board.ballots.items()},
        votes=len(votes),
        to=to,
        agreed=board.agreements,
    )
    if votes and command is Command.NEXT:
        if len(votes) < FEW_VOTERS and not may_be_few:
            raise FewVotes
        _count(session, workshop, board.by_key[before.question], votes, now)
    if after.order is Order.DISAGREED and before.order is not Order.DISAGREED:
        workshop.order = after.order
        first = _board(session, workshop, now).questions[0].key
        after = moved(after, Command.GO, questions=[first], ballots=_latest(session, workshop), votes=0, to=first)
    if after.question != before.question:
        workshop.timer_ends_at = None
    workshop.stage, workshop.question, workshop.ballot = after.stage, after.question, after.ballot
    workshop.is_blank, workshop.is_talk, workshop.order = after.is_blank, after.is_talk, after.order


def _count(
    session: Session, workshop: Workshop, question: VotedQuestion, votes: Sequence[int], now: dt.datetime
) -> None:
    """The votes of the open ballot become counts, and are deleted."""
    found = distribution(votes, question)
    session.add(
        WorkshopBallot(
            organisation_id=workshop.organisation_id,
            workshop_id=workshop.id,
            question=question.key,
            number=workshop.ballot,
            counts=list(found.counts),
            voted=found.voted,
            revealed_at=now,
        )
    )
    delete_votes(session, workshop.id)
    owe_emptied_log(session)
    session.flush()


def _latest(session: Session, workshop: Workshop) -> dict[str, int]:
    """The number of the last ballot on each question."""
    return {shown.question: shown.number for shown in ballots_of(session, workshop.id)}


def _offered(session: Session, workshop: Workshop) -> tuple[VotedQuestion, ...]:
    """All that the workshop could vote on."""
    round_ = get_round(session, organisation_id=workshop.organisation_id, round_id=workshop.round_id)
    asked = pinned_questionnaire(session, round_)
    return (*_sheet_questions(asked, round_), *other_questions(asked, own_questions(workshop)))


def _board(session: Session, workshop: Workshop, now: dt.datetime) -> Board:
    offered = _offered(session, workshop)
    by_key = {one.key: one for one in offered}
    ballots: dict[str, list[Distribution]] = {}
    for shown in ballots_of(session, workshop.id):
        if question := by_key.get(shown.question):
            ballots.setdefault(shown.question, []).append(counted(shown.counts, shown.voted, question))
    sheet = [one for one in offered if one.is_in_sheet]
    others = [one for one in offered if not one.is_in_sheet]
    first = {key: votes[0] for key, votes in ballots.items()}
    return Board(
        workshop=workshop,
        questions=agenda(sheet, others, workshop.chosen, workshop.order, first),
        joined=count_participants(session, workshop.id),
        voted=count_votes(session, workshop.id),
        ballots={question: tuple(votes) for question, votes in ballots.items()},
        agreements={one.question: Agreement(one.level, one.note) for one in agreements_of(session, workshop.id)},
        notes=notes_of(session, workshop.id),
        is_over=_is_over(workshop, now),
        offered=offered,
    )


def _free_pin(session: Session) -> str:
    while is_pin_taken(session, pin := f"{secrets.randbelow(10**PIN_DIGITS):0{PIN_DIGITS}}"):
        pass
    return pin
