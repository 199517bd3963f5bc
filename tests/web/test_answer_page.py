"""The page that holds all steps, what its script sends, compression, and files that browsers keep."""

from __future__ import annotations

import gzip
import re
import sqlite3
from contextlib import closing

import pytest
from flask import request_started
from flask.testing import FlaskClient
from sqlalchemy import event, text

from assessment.domain.answers import DK
from assessment.domain.rounds import RoundMode
from assessment.services import respond
from assessment.services.answer_documents import sheet_from_document
from assessment.services.rounds import invite
from assessment.store.organisations import Organisation
from assessment.store.responses import Draft
from assessment.store.rounds import Round
from assessment.store.teams import Team
from assessment.web import limits
from tests.databases import KINDS
from tests.web.respond_rounds import NOW, PILLARS, POINTS, QUESTIONNAIRE, world


@pytest.fixture
def answering():
    with world("sqlite") as opened:
        yield opened


def begin(answering, language="es", token=None):
    phone = answering.phone(language)
    phone.open_link(token or answering.open_round())
    phone.press()
    return phone


class Script:
    """What the page's script sends from a device."""

    def __init__(self, phone, page="7f"):
        self.phone, self.page, self.number = phone, page, 0
        self.root = "/".join(phone.path.split("/")[:3])
        self.device = phone.get(f"{self.root}/answers").json["device"]

    def change(self, answers, number=None, **more):
        self.number = number or self.number + 1
        sent = {"page": self.page, "number": self.number, "device": self.device, "answers": answers}
        return self.phone.patch(f"{self.root}/answers", json=sent, **more).status_code

    def answers(self):
        return self.phone.get(f"{self.root}/answers").json["answers"]

    def send(self, **more):
        return self.phone.post(f"{self.root}/answers/send", json={"device": self.device}, **more).status_code


@pytest.fixture
def opened(answering):
    """A link, and the script of a device that opened it."""
    token = answering.open_round(asks_role=True)
    phone = answering.phone("en")
    phone.open_link(token)
    return token, Script(phone)


@pytest.mark.parametrize("kind", KINDS)
def test_a_whole_journey_of_small_changes_arrives(kind):
    with world(kind) as answering:
        token = answering.open_round(asks_role=True)
        phone = answering.phone()
        phone.open_link(token)
        script = Script(phone)
        assert script.answers() == {}
        statuses = [
            script.change({pillar.id: {item.id: "4" for item in pillar.items}}) for pillar in QUESTIONNAIRE.pillars
        ]
        statuses += [script.change({f"moment-{point}": {"step": "DK"}}) for point in POINTS]
        statuses.append(script.change({"focus": {"focus": ["voice"]}, "role": {"role": "leader"}}))
        statuses.append(script.change({"comment": {"comment": "Más ñandúes.\r\nY\x00 calma."}}))
        assert statuses == [201, *[204] * (len(PILLARS) + len(POINTS) + 1)]
        assert script.change({"language": {"language-1": None}}) == 204
        kept = script.answers()
        assert kept["language"] == {"language-2": "4", "language-3": "4", "language-4": "4"}
        assert kept["role"] == {"role": "leader"}
        assert answering.answers(token) == []
        assert [script.send(), script.send()] == [204, 204]
        [document] = answering.answers(token)
        sheet = sheet_from_document(document)
        assert sheet.items == {item.id: 4 for item in QUESTIONNAIRE.items if item.id != "language-1"}
        assert sheet.ladder == dict.fromkeys(POINTS, DK)
        assert (sheet.focus, sheet.role, sheet.comment) == (("voice",), "leader", "Más ñandúes.\nY calma.")
        assert script.change({"language": {"language-1": "1"}}) == 409
        assert "seen" not in document


def test_a_usual_change_is_kept_before_flask_has_to_do_with_it(opened):
    _, script = opened
    seen = []
    with request_started.connected_to(lambda *_sender, **_more: seen.append(1)):
        assert script.change({"language": {"language-1": "2"}}) == 201
        assert script.change({"language": {"language-1": "3"}}) == 204
        assert seen == []
        assert script.change({"language": {"language-1": "9"}}) == 400
        assert len(seen) == 1
    assert script.answers()["language"] == {"language-1": "3"}


def test_a_change_arrives_though_the_database_has_cut_off_its_connections():
    with world("postgresql") as answering:
        script = Script(answering.opened(answering.open_round()))
        assert script.change({"language": {"language-1": "2"}}) == 201
        assert script.change({"language": {"language-1": "3"}}) == 204
        others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        with answering.database.engine.connect() as connection:
            assert connection.execute(text(f"SELECT pg_terminate_backend(pid) {others}")).all()
        assert script.change({"language": {"language-1": "4"}}) == 204
        assert script.answers()["language"] == {"language-1": "4"}


