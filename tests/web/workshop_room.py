"""A workshop in a served application: who leads it, and phones."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from assessment.domain.rounds import RoundMode
from assessment.infra.clock import utc_now
from assessment.services.rounds import open_round
from assessment.services.workshops import start_workshop
from assessment.store.workshops import Workshop
from tests.web.client import PageClient
from tests.web.world import World

RUBRICS = "service-culture-rubrics"
FIRST = "items:language-rubric"


@dataclass
class WorkshopRoom:
    """A round that is held as a workshop; `leader` manages rounds."""

    world: World
    round_id: uuid.UUID
    leader: PageClient
    token: str
    pin: str

    @staticmethod
    def make(world: World, **round_: Any) -> WorkshopRoom:
        now, leader = utc_now(), world.client("manager")
        leader.environ_base["HTTP_ACCEPT_LANGUAGE"] = "es"
        given: dict[str, Any] = {
            "mode": RoundMode.CONSENSUS,
            "questionnaires": [RUBRICS],
            "opens_at": now,
            "closes_at": None,
        }
        with world.app.extensions["escala_database"].writing() as session:
            opened = open_round(
                session,
                organisation_id=world.organisation,
                team_id=world.team,
                name="Taller de noviembre",
                now=now,
                **given | round_,
            )
            held = start_workshop(session, organisation_id=world.organisation, round_id=opened.id, minutes=90, now=now)
            return WorkshopRoom(world, opened.id, leader, held.token, held.pin or "")

    @property
    def round_page(self) -> str:
        return f"/organisations/{self.world.organisation}/teams/{self.world.team}/rounds/{self.round_id}"

    def at(self, page: str = "") -> str:
        return f"{self.round_page}/workshop{page}"

    def row(self) -> Workshop:
        with self.world.app.extensions["escala_database"].reading() as session:
            found: Workshop = session.scalars(select(Workshop).where(Workshop.token == self.token)).one()
            return found

    def command(self, name: str, **more: str) -> TestResponse:
        """As the button of that name, on the page as it is now."""
        self.leader.get(self.at())
        number = next(at for at, form in enumerate(self.leader.page.forms) if form["data"].get("command") == name)
        answer = self.leader.fill(more, form=number, follow_redirects=True)
        if any("sure" in form["data"] for form in self.leader.page.forms):  # so few votes are shown only when confirmed
            answer = self.leader.fill(follow_redirects=True)
        return answer

    def phone(self, language: str = "es", *, joins: bool = True) -> PageClient:
        client = self.world.app.test_client()
        assert isinstance(client, PageClient)
        client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
        if joins:
            client.get(f"/w/{self.token}")
            client.fill(follow_redirects=True)
        return client

    def fragments(self, client: FlaskClient, address: str, mark: str = "") -> TestResponse:
        """What a script is answered: a part of a page, which no client judges as a whole one."""
        plain = FlaskClient(self.world.app, response_wrapper=client.response_wrapper)
        plain._cookies = client._cookies
        plain.environ_base.update(client.environ_base)
        return plain.get(address, headers={"If-None-Match": mark})


def vote(phone: PageClient, value: int | list[str]) -> TestResponse:
    """Presses the button of a level, or ticks several, without JavaScript."""
    phone.get("/w/room")
    sent: Any = value if isinstance(value, list) else str(value)
    return phone.fill({"value": sent}, form=0, follow_redirects=True)


def words_of(response: TestResponse) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.get_data(as_text=True)))
