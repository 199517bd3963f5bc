"""One organisation of 1,000 teams with 8 published rounds each, made once for all rows that are about many teams.

It is what `escala sample --teams 1000 --rounds 8` makes, but that fewer teams answer; the others are their copies.
"""

from __future__ import annotations

import datetime as dt
import gc
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from assessment.app import close_app, create_app
from assessment.catalogue.catalogue import load_team_kinds
from assessment.infra.countries import COUNTRIES
from assessment.infra.garbage import look_for_garbage_seldom
from assessment.infra.settings import load_settings
from assessment.services.large_sample import make_large_sample
from assessment.services.organisations import create_organisation
from assessment.services.teams import create_team, points_of_kind
from assessment.store.accounts import User
from assessment.store.database import Database
from assessment.store.rounds import Round
from assessment.store.teams import Team
from bench.web import PASSWORD, _token

TEAMS, ROUNDS = 1_000, 8
DRAWN = 4
"""Teams that answer. Scoring takes time, and the pages read rows alone."""
NOW = dt.datetime.now(dt.UTC)


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who is signed in, and the organisation that they administer."""

    client: FlaskClient
    user_id: int
    organisation: uuid.UUID

    @property
    def page(self) -> str:
        return f"/organisations/{self.organisation}"


@dataclass(frozen=True, slots=True)
class Large:
    """The large organisation with one of its teams and its latest round; an organisation without teams, and one whose
    one team has no rounds, for pages that are empty."""

    app: Flask
    database: Database
    many: Account
    team: uuid.UUID
    round: uuid.UUID
    nothing: Account
    one_team: Account
    new_team: uuid.UUID


@contextmanager
def large_organisation() -> Iterator[Large]:
    """Makes it in a folder of its own, which goes with it. Garbage is looked for as `escala serve` does."""
    look_for_garbage_seldom()
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(load_settings(Path(folder) / "instance", {}))
        database: Database = app.extensions["escala_database"]
        try:
            made = _make(app, database)
            gc.collect()
            gc.freeze()
            yield made
        finally:
            close_app(app)


def cpu_seconds(client: FlaskClient, address: str) -> float:
    """The processor time of one page, which must be there."""
    start = time.process_time()
    answer = client.get(address)
    spent = time.process_time() - start
    if answer.status_code != 200:
        raise AssertionError(f"{address}: {answer.status}")
    return spent


def _make(app: Flask, database: Database) -> Large:
    with database.writing() as session:
        made = make_large_sample(
            session, teams=TEAMS, rounds=ROUNDS, language="es", password=PASSWORD, now=NOW, drawn=DRAWN
        )
        many = (made.account, made.organisations[0].id)
        nothing, one_team = (add_organisation(session, made.account, name) for name in ("nothing", "one-team"))
        kind = load_team_kinds()[0]
        new_team = create_team(
            session,
            organisation_id=one_team[1],
            name="Equipo nuevo",
            size=12,
            kind=kind.id,
            points=points_of_kind(kind, "es"),
            now=NOW,
        ).id
        team = session.scalars(select(Team.id).where(Team.organisation_id == many[1]).order_by(Team.name)).first()
        latest = session.scalars(
            select(Round.id).where(Round.team_id == team, ~Round.is_withheld).order_by(Round.published_at.desc())
        ).first()
        accounts = [(account.email, account.id, organisation) for account, organisation in (many, nothing, one_team)]
    assert team  # noqa: S101 - it has just been made
    assert latest  # noqa: S101
    signed_in = [Account(sign_in(app, email), user_id, organisation) for email, user_id, organisation in accounts]
    return Large(app, database, signed_in[0], team, latest, signed_in[1], signed_in[2], new_team)


def add_organisation(session: Session, model: User, name: str) -> tuple[User, uuid.UUID]:
    """An organisation without teams, of an account of its own with the same password."""
    email = f"{name}@example.org"
    account = User(email=email, password=model.password, active=True, fs_uniquifier=uuid.uuid4().hex)
    session.add(account)
    session.flush()
    organisation = create_organisation(
        session, name="Organización", country=COUNTRIES["CO"], language="es", founder_id=account.id, now=NOW
    )
    return account, organisation.id


def sign_in(app: Flask, email: str) -> FlaskClient:
    """A browser of somebody who is signed in."""
    client = app.test_client()
    token = _token(client.get("/sign-in").get_data(as_text=True))
    client.post("/sign-in", data={"email": email, "password": PASSWORD, "csrf_token": token})
    return client
