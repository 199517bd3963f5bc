"""Lists that do not grow: processor time of pages over 1,000 teams with 8 published rounds each.

Each page is compared with an empty one of the same layout: of an organisation without teams, and of a team without
rounds. The rows are inserted past the services, which would take an hour.
"""

from __future__ import annotations

import datetime as dt
import random
import statistics
import tempfile
import time
import uuid
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import insert
from sqlalchemy.orm import Session

from assessment.app import close_app, create_app
from assessment.catalogue.catalogue import load_questionnaire, load_team_kinds
from assessment.domain.answers import AnswerSheet, TeamAnswers
from assessment.domain.plans.choices import ActionStatus
from assessment.domain.scoring import score_team
from assessment.infra.countries import COUNTRIES
from assessment.infra.settings import load_settings
from assessment.infra.tokens import new_token
from assessment.services.accounts import set_up
from assessment.services.organisations import create_organisation
from assessment.services.rounds import open_round
from assessment.services.snapshots import result_to_snapshot
from assessment.services.teams import create_team, points_of_kind
from assessment.store.accounts import User
from assessment.store.database import Database
from assessment.store.plan_actions import PlanAction, ServedKind
from assessment.store.plans import Plan
from assessment.store.responses import Response
from assessment.store.rounds import Round
from assessment.store.teams import Team
from bench.timing import Row
from bench.web import EMAIL, PASSWORD, _token

TEAMS, ROUNDS, ANSWERS = 1_000, 8, 12
RUNS = 25
NOW = dt.datetime.now(dt.UTC)
NO_TEAMS, NO_ROUNDS = "empty@example.org", "one-team@example.org"


def rows() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(load_settings(Path(folder) / "instance", {}))
        database: Database = app.extensions["escala_database"]
        with database.writing() as session:
            pages = _make_pages(session)
        clients = {}
        for email in (EMAIL, NO_TEAMS, NO_ROUNDS):
            clients[email] = app.test_client()
            token = _token(clients[email].get("/sign-in").get_data(as_text=True))
            clients[email].post("/sign-in", data={"email": email, "password": PASSWORD, "csrf_token": token})
        measured = [_measure(name, (clients[EMAIL], full), (clients[who], empty)) for name, full, who, empty in pages]
        close_app(app)
    return measured


def _measure(name: str, full: tuple[FlaskClient, str], empty: tuple[FlaskClient, str]) -> Row:
    # In turns, so that a machine that is busy for a while slows both down.
    times = [(_cpu_seconds(*full), _cpu_seconds(*empty)) for _ in range(RUNS + 1)][1:]
    many, none = (statistics.median(column) for column in zip(*times, strict=True))
    return Row(
        f"{name}, {TEAMS:,} teams × {ROUNDS} rounds / empty",
        f"{many / none:.1f} ({1000 * many:.0f} ms / {1000 * none:.0f} ms of CPU)",
        "under 10",
    )


def _cpu_seconds(client: FlaskClient, address: str) -> float:
    start = time.process_time()
    answer = client.get(address)
    spent = time.process_time() - start
    if answer.status_code != 200:
        raise AssertionError(f"{address}: {answer.status}")
    return spent