def test_a_change_that_is_repeated_or_late_does_nothing(opened):
    _, script = opened
    assert script.change({"language": {"language-1": "2"}}, number=2) == 201
    assert script.change({"language": {"language-1": "2"}}, number=2) == 208
    assert script.change({"language": {"language-1": "5"}}, number=1) == 208
    assert script.answers() == {"language": {"language-1": "2"}, "role": {"role": "staff"}}
    other = Script(script.phone, page="80")
    assert other.change({"vision": {"vision-1": "1"}}) == 204
    assert script.answers()["language"] == {"language-1": "2"}


@pytest.mark.parametrize(
    "answers",
    [
        {"language": {"language-1": "6"}},
        {"language": {"language-1": "٣"}},
        {"language": {"language-1": 3}},
        {"language": {"vision-1": "3"}},
        {"language": ["3"]},
        {"moment-contact": {"step": "7"}},
        {"moment-nothing": {"step": "3"}},
        {"focus": {"focus": PILLARS[:4]}},
        {"focus": {"focus": "voice"}},
        {"role": {"role": "customer"}},
        {"comment": {"comment": "a" * 4001}},
        {"comment": {"comment": ["a"]}},
        {"language": {"language-1": "3"}, "vision": {"vision-1": "0"}},
        [],
        None,
    ],
)
def test_what_is_not_asked_is_refused_and_changes_nothing(opened, answers):
    _, script = opened
    assert script.change(answers) == 400
    assert script.answers() == {}


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"page": "7f", "number": 1},
        {"page": "long", "number": 1, "answers": {}},
        {"page": "7f", "number": 0, "answers": {}},
        {"page": "7f", "number": "1", "answers": {}},
        {"page": "7f", "number": True, "answers": {}},
        {"page": "7f", "number": 10**7, "answers": {}},
    ],
)
def test_a_change_without_its_page_or_number_is_refused(opened, sent):
    _, script = opened
    assert script.phone.patch(f"{script.root}/answers", json=sent | {"device": script.device}).status_code == 400


def test_a_change_too_large_is_refused(opened):
    _, script = opened
    assert script.change({"comment": {"comment": "a" * 70_000}}) == 413


def test_nothing_at_all_is_not_sent(opened):
    _, script = opened
    assert script.send() == 422
    assert script.change({"role": {"role": "staff"}}) == 201
    assert script.send() == 422


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://["}, 403),
        ({"Origin": "https://localhost"}, 403),
        ({"Origin": "http://localhost"}, 201),
        # A proxy may have changed our name.
        ({"Sec-Fetch-Site": "same-origin", "Origin": "https://escala.example"}, 201),
    ],
)
def test_another_site_changes_and_sends_nothing(answering, opened, headers, status):
    token, script = opened
    assert script.change({"language": {"language-1": "3"}}, headers=headers) == status
    if status == 403:
        assert script.answers() == {}
        assert script.change({"language": {"language-1": "3"}}) == 201
        assert script.send(headers=headers) == 403
        assert answering.answers(token) == []


def test_what_other_sites_may_send_without_asking_is_no_change(opened):
    _, script = opened
    sent = b'{"page": "7f", "number": 1, "answers": {"language": {"language-1": "3"}}}'
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        assert script.phone.patch(f"{script.root}/answers", data=sent, content_type=kind).status_code == 415
        assert script.phone.post(f"{script.root}/answers/send", data=sent, content_type=kind).status_code == 415


@pytest.mark.parametrize("method", ["PATCH", "POST"])
def test_arrays_in_arrays_without_end_are_refused(opened, method):
    _, script = opened
    address = f"{script.root}/answers" + ("/send" if method == "POST" else "")
    sent = b"[" * 30_000 + b"]" * 30_000
    answer = script.phone.open(address, method=method, data=sent, content_type="application/json")
    assert answer.status_code == 400


def test_a_page_that_does_not_know_whose_it_is_changes_and_sends_nothing(opened):
    _, script = opened
    assert script.change({"language": {"language-1": "3"}}) == 201
    script.device = None
    assert script.change({"language": {"language-1": "1"}}) == 409
    assert script.send() == 409
    assert script.answers()["language"] == {"language-1": "3"}


