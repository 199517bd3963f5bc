"""A code that people make up links rounds; nobody can read it anywhere."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing

import pytest

from assessment.services.publication import publish_round
from assessment.services.results import results
from assessment.services.rounds import open_round, stop_round
from assessment.store.rounds import Round
from tests.web.respond_rounds import HOUR, NOW, PILLARS, QUESTIONNAIRE, world

DAY = 24 * HOUR
CODE = "Río Tunjuelo 47"
ITEMS = {pillar.id: [item.id for item in pillar.items] for pillar in QUESTIONNAIRE.pillars}


@pytest.fixture
def answering():
    with world("sqlite") as opened:
        yield opened


def answer(answering, token, code, value="4", pillars=1):
    """Answers some pillars without JavaScript, and sends with a code; the device, and the page that follows."""
    phone = answering.phone("en")
    phone.open_link(token)
    for pillar in PILLARS[:pillars]:
        phone.go(pillar)
        phone.press(**dict.fromkeys(ITEMS[pillar], value))
    phone.go("send")
    phone.follow(phone.fill({} if code is None else {"code": code}))
    return phone


def kept(answering, token):
    return [answers.get("respondent") for answers in answering.answers(token)]


def test_a_fingerprint_is_kept_the_same_for_the_same_code_of_a_team_however_it_is_written(answering):
    token = answering.open_round(asks_code=True)
    for code in (CODE, "rio  tunjuelo-47", "otro código", ""):
        assert answer(answering, token, code).step == "thanks"
    fingerprints = Counter(kept(answering, token))
    assert sorted(fingerprints.values()) == [1, 1, 2]
    assert fingerprints[None] == 1
    [(twice, _)] = fingerprints.most_common(1)
    elsewhere = answering.open_round(asks_code=True)
    answer(answering, elsewhere, CODE)
    assert kept(answering, elsewhere) != [twice]


def test_the_code_itself_is_nowhere(answering, capfd):
    token = answering.open_round(asks_code=True)
    answer(answering, token, CODE)
    with closing(sqlite3.connect(answering.database.engine.url.database)) as connection:
        dump = "\n".join(connection.iterdump())
    said = capfd.readouterr()
    for part in ("Tunjuelo", "tunjuelo"):
        assert part not in dump + said.out + said.err


def test_a_code_that_is_too_short_is_said_and_nothing_is_sent_or_lost(answering):
    token = answering.open_round(asks_code=True)
    phone = answer(answering, token, "a-1!")
    assert "Your code is too short" in phone.page.text
    assert answering.answers(token) == []
    phone.follow(phone.fill({"code": ""}))
    assert phone.step == "thanks"
    assert kept(answering, token) == [None]


def answer_one_item(phone):
    """Sends a change as the page's script does; the round's root, and the device's name."""
    root = "/".join(phone.path.split("/")[:3])
    device = phone.get(f"{root}/answers").json["device"]
    sent = {"page": "7f", "number": 1, "device": device, "answers": {PILLARS[0]: {ITEMS[PILLARS[0]][0]: "4"}}}
    assert phone.patch(f"{root}/answers", json=sent).status_code == 201
    return root, device


def test_a_round_that_asks_for_no_code_offers_none_and_takes_none(answering):
    token = answering.open_round()
    phone = answering.phone("en")
    page = phone.open_link(token)
    assert "Your own code" not in page.text
    root, device = answer_one_item(phone)
    assert phone.post(f"{root}/answers/send", json={"device": device, "code": CODE}).status_code == 204
    assert kept(answering, token) == [None]


@pytest.mark.parametrize("code", [None, 7, ["a"], "abc", "x" * 10_000])
def test_the_script_may_send_anything_as_a_code(answering, code):
    token = answering.open_round(asks_code=True)
    phone = answering.phone("en")
    phone.open_link(token)
    root, device = answer_one_item(phone)
    assert phone.post(f"{root}/answers/send", json={"device": device, "code": code}).status_code == 204
    assert [len(one) if one else one for one in kept(answering, token)] == [32 if code and len(str(code)) > 9 else None]


def hold(answering, first, codes, value, days=0):
    """A published round of the team of `first`, or of a new one; its id and link."""
    with answering.database.writing() as session:
        if first is None:
            token = None
        else:
            earlier = session.get_one(Round, first)
            token = open_round(
                session,
                organisation_id=earlier.organisation_id,
                team_id=earlier.team_id,
                name="Otra",
                opens_at=NOW - HOUR,
                closes_at=None,
                asks_code=True,
                now=NOW - HOUR,
            ).link_token
    token = token or answering.open_round(asks_code=True)
    for number, code in enumerate(codes):
        answer(answering, token, code, value=str(value + number % 2), pillars=12)
    round_id = answering.round_id(token)
    with answering.database.writing() as session:
        own = {"organisation_id": answering.organisation_id, "round_id": round_id}
        stop_round(session, **own, now=NOW + days * DAY)
        publish_round(session, **own, now=NOW + days * DAY)
    return round_id


@pytest.mark.parametrize(("second", "is_linked"), [("abcde", True), ("abcdx", False)])
def test_the_same_people_are_compared_where_that_singles_out_nobody(answering, second, is_linked):
    first = hold(answering, None, [f"code {sign}" for sign in "abcde"], 2)
    later = hold(answering, first, [f"code {sign}" for sign in second], 3, days=1)
    with answering.database.reading() as session:
        result = results(session, organisation_id=answering.organisation_id, round_id=later).result
    assert {change.linked for change in result.change} == {is_linked}
    assert {change.n1 for change in result.change} == {5}


def test_that_two_rounds_were_linked_is_remembered_once_one_of_them_is_deleted(answering):
    codes = [f"code {sign}" for sign in "abcde"]
    first = hold(answering, None, codes, 2)
    second = hold(answering, first, codes, 3, days=1)
    with answering.database.writing() as session:
        session.delete(session.get_one(Round, second))
    third = hold(answering, first, codes, 4, days=2)
    with answering.database.reading() as session:
        found = results(session, organisation_id=answering.organisation_id, round_id=third)
        assert found.compared_with.id == first
        assert not found.result.compares_linked_people


def test_of_two_comparisons_in_a_row_only_one_is_of_the_same_people(answering):
    codes = [f"code {sign}" for sign in "abcde"]
    first = hold(answering, None, codes, 2)
    second, third = (hold(answering, first, codes, value, days=value) for value in (3, 4))
    with answering.database.reading() as session:
        shown = [
            results(session, organisation_id=answering.organisation_id, round_id=round_id).result
            for round_id in (second, third)
        ]
    assert [result.compares_linked_people for result in shown] == [True, False]
    assert {change.n1 for change in shown[1].change} == {5}