def _make_pages(session: Session) -> list[tuple[str, str, str, str]]:
    """Fills the database; returns pages: name, address, whose page is the empty one, and its address."""
    kind = load_team_kinds()[0]
    created = set_up(
        session,
        email=EMAIL,
        password=PASSWORD,
        organisation_name="Cadena grande",
        country=COUNTRIES["CO"],
        language="es",
        team_name="Equipo 0000",
        team_size=ANSWERS,
        team_kind=kind,
        now=NOW,
    )
    without_teams = _organisation(session, created.account, NO_TEAMS)
    without_rounds = _organisation(session, created.account, NO_ROUNDS)
    new_team = create_team(
        session,
        organisation_id=without_rounds,
        name="Equipo nuevo",
        size=ANSWERS,
        kind=kind.id,
        points=points_of_kind(kind, "es"),
        now=NOW,
    )
    pattern = open_round(
        session,
        organisation_id=created.organisation.id,
        team_id=created.team.id,
        name="Ronda",
        opens_at=NOW,
        closes_at=None,
        now=NOW,
    )
    _insert_rounds(session, pattern)
    session.delete(pattern)
    session.flush()
    last = -(-TEAMS // 25)
    full, none, few = (f"/organisations/{id_}" for id_ in (created.organisation.id, without_teams, without_rounds))
    team, empty_team = f"{full}/teams/{created.team.id}", f"{few}/teams/{new_team.id}"
    return [
        ("Start page", "/", NO_TEAMS, "/"),
        ("Start page, the last page", f"/?page={last}", NO_TEAMS, "/"),
        ("Organisation", full, NO_TEAMS, none),
        ("Organisation, the last page", f"{full}?page={last}", NO_TEAMS, none),
        ("Team", team, NO_ROUNDS, empty_team),
        ("Rounds of a team", f"{team}/rounds", NO_ROUNDS, f"{empty_team}/rounds"),
        ("A new round", f"{team}/rounds/new", NO_ROUNDS, f"{empty_team}/rounds/new"),
    ]


def _organisation(session: Session, model: User, email: str) -> uuid.UUID:
    """An organisation without teams, of an account of its own with the same password."""
    account = User(email=email, password=model.password, active=True, fs_uniquifier=uuid.uuid4().hex)
    session.add(account)
    session.flush()
    return create_organisation(
        session, name="Organización", country=COUNTRIES["CO"], language="es", founder_id=account.id, now=NOW
    ).id


def _insert_rounds(session: Session, pattern: Round) -> None:
    """The other teams of the organisation, and published rounds of every team, like this one."""
    model = session.get_one(Team, pattern.team_id)
    teams = [_copy(model, id=uuid.uuid4(), name=f"Equipo {number:04}") for number in range(1, TEAMS)]
    session.execute(insert(Team), teams)
    snapshot = _snapshot(pattern)
    for team_id in (model.id, *(team["id"] for team in teams)):
        rounds = [
            _copy(
                pattern,
                id=uuid.uuid4(),
                team_id=team_id,
                created_at=at,
                opens_at=at,
                published_at=at,
                snapshot=snapshot,
                plan_token=new_token(),
            )
            for at in (NOW - dt.timedelta(days=90 * number + 10) for number in range(ROUNDS))
        ]
        session.execute(insert(Round), rounds)
        session.execute(insert(Response), [_response(round_) for round_ in rounds for _ in range(ANSWERS)])
        plans = [_plan(round_) for round_ in rounds]
        session.execute(insert(Plan), plans)
        session.execute(insert(PlanAction), [action for plan in plans for action in _actions(plan)])


def _copy(row: Team | Round, **changes: Any) -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in row.__table__.columns} | changes


def _response(published: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": uuid.uuid4(),
        "organisation_id": published["organisation_id"],
        "round_id": published["id"],
        "answers": {"role": "staff"},
    }


def _plan(published: dict[str, Any]) -> dict[str, Any]:
    day = published["published_at"].date()
    return {
        "id": uuid.uuid4(),
        "organisation_id": published["organisation_id"],
        "round_id": published["id"],
        "drawn_on": day,
        "pillars": [{"pillar": pillar.id, "reason": ""} for pillar in load_questionnaire().pillars[:3]],
        "changed_at": published["published_at"],
    }


def _actions(plan: dict[str, Any]) -> list[dict[str, Any]]:
    action = {
        "organisation_id": plan["organisation_id"],
        "plan_id": plan["id"],
        "serves": ServedKind.PILLAR,
        "library_id": "",
        "title": "Una acción",
        "what": "",
        "owner": "Ana",
        "measure": "",
        "due_on": plan["drawn_on"] + dt.timedelta(days=60),
        "status": ActionStatus.TODO,
    }
    pillars = [pillar["pillar"] for pillar in plan["pillars"] for _ in range(2)]
    return [
        action | {"id": uuid.uuid4(), "position": position, "ref_id": pillar} for position, pillar in enumerate(pillars)
    ]


def _snapshot(pattern: Round) -> dict[str, Any]:
    chance = random.Random(1)  # noqa: S311 - invented answers
    asked = load_questionnaire()
    points = tuple(point["id"] for point in pattern.points)
    sheets = tuple(
        AnswerSheet(
            items={item.id: chance.randint(1, 5) for item in asked.items},
            ladder={point: chance.randint(1, 6) for point in points},
        )
        for _ in range(ANSWERS)
    )
    return result_to_snapshot(score_team(TeamAnswers("Equipo", points, sheets), asked))


if __name__ == "__main__":
    for row in rows():
        print(f"| {row.name} | {row.measured} | {row.aim} |")
