"""Sheets of paper that somebody types: each number once, counted like any other, and nothing of it left afterwards."""

from __future__ import annotations

import json
import threading
from copy import copy
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from assessment.domain.answers import DK, Answer, Role
from assessment.domain.paper import NotAnAnswer, questions_of
from assessment.domain.respondents import InvalidAnswer
from assessment.domain.rounds import RoundMode, RoundNotOpen, WrongRoundMode
from assessment.services.answer_documents import document_from_sheet
from assessment.services.comments import comments_of_round
from assessment.services.outlook import get_outlook
from assessment.services.paper_sheets import (
    AlreadyCounted,
    FewBesidePaper,
    Finished,
    NothingTyped,
    SheetChanged,
    SheetsNotCounted,
    UnknownSheet,
    begin_sheet,
    compare_sheet,
    count_left_out,
    discard_sheet,
    finish_sheet,
    get_batch,
    get_sheet,
    keep_sheet,
    paper_of_round,
    settle_paper,
    settle_sheet,
    type_twice,
)
from assessment.services.participation import get_participation
from assessment.services.publication import publish_round, publish_scored_round, score_before_publication
from assessment.services.results import results
from assessment.services.rounds import UnknownRound, lock_round, reopen_round, stop_round
from assessment.store.comments import Comment
from assessment.store.compaction import OwedCompaction
from assessment.store.paper_sheets import PaperSheet
from assessment.store.responses import Response, SubmissionKey
from assessment.store.rounds import Round
from tests.databases import is_somebody_waiting
from tests.services.build import NOW, answer, make_home, make_round, make_sheet

pytestmark = pytest.mark.both_databases


class Desk:
    """A round, and somebody who types its sheets."""

    def __init__(self, database, **given: Any) -> None:
        self.database, self.home = database, make_home(database)
        self.round_id, self.link = make_round(database, self.home, **given)

    @classmethod
    def next_of(cls, desk: Desk) -> Desk:
        """A desk of the same team's next round."""
        after = copy(desk)
        after.round_id, after.link = make_round(desk.database, desk.home, name="Ronda 2")
        return after

    @property
    def where(self) -> dict[str, Any]:
        return {"organisation_id": self.home.organisation, "round_id": self.round_id, "now": NOW}

    def do(self, act, **given):
        with self.database.writing() as session:
            done = act(session, **self.where | given)
            if isinstance(done, PaperSheet):
                session.expunge(done)
            return done

    def type_sheet(self, seed=0, *, typing=1, **given) -> Finished:
        sheet = self.do(begin_sheet, typing=typing)
        finished: Finished = self.do(
            finish_sheet,
            sheet_id=sheet.id,
            version=1,
            editor="page",
            answers=document_from_sheet(make_sheet(seed, **given)),
        )
        return finished

    def batch(self):
        with self.database.reading() as session:
            return get_batch(session, organisation_id=self.home.organisation, round_id=self.round_id)

    def answered(self) -> int:
        with self.database.reading() as session:
            own = {"organisation_id": self.home.organisation, "round_id": self.round_id}
            return get_participation(session, **own).answered

    def stop(self) -> None:
        self.do(stop_round)

    def documents(self):
        with self.database.reading() as session:
            return session.scalars(select(Response.answers)).all()


def test_a_typed_sheet_is_a_response_among_others(database):
    desk = Desk(database)
    for seed in range(6):
        answer(database, desk.link, make_sheet(seed))
    assert [desk.type_sheet(seed) for seed in range(10, 13)] == [Finished.COUNTED] * 3
    assert desk.answered() == 9
    assert (desk.batch().counted, desk.batch().by_link, desk.batch().sheets) == (3, 6, ())
    desk.stop()
    desk.type_sheet(13)  # paper that came late: nobody has seen anything
    desk.do(publish_round)
    with database.reading() as session:
        found = results(session, organisation_id=desk.home.organisation, round_id=desk.round_id)
        assert found.result.respondents == 10
        assert not session.scalars(select(SubmissionKey)).all()
        assert not session.scalars(select(PaperSheet)).all()
        assert not count_left_out(session, session.get_one(Round, desk.round_id))
    documents = desk.documents()
    assert len({json.dumps(sorted(document)) for document in documents}) == 1  # nothing tells a typed one
    with pytest.raises(RoundNotOpen):
        desk.do(begin_sheet)


