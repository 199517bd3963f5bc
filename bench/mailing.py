"""E-mail: how long the requests take that queue a message to each of 1,000 people."""

from __future__ import annotations

import dataclasses
import datetime as dt
import html
import re
import tempfile
import time
import uuid
from pathlib import Path

from flask.testing import FlaskClient

from assessment.app import close_app, create_app
from assessment.catalogue.catalogue import load_team_kinds
from assessment.infra.countries import COUNTRIES
from assessment.infra.settings import load_settings
from assessment.services.accounts import set_up
from assessment.services.outbox import has_due_mailing
from assessment.services.rounds import open_round
from assessment.store.database import Database
from assessment.store.recipients import count_messages
from bench.timing import Row
from bench.web import EMAIL, PASSWORD, _token

PEOPLE = 1_000
NOW = dt.datetime.now(dt.UTC)
HIDDEN = re.compile(r'<input[^>]*name="(people|turn|csrf_token)"[^>]*value="([^"]*)"')


def rows() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings(Path(folder) / "instance", {})
        # Nobody answers there, and nobody is asked: messages are queued, and no worker is started.
        app = create_app(dataclasses.replace(settings, smtp_url="smtp://127.0.0.1:1", base_url="http://localhost"))
        database: Database = app.extensions["escala_database"]
        organisation, team, round_id = _open_round(database)
        client = app.test_client()
        token = _token(client.get("/sign-in").get_data(as_text=True))
        client.post("/sign-in", data={"email": EMAIL, "password": PASSWORD, "csrf_token": token})
        page = f"/organisations/{organisation}/teams/{team}/rounds/{round_id}/e-mail"
        checking, form = _look(client, page)
        sending = _send(client, page, form)
        with database.reading() as session:
            queued = sum(number for _kind, _state, number in count_messages(session, organisation, round_id))
            is_due = has_due_mailing(session, now=dt.datetime.now(dt.UTC))
        close_app(app)
    if queued != PEOPLE or not is_due:
        raise AssertionError(f"{queued} messages are queued")
    return [
        Row(f"Queueing {PEOPLE:,} e-mails: processor time of the request", f"{1000 * sending:.0f} ms", "under 1 s"),
        Row("– and of the one before, which reads their list and shows it", f"{1000 * checking:.0f} ms", ""),
    ]


def _look(client: FlaskClient, page: str) -> tuple[float, dict[str, str]]:
    """Pastes the list; returns the time, and what the second page sends."""
    words = "\n".join(f"Persona {number} <person{number}@example.org>" for number in range(PEOPLE))
    token = _token(client.get(page).get_data(as_text=True))
    start = time.process_time()
    shown = client.post(page, data={"addresses": words, "csrf_token": token})
    spent = time.process_time() - start
    return spent, {name: html.unescape(value) for name, value in HIDDEN.findall(shown.get_data(as_text=True))}


def _send(client: FlaskClient, page: str, form: dict[str, str]) -> float:
    start = time.process_time()
    answer = client.post(f"{page}/send", data=form)
    spent = time.process_time() - start
    if answer.status_code != 303:
        raise AssertionError(answer.status)
    return spent


def _open_round(database: Database) -> tuple[uuid.UUID, uuid.UUID, uuid.UUID]:
    with database.writing() as session:
        created = set_up(
            session,
            email=EMAIL,
            password=PASSWORD,
            organisation_name="Cadena grande",
            country=COUNTRIES["CO"],
            language="es",
            team_name="Todos",
            team_size=PEOPLE,
            team_kind=load_team_kinds()[0],
            now=NOW,
        )
        organisation, team = created.organisation.id, created.team.id
        opened = open_round(
            session,
            organisation_id=organisation,
            team_id=team,
            name="Ronda",
            opens_at=NOW,
            closes_at=None,
            now=NOW,
        )
        return organisation, team, opened.id


if __name__ == "__main__":
    for row in rows():
        print(f"| {row.name} | {row.measured} | {row.aim} |")
