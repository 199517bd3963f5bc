"""Answering: drafts, links, sending once, and what is refused."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from sqlalchemy import select

from assessment.domain.answers import DK, AnswerSheet, Role
from assessment.domain.respondents import InvalidAnswer
from assessment.domain.rounds import RoundMode, RoundNotOpen
from assessment.services.publication import publish_round
from assessment.services.respond import (
    FEWEST_DRAFTS,
    AlreadySubmitted,
    DraftChange,
    Kept,
    LinkReplaced,
    LinkUsedUp,
    NothingAnswered,
    UnknownLink,
    change_draft,
    read_draft,
    resolve_link,
    save_draft,
    submit_response,
)
from assessment.services.rounds import invite, stop_round
from assessment.store.answering import count_drafts
from assessment.store.responses import Draft, Invitation, Response, SubmissionKey, count_responses
from tests.services.build import DAY, LATER, NOW, answer, make_home, make_round, make_sheet

pytestmark = pytest.mark.both_databases


def count(database, round_id):
    with database.reading() as session:
        return count_responses(session, round_id)


def draft_of(database, link, cookie):
    with database.reading() as session:
        return read_draft(resolve_link(session, token=link, cookie=cookie))


def save(database, link, cookie, sheet, now=NOW):
    with database.writing() as session:
        save_draft(session, resolve_link(session, token=link, cookie=cookie), cookie=cookie, sheet=sheet, now=now)


def way_of(database, link, cookie):
    with database.connection_for_reading() as connection:
        return resolve_link(connection, token=link, cookie=cookie)


def change(database, access, *, cookie="phone", page="", number=0, **answers):
    """What a step of this device does."""
    return change_draft(database, access, cookie=cookie, change=DraftChange(answers, page, number), now=NOW)


def submit(database, link, cookie, now=NOW):
    with database.writing() as session:
        submit_response(session, resolve_link(session, token=link, cookie=cookie), cookie=cookie, now=now)


def test_a_draft_waits_on_its_device_until_it_is_sent(database):
    round_id, link = make_round(database, make_home(database))
    sheet = make_sheet(1, comment="Más tiempo para escuchar.")
    save(database, link, "phone", AnswerSheet(items={"language-1": 3, "language-2": DK}))
    save(database, link, "phone", sheet)
    assert draft_of(database, link, "phone") == sheet
    assert draft_of(database, link, "another phone") == AnswerSheet()
    assert count(database, round_id) == 0
    submit(database, link, "phone")
    assert count(database, round_id) == 1
    with database.reading() as session:
        assert session.scalars(select(Draft)).all() == []


def test_sending_twice_counts_once(database):
    round_id, link = make_round(database, make_home(database))
    answer(database, link, make_sheet(1), cookie="phone")
    submit(database, link, "phone")
    submit(database, link, "phone", now=LATER + DAY)
    assert count(database, round_id) == 1
    with pytest.raises(AlreadySubmitted):
        draft_of(database, link, "phone")
    with pytest.raises(AlreadySubmitted):
        save(database, link, "phone", make_sheet(2))


def test_two_threads_that_send_the_same_answers_at_once_count_once(database):
    round_id, link = make_round(database, make_home(database))
    save(database, link, "phone", make_sheet(1))
    together = Barrier(8)

    def send(_):
        together.wait()
        submit(database, link, "phone")

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(send, range(8)))
    assert count(database, round_id) == 1


def test_saving_and_sending_in_one_transaction_from_many_devices_never_deadlocks(database):
    round_id, link = make_round(database, make_home(database))
    together = Barrier(8)

    def send(number):
        together.wait()
        with database.writing() as session:
            access = resolve_link(session, token=link, cookie=f"phone {number}")
            save_draft(session, access, cookie=f"phone {number}", sheet=make_sheet(number), now=NOW)
            submit_response(session, access, cookie=f"phone {number}", now=NOW)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(send, range(8)))
    assert count(database, round_id) == 8


def test_two_tabs_that_save_their_first_answer_at_once_keep_one_draft(database):
    _, link = make_round(database, make_home(database))
    together = Barrier(4)

    def keep(number):
        together.wait()
        save(database, link, "phone", make_sheet(number))

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(keep, range(4)))
    assert draft_of(database, link, "phone") in [make_sheet(number) for number in range(4)]


def test_steps_of_one_device_that_are_kept_at_once_are_all_kept(database):
    _, link = make_round(database, make_home(database))
    asked = [f"language-{number}" for number in range(1, 5)] + [f"vision-{number}" for number in range(1, 5)]
    together = Barrier(len(asked))

    def keep(item):
        together.wait()
        change(database, way_of(database, link, "phone"), items={item: 3})

    with ThreadPoolExecutor(len(asked)) as threads:
        list(threads.map(keep, asked))
    assert draft_of(database, link, "phone").items == dict.fromkeys(asked, 3)


def test_an_invalid_change_is_refused_and_leaves_the_draft_as_it_was(database):
    _, link = make_round(database, make_home(database))
    save(database, link, "phone", make_sheet(1))
    with pytest.raises(InvalidAnswer):
        change(database, way_of(database, link, "phone"), comment="x" * 4001)
    assert draft_of(database, link, "phone") == make_sheet(1)


def test_a_change_gives_takes_back_and_leaves_the_rest(database):
    _, link = make_round(database, make_home(database), asks_role=True)
    assert change(database, way_of(database, link, "phone"), items={"language-1": 3}) is Kept.BEGUN
    for answers in (
        {"items": {"language-2": "DK", "vision-1": 1}, "ladder": {"contact": 6}},
        {"focus": ["voice"], "comment": "antes", "role": "leader"},
        {"items": {"language-1": None, "vision-1": 2}, "comment": ""},
    ):
        assert change(database, way_of(database, link, "phone"), **answers) is Kept.CHANGED
    assert draft_of(database, link, "phone") == AnswerSheet(
        role=Role.LEADER, items={"language-2": DK, "vision-1": 2}, ladder={"contact": 6}, focus=("voice",)
    )


def test_a_change_that_comes_late_or_again_does_no_harm(database):
    _, link = make_round(database, make_home(database))

    def sent(page, number, value):
        return change(database, way_of(database, link, "phone"), page=page, number=number, items={"language-1": value})

    assert sent("7f", 1, 1) is Kept.BEGUN
    assert sent("7f", 3, 3) is Kept.CHANGED
    assert [sent("7f", number, 5) for number in (1, 2, 3)] == [Kept.BEFORE] * 3
    assert draft_of(database, link, "phone").items == {"language-1": 3}
    assert sent("08", 1, 4) is Kept.CHANGED, "another page of the device counts apart"
    assert sent("7f", 4, 2) is Kept.CHANGED
    assert draft_of(database, link, "phone").items == {"language-1": 2}


def test_a_round_keeps_a_bounded_number_of_drafts_and_those_with_most_answers(database):
    round_id, link = make_round(database, make_home(database, size=6))
    change(database, way_of(database, link, "a person"), cookie="a person", items={"language-1": 3, "language-2": 4})
    for number in range(FEWEST_DRAFTS + 5):
        cookie = f"flood {number}"
        change(database, way_of(database, link, cookie), cookie=cookie, items={"language-1": 1})
    with database.reading() as session:
        assert count_drafts(session, round_id) == FEWEST_DRAFTS
    assert draft_of(database, link, "a person").items == {"language-1": 3, "language-2": 4}


def test_a_change_to_what_another_tab_has_changed_meanwhile_keeps_both(database):
    _, link = make_round(database, make_home(database))
    save(database, link, "phone", make_sheet(1, comment="antes"))
    first_tab, second_tab = (way_of(database, link, "phone") for _ in range(2))
    change(database, first_tab, items={"language-1": 5})
    change(database, second_tab, items={"language-2": 4})
    sheet = draft_of(database, link, "phone")
    assert (sheet.items["language-1"], sheet.items["language-2"], sheet.comment) == (5, 4, "antes")


def test_nothing_is_kept_on_a_way_whose_answers_were_sent_meanwhile(database):
    round_id, link = make_round(database, make_home(database))
    save(database, link, "phone", make_sheet(1))
    access = way_of(database, link, "phone")
    submit(database, link, "phone")
    with pytest.raises(AlreadySubmitted):
        change(database, access, items={"language-1": 5})
    with database.reading() as session:
        assert session.scalars(select(Draft)).all() == []
    assert count(database, round_id) == 1


def test_nothing_is_kept_on_a_way_whose_round_was_published_meanwhile(database):
    home = make_home(database)
    round_id, link = make_round(database, home)
    save(database, link, "phone", make_sheet(1))
    ways = [way_of(database, link, phone) for phone in ("phone", "a phone without a draft")]
    with database.writing() as session:
        stop_round(session, organisation_id=home.organisation, round_id=round_id, now=NOW)
    with database.writing() as session:
        publish_round(session, organisation_id=home.organisation, round_id=round_id, now=NOW)
    for access in ways:
        with pytest.raises(RoundNotOpen):
            change(database, access, items={"language-1": 5})
    with database.reading() as session:
        assert session.scalars(select(Draft)).all() == []


def test_thirty_two_respondents_at_once_lose_nothing_and_count_exactly(database):
    round_id, link = make_round(database, make_home(database, size=40))
    together = Barrier(32)

    def respond(number):
        together.wait()
        answer(database, link, make_sheet(number, comment=f"número {number}"), cookie=f"phone {number}")

    with ThreadPoolExecutor(32) as threads:
        list(threads.map(respond, range(32)))
    with database.reading() as session:
        stored = session.scalars(select(Response.answers).where(Response.round_id == round_id)).all()
    assert sorted(document["comment"] for document in stored) == sorted(f"número {number}" for number in range(32))


def test_a_personal_link_is_used_up_by_sending_and_never_by_opening(database):
    home = make_home(database)
    round_id, shared = make_round(database, home)
    with database.writing() as session:
        first, second = invite(session, organisation_id=home.organisation, round_id=round_id, how_many=2)
    for preview in ("chat program", "phone"):
        assert draft_of(database, first, preview) == AnswerSheet()
    with database.reading() as session:
        assert set(session.scalars(select(Invitation.is_used))) == {False}
    answer(database, first, make_sheet(1), cookie="phone")
    with pytest.raises(LinkUsedUp):
        draft_of(database, first, "another phone")
    with pytest.raises(LinkUsedUp):
        save(database, first, "another phone", make_sheet(2))
    answer(database, second, make_sheet(3), cookie="phone")
    assert count(database, round_id) == 2
    with pytest.raises(LinkReplaced):
        draft_of(database, shared, "phone")


@pytest.mark.parametrize("mode", [RoundMode.ANSWERED, RoundMode.CONSENSUS])
def test_of_devices_that_send_by_one_link_at_once_one_counts_and_each_is_told_whether_it_was_it(database, mode):
    home = make_home(database)
    round_id, link = make_round(database, home, mode=mode)
    role, refusal = {
        RoundMode.ANSWERED: (Role.STAFF, LinkUsedUp),
        RoundMode.CONSENSUS: (Role.CONSENSUS, AlreadySubmitted),
    }[mode]
    if mode is RoundMode.ANSWERED:
        with database.writing() as session:
            [link] = invite(session, organisation_id=home.organisation, round_id=round_id, how_many=1)
    devices = [f"phone {number}" for number in range(6)]
    for number, cookie in enumerate(devices):
        save(database, link, cookie, make_sheet(number, role=role))
    ways = {cookie: way_of(database, link, cookie) for cookie in devices}
    together = Barrier(len(devices))

    def send(cookie):
        together.wait()
        try:
            with database.writing() as session:
                submit_response(session, ways[cookie], cookie=cookie, now=NOW)
        except refusal:
            return False
        return True

    with ThreadPoolExecutor(len(devices)) as threads:
        told = dict(zip(devices, threads.map(send, devices), strict=True))
    assert sorted(told.values()) == [False] * 5 + [True]
    assert count(database, round_id) == 1
    assert {cookie: send_again(database, ways[cookie], cookie, refusal) for cookie in devices} == told


def send_again(database, access, cookie, refusal):
    try:
        with database.writing() as session:
            submit_response(session, access, cookie=cookie, now=NOW)
    except refusal:
        return False
    return True


def test_an_unknown_link_leads_nowhere(database):
    make_round(database, make_home(database))
    with pytest.raises(UnknownLink):
        draft_of(database, "guessed", "phone")


def test_late_and_early_answers_are_refused(database):
    home = make_home(database)
    round_id, link = make_round(database, home)
    save(database, link, "phone", make_sheet(1))
    for moment in (NOW - 2 * DAY, LATER, LATER + DAY):
        with pytest.raises(RoundNotOpen):
            submit(database, link, "phone", now=moment)
        with pytest.raises(RoundNotOpen):
            save(database, link, "phone", make_sheet(2), now=moment)
    with database.writing() as session:
        stop_round(session, organisation_id=home.organisation, round_id=round_id, now=NOW)
    with pytest.raises(RoundNotOpen):
        submit(database, link, "phone")
    assert count(database, round_id) == 0


def test_an_answer_that_was_under_way_when_the_round_stopped_is_refused(database):
    home = make_home(database)
    round_id, link = make_round(database, home)
    save(database, link, "phone", make_sheet(1))
    with database.reading() as stale:  # it has read the round before it stopped
        access = resolve_link(stale, token=link, cookie="phone")
        with database.writing() as session:
            stop_round(session, organisation_id=home.organisation, round_id=round_id, now=NOW)
        if database.engine.dialect.name == "sqlite":
            stale.rollback()  # on SQLite no transaction that writes can have begun before the stop
        with pytest.raises(RoundNotOpen):
            submit_response(stale, access, cookie="phone", now=NOW)
    assert count(database, round_id) == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"items": {"language-1": 6}},
        {"items": {"language-99": None}},
        {"items": {"language-1": 3, "language-2": 9}},
        {"ladder": {"another-point": None}},
        {"ladder": {"contact": 7}},
        {"choices": {"language": "x"}},
        {"texts": {"unknown": "words"}},
        {"focus": ["language", "vision", "voice", "measures"]},
        {"focus": ["weather"]},
        {"role": "leader"},
        {"role": "customer"},
        {"comment": "x" * 4001},
    ],
)
def test_a_change_to_what_is_not_asked_is_refused_and_changes_nothing(database, wrong):
    _, link = make_round(database, make_home(database))
    save(database, link, "phone", make_sheet(1))
    for cookie in ("phone", "a phone without a draft"):
        with pytest.raises(InvalidAnswer):
            change(database, way_of(database, link, cookie), cookie=cookie, **wrong)
    assert draft_of(database, link, "phone") == make_sheet(1)
    assert draft_of(database, link, "a phone without a draft") == AnswerSheet()


@pytest.mark.parametrize(
    "wrong",
    [
        {"items": {"language-1": 6}},
        {"items": {"language-1": 0}},
        {"items": {"language-1": True}},
        {"items": {"language-99": 3}},
        {"ladder": {"contact": 7}},
        {"ladder": {"another-point": 3}},
        {"focus": ("language", "language")},
        {"focus": ("language", "vision", "voice", "measures")},
        {"focus": ("weather",)},
        {"role": Role.LEADER},
        {"role": Role.CUSTOMER},
        {"role": Role.CONSENSUS},
        {"comment": "x" * 4001},
    ],
)
def test_an_invalid_answer_is_refused_and_changes_nothing(database, wrong):
    _, link = make_round(database, make_home(database))
    good = make_sheet(1)
    save(database, link, "phone", good)
    with pytest.raises(InvalidAnswer):
        save(database, link, "phone", replace(good, **wrong))
    assert draft_of(database, link, "phone") == good


def test_leaders_answer_as_such_only_where_the_round_asks(database):
    _, link = make_round(database, make_home(database), asks_role=True)
    sheet = make_sheet(1, role=Role.LEADER)
    save(database, link, "phone", sheet)
    assert draft_of(database, link, "phone") == sheet


def test_nothing_at_all_is_not_counted(database):
    round_id, link = make_round(database, make_home(database))
    with pytest.raises(NothingAnswered):
        submit(database, link, "phone")
    assert count(database, round_id) == 0


def test_a_team_sends_one_consensus_sheet_whoever_sends_it(database):
    round_id, link = make_round(database, make_home(database, size=3), mode=RoundMode.CONSENSUS)
    assert draft_of(database, link, "phone").role is Role.CONSENSUS
    sheet = make_sheet(1, role=Role.CONSENSUS)
    save(database, link, "another phone", make_sheet(2, role=Role.CONSENSUS))
    answer(database, link, sheet, cookie="phone")
    with pytest.raises(AlreadySubmitted):
        submit(database, link, "another phone")
    submit(database, link, "phone")
    assert count(database, round_id) == 1
    with pytest.raises(AlreadySubmitted):
        draft_of(database, link, "another phone")


def test_a_consensus_round_takes_no_single_person_s_sheet(database):
    _, link = make_round(database, make_home(database, size=3), mode=RoundMode.CONSENSUS)
    with pytest.raises(InvalidAnswer):
        save(database, link, "phone", make_sheet(1))


def test_what_is_kept_tells_nothing_of_the_device_or_the_order_of_answering(database):
    _, link = make_round(database, make_home(database))
    sheet = AnswerSheet(items={"vision-1": 2, "language-1": 3}, focus=("voice", "language"), comment="uno\r\ndos\x00 ")
    answer(database, link, sheet, cookie="phone")
    with database.reading() as session:
        document = session.scalars(select(Response.answers)).one()
        in_order = ["language-1", "vision-1"]
        assert sorted(document["items"]) == in_order
        # PostgreSQL has an order of its own; SQLite keeps the text as it was written.
        assert list(document["items"]) == in_order or database.engine.dialect.name == "postgresql"
        assert document["focus"] == ["language", "voice"]
        assert document["comment"] == "uno\ndos"
        assert set(Response.__table__.columns.keys()) == {"organisation_id", "id", "round_id", "answers"}
        assert set(Invitation.__table__.columns.keys()) == {
            "organisation_id",
            "id",
            "round_id",
            "token_hash",
            "is_used",
        }
        assert set(SubmissionKey.__table__.columns.keys()) == {"organisation_id", "round_id", "key_hash"}
        assert "phone" not in str(session.execute(select(SubmissionKey.key_hash)).all())