def test_each_number_is_given_once_also_to_two_who_type_at_once(database):
    desk = Desk(database)
    first, second = desk.do(begin_sheet), desk.do(begin_sheet)
    assert (first.number, second.number) == (1, 2)
    desk.do(discard_sheet, sheet_id=first.id)
    if database.engine.dialect.name == "sqlite":
        with database.reading() as session:
            assert session.scalars(select(OwedCompaction)).all(), "what was typed goes from the write-ahead log"
    assert desk.do(begin_sheet).number == 1
    desk.do(finish_sheet, sheet_id=second.id, version=1, editor="p", answers=document_from_sheet(make_sheet(1)))
    assert desk.do(begin_sheet).number == 3  # 2 is counted, and not to be typed again
    with pytest.raises(UnknownSheet):  # sent twice
        desk.do(finish_sheet, sheet_id=second.id, version=1, editor="p", answers=document_from_sheet(make_sheet(1)))
    assert desk.answered() == 1


def test_what_is_typed_is_kept_and_two_pages_do_not_erase_each_other(database):
    desk = Desk(database)
    sheet = desk.do(begin_sheet)
    keep = {"sheet_id": sheet.id, "editor": "one"}
    kept = desk.do(keep_sheet, **keep, answers={"items": {"language-1": 4}}, version=1)
    assert kept.version == 2
    # The same page, of which an answer was lost on the way.
    desk.do(keep_sheet, **keep, answers={"items": {"language-1": 4, "language-2": "DK"}}, version=1)
    with pytest.raises(SheetChanged):
        desk.do(keep_sheet, sheet_id=sheet.id, editor="two", answers={}, version=2)
    with pytest.raises(SheetChanged):
        desk.do(finish_sheet, sheet_id=sheet.id, editor="two", answers={"comment": "Otra"}, version=2)
    for wrong in ({"items": {"language-1": 6}}, {"items": {"unknown": 1}}, {"ladder": {"elsewhere": 1}}):
        with pytest.raises(InvalidAnswer):
            desk.do(keep_sheet, **keep, answers=wrong, version=3)
    with pytest.raises(InvalidAnswer):  # the round tells nobody apart
        desk.do(keep_sheet, **keep, answers={"role": "leader"}, version=3)
    with pytest.raises(NothingTyped):
        desk.do(finish_sheet, **keep, answers={}, version=3)
    assert desk.do(get_sheet, sheet_id=sheet.id).answers == {"items": {"language-1": 4, "language-2": "DK"}}
    assert desk.answered() == 0


def test_nobody_types_into_another_round(database):
    desk, other = Desk(database), Desk(database)
    sheet = other.do(begin_sheet)
    for act, more in (
        (get_sheet, {}),
        (keep_sheet, {"answers": {}, "version": 1, "editor": "p"}),
        (finish_sheet, {"answers": {"comment": "x"}, "version": 1, "editor": "p"}),
        (discard_sheet, {}),
        (settle_sheet, {"chosen": {}}),
    ):
        with pytest.raises(UnknownSheet):
            desk.do(act, sheet_id=sheet.id, **more)
        with pytest.raises(UnknownRound):
            desk.do(act, sheet_id=sheet.id, organisation_id=desk.home.organisation, round_id=other.round_id, **more)
    for mode in (RoundMode.CONSENSUS,):
        agreed = Desk(database, mode=mode)
        with pytest.raises(WrongRoundMode):
            agreed.do(begin_sheet)