def test_somebody_else_begins_anew_on_the_same_device(answering, opened):
    token, script = opened
    assert script.change({"language": {"language-1": "3"}}) == 201
    asked = f"{script.root}/answers/another"
    assert script.phone.post(asked, json={"device": "00000000"}).status_code == 409
    assert script.phone.post(asked, json={"device": script.device}).status_code == 204
    assert script.change({"language": {"language-1": "1"}}) == 409
    other = Script(script.phone)
    assert other.answers() == {}
    assert (other.change({"language": {"language-1": "5"}}), other.send()) == (201, 204)
    assert [document["items"] for document in answering.answers(token)] == [{"language-1": 5}]


@pytest.mark.parametrize("is_personal", [True, False])
def test_a_link_for_one_sheet_is_given_to_nobody_else(answering, is_personal):
    token = answering.open_round() if is_personal else answering.open_round(mode=RoundMode.CONSENSUS)
    if is_personal:
        with answering.database.writing() as session:
            [token] = invite(
                session, organisation_id=answering.organisation_id, round_id=answering.round_id(token), how_many=1
            )
    script = Script(answering.opened(token))
    assert script.change({"language": {"language-1": "3"}}) == 201
    assert script.phone.post(f"{script.root}/answers/another", json={"device": script.device}).status_code == 403
    assert script.answers()["language"] == {"language-1": "3"}


def test_once_the_team_s_sheet_is_sent_another_device_is_told_so(answering):
    token = answering.open_round(mode=RoundMode.CONSENSUS)
    one, two = Script(answering.opened(token)), Script(answering.opened(token))
    assert one.change({"language": {"language-1": "3"}}) == 201
    assert two.change({"language": {"language-1": "5"}}) == 201
    assert (one.send(), one.send()) == (204, 204)
    assert two.change({"language": {"language-1": "1"}}) == 409
    assert two.send() == 409
    [document] = answering.answers(token)
    assert document["items"] == {"language-1": 3}


def test_a_personal_link_on_two_devices_counts_once_and_the_other_is_told_so(answering):
    token = answering.open_round()
    with answering.database.writing() as session:
        [own] = invite(
            session, organisation_id=answering.organisation_id, round_id=answering.round_id(token), how_many=1
        )
    one, two = Script(answering.opened(own)), Script(answering.opened(own))
    assert one.change({"language": {"language-1": "3"}}) == 201
    assert two.change({"language": {"language-1": "5"}}) == 201
    assert one.send() == 204
    assert (two.change({"language": {"language-1": "1"}}), two.send()) == (409, 409)
    assert len(answering.answers(token)) == 1


@pytest.mark.parametrize("is_personal", [True, False])
def test_of_two_devices_that_send_by_one_link_at_once_only_one_reads_that_it_arrived(
    answering, monkeypatch, is_personal
):
    """The attack: a link that went round, and each of its readers is thanked for answers that nobody counted."""
    if is_personal:
        token = own = answering.open_round()
        where = {"organisation_id": answering.organisation_id, "round_id": answering.round_id(token)}
        with answering.database.writing() as session:
            [own] = invite(session, **where, how_many=1)
    else:
        token = own = answering.open_round(mode=RoundMode.CONSENSUS)
    one, two = Script(answering.opened(own)), Script(answering.opened(own))
    one.change({"language": {"language-1": "3"}})
    two.change({"language": {"language-1": "5"}})
    count, sent = limits.hit, []

    def send_meanwhile(limit, key):
        if key.startswith("sent:") and not sent:
            sent.append("the other device begins to send")
            sent.append(one.send())
        return count(limit, key)

    monkeypatch.setattr(limits, "hit", send_meanwhile)
    assert (two.send(), sent[1:]) == (409, [204])
    assert (two.send(), one.send()) == (409, 204)
    assert len(answering.answers(token)) == 1
    for phone, status in ((one.phone, 200), (two.phone, 410 if is_personal else 409)):
        assert phone.get(f"{one.root}/thanks").status_code == status
        assert (phone.page.h1 == "Gracias") is (phone is one.phone), phone.page.text
        assert ("lo que se marcó en otro dispositivo no cuenta" in phone.page.text) is (phone is two.phone)
        assert phone.get(f"{one.root}/answers").status_code == 409


