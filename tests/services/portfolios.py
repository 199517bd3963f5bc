"""An organisation of several teams with rounds that were answered in a chosen way."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections.abc import Sequence

from assessment.catalogue.catalogue import load_questionnaire
from assessment.domain.access import OrganisationRole
from assessment.domain.answers import AnswerSheet, Role
from assessment.domain.rounds import RoundMode
from assessment.services.access import Access
from assessment.services.portfolio import Portfolio, read_portfolio
from assessment.services.publication import publish_round
from assessment.services.rounds import open_round, stop_round
from assessment.services.teams import create_team, points_of_kind
from assessment.store.database import Database
from assessment.store.organisations import Organisation
from tests.services.build import DAY, NOW, Home, answer, kind_of_team


def add_team(database: Database, home: Home, name: str, *, size: int = 12, now: dt.datetime = NOW) -> uuid.UUID:
    kind = kind_of_team()
    with database.writing() as session:
        team = create_team(
            session,
            organisation_id=home.organisation,
            name=name,
            size=size,
            kind=kind.id,
            points=points_of_kind(kind, "es"),
            now=now,
        )
        return team.id


def sheets_around(mean: int, people: int, *, seed: int = 0, missing: Sequence[str] = ()) -> list[AnswerSheet]:
    """So many people who answer about as high as `mean`; pillars that are `missing` are answered by nobody."""
    chance, asked, kind = random.Random(seed), load_questionnaire(), kind_of_team()
    left_out = {item.id for pillar in asked.pillars if pillar.id in missing for item in pillar.items}
    return [
        AnswerSheet(
            role=Role.STAFF,
            items={
                item.id: min(5, max(1, mean + chance.choice((-1, 0, 0, 0, 1))))
                for item in asked.items
                if item.id not in left_out
            },
            ladder={point.id: min(6, max(1, mean + at % 2)) for at, point in enumerate(kind.points)},
        )
        for _ in range(people)
    ]


def publish(
    database: Database,
    home: Home,
    team: uuid.UUID,
    sheets: Sequence[AnswerSheet],
    *,
    now: dt.datetime = NOW,
    name: str = "Ronda",
    mode: RoundMode = RoundMode.ANSWERED,
) -> uuid.UUID:
    """A published round of a team, answered like that."""
    with database.writing() as session:
        opened = open_round(
            session,
            organisation_id=home.organisation,
            team_id=team,
            name=name,
            mode=mode,
            opens_at=now - DAY,
            closes_at=None,
            now=now - DAY,
        )
        round_id, link = opened.id, opened.link_token
    for sheet in sheets:
        answer(database, link, sheet, now=now)
    with database.writing() as session:
        stop_round(session, organisation_id=home.organisation, round_id=round_id, now=now)
    with database.writing() as session:
        publish_round(session, organisation_id=home.organisation, round_id=round_id, now=now)
    return round_id


def access_to(session, home: Home, role: OrganisationRole = OrganisationRole.MANAGER) -> Access:
    return Access(session.get_one(Organisation, home.organisation), role, home.user)


def portfolio_of(database: Database, home: Home, *, now: dt.datetime = NOW, **choice) -> Portfolio:
    with database.reading() as session:
        return read_portfolio(session, access=access_to(session, home), now=now, **choice)
