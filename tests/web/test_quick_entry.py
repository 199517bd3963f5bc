"""Typing sheets of paper: by plain forms, twice, and what keeps a round from being published."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from sqlalchemy import select, update

from assessment.domain.audit import Action
from assessment.infra.clock import utc_now
from assessment.services.rounds import open_round, stop_round
from assessment.store.audit import AuditEvent
from assessment.store.paper_sheets import PaperSheet
from assessment.store.responses import Response
from tests.services.build import answer, make_sheet
from tests.web.client import PageClient
from tests.web.world import World


class Desk:
    def __init__(self, world: World, language: str = "en") -> None:
        self.world, self.database = world, world.app.extensions["escala_database"]
        with self.database.writing() as session:
            now = utc_now()
            opened = open_round(
                session,
                organisation_id=world.organisation,
                team_id=world.team,
                name="Ronda 1",
                opens_at=now,
                closes_at=None,
                now=now,
            )
            self.round_id, self.link = opened.id, opened.link_token
        self.client = world.client("manager", language)
        self.round = f"{world.team_address}/rounds/{self.round_id}"

    def follow(self, response: Any) -> PageClient:
        assert response.status_code == 303, response.status_code
        self.client.get(response.headers["Location"])
        return self.client

    def begin(self, typing: int = 1) -> str:
        """The address of the next sheet."""
        token = self.token()
        response = self.client.post(f"{self.round}/paper/next", data={"csrf_token": token, "typing": str(typing)})
        self.follow(response)
        return str(response.headers["Location"])

    def token(self) -> str:
        self.client.get(f"{self.round}/paper")
        return str(self.client.page.forms[0]["data"]["csrf_token"])

    def type_sheet(self, value: str = "4", typing: int = 1, **typed: str) -> PageClient:
        self.begin(typing)
        names = [name for name in self.client.page.forms[-1]["data"] if name.startswith("items-")]
        given = dict.fromkeys(names, value) | {name.replace("_", "-"): one for name, one in typed.items()}
        return self.follow(self.client.fill(given | {"act": "save"}))

    def stop(self) -> None:
        with self.database.writing() as session:
            stop_round(session, organisation_id=self.world.organisation, round_id=self.round_id, now=utc_now())

    def stored(self, query: Any) -> Any:
        with self.database.reading() as session:
            return session.scalars(query).all()


@pytest.fixture
def desk(world: World) -> Desk:
    return Desk(world)


def test_a_round_offers_to_type_its_sheets_and_prints_its_own(desk: Desk) -> None:
    desk.client.get(desk.round)
    assert f"{desk.round}/paper" in desk.client.page.links
    printed = desk.client.get(f"{desk.round}/paper/questionnaire.pdf?language=es&paper=a4")
    assert printed.data.startswith(b"%PDF-")
    assert "mesa-de-ayuda-ronda-1-es-a4.pdf" in printed.headers["Content-Disposition"]


def test_the_log_tells_once_a_day_that_somebody_types(desk: Desk) -> None:
    for _ in range(3):
        desk.begin()
    events = select(AuditEvent).where(AuditEvent.action == Action.TYPED_ANSWERS)
    assert len(desk.stored(events)) == 1
    with desk.database.writing() as session:
        session.execute(update(AuditEvent).values(happened_at=utc_now() - dt.timedelta(hours=23)))
    desk.begin()
    assert len(desk.stored(events)) == 1


def test_typed_twice_a_sheet_counts_once_somebody_has_decided(desk: Desk) -> None:
    desk.follow(desk.client.post(f"{desk.round}/paper/twice", data={"csrf_token": desk.token(), "twice": "y"}))
    desk.type_sheet("4")
    desk.client.get(f"{desk.round}/paper")
    assert "Second typing of 1 sheet" in desk.client.page.text
    second = desk.type_sheet("4", typing=2, items_language_1="2", comment_comment="More time")
    assert second.page.h1 == "What holds on sheet 1?"
    assert "The two typings differ at 2 questions" in second.page.text
    assert "1. " in second.page.text
    answer_ = second.fill({"items-language-1": "other", "items-language-1-other": "7"}, form=-2)
    assert answer_.status_code == 200  # that is no answer, and the comment was not decided
    assert "Row 1: “7” is no answer. Type 1 to 5, or 0 for “I don't know”." in second.page.text
    assert "comment, if you like” " not in second.page.text
    assert "please look at the paper, and choose what stands there." in second.page.text
    second.fill({"items-language-1": "1", "items-language-1-other": "3", "comment-comment": "1"}, form=-2)
    assert "Row 1: one answer is chosen, and another one typed." in second.page.text
    desk.stop()
    second.get(f"{desk.round}/publish")
    second.get(f"{desk.round}/paper")
    assert "Decide what holds on sheet 1" in second.page.text
    compare = next(link for link in second.page.links if link.endswith("/compare"))
    second.get(compare)
    assert "(empty)" in second.page.text
    typed = {"items-language-1-other": "3", "comment-comment": "1"}  # typed is chosen
    desk.follow(second.fill(typed, form=-2))
    (document,) = desk.stored(select(Response.answers))
    assert (document["items"]["language-1"], document["comment"]) == (3, "")
    assert second.get(compare).status_code == 404


def test_a_few_answers_by_link_are_left_out_only_where_somebody_says_so(desk: Desk) -> None:
    for seed in range(2):
        answer(desk.database, desk.link, make_sheet(seed), now=utc_now())
    for value in "12345":
        desk.type_sheet(value)
    desk.client.get(f"{desk.round}/paper")
    assert "Only 2 answers came by link." in desk.client.page.text
    response = desk.client.get(f"{desk.round}/close")
    assert response.status_code == 303
    desk.stop()
    desk.client.get(f"{desk.round}/publish")
    assert "2 answers came by link, and the others on paper." in desk.client.page.text
    assert desk.client.fill({"confirmed": "y"}).status_code == 200
    assert "Please tick the box" in desk.client.page.text
    desk.follow(desk.client.fill({"confirmed": "y", "leave_out": "y"}))
    assert "2 answers that came by link are not counted" in desk.client.page.text
    assert not desk.stored(select(PaperSheet))
    assert desk.client.get(f"{desk.round}/paper").status_code == 303  # published: nothing to type any more
    token = desk.client.page.forms[0]["data"].get("csrf_token", "")
    after = desk.client.post(f"{desk.round}/paper/next", data={"csrf_token": token, "typing": "1"})
    assert after.status_code in (303, 400)
    assert not desk.stored(select(PaperSheet))


def test_beside_typed_sheets_few_answers_by_link_show_less_and_it_says_why(desk: Desk) -> None:
    for seed in range(6):
        answer(desk.database, desk.link, make_sheet(seed, comment="Por el enlace"), now=utc_now())
    for value in "12345":
        desk.type_sheet(value)
    desk.stop()
    desk.client.get(f"{desk.round}/publish")
    assert "Of 6 answers by link less is shown beside typed sheets" in desk.client.page.text
    desk.follow(desk.client.fill({"confirmed": "y"}))
    for words in (
        "Some answers came on paper",
        "the 6 counted answers by link",
        "Comments are shown from 10 answers by link on",
    ):
        assert words in desk.client.page.text
    for address in ("results/slides.pptx", "results/pillar?id=language", "plan", "plan.pdf", "plan/workshop"):
        assert desk.client.get(f"{desk.round}/{address}").status_code in (200, 303, 404), address


def test_a_sheet_of_which_little_is_typed_counts_once_somebody_says_that_it_is_all(desk: Desk) -> None:
    desk.begin()
    little = {"items-language-1": "4", "comment-comment": "Poco", "act": "save"}
    assert desk.client.fill(little).status_code == 200
    assert "Is that all of this sheet?" in desk.client.page.text
    assert "Only 2 of its" in desk.client.page.text
    assert not desk.stored(select(Response.answers))
    (kept,) = desk.stored(select(PaperSheet))
    assert kept.answers == {"items": {"language-1": 4}, "comment": "Poco"}
    desk.follow(desk.client.fill({"act": "save"}))
    assert desk.client.page.h1 == "Sheet 2"
    assert len(desk.stored(select(Response.answers))) == 1


def test_what_is_no_answer_is_told_by_its_row_in_a_whole_sentence(world: World) -> None:
    desk = Desk(world, "es")
    desk.begin()
    desk.client.fill({"items-language-1": "9", "focus-focus": "abcd", "act": "save"})
    assert "Fila 1: «9» no es una respuesta. Digite de 1 a 5, o 0 para «No sé»." in desk.client.page.text
    assert (
        "«abcd» tiene 4 letras, y se marcan 3 como máximo. Digite hasta 3 letras, de la a a la l."
        in desk.client.page.text
    )
    desk.client.fill({"items-language-1": "", "focus-focus": "", "act": "save"})
    assert "«Parar por ahora» la deja de lado" in desk.client.page.text


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"[]",
        b"{}",
        b'{"version": 1, "editor": "p", "typed": []}',
        b'{"version": "1", "editor": 2}',
        b"\xff",
        b"9" * 70_000,
    ],
)
def test_a_draft_that_is_none_is_refused(desk: Desk, sent: bytes) -> None:
    sheet = desk.begin()
    headers = {"X-CSRFToken": desk.client.page.forms[-1]["data"]["csrf_token"]}
    answer_ = desk.client.post(f"{sheet}/draft", data=sent, content_type="application/json", headers=headers)
    assert answer_.status_code == 400
    assert desk.client.post(f"{sheet}/draft", json={}).status_code == 400  # no token
    kept = desk.client.post(
        f"{sheet}/draft",
        json={"version": 1, "editor": "p", "typed": {"items-language-1": "9", "items-language-2": "3", "other": "1"}},
        headers=headers,
    )
    assert kept.json == {"version": 2}
    (typed,) = desk.stored(select(PaperSheet))
    assert typed.answers == {"items": {"language-2": 3}}
    late = desk.client.post(f"{sheet}/draft", json={"version": 1, "editor": "q", "typed": {}}, headers=headers)
    assert late.status_code == 409


def test_a_sheet_of_another_round_is_not_there(desk: Desk) -> None:
    assert desk.client.get(f"{desk.round}/paper/{uuid.uuid4()}").status_code == 404
    sheet = desk.begin()
    viewer = desk.world.client("viewer")
    assert viewer.get(sheet).status_code == 403
    outsider = desk.world.client("outsider")
    assert outsider.get(sheet).status_code == 404
    elsewhere = sheet.replace(str(desk.round_id), str(uuid.uuid4()))
    assert desk.client.get(elsewhere).status_code == 404


def test_a_sheet_that_is_discarded_is_in_the_log_and_one_that_is_kept_is_not(desk: Desk) -> None:
    for act in ("stay", "discard"):
        desk.begin()
        names = [name for name in desk.client.page.forms[-1]["data"] if name.startswith("items-")]
        desk.follow(desk.client.fill(dict.fromkeys(names, "4") | {"act": act}))
    assert desk.stored(select(AuditEvent.action).order_by(AuditEvent.happened_at))[-1] == "discarded-sheet"
    assert desk.stored(select(AuditEvent.action)).count("discarded-sheet") == 1
