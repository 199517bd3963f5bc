"""Rounds to answer, on a real database, and a client that walks them as a browser without JavaScript would."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from assessment.catalogue.catalogue import load_questionnaire, load_team_kinds
from assessment.domain.rounds import RoundMode
from assessment.services.rounds import open_round
from assessment.services.teams import create_team, points_of_kind
from assessment.store.database import Database
from assessment.store.organisations import Organisation
from assessment.store.responses import answers_of
from assessment.store.rounds import Round, RoundLink
from assessment.store.teams import Team
from tests.web.applications import application
from tests.web.client import PageClient

HANDLE = 12
"""Letters of a round's name in addresses."""
NOW = dt.datetime.now(dt.UTC)
HOUR = dt.timedelta(hours=1)
QUESTIONNAIRE = load_questionnaire()
PILLARS = [pillar.id for pillar in QUESTIONNAIRE.pillars]
POINTS = [point.id for point in load_team_kinds()[0].points]


@dataclass
class World:
    """An application, and an organisation with a service desk."""

    app: Flask
    database: Database
    organisation_id: uuid.UUID
    teams: int = 0

    def open_round(self, **given: Any) -> str:
        """The token of a new round's link; a team has one round at a time, so each is of a team of its own."""
        with self.database.writing() as session:
            self.teams += 1
            team = make_team(session, self.organisation_id, f"Mesa de ayuda {self.teams}")
            round_ = open_round(
                session,
                organisation_id=self.organisation_id,
                team_id=team.id,
                name="Ronda de noviembre",
                **{"mode": RoundMode.ANSWERED, "opens_at": NOW - HOUR, "closes_at": None, "now": NOW - HOUR, **given},
            )
            return round_.link_token

    def change(self, token: str, **facts: Any) -> None:
        with self.database.writing() as session:
            round_ = session.query(Round).join(Round.links).filter(RoundLink.token == token).one()
            for name, value in facts.items():
                setattr(round_, name, value)

    def round_id(self, token: str) -> uuid.UUID:
        with self.database.reading() as session:
            return session.query(Round).join(Round.links).filter(RoundLink.token == token).one().id

    def answers(self, token: str) -> list[dict[str, Any]]:
        """The responses that have arrived."""
        with self.database.reading() as session:
            return list(answers_of(session, self.round_id(token)))

    def phone(self, language: str = "es") -> Phone:
        """A device of its own."""
        self.app.test_client_class = Phone
        phone = self.app.test_client()
        assert isinstance(phone, Phone)
        phone.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
        return phone

    def opened(self, token: str) -> Phone:
        """A device of its own, with which a link was opened."""
        phone = self.phone()
        phone.open_link(token)
        return phone


class Phone(PageClient):
    """Opens a link and presses buttons; every page on the way is judged."""

    seen: list[TestResponse]

    def open_link(self, token: str) -> TestResponse:
        return self.follow(self.get(f"/r/{token}"))

    def follow(self, response: TestResponse) -> TestResponse:
        self.seen = [*getattr(self, "seen", []), response]
        while response.status_code in (302, 303):
            response = self.get(response.headers["Location"])
            self.seen.append(response)
        self.path = response.request.path
        return response

    def go(self, step: str) -> TestResponse:
        """Opens a step by its address."""
        root = self.path[: len("/r/") + HANDLE]
        return self.follow(
            self.get(f"{root}/{step}" if step in ("begin", "send", "thanks") else f"{root}/steps/{step}")
        )

    def press(self, go: str = "next", **values: Any) -> TestResponse:
        """Fills the page's form, presses a button, and follows where it leads. `_` in names stands for `-`."""
        if self.step in ("es", "en") and self.seen[-1].status_code == 200:
            return self.go("begin")
        named = {name.replace("_", "-"): value for name, value in values.items()}
        return self.follow(self.fill({**named, "go": go}))

    @property
    def step(self) -> str:
        return self.path.rpartition("/")[2]


def make_team(session: Session, organisation_id: uuid.UUID, name: str) -> Team:
    """A service desk of twelve."""
    kind = load_team_kinds()[0]
    return create_team(
        session,
        organisation_id=organisation_id,
        name=name,
        size=12,
        kind=kind.id,
        points=points_of_kind(kind, "es"),
        now=NOW,
    )


@contextmanager
def world(kind: str) -> Iterator[World]:
    with application(kind, testing=False) as app:
        database: Database = app.extensions["escala_database"]
        with database.writing() as session:
            organisation = Organisation(
                name="Clínica del Valle",
                country="CO",
                language="es",
                time_zone="America/Bogota",
                created_at=NOW,
            )
            session.add(organisation)
            session.flush()
            world_ = World(app, database, organisation.id)
        yield world_
