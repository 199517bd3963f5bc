"""What makes answering quick must not show: pages in place, cast pages, compression, files that are kept."""

from __future__ import annotations

import gzip
import re

import pytest
from flask.testing import FlaskClient

from assessment.store.organisations import Organisation
from assessment.store.rounds import Round
from assessment.store.teams import Team
from tests.databases import KINDS
from tests.web.respond_rounds import NOW, PILLARS, POINTS, QUESTIONNAIRE, world

IN_PLACE = {"Escala-Answers": "page"}
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@pytest.fixture
def answering(tmp_path):
    with world("sqlite", tmp_path) as opened:
        yield opened


def begin(answering, language="es", token=None):
    phone = answering.phone(language)
    phone.open_link(token or answering.open_round())
    phone.press()
    return phone


@pytest.mark.parametrize("kind", KINDS)
def test_a_whole_journey_in_place_takes_one_request_a_step(kind, tmp_path):
    with world(kind, tmp_path) as answering:
        token = answering.open_round()
        phone = answering.phone()
        phone.open_link(token)
        steps = []
        for _ in range(len(PILLARS) + len(POINTS) + 4):
            answer = phone.fill({"go": "next", "language-1": "2", "step": "3"}, headers=IN_PLACE)
            assert answer.status_code == 200
            phone.at = answer.headers["Content-Location"]
            steps.append(phone.at.rpartition("/")[2])
        assert steps == [*PILLARS, "focus", *(f"moment-{point}" for point in POINTS), "comment", "send", "thanks"]
        [document] = answering.answers(token)
        assert document["items"] == {"language-1": 2}
        assert document["ladder"] == dict.fromkeys(POINTS, 3)


def test_what_is_refused_in_place_changes_nothing_and_says_why(answering):
    phone = begin(answering, "en")
    refused = phone.fill({"go": "next", "language-1": "9"}, headers=IN_PLACE)
    assert refused.status_code == 422
    assert "please choose one of the answers shown" in phone.page.text
    phone.get(phone.path)
    assert "language-1" not in phone.page.forms[-1]["data"]


def test_a_round_that_stopped_is_told_in_place(answering):
    token = answering.open_round()
    phone = begin(answering, "en", token)
    answering.change(token, stopped_at=NOW)
    assert phone.fill({"go": "next", "language-1": "2"}, headers=IN_PLACE).status_code == 410
    assert phone.page.h1 == "These questions are closed"


def test_a_cast_page_shows_the_readers_own_answers_and_nobody_elses(answering):
    token = answering.open_round(asks_role=True)
    one, two = begin(answering, token=token), begin(answering, token=token)
    first = QUESTIONNAIRE.pillars[0]
    one.press(**{item.id: str(at) for at, item in enumerate(first.items, start=2)})
    pages = {}
    for name, phone in (("one", one), ("two", two)):
        answer = phone.get(phone.path.replace(phone.step, first.id))
        pages[name] = answer.get_data(as_text=True)
        data = phone.page.forms[-1]["data"]
        answers = {item.id: str(at) for at, item in enumerate(first.items, start=2)} if name == "one" else {}
        assert {key: value for key, value in data.items() if key != "csrf_token"} == answers
    assert TOKEN.findall(pages["one"]) != TOKEN.findall(pages["two"])
    two.get(two.path.replace(two.step, "role"))
    assert two.page.forms[-1]["data"]["role"] == "staff"
    two.get(two.path.replace(two.step, "focus"))
    two.press(focus=["voice", "vision"])
    two.get(two.path.replace(two.step, "focus"))
    assert two.get(two.path.replace(two.step, "focus")).get_data(as_text=True).count(" checked") == 2


def test_a_cast_page_follows_what_is_renamed(answering):
    token = answering.open_round()
    phone = begin(answering, token=token)
    with answering.database.writing() as session:
        asked = session.get_one(Round, answering.round_id(token))
        session.get_one(Team, asked.team_id).name = 'Mesa "value="4"'
    phone.get(phone.path)
    assert 'Mesa "value="4"' in phone.page.text


def test_a_token_looks_different_every_time_and_only_its_device_may_use_it(answering):
    token = answering.open_round()
    phone, other = begin(answering, "en", token), begin(answering, "en", token)
    first = phone.page.forms[-1]["data"]["csrf_token"]
    phone.get(phone.path)
    second = phone.page.forms[-1]["data"]["csrf_token"]
    assert first != second
    assert phone.fill({"csrf_token": first, "go": "save"}).status_code == 204
    for forged in ("", "x", second[:-1], second[16:], other.page.forms[-1]["data"]["csrf_token"], "é" * 80):
        assert phone.fill({"csrf_token": forged, "go": "save"}).status_code == 422


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
    address = re.search(r'href="(/static/respond\.css\?v=[0-9a-f]{12})"', html).group(1)
    client = answering.app.test_client()
    sent = client.get(address, headers={"Accept-Encoding": "gzip"})
    assert sent.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert sent.mimetype == "text/css"
    again = client.get(address, headers={"Accept-Encoding": "gzip", "If-None-Match": sent.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert gzip.decompress(sent.data) == client.get(address).data
    for unversioned in ("/static/respond.css", "/static/respond.css?v=old"):
        assert client.get(unversioned).headers["Cache-Control"] == "no-cache"
    for missing in ("/static/nothing.css", "/static/../app.py", "/static/%2e%2e/app.py"):
        assert client.get(missing).status_code == 404