def test_on_a_full_disk_nothing_that_was_acknowledged_is_lost_and_the_person_is_told(answering):
    """SQLite itself says that the disk is full: its file may have a few more pages, and no more."""
    engine, token = answering.database.engine, answering.open_round()

    def bound(more):
        engine.dispose()
        with closing(sqlite3.connect(engine.url.database, isolation_level=None)) as alone:
            alone.execute("VACUUM")  # pages of earlier tests would be used again
            (pages,) = alone.execute("PRAGMA page_count").fetchone()

        def limit_pages(connection, _record):
            connection.execute(f"PRAGMA max_page_count={pages + more}")

        engine.dispose()
        pool = answering.database.writing_engine.pool
        event.listen(pool, "connect", limit_pages)
        return pool, "connect", limit_pages

    long = "Faltan manos." * 250
    limit = bound(12)
    kept, sent, refused = {}, [], None
    try:
        for number in range(60):
            script = Script(answering.opened(token))
            comment = f"{number} {long}"
            if script.change({"comment": {"comment": comment}}) != 201:
                refused = script, comment
                break
            kept[script] = comment
            if number % 2 and script.send() == 204:
                sent.append(kept.pop(script))
        assert refused, "the disk was never full"
        script, comment = refused
        assert script.change({"comment": {"comment": comment}}) == 503, "the script keeps it and tries again"
        assert all(one.answers()["comment"]["comment"] == words for one, words in kept.items()), "reading goes on"
        page = script.phone.get(f"{script.root}/steps/comment")
        assert page.status_code == 200
        assert script.phone.fill({"comment": comment}, form=-1).status_code == 503, "without a script"
        assert script.phone.page.h1 == "Algo falló de nuestro lado"
        assert "Lo que ya estaba guardado no se perdió" in script.phone.page.text
    finally:
        event.remove(*limit)
        engine.dispose()
    with answering.database.reading() as session:
        assert session.scalar(text("PRAGMA integrity_check")) == "ok"
    assert script.change({"comment": {"comment": comment}}) == 201, "once there is room, it arrives"
    kept[script] = comment
    for one, words in kept.items():
        assert one.answers()["comment"]["comment"] == words
        assert one.send() == 204
    assert sorted(document["comment"] for document in answering.answers(token)) == sorted([*sent, *kept.values()])


def test_who_sends_nothing_again_and_again_keeps_nobody_from_sending(answering, opened, monkeypatch):
    monkeypatch.setattr(limits, "FEWEST_ARRIVALS", 8)
    monkeypatch.setattr(limits, "ARRIVALS_A_PERSON", 0)
    token, script = opened
    idle = Script(answering.opened(token))
    assert {idle.send() for _ in range(9)} == {422}
    assert script.change({"language": {"language-1": "3"}}) == 201
    assert script.send() == 204


def test_one_personal_link_cannot_crowd_out_the_others(answering, monkeypatch):
    monkeypatch.setattr(respond, "FEWEST_DRAFTS", 30)
    monkeypatch.setattr(respond, "DRAFTS_A_PERSON", 1)
    token = answering.open_round()
    with answering.database.writing() as session:
        links = invite(
            session, organisation_id=answering.organisation_id, round_id=answering.round_id(token), how_many=2
        )
    script = Script(answering.opened(links[0]))
    assert script.change({"language": {"language-1": "3"}}) == 201
    all_items = {pillar.id: {item.id: "4" for item in pillar.items} for pillar in QUESTIONNAIRE.pillars}
    begun = [Script(answering.opened(links[1])).change(all_items) for _ in range(30)]
    assert begun.count(201) < 29
    assert begun[-1] == 429
    assert script.change({"language": {"language-2": "3"}}) == 204


def test_of_too_many_drafts_the_one_with_the_fewest_answers_gives_way(answering, opened, monkeypatch):
    """However many pages it says that it had open."""
    monkeypatch.setattr(respond, "FEWEST_DRAFTS", 2)
    monkeypatch.setattr(respond, "DRAFTS_A_PERSON", 0)
    token, script = opened
    padded = Script(answering.opened(token))
    assert script.change({"language": {"language-1": "3", "language-2": "3"}}) == 201
    for number in range(100):
        padded.page = f"{number:02x}"
        assert padded.change({"language": {"language-1": "3"}}) in (201, 204)
    assert Script(answering.opened(token)).change({"language": {"language-1": "3"}}) == 201
    assert script.change({"language": {"language-1": "5"}}) == 204


def test_what_prevents_an_answer_is_told_to_the_script_by_its_status(answering, opened):
    token, script = opened
    answering.change(token, stopped_at=NOW)
    assert (script.change({"language": {"language-1": "3"}}), script.send()) == (410, 410)
    answering.change(token, stopped_at=None)
    assert script.change({"language": {"language-1": "3"}}) == 201
    with answering.database.writing() as session:
        invite(session, organisation_id=answering.organisation_id, round_id=answering.round_id(token), how_many=1)
    assert (script.change({"language": {"language-1": "3"}}), script.send()) == (410, 410)
    script.phone.delete_cookie(f"escala_r_{script.root[3:]}", path="/r")
    assert (script.change({"language": {"language-1": "3"}}), script.send()) == (404, 404)


