"""An organisation with a team, a round of it, and people who answer."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from sqlalchemy.orm import Session

from assessment.catalogue.catalogue import load_questionnaire, load_team_kinds
from assessment.domain.access import OrganisationRole
from assessment.domain.answers import DK, Answer, AnswerSheet, Role
from assessment.domain.questionnaire import TeamKind
from assessment.domain.rounds import RoundMode
from assessment.infra.countries import COUNTRIES
from assessment.services.access import Access
from assessment.services.next_step import TeamStep
from assessment.services.organisations import create_organisation
from assessment.services.overview import get_overview
from assessment.services.respond import resolve_link, save_draft, submit_response
from assessment.services.rounds import open_round
from assessment.services.teams import create_team, points_of_kind
from assessment.store.accounts import User
from assessment.store.database import Database
from assessment.store.organisations import Organisation

NOW = dt.datetime(2026, 11, 20, 15, 0, tzinfo=dt.UTC)
LATER = NOW + dt.timedelta(days=7)
DAY = dt.timedelta(days=1)


@cache
def kind_of_team() -> TeamKind:
    return load_team_kinds()[0]


@dataclass(frozen=True)
class Home:
    """Ids that a test needs again and again."""

    user: int
    organisation: uuid.UUID
    team: uuid.UUID


def make_home(database: Database, name: str = "Alegra", *, size: int = 12) -> Home:
    with database.writing() as session:
        user = User(email=f"{uuid.uuid4().hex}@example.org", active=True, fs_uniquifier=uuid.uuid4().hex)
        session.add(user)
        session.flush()
        organisation = create_organisation(
            session, name=name, country=COUNTRIES["CO"], language="es", founder_id=user.id, now=NOW
        )
        kind = kind_of_team()
        team = create_team(
            session,
            organisation_id=organisation.id,
            name="Mesa de ayuda",
            size=size,
            kind=kind.id,
            points=points_of_kind(kind, "es"),
            now=NOW,
        )
        return Home(user.id, organisation.id, team.id)


def make_round(database: Database, home: Home, *, mode=RoundMode.ANSWERED, name="Ronda 1", **changes):
    """An open round: its id and its link."""
    options = {"opens_at": NOW - DAY, "closes_at": LATER, "now": NOW - DAY} | changes
    with database.writing() as session:
        opened = open_round(
            session, organisation_id=home.organisation, team_id=home.team, name=name, mode=mode, **options
        )
        return opened.id, opened.link_token


def make_sheet(seed: int = 0, *, role: Role = Role.STAFF, comment: str = "") -> AnswerSheet:
    """One respondent's answers, drawn by chance from a seed."""
    chance = random.Random(seed)
    asked = load_questionnaire()
    kind = kind_of_team()
    items: dict[str, Answer] = {item.id: chance.choice((1, 2, 2, 3, 3, 4, 5, DK)) for item in asked.items}
    ladder: dict[str, Answer] = {point.id: chance.randint(1, 6) for point in kind.points}
    focus = tuple(sorted(chance.sample([pillar.id for pillar in asked.pillars], 2)))
    return AnswerSheet(role=role, items=items, ladder=ladder, focus=focus, comment=comment)


def answer(database: Database, link: str, sheet: AnswerSheet, *, cookie: str | None = None, now=NOW) -> str:
    """Answers a round as one device does: saved in one transaction, sent in another. Returns the device's cookie."""
    cookie = cookie or uuid.uuid4().hex
    with database.writing() as session:
        save_draft(session, resolve_link(session, token=link, cookie=cookie), cookie=cookie, sheet=sheet, now=now)
    with database.writing() as session:
        submit_response(session, resolve_link(session, token=link, cookie=cookie), cookie=cookie, now=now)
    return cookie


def next_steps_of(session: Session, organisation_id: uuid.UUID, now: dt.datetime = NOW) -> Sequence[TeamStep]:
    """What each team of an organisation should do next, as its page lists them."""
    access = Access(session.get_one(Organisation, organisation_id), OrganisationRole.VIEWER, 0)
    return get_overview(session, access=access, now=now).overviews[0].steps
