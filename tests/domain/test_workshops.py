"""A workshop's steps, and how its votes are told."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment.catalogue.catalogue import load_questionnaire
from assessment.domain.answers import DK
from assessment.domain.questionnaire import Text
from assessment.domain.workshops import (
    Command,
    Distribution,
    Level,
    NobodyVoted,
    NotNow,
    Order,
    OwnQuestion,
    Position,
    Stage,
    VotedQuestion,
    agenda,
    agreed_sheet,
    distribution,
    is_over,
    may_be_counted,
    minutes_a_question,
    most_disagreed_first,
    moved,
    other_questions,
    seconds_left,
    timed,
    voted_questions,
)

NOW = dt.datetime(2026, 11, 30, 9, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
KEYS = ("a", "b")


def scale(size: int, **more: Any) -> VotedQuestion:
    word = Text("x", "x")
    levels = tuple(Level(value, word, word) for value in range(1, size + 1))
    return VotedQuestion("items", "x", word, word, levels, word, **more)


def move(position: Position, command: Command, *, votes: int = 0, to: str = "", **ballots: Any) -> Position:
    return moved(position, command, questions=KEYS, ballots=ballots, votes=votes, to=to)


def test_a_room_votes_on_the_rubrics_and_on_each_moment_in_their_order() -> None:
    asked = voted_questions(load_questionnaire("service-culture-rubrics"), [("contact", Text("Contacto", "Contact"))])
    assert [question.key for question in asked][:2] == ["items:language-rubric", "items:vision-rubric"]
    assert [(question.key, question.size) for question in asked][-1] == ("ladder:contact", 6)
    assert len(asked) == 13
    assert asked[0].title.en == "Common service language"
    assert asked[0].levels[0].name.en == "Absent"


def test_statements_are_too_many_for_a_room() -> None:
    assert voted_questions(load_questionnaire("service-culture"), []) == ()


def test_the_next_key_alone_leads_from_joining_to_the_last_vote() -> None:
    at, seen = Position(), []
    ballots: dict[str, Any] = {}
    for _ in range(6):
        at = move(at, Command.NEXT, votes=3, **ballots)
        if at.stage is Stage.REVEALED:
            ballots[at.question] = at.ballot
        seen.append((at.question, at.stage.value))
    assert seen == [(key, stage) for key in KEYS for stage in ("asked", "voting", "revealed")]
    assert move(at, Command.NEXT, votes=3, **ballots).question == "a"  # nothing is agreed there yet
    with pytest.raises(NotNow):
        moved(at, Command.NEXT, questions=KEYS, ballots=ballots, votes=0, agreed=["a"])


@pytest.mark.parametrize("command", [Command.BACK, Command.GO, Command.SKIP, Command.AGAIN])
def test_while_votes_are_cast_nothing_else_is_shown(command: Command) -> None:
    with pytest.raises(NotNow):
        move(Position(Stage.VOTING, "a", 1), command, votes=1, to="b")


def test_a_vote_in_which_nobody_voted_is_not_revealed_but_can_be_left() -> None:
    voting = Position(Stage.VOTING, "a", 1)
    with pytest.raises(NobodyVoted):
        move(voting, Command.NEXT)
    assert move(voting, Command.BACK) == Position(Stage.ASKED, "a", 1)


def test_voting_again_is_another_ballot_of_the_same_question() -> None:
    assert move(Position(Stage.REVEALED, "a", 1), Command.AGAIN, a=1) == Position(Stage.VOTING, "a", 2)


def test_coming_back_to_a_question_shows_its_last_votes() -> None:
    assert move(Position(Stage.ASKED, "b", 1), Command.BACK, a=2) == Position(Stage.REVEALED, "a", 2)
    assert move(Position(Stage.REVEALED, "a", 2), Command.BACK, a=2) == Position()


def test_where_all_vote_first_nothing_is_shown_before_the_last_vote_and_the_most_disagreed_follows() -> None:
    at = Position(order=Order.VOTES_FIRST)
    ballots: dict[str, Any] = {}
    seen = []
    for _ in range(4):
        before = at.question
        was_voting = at.stage is Stage.VOTING
        at = move(at, Command.NEXT, votes=3, **ballots)
        if was_voting:
            ballots[before] = 1
        seen.append((at.question, at.stage.value, at.order.value))
    assert seen == [
        ("a", "asked", "votes_first"),
        ("a", "voting", "votes_first"),
        ("b", "asked", "votes_first"),
        ("b", "voting", "votes_first"),
    ]
    assert move(at, Command.NEXT, votes=3, **ballots) == Position(Stage.REVEALED, "b", 1, order=Order.DISAGREED)
    again = Position(Stage.VOTING, "a", 2, order=Order.VOTES_FIRST)
    assert move(again, Command.NEXT, votes=3, **ballots).stage is Stage.REVEALED
    early = move(Position(Stage.ASKED, "b", 1, order=Order.VOTES_FIRST), Command.DISCUSS, a=1)
    assert early.order is Order.DISAGREED
    first = {"a": distribution([3, 3], scale(5)), "b": distribution([1, 5], scale(5))}
    asked = [replace(scale(5), id=key) for key in ("a", "b", "c")]
    keyed = {f"items:{key}": votes for key, votes in first.items()}
    assert [one.id for one in agenda(asked, (), None, Order.DISAGREED, keyed)] == ["b", "a", "c"]
    assert [one.id for one in agenda(asked[:2], asked[2:], None, Order.AS_ASKED, {})] == ["a", "b"]


def test_up_to_three_pillars_are_one_vote_and_who_is_level_at_the_line_is_tied() -> None:
    priorities, own = other_questions(
        load_questionnaire("service-culture-rubrics"), [OwnQuestion("1", Text("¿Listos?", "Ready?"))]
    )
    assert (priorities.size, priorities.most, own.key, own.size) == (12, 3, "own:1", 5)
    vote = priorities.value_of([1, 4, 12])
    assert priorities.chosen(vote) == (1, 4, 12)
    assert [priorities.takes(value) for value in (0, vote, priorities.value_of([1, 2, 3, 4]), 2**12)] == [
        True, True, False, False,
    ]  # fmt: skip
    votes = distribution([vote, vote, priorities.value_of([1, 2]), 0], priorities)
    assert (votes.voters, votes.counts[:5], votes.disagreement) == (4, (1, 3, 1, 0, 2), 0)
    assert (votes.most_voted, votes.is_tied) == ((1, 4, 12), False)
    level = distribution(
        [priorities.value_of([1, 2]), priorities.value_of([1, 3]), priorities.value_of([4])], priorities
    )
    assert (level.most_voted, level.is_tied) == ((1, 2, 3, 4), True)
    assert agreed_sheet({"own:1": 3, priorities.key: vote}).items == {}


@given(st.data(), st.integers(1, 3), st.integers(3, 6))
def test_whatever_a_room_votes_may_be_counted(data: st.DataObject, most: int, size: int) -> None:
    asked = scale(size, most=most, is_scale=most == 1)
    values = [value for value in range(2**size) if asked.takes(value)]
    votes = data.draw(st.lists(st.sampled_from(values), min_size=1, max_size=30))
    found = distribution(votes, asked)
    assert may_be_counted(found.counts, found.voted, asked)


@pytest.mark.parametrize(
    ("counts", "voted"),
    [
        ([0, 2, 2, 1], None),
        ([0, 2, 2], 2),
        ([0, 2, 2, 1, 0], 2),
        ([0, 3, 0, 0], 2),
        ([1, 2, 2, 2], 2),
        ([0, 2, 2, 1], 6),
        ([0, 2, 2, 2], 1),
        ([0, 2, 2, -1], 2),
        ([3, 0, 0, 0], 2),
        ([0, 0, 0, 0], 0),
        ([501, 0, 0, 0], 501),
    ],
)
def test_votes_that_no_room_can_give_are_told(counts: list[int], voted: int | None) -> None:
    assert not may_be_counted(counts, voted, scale(3, most=2, is_scale=False))


def test_a_timer_is_started_lengthened_and_runs_on_from_now_once_it_is_over() -> None:
    ends = timed(5, None, NOW)
    assert timed(1, ends, NOW + dt.timedelta(minutes=2)) == NOW + dt.timedelta(minutes=6)
    assert timed(1, ends, NOW + HOUR) == NOW + dt.timedelta(minutes=61)


def test_a_dark_screen_is_lit_by_the_next_step() -> None:
    dark = move(Position(Stage.ASKED, "a", 1), Command.BLANK)
    assert dark.is_blank
    assert not move(dark, Command.NEXT).is_blank


def test_a_tie_is_said_and_those_who_do_not_know_break_none() -> None:
    tied = distribution([2, 2, 4, 4, 0, 0, 0], scale(5))
    assert tied.counts == (3, 0, 2, 0, 2, 0)
    assert (tied.most_voted, tied.is_tied) == ((2, 4), True)
    assert distribution([0], scale(5)).most_voted == ()


@pytest.mark.parametrize(("voters", "is_anonymous"), [(4, False), (5, True)])
def test_fewer_than_five_voters_are_not_anonymous(voters: int, is_anonymous: bool) -> None:
    assert Distribution((0, voters, 0)).is_anonymous is is_anonymous


def test_the_most_disagreed_question_comes_first_whatever_its_scale() -> None:
    votes = {
        "a": distribution([3, 3, 3], scale(5)),
        "b": distribution([1, 6], scale(6)),
        "c": distribution([2, 3], scale(5)),
    }
    assert most_disagreed_first(["a", "b", "c", "d"], votes) == ("b", "c", "a")
    assert votes["b"].disagreement == 1


@pytest.mark.parametrize(
    ("paused_at", "after", "over"), [(None, 11, False), (None, 12, True), (NOW, 24, False), (NOW, 15 * 24, True)]
)
def test_a_workshop_ends_by_itself_and_one_that_is_paused_waits(
    paused_at: dt.datetime | None, after: int, over: bool
) -> None:
    assert is_over(NOW, paused_at, None, NOW + after * HOUR) is over


def test_time_passes_only_while_the_workshop_goes_on() -> None:
    assert seconds_left(3600, NOW, NOW + dt.timedelta(minutes=20)) == 2400
    assert seconds_left(3600, None, NOW + HOUR) == 3600
    assert minutes_a_question(2400, 13) == 3


def test_what_was_agreed_is_one_sheet() -> None:
    sheet = agreed_sheet({"items:language-rubric": 3, "ladder:contact": 0})
    assert (sheet.role, sheet.items, sheet.ladder) == ("consensus", {"language-rubric": 3}, {"contact": DK})
