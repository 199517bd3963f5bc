"""Why answers cannot be taken: a page that says so kindly, with its status, in both languages."""

from __future__ import annotations

import datetime as dt

import pytest

from assessment.services.rounds import invite
from assessment.store.responses import Draft, Invitation
from assessment.web import limits
from tests.web.respond_rounds import HOUR, NOW, PILLARS, world


@pytest.fixture
def answering():
    with world("sqlite") as opened:
        yield opened


def answer(phone, token):
    phone.open_link(token)
    phone.press()
    phone.press(language_1="3")
    phone.go("send")
    phone.press()
    assert phone.step == "thanks"


@pytest.mark.parametrize("language", ["es", "en"])
def test_an_unknown_link(answering, language):
    phone = answering.phone(language)
    assert phone.open_link("nobody-knows-this-one").status_code == 404
    assert phone.page.h1 == {"es": "No conocemos este enlace", "en": "We do not know this link"}[language]
    assert "nobody-knows" not in phone.page.text + " ".join(phone.page.links)


def test_a_device_that_kept_no_cookie_is_asked_to_open_the_link_again(answering):
    phone = answering.phone("en")
    phone.open_link(answering.open_round())
    path = phone.path
    assert answering.phone("en").get(path).status_code == 404, "also of a page that is the same for all"
    phone.set_cookie(f"escala_r_{path.split('/')[2]}", "forged", path="/r")
    assert phone.get(path).status_code == 404
    assert "open your link once more" in phone.page.text
    assert "where it could not, please answer again" in phone.page.text, "without scripts nothing was kept"


def test_a_round_that_is_not_open_yet_says_when_where_the_organisation_is(answering):
    token = answering.open_round(opens_at=dt.datetime(2099, 11, 21, 19, 30, tzinfo=dt.UTC))
    phone = answering.phone("es")
    assert phone.open_link(token).status_code == 403
    assert "21 de noviembre de 2099, 2:30 p. m. (hora estándar de Colombia)" in phone.page.text.replace("\u202f", " ")
    [english] = [link for link in phone.page.links if link.endswith("/en")]
    phone.get(english)
    assert "November 21, 2099" in phone.page.text or "21 November 2099" in phone.page.text


def test_whoever_has_sent_finds_the_way_to_the_plan_again(answering):
    token = answering.open_round()
    phone = answering.phone()
    answer(phone, token)
    [plan] = [link for link in phone.page.links if link.startswith("/p/")]
    assert phone.open_link(token).status_code == 409
    assert plan in phone.page.links
    answering.change(token, stopped_at=NOW)
    assert phone.open_link(token).status_code in (409, 410)
    assert plan in phone.page.links


@pytest.mark.parametrize("facts", [{"stopped_at": NOW}, {"closes_at": NOW}])
def test_a_closed_round_thanks_and_takes_nothing(answering, facts):
    token = answering.open_round()
    phone = answering.phone("en")
    phone.open_link(token)
    phone.press()
    answering.change(token, **facts)
    assert phone.press(language_1="3").status_code == 410
    assert phone.page.h1 == "These questions are closed"
    assert answering.phone().open_link(token).status_code == 410
    assert answering.answers(token) == []


def test_a_round_that_opens_again_still_has_the_draft(answering):
    token = answering.open_round()
    phone = answering.phone()
    phone.open_link(token)
    phone.press()
    phone.press(language_1="2")
    answering.change(token, stopped_at=NOW)
    assert phone.open_link(token).status_code == 410
    answering.change(token, stopped_at=None)
    phone.open_link(token)
    phone.press()
    assert phone.page.forms[-1]["data"]["language-1"] == "2"


def test_a_device_that_has_answered_is_told_so_and_another_person_may_answer_on_it(answering):
    token = answering.open_round()
    phone = answering.phone("en")
    answer(phone, token)
    assert phone.open_link(token).status_code == 409
    assert "already sent from this device" in phone.page.text
    phone.press()
    assert phone.step == "en"
    answer(phone, token)
    assert len(answering.answers(token)) == 2


def test_a_personal_link_is_used_by_sending_never_by_opening(answering):
    shared = answering.open_round()
    with answering.database.writing() as session:
        [token] = invite(
            session, organisation_id=answering.organisation_id, round_id=answering.round_id(shared), how_many=1
        )
    for _ in range(3):
        assert answering.phone().open_link(token).status_code == 200
    with answering.database.reading() as session:
        assert session.query(Invitation).one().is_used is False
        assert session.query(Draft).count() == 0
    phone = answering.phone("en")
    phone.open_link(token)
    assert "Your personal link knows only that it was used" in phone.page.text
    answer(phone, token)
    other = answering.phone("en")
    assert other.open_link(token).status_code == 410
    assert other.page.h1 == "This personal link has already been used"
    assert not other.page.forms


def test_thanks_are_for_those_who_sent(answering):
    phone = answering.phone()
    phone.open_link(answering.open_round(closes_at=NOW + 5 * HOUR))
    phone.go("thanks")
    assert phone.step == "es"


def test_a_step_that_does_not_exist_is_not_found(answering):
    phone = answering.phone()
    phone.open_link(answering.open_round())
    assert phone.go("nothing").status_code == 404


def test_somebody_who_floods_a_round_is_slowed_down_and_another_round_is_not(answering, monkeypatch):
    monkeypatch.setattr(limits, "FEWEST_ARRIVALS", 8)
    monkeypatch.setattr(limits, "ARRIVALS_A_PERSON", 0)
    token, other = answering.open_round(), answering.open_round()
    for _ in range(8):
        answer(answering.phone(), token)
    late = answering.phone()
    late.open_link(token)
    late.press()
    late.press(language_1="4")
    late.go("send")
    assert late.press().status_code == 429
    assert late.page.h1 == "Están llegando muchísimas respuestas en este momento"
    assert "Se reciben respuestas de nuevo a partir del" in late.page.text
    late.go(PILLARS[0])
    assert late.page.forms[-1]["data"]["language-1"] == "4"
    answer(answering.phone(), other)
    assert len(answering.answers(other)) == 1


def test_whoever_began_by_the_shared_link_goes_on_by_a_personal_one(answering):
    shared = answering.open_round()
    phone = answering.phone("en")
    phone.open_link(shared)
    phone.press()
    phone.press(language_1="4")
    with answering.database.writing() as session:
        [token] = invite(
            session, organisation_id=answering.organisation_id, round_id=answering.round_id(shared), how_many=1
        )
    assert phone.go(PILLARS[1]).status_code == 410
    assert phone.page.h1 == "Everybody has a link of their own now"
    assert answering.phone("en").open_link(shared).status_code == 410
    phone.open_link(token)
    phone.press()
    phone.go(PILLARS[0])
    assert phone.page.forms[-1]["data"]["language-1"] == "4"
