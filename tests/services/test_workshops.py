"""A workshop: votes count once and are forgotten, commands do not pass each other, and what is agreed is the sheet."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest
from sqlalchemy import func, select

from assessment.domain.answers import DK, AnswerSheet, Role
from assessment.domain.rounds import RoundMode, RoundNotOpen, WrongRoundMode
from assessment.domain.texts import Text
from assessment.domain.workshops import MOST_OWN_QUESTIONS, Command, NobodyVoted, NotNow, Order, Stage
from assessment.services.answer_documents import sheet_from_document
from assessment.services.publication import publish_round
from assessment.services.respond import AlreadySubmitted
from assessment.services.results import results
from assessment.services.rounds import RecordWouldBeLost, WorkshopHeld, discard_round, stop_round
from assessment.services.taking_part import UnknownVote, UnknownWorkshop, WorkshopFull, find_workshop
from assessment.services.workshops import (
    FewVotes,
    NoteKind,
    NothingWritten,
    TooManyQuestions,
    UnknownNote,
    WorkshopIsOver,
    WorkshopMovedOn,
    add_own_question,
    change_note,
    choose_questions,
    find_records,
    forget_what_is_over,
    give_command,
    start_workshop,
    write_note,
)
from assessment.store.deletions import delete_answers
from assessment.store.responses import answers_of
from assessment.store.rounds import Round
from assessment.store.workshops import Workshop, WorkshopNote, WorkshopParticipant, WorkshopVote
from tests.services.build import LATER, NOW, answer, make_home, make_round
from tests.services.workshop_rooms import FIRST, RUBRICS, SECOND, Room

AT_ONCE = 8
HOUR = dt.timedelta(hours=1)
PHONES = tuple(f"phone {number}" for number in range(AT_ONCE))


def count(room, model):
    with room.database.reading() as session:
        return session.scalar(select(func.count()).select_from(model))


def at_once(*acts):
    """Runs them together; what each returned or raised."""
    start, done = threading.Barrier(len(acts)), []

    def run(act):
        start.wait()
        try:
            done.append(act())
        except Exception as error:
            done.append(error)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return done


@pytest.mark.both_databases
def test_a_vote_that_is_sent_or_changed_many_times_at_once_counts_once(database):
    room = Room.make(database)
    room.join(*PHONES)
    room.command(Command.NEXT, Command.NEXT)
    assert at_once(*(lambda: room.vote(PHONES[0], 2) for _ in range(AT_ONCE))) == [True] * AT_ONCE
    assert room.vote(PHONES[0], 5)
    room.command(Command.NEXT)
    (shown,) = room.board().ballots[FIRST]
    assert shown.counts == (0, 0, 0, 0, 0, 1)


@pytest.mark.both_databases
def test_a_vote_at_the_moment_of_revealing_counts_or_is_refused_and_never_stays_behind(database):
    room = Room.make(database)
    room.join(*PHONES)
    room.command(Command.NEXT, Command.NEXT)
    room.vote(PHONES[0], 3)
    version = room.board().workshop.version

    def reveal():
        with database.writing() as session:
            give_command(session, **room.own, command=Command.NEXT, version=version, may_be_few=True, now=NOW)
        return "revealed"

    done = at_once(reveal, *(lambda phone=phone: room.vote(phone, 4) for phone in PHONES[1:]))
    (shown,) = room.board().ballots[FIRST]
    assert "revealed" in done
    assert shown.counts[4] == done.count(True)
    assert count(room, WorkshopVote) == 0


@pytest.mark.both_databases
def test_of_two_commands_for_the_same_moment_one_does_something(database):
    room = Room.make(database)
    version = room.board().workshop.version

    def step():
        with database.writing() as session:
            give_command(session, **room.own, command=Command.NEXT, version=version, may_be_few=True, now=NOW)
        return "stepped"

    done = at_once(step, step)
    assert [type(one) for one in done].count(WorkshopMovedOn) == 1
    assert (room.board().workshop.stage, room.board().workshop.question) == (Stage.ASKED, FIRST)


@pytest.mark.both_databases
def test_of_two_who_start_it_at_once_both_lead_the_same_workshop(database):
    home = make_home(database)
    round_id, _ = make_round(database, home, mode=RoundMode.CONSENSUS, questionnaires=[RUBRICS])

    def start():
        with database.writing() as session:
            started = start_workshop(session, organisation_id=home.organisation, round_id=round_id, minutes=60, now=NOW)
            return started.id, started.pin

    first, second = at_once(start, start)
    assert first == second


def test_what_is_agreed_becomes_the_sheet_and_the_votes_stand_beside_it(database):
    room = Room.make(database)
    room.join(*PHONES)
    room.command(Command.NEXT, Command.NEXT)
    for phone, value in zip(PHONES, (2, 2, 3, 3, 3, 4, 0, 1), strict=True):
        assert room.vote(phone, value)
    room.command(Command.NEXT)
    room.agree(3, "Las palabras se oyen en las reuniones.")
    room.command(Command.AGAIN)
    assert not room.vote(PHONES[0], 3)  # for the ballot before
    assert room.vote(PHONES[0], 3, ballot=2)
    room.command(Command.NEXT, Command.NEXT)
    room.agree(0)
    with database.writing() as session:
        for kind in NoteKind:
            write_note(session, **room.own, kind=kind, words="Llamar antes de las 10", owner="Ana", now=NOW)
    assert room.end() == 2
    assert count(room, WorkshopParticipant) == 0
    with database.reading() as session:
        (document,) = answers_of(session, room.round_id)
        (record,) = find_records(session, **room.own, now=NOW)
    sheet = sheet_from_document(document)
    assert (sheet.role, sheet.items) == ("consensus", {"language-rubric": 3, "vision-rubric": DK})
    assert [votes.counts for votes in record.ballots[FIRST]] == [(1, 1, 2, 3, 1, 0), (0, 0, 0, 1, 0, 0)]
    assert record.agreements[FIRST].note == "Las palabras se oyen en las reuniones."
    assert [note.owner for note in record.notes] == ["Ana", "Ana"]
    with database.writing() as session:
        stop_round(session, **room.own, now=NOW)
    with database.writing() as session:
        publish_round(session, **room.own, now=NOW)
    with database.reading() as session:
        assert results(session, **room.own).result.pillar("language").mean == 3


def test_a_workshop_in_which_nothing_was_agreed_leaves_the_round_as_it_was(database):
    room = Room.make(database)
    assert room.end() == 0
    with database.writing() as session:
        again = start_workshop(session, **room.own, minutes=60, now=NOW)
        assert again.id != room.workshop_id
        with pytest.raises(WorkshopHeld):
            discard_round(session, **room.own, now=NOW)
    room.end()
    with database.writing() as session:
        discard_round(session, **room.own, now=NOW)
    assert count(room, Workshop) == 0


def test_a_round_is_not_discarded_with_more_than_was_named(database):
    room = Room.make(database)
    with database.writing() as session:
        write_note(session, **room.own, kind=NoteKind.ACTION, words="Llamar antes de las 10", now=NOW)
    room.end()
    with database.writing() as session, pytest.raises(RecordWouldBeLost):
        discard_round(session, **room.own, now=NOW)
    assert count(room, WorkshopNote) == 1


def test_an_end_that_cannot_hand_over_changes_nothing(database):
    room = Room.make(database)
    room.command(Command.NEXT)
    room.agree(4)
    with database.writing() as session:
        stop_round(session, **room.own, now=NOW)
    with pytest.raises(RoundNotOpen):
        room.end()
    assert room.board().agreements[FIRST].level == 4


def test_a_sheet_that_was_sent_elsewhere_is_not_overwritten(database):
    room = Room.make(database)
    room.command(Command.NEXT)
    room.agree(4)
    answer(database, room.link, AnswerSheet(role=Role.CONSENSUS, items={"language-rubric": 1}))
    with pytest.raises(AlreadySubmitted):
        room.end()


@pytest.mark.parametrize(
    ("mode", "questionnaires", "refusal"),
    [(RoundMode.ANSWERED, [RUBRICS], WrongRoundMode), (RoundMode.CONSENSUS, [], None)],
)
def test_only_a_round_that_is_answered_together_can_be_held_in_a_room(database, mode, questionnaires, refusal):
    home = make_home(database)
    more = {"questionnaires": questionnaires} if questionnaires else {}
    round_id, _ = make_round(database, home, mode=mode, **more)
    own = {"organisation_id": home.organisation, "round_id": round_id}
    with database.writing() as session:
        if refusal is None:  # of statements it votes on the moments alone
            start_workshop(session, **own, minutes=60, now=NOW)
            return
        with pytest.raises(refusal):
            start_workshop(session, **own, minutes=60, now=NOW)


def test_votes_are_refused_where_none_are_taken_and_taken_from_those_who_joined(database):
    room = Room.make(database)
    room.join(PHONES[0])
    room.command(Command.NEXT)
    assert not room.vote(PHONES[0], 3)  # read aloud, not open yet
    room.command(Command.NEXT)
    with pytest.raises(NobodyVoted):
        room.command(Command.NEXT)
    assert not room.vote("a stranger", 3)
    assert not room.vote(PHONES[0], 3, question=SECOND)
    with pytest.raises(UnknownVote):
        room.vote(PHONES[0], 6)
    assert room.vote(PHONES[0], 3)
    with pytest.raises(NotNow):
        room.command(Command.SKIP)
    room.command(Command.PAUSE)
    assert not room.vote(PHONES[0], 4)


def test_a_pause_keeps_everything_until_the_day_after(database):
    room = Room.make(database)
    room.join(PHONES[0])
    room.command(Command.NEXT, Command.NEXT)
    room.vote(PHONES[0], 2)
    room.now = NOW + HOUR
    room.command(Command.PAUSE)
    with pytest.raises(WorkshopIsOver):
        room.command(Command.NEXT)
    room.now = NOW + 24 * HOUR
    assert room.board().seconds_left(room.now) == 30 * 60
    room.command(Command.RESUME)
    assert room.seen_by(PHONES[0]).vote == 2
    room.command(Command.NEXT)
    assert room.board().shown.voters == 1


def test_a_workshop_that_nobody_leads_any_more_is_over_by_itself_and_can_be_ended_or_resumed(database):
    room = Room.make(database)
    room.join(PHONES[0])
    room.command(Command.NEXT, Command.NEXT)
    room.now = NOW + 12 * HOUR
    assert room.seen_by(PHONES[0]).is_over
    assert not room.vote(PHONES[0], 3)
    with pytest.raises(WorkshopIsOver):
        room.command(Command.NEXT)
    room.command(Command.RESUME)
    assert room.vote(PHONES[0], 3)


@pytest.mark.both_databases
def test_who_took_part_in_a_workshop_that_nobody_ends_is_forgotten_with_the_votes(database):
    room = Room.make(database)
    room.join(*PHONES)
    room.command(Command.NEXT)
    room.agree(3)
    room.command(Command.NEXT)
    room.vote(PHONES[0], 4)
    forget_what_is_over(database, now=NOW + 11 * HOUR)
    assert count(room, WorkshopParticipant) == len(PHONES)
    room.now = NOW + 13 * HOUR
    forget_what_is_over(database, now=room.now)
    assert (count(room, WorkshopParticipant), count(room, WorkshopVote)) == (0, 0)
    assert room.board().agreements[FIRST].level == 3
    room.command(Command.RESUME)
    room.join(PHONES[0])
    room.command(Command.NEXT)
    assert room.vote(PHONES[0], 2)


def test_publishing_ends_the_workshop_so_that_what_was_agreed_is_found(database):
    room = Room.make(database)
    room.command(Command.NEXT)
    room.agree(3)
    answer(database, room.link, AnswerSheet(role=Role.CONSENSUS, items={"language-rubric": 4}), now=NOW)
    with database.writing() as session:
        stop_round(session, **room.own, now=LATER)
    with database.writing() as session:
        publish_round(session, **room.own, now=LATER)
    with database.reading() as session:
        (record,) = find_records(session, **room.own, now=LATER)
    assert record.agreements[FIRST].level == 3


def test_so_few_votes_as_can_be_guessed_are_not_shown_unawares(database):
    room = Room.make(database)
    room.join(PHONES[0])
    room.command(Command.NEXT, Command.NEXT)
    room.vote(PHONES[0], 2)
    version = room.board().workshop.version
    with database.writing() as session, pytest.raises(FewVotes):
        give_command(session, **room.own, command=Command.NEXT, version=version, now=NOW)
    assert count(room, WorkshopVote) == 1


def test_words_that_people_wrote_in_a_workshop_go_with_the_answers(database):
    room = Room.make(database)
    room.command(Command.NEXT)
    room.agree(3, "Ana lo dijo")
    with database.writing() as session:
        write_note(session, **room.own, kind=NoteKind.ACTION, words="Llamar antes", owner="Luis", now=NOW)
    room.end()
    with database.writing() as session:
        delete_answers(session, session.get_one(Round, room.round_id), answered=1, now=LATER)
    with database.reading() as session:
        (record,) = find_records(session, **room.own, now=LATER)
    assert (record.agreements[FIRST].level, record.agreements[FIRST].note, list(record.notes)) == (3, "", [])


def test_a_pin_is_free_again_once_its_workshop_has_ended(database):
    room = Room.make(database)
    pin = room.board().workshop.pin
    assert find_workshop(database, pin=pin) == room.workshop_id
    room.end()
    with pytest.raises(UnknownWorkshop):
        find_workshop(database, pin=pin)
    with pytest.raises(WorkshopFull):
        room.join("too late")


def test_another_organisation_finds_no_workshop(database):
    room, other = Room.make(database), make_home(database, "Otra")
    with database.writing() as session, pytest.raises(LookupError):
        give_command(
            session,
            organisation_id=other.organisation,
            round_id=room.round_id,
            command=Command.NEXT,
            version=1,
            now=NOW,
        )


def test_a_thought_without_words_is_not_parked(database):
    room = Room.make(database)
    with database.writing() as session, pytest.raises(NothingWritten):
        write_note(session, **room.own, kind=NoteKind.PARKED, words=" \n ", now=LATER)


def test_a_phone_that_comes_back_is_the_same_one(database):
    room = Room.make(database)
    room.join(PHONES[0], PHONES[0], PHONES[1])
    assert room.board().joined == 2


@pytest.mark.both_databases
def test_what_was_voted_on_stays_in_the_agenda_and_questions_of_ones_own_stay_out_of_the_sheet(database):
    room = Room.make(database)
    room.join(*PHONES)
    room.command(Command.NEXT, Command.NEXT)
    for phone in PHONES:
        room.vote(phone, 3)
    room.command(Command.NEXT)

    def change(act, **given):
        with database.writing() as session:
            act(session, **room.own, **{"version": room.board().workshop.version, "now": NOW} | given)

    asked = Text("¿Listos?", "Ready?")
    change(choose_questions, chosen=["ladder:contact", "priorities:pillars", "made up"], order=Order.AS_ASKED)
    assert [one.key for one in room.board().questions] == [FIRST, "ladder:contact", "priorities:pillars"]
    for _ in range(MOST_OWN_QUESTIONS):
        change(add_own_question, text=asked)
    refused: dict[type[Exception], dict[str, Any]] = {
        TooManyQuestions: {"text": asked},
        NothingWritten: {"text": Text(" ", "Ready?")},
        WorkshopMovedOn: {"text": asked, "version": 1},
    }
    for error, given in refused.items():
        with pytest.raises(error):
            change(add_own_question, **given)
    priorities = room.board().by_key["priorities:pillars"]
    room.command(Command.GO, to=priorities.key)
    room.command(Command.NEXT)
    both = priorities.value_of([2, 12])
    assert room.vote(PHONES[0], both, question=priorities.key)
    with pytest.raises(UnknownVote):
        room.vote(PHONES[1], priorities.value_of([1, 2, 3, 4]), question=priorities.key)
    room.command(Command.NEXT)
    assert (room.board().shown.voters, room.board().shown.most_voted) == (1, (2, 12))
    room.agree(both)
    room.command(Command.GO, to="own:1")
    room.agree(4)
    assert room.end() == 0  # nothing of the sheet was agreed
    with database.reading() as session:
        (record,) = find_records(session, **room.own, now=NOW)
        assert [one.question.key for one in record.voted_on] == [FIRST, priorities.key, "own:1"]


def test_what_was_written_down_is_changed_or_taken_away_by_its_own_workshop_alone(database):
    room, other = Room.make(database), Room.make(database, "Beta")
    with database.writing() as session:
        write_note(session, **room.own, kind=NoteKind.ACTION, words="Tablero", now=NOW)
    (note,) = room.board().notes
    with database.writing() as session:
        with pytest.raises(UnknownNote):
            change_note(session, **other.own, note_id=note.id, words="otro")
        change_note(session, **room.own, note_id=note.id, words="Tablero nuevo", owner="Ana")
    assert [(one.words, one.owner) for one in room.board().notes] == [("Tablero nuevo", "Ana")]
    with database.writing() as session:
        change_note(session, **room.own, note_id=note.id, words=" ")
    assert room.board().notes == []
