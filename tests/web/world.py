"""Two organisations whose data must never mix, and people of every role."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from flask import Flask
from flask import session as browser_session
from flask_security import login_user
from sqlalchemy.orm import Session

from assessment.app import close_app, create_app
from assessment.catalogue.catalogue import load_team_kinds
from assessment.domain.access import OrganisationRole
from assessment.infra.clock import utc_now
from assessment.infra.countries import COUNTRIES
from assessment.services.accounts import set_up
from assessment.services.organisations import create_organisation
from assessment.services.rounds import open_round
from assessment.services.teams import create_team, points_of_kind
from assessment.store.accounts import User, find_account
from assessment.store.members import set_teams_of_membership
from assessment.store.organisations import Membership
from tests.web.client import PageClient
from tests.web.templates import COMPILED_TEMPLATES

NOW = dt.datetime(2026, 11, 21, 9, 0, tzinfo=dt.UTC)
PASSWORD = "una frase que nadie adivina"  # noqa: S105
PEOPLE = ("administrator", "manager", "viewer", "outsider")


def _namesake(session: Session, account: User, email: str) -> User:
    """Another account with the same password: making its hash takes a while."""
    namesake = User(email=email, password=account.password, active=True, fs_uniquifier=uuid.uuid4().hex)
    session.add(namesake)
    session.flush()
    return namesake


@contextmanager
def beside(app: Flask) -> Iterator[Flask]:
    """The application as another process of the server has it."""
    other = create_app(app.extensions["escala_settings"], testing=True)
    other.test_client_class = PageClient
    other.jinja_env.bytecode_cache = COMPILED_TEMPLATES
    yield other
    close_app(other)


@dataclass
class World:
    """`outsider` administers the other organisation, and has nothing to do with ours."""

    app: Flask
    organisation: uuid.UUID
    team: uuid.UUID
    other_organisation: uuid.UUID
    other_team: uuid.UUID

    @staticmethod
    def make(app: Flask) -> World:
        kind = load_team_kinds()[0]
        with app.extensions["escala_database"].writing() as session:
            created = set_up(
                session,
                email="administrator@example.com",
                password=PASSWORD,
                organisation_name="Clínica del Valle",
                country=COUNTRIES["CO"],
                language="es",
                team_name="Mesa de ayuda",
                team_size=12,
                team_kind=kind,
                now=NOW,
            )
            for role in (OrganisationRole.MANAGER, OrganisationRole.VIEWER):
                person = _namesake(session, created.account, f"{role}@example.com")
                session.add(Membership(user_id=person.id, organisation_id=created.organisation.id, role=role))
            outsider = _namesake(session, created.account, "outsider@example.com")
            other = create_organisation(
                session, name="Other", country=COUNTRIES["US"], language="en", founder_id=outsider.id, now=NOW
            )
            other_team = create_team(
                session,
                organisation_id=other.id,
                name="Secret team",
                size=12,
                kind=kind.id,
                points=points_of_kind(kind, "en"),
                now=NOW,
            )
            return World(app, created.organisation.id, created.team.id, other.id, other_team.id)

    def add_people_of_one_team(self) -> None:
        """Somebody who manages our team only, somebody who only reads it, and somebody of the leadership."""
        with self.app.extensions["escala_database"].writing() as session:
            account = find_account(session, "administrator@example.com")
            assert account
            for name, role, is_of_all in (
                ("own-manager", OrganisationRole.MANAGER, False),
                ("own-viewer", OrganisationRole.VIEWER, False),
                ("leadership", OrganisationRole.LEADERSHIP, True),
            ):
                person = _namesake(session, account, f"{name}@example.com")
                member = Membership(
                    user_id=person.id, organisation_id=self.organisation, role=role, has_all_teams=is_of_all
                )
                session.add(member)
                session.flush()
                if not is_of_all:
                    set_teams_of_membership(session, member, [self.team])

    def add_team(self, name: str, *, size: int = 12) -> uuid.UUID:
        """Another team of our organisation."""
        kind = load_team_kinds()[0]
        with self.app.extensions["escala_database"].writing() as session:
            team = create_team(
                session,
                organisation_id=self.organisation,
                name=name,
                size=size,
                kind=kind.id,
                points=points_of_kind(kind, "es"),
                now=NOW,
            )
            return team.id

    @contextmanager
    def beside(self) -> Iterator[World]:
        """The same, as another process of the server has it."""
        with beside(self.app) as other:
            yield replace(self, app=other)

    def client(self, person: str | None = None, language: str = "en") -> PageClient:
        """A browser, with the session of somebody who signed in. Signing in itself: `tests/web/test_accounts.py`."""
        client = self.app.test_client()
        assert isinstance(client, PageClient)
        client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
        if person:
            with client.session_transaction() as browser:
                browser.update(self._session_of(person, client.environ_base))
        return client

    def open_round(self) -> str:
        """The token of the link of a round that is open for our team."""
        with self.app.extensions["escala_database"].writing() as session:
            now = utc_now()
            round_ = open_round(
                session,
                organisation_id=self.organisation,
                team_id=self.team,
                name="Ronda 1",
                opens_at=now,
                closes_at=None,
                now=now,
            )
            return round_.link_token

    def _session_of(self, person: str, environ: dict[str, Any]) -> dict[str, Any]:
        with self.app.test_request_context(environ_base=environ):
            account = self.app.extensions["security"].datastore.find_user(email=f"{person}@example.com")
            assert login_user(account)
            return dict(browser_session)

    @property
    def address(self) -> str:
        return f"/organisations/{self.organisation}"

    @property
    def team_address(self) -> str:
        return f"{self.address}/teams/{self.team}"