def test_a_page_is_the_same_for_all_and_kept_under_an_address_that_names_its_version(answering):
    token = answering.open_round()
    one, two = answering.phone("en"), answering.phone("en")
    pages = [phone.open_link(token) for phone in (one, two)]
    Script(two).change({"language": {"language-1": "2"}})
    assert pages[0].data == pages[1].data == two.open_link(token).data
    assert token not in pages[0].get_data(as_text=True)
    address = pages[0].request.path
    assert {name for name, _ in pages[0].headers}.isdisjoint({"Set-Cookie"})
    again = one.get(address, headers={"If-None-Match": pages[0].headers["ETag"]})
    assert (again.status_code, again.headers["Cache-Control"]) == (304, "private, no-cache")
    assert one.get(f"{address}?v=another").headers["Cache-Control"] == "private, no-cache"


def test_a_page_follows_what_is_renamed(answering):
    token = answering.open_round()
    phone = answering.phone()
    before = phone.open_link(token)
    with answering.database.writing() as session:
        asked = session.get_one(Round, answering.round_id(token))
        session.get_one(Team, asked.team_id).name = 'Mesa "value="4"'
    after = phone.open_link(token)
    assert 'Mesa "value="4"' in phone.page.text
    assert before.request.full_path != after.request.full_path


def test_a_team_too_small_for_comments_is_not_asked_for_one(answering):
    token = answering.open_round()
    with answering.database.writing() as session:
        session.get_one(Round, answering.round_id(token)).team_size = 9
    phone = answering.phone("en")
    assert "comment" not in phone.open_link(token).get_data(as_text=True).lower().replace("when commenting", "")
    assert phone.go("comment").status_code == 404


def test_opening_and_reading_begin_no_draft(answering, opened):
    _, script = opened
    script.answers()
    script.phone.press()
    with answering.database.reading() as session:
        assert session.query(Draft).count() == 0


def test_a_token_looks_different_every_time_and_only_its_device_may_use_it(answering):
    token = answering.open_round()
    phone, other = begin(answering, "en", token), begin(answering, "en", token)
    first = phone.page.forms[-1]["data"]["csrf_token"]
    phone.get(phone.path)
    second = phone.page.forms[-1]["data"]["csrf_token"]
    assert first != second
    assert phone.fill({"csrf_token": first, "go": "es"}).status_code == 303
    for forged in ("", "x", second[:-1], second[16:], other.page.forms[-1]["data"]["csrf_token"], "é" * 80):
        phone.get(phone.path)
        assert phone.fill({"csrf_token": forged, "go": "next"}).status_code == 422


@pytest.mark.parametrize(("language", "expected"), [("en", "en-CO"), ("es", "es-CO")])
def test_who_speaks_another_language_reads_the_organisations(answering, language, expected):
    with answering.database.writing() as session:
        session.get_one(Organisation, answering.organisation_id).language = language
    phone = answering.phone("fr-FR, de;q=0.5")
    phone.open_link(answering.open_round())
    assert phone.page.lang == expected
    spanish = answering.phone("fr-FR, es;q=0.1")
    spanish.open_link(answering.open_round())
    assert spanish.page.lang == "es-CO"


def test_answering_pages_are_compressed_and_others_are_not(answering):
    phone = begin(answering)
    answer = FlaskClient.open(phone, phone.path, headers={"Accept-Encoding": "br, gzip"})  # not judged: it is packed
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Accept-Encoding" in answer.headers["Vary"]
    plain = phone.get(phone.path, headers={"Accept-Encoding": "gzip;q=0, identity"})
    assert "Content-Encoding" not in plain.headers
    assert len(gzip.decompress(answer.data)) == len(plain.data)
    sign_in = answering.app.test_client().get("/sign-in", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in sign_in.headers


def test_files_are_asked_for_once_a_version(answering):
    phone = answering.phone()
    html = phone.open_link(answering.open_round()).get_data(as_text=True)
    address = re.search(r'href="(/r/static/respond\.css\?v=[0-9a-f]{12})"', html).group(1)
    client = answering.app.test_client()
    sent = client.get(address, headers={"Accept-Encoding": "gzip"})
    assert sent.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert sent.mimetype == "text/css"
    again = client.get(address, headers={"Accept-Encoding": "gzip", "If-None-Match": sent.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert gzip.decompress(sent.data) == client.get(address).data
    for unversioned in ("/r/static/respond.css", "/r/static/respond.css?v=old"):
        assert client.get(unversioned).headers["Cache-Control"] == "no-cache"
    for missing in ("/r/static/nothing.css", "/r/static/../app.py", "/r/static/%2e%2e/app.py"):
        assert client.get(missing).status_code == 404
