"""What a real server's log holds after people have answered: that it ran, and nothing about them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assessment.infra.clock import utc_now
from assessment.store.database import Database, make_engine
from assessment.store.responses import count_responses
from tests.cli.server import Visitor, forked
from tests.databases import migrated_sqlite
from tests.services.build import DAY, make_home, make_round

COMMENT = "El carpincho espera en la fila"


def events(log: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in log.splitlines() if line.startswith("{")]


@pytest.mark.parametrize(("log_format", "processes"), [("text", "2"), ("json", "1")])
def test_nothing_of_a_respondent_is_in_the_log(tmp_path: Path, log_format: str, processes: str) -> None:
    (tmp_path / "instance").mkdir()
    engine = make_engine(migrated_sqlite(tmp_path / "instance" / "escala.sqlite"))
    database = Database(engine)
    begun = utc_now() - DAY
    round_id, token = make_round(database, make_home(database), opens_at=begun, closes_at=None, now=begun)
    with forked(tmp_path, "serve", "--workers", processes, ESCALA_LOG_FORMAT=log_format) as server:
        phone = Visitor(server.address)
        phone.answer_round(f"/r/{token}", COMMENT)
        assert phone.status == 200
        handle = phone.at.split("/")[2]
        secrets = {token, handle, COMMENT, "carpincho", *(cookie.value for cookie in phone.cookies if cookie.value)}
        phone.open("/language/en?next=/r/elsewhere")
        stray = Visitor(server.address)
        stray.open(f"/r/{token[:-1]}")
        stray.open(f"/s/{token}")
        stray.open("/sign-in?next=/account")
        stray.fill({"email": "ana@example.com", "password": "no es esta"})
        assert stray.status == 200
        log = server.end()
    with database.reading() as session:
        assert count_responses(session, round_id) == 1
    engine.dispose()
    first, _, rest = log.partition("\n")
    assert server.address in first
    for secret in secrets | {
        token[:-1],
        "/r/",
        "respond",
        "127.0.0.1",
        "visitor",
        "ana@example.com",
        "no es esta",
        "next=",
    }:
        assert secret not in rest, secret
    assert "/sign-in" in rest
    if log_format == "json":
        logged = [(event["method"], event["route"], event["status"]) for event in events(rest)]
        assert logged == [("GET", "/sign-in", 200), ("POST", "/sign-in", 200)]
        assert all(
            set(event) == {"event", "level", "timestamp", "method", "route", "status", "ms"} for event in events(rest)
        )