def test_sheets_typed_twice_count_once_both_agree(database):
    desk = Desk(database)
    desk.do(type_twice, twice=True)
    assert desk.type_sheet(1) is Finished.WAITS
    assert desk.type_sheet(2) is Finished.WAITS
    assert desk.answered() == 0
    assert desk.type_sheet(1, typing=2) is Finished.COUNTED
    other = document_from_sheet(make_sheet(2))
    other["items"] |= {"language-1": 1 if other["items"]["language-1"] != 1 else 2}
    del other["items"]["language-2"]
    second = desk.do(begin_sheet, typing=2)
    assert desk.do(begin_sheet, typing=2) is None  # nothing more waits
    finish = {"sheet_id": second.id, "version": 1, "editor": "p"}
    assert desk.do(finish_sheet, **finish, answers=other) is Finished.DIFFERS
    assert desk.answered() == 1
    comparison = desk.do(compare_sheet, sheet_id=second.id)
    assert [question.id for question in comparison.differ] == ["language-1", "language-2"]
    with pytest.raises(SheetChanged):
        desk.do(settle_sheet, sheet_id=second.id, chosen={"items-language-1": 1})
    desk.stop()
    with pytest.raises(SheetsNotCounted):
        desk.do(publish_round)
    desk.do(settle_sheet, sheet_id=second.id, chosen={"items-language-1": 1, "items-language-2": 2})
    assert desk.answered() == 2
    assert not desk.batch().sheets
    held = next(one for one in desk.documents() if "language-2" not in one["items"])
    assert held["items"]["language-1"] == document_from_sheet(make_sheet(2))["items"]["language-1"]


def test_what_stands_on_the_paper_may_be_neither_typing(database):
    desk = Desk(database)
    desk.do(type_twice, twice=True)
    desk.type_sheet(1)
    second = desk.do(begin_sheet, typing=2)
    answers = {"items": {"language-1": 1}, "comment": "Otra"}
    desk.do(finish_sheet, sheet_id=second.id, version=1, editor="p", answers=answers)
    differ = desk.do(compare_sheet, sheet_id=second.id).differ
    others = {question.name: None for question in differ} | {"items-language-1": 3, "comment-comment": "Más tiempo"}
    desk.do(settle_sheet, sheet_id=second.id, chosen={}, others=others)
    (held,) = desk.documents()
    assert (held["items"]["language-1"], held["comment"]) == (3, "Más tiempo")
    assert "language-2" not in held["items"]


def test_sheets_that_wait_count_when_nobody_types_twice_any_more(database):
    desk = Desk(database)
    desk.do(type_twice, twice=True)
    desk.type_sheet(1)
    desk.type_sheet(2)
    assert desk.do(type_twice, twice=False) == 2
    assert desk.answered() == 2
    assert not desk.batch().sheets


def test_a_few_answers_by_link_are_not_published_beside_typed_ones(database):
    desk = Desk(database)
    for seed in range(2):
        answer(database, desk.link, make_sheet(seed))
    for seed in range(10, 18):
        desk.type_sheet(seed)
    assert (desk.batch().by_link, desk.batch().few_by_link) == (2, 2)
    desk.stop()
    with pytest.raises(FewBesidePaper):
        desk.do(publish_round)
    with database.reading() as session:
        own = {"organisation_id": desk.home.organisation, "round_id": desk.round_id}
        assert get_outlook(session, **own, now=NOW).has_result
        scored = score_before_publication(session, **own)
    desk.do(publish_scored_round, scored=scored, surplus_reason="", leave_out=True, user_id=desk.home.user)
    with database.reading() as session:
        found = results(session, **own)
        assert found.result.respondents == 8
        assert count_left_out(session, session.get_one(Round, desk.round_id)) == 2


def test_enough_by_link_count_beside_typed_ones(database):
    desk = Desk(database)
    for seed in range(5):
        answer(database, desk.link, make_sheet(seed))
    desk.type_sheet(9)
    desk.stop()
    desk.do(publish_round)
    assert len(desk.documents()) == 6


@pytest.mark.parametrize("leaders_by_link", [1, 5])
def test_a_few_leaders_by_link_are_not_told_apart_beside_typed_ones(database, leaders_by_link):
    desk = Desk(database, asks_role=True)
    for seed in range(6):
        answer(database, desk.link, make_sheet(seed))
    for seed in range(leaders_by_link):
        answer(database, desk.link, make_sheet(20 + seed, role=Role.LEADER))
    for seed in range(5):
        desk.type_sheet(40 + seed, role=Role.LEADER)
    desk.stop()
    with database.writing() as session:  # of twelve more may answer here
        session.get_one(Round, desk.round_id).team_size = 30
    desk.do(publish_round)
    with database.reading() as session:
        found = results(session, organisation_id=desk.home.organisation, round_id=desk.round_id)
    assert bool(found.result.gaps.leaders_staff) is (leaders_by_link == 5)
    roles = {document["role"] for document in desk.documents()}
    assert roles == ({"staff", "leader"} if leaders_by_link == 5 else {"staff"})


def test_what_five_said_by_link_is_not_to_be_had_by_subtracting_what_was_typed(database):
    """Whoever typed knows five of ten sheets, also when they see the change to the next round."""
    desk = Desk(database)
    for seed in range(5):
        sheet = make_sheet(seed, comment=f"Por el enlace {seed}")
        alike: dict[str, Answer] = {id_: 1 if id_.startswith("language") else 3 for id_ in sheet.items}
        answer(database, desk.link, replace(sheet, items=alike, ladder=dict.fromkeys(sheet.ladder, 1)))
    for seed in range(10, 15):
        desk.type_sheet(seed, comment=f"En papel {seed}")
    assert desk.batch().little_by_link == 5
    desk.stop()
    desk.do(publish_round)
    own = {"organisation_id": desk.home.organisation, "round_id": desk.round_id}
    with database.reading() as session:
        found = results(session, **own).result
        assert (found.respondents, found.by_link) == (10, 5)
        for pillar in found.pillars:
            assert (pillar.mean is None) is (pillar.pillar == "language")
            assert (pillar.ci95, pillar.answer_counts, pillar.agreement) == (None, None, None)
        assert {(point.median, point.counts) for point in found.ladder} == {(None, None)}
        assert (found.weakest_point, found.alarms, found.overall.ci95) == (None, (), None)
        assert comments_of_round(session, **own).is_withheld
        assert not session.scalars(select(Comment)).all()
    after = Desk.next_of(desk)
    for seed in range(30, 42):
        answer(database, after.link, make_sheet(seed))
    after.stop()
    after.do(publish_round)
    with database.reading() as session:
        found = results(session, **own | {"round_id": after.round_id}).result
        assert found.by_link is None
        assert {one.label for one in found.change} | {one.label for one in found.ladder_change} == {"withheld"}
        assert {one.difference for one in found.change} == {None}


def test_two_typed_sheets_do_not_give_away_five_by_link_who_say_the_same(database):
    desk = Desk(database)
    for seed in range(5):
        answer(database, desk.link, replace(make_sheet(seed), items=dict.fromkeys(make_sheet().items, 1)))
    for seed in (3, 4):
        desk.type_sheet(seed)
    desk.stop()
    with database.reading() as session:
        where = {"organisation_id": desk.home.organisation, "round_id": desk.round_id}
        outlook = get_outlook(session, **where, now=NOW)
    desk.do(publish_round)
    with database.reading() as session:
        found = results(session, **where)
    assert {pillar.mean for pillar in found.result.pillars} == {None}
    assert not found.result.priorities
    assert outlook.has_result is not found.round.is_withheld


def test_answers_by_link_of_which_too_few_count_leave_no_result(database):
    """Five answered by link, and four of them enough: a result of all, less what was typed, would be theirs."""
    desk = Desk(database)
    for seed in range(4):
        answer(database, desk.link, make_sheet(seed))
    answer(database, desk.link, replace(make_sheet(4), items={"language-1": 3}))
    for seed in range(10, 17):
        desk.type_sheet(seed)
    desk.stop()
    with database.reading() as session:
        where = {"organisation_id": desk.home.organisation, "round_id": desk.round_id}
        assert not get_outlook(session, **where, now=NOW).has_result
    desk.do(publish_round)
    with database.reading() as session:
        assert results(session, **where).result.withheld
    assert len(desk.documents()) == 12


def test_what_is_begun_and_empty_keeps_nobody_from_publishing(database):
    desk = Desk(database)
    for seed in range(6):
        desk.type_sheet(seed)
    begun = desk.do(begin_sheet)
    desk.stop()
    desk.do(keep_sheet, sheet_id=begun.id, answers={"comment": "Más tiempo"}, version=1, editor="p")
    with pytest.raises(SheetsNotCounted):
        desk.do(publish_round)
    desk.do(reopen_round, closes_at=None)
    desk.do(keep_sheet, sheet_id=begun.id, answers={}, version=2, editor="p")
    desk.stop()
    desk.do(publish_round)
    with database.reading() as session:
        assert not session.scalars(select(PaperSheet)).all()


def test_the_keys_of_the_sheet_stand_for_its_answers(database):
    desk = Desk(database, asks_role=True)
    with database.reading() as session:
        blocks = paper_of_round(session, session.get_one(Round, desk.round_id))
    questions = questions_of(blocks)
    assert questions[0].part == "role"
    assert questions[-1].is_words
    assert [one.number for one in questions if one.number] == list(range(1, 48 + len(make_sheet().ladder) + 1))
    focus = next(one for one in questions if one.part == "focus")
    assert focus.read("C, a ") == sorted([focus.options[0].value, focus.options[2].value])
    for typed in ("m", "abcd", "1"):
        with pytest.raises(NotAnAnswer):
            focus.read(typed)
    statement = questions[1]
    assert [statement.read(key) for key in ("4", "0", "N", "?", " ")] == [4, "DK", "DK", "DK", None]
    for typed in ("6", "45", "x", "-1", "٣"):
        with pytest.raises(NotAnAnswer):
            statement.read(typed)
    document: dict[str, Any] = {}
    sheet = make_sheet(3)
    for question in questions:
        question.put(document, question.answer_in(document_from_sheet(sheet)))
    assert document["items"] == document_from_sheet(sheet)["items"]
    assert DK in sheet.items.values()


def test_numbers_that_were_laid_aside_are_given_again_and_a_counted_one_never(database):
    desk = Desk(database)
    sheets = [desk.do(begin_sheet) for _ in range(3)]
    given = {"version": 1, "editor": "page", "answers": document_from_sheet(make_sheet(1))}
    assert desk.do(finish_sheet, sheet_id=sheets[2].id, **given) is Finished.COUNTED
    desk.do(discard_sheet, sheet_id=sheets[0].id)
    assert [desk.do(begin_sheet).number for _ in range(3)] == [1, 4, 5]


def test_a_sheet_whose_number_was_counted_before_is_kept_and_said_to_be_so(database):
    desk = Desk(database)
    desk.type_sheet(1)
    sheet = desk.do(begin_sheet)
    with database.writing() as session:
        session.get_one(PaperSheet, sheet.id).number = 1
    given = {"version": 1, "editor": "page", "answers": document_from_sheet(make_sheet(2))}
    with pytest.raises(AlreadyCounted):
        desk.do(finish_sheet, sheet_id=sheet.id, **given)
    assert (desk.answered(), [one.number for one in desk.batch().sheets]) == (1, [1])


@pytest.mark.parametrize("act", [finish_sheet, discard_sheet])
def test_who_counts_or_discards_a_sheet_waits_for_whoever_settles_the_round(database, act):
    """Both lock the round first: neither holds what the other one waits for."""
    desk = Desk(database)
    sheet = desk.do(begin_sheet)
    given = {"version": 1, "editor": "page", "answers": document_from_sheet(make_sheet(1))}
    outcomes = []

    def type_() -> None:
        try:
            desk.do(act, sheet_id=sheet.id, **(given if act is finish_sheet else {}))
        except UnknownSheet:
            outcomes.append("gone")

    typing = threading.Thread(target=type_)
    with database.writing() as session:
        round_ = lock_round(session, organisation_id=desk.home.organisation, round_id=desk.round_id)
        typing.start()
        while database.engine.dialect.name == "postgresql" and typing.is_alive() and not is_somebody_waiting(database):
            typing.join(0.01)
        settle_paper(session, round_, leave_out=False, user_id=None, now=NOW)
    typing.join()
    assert (outcomes, desk.batch().sheets) == (["gone"], ())
