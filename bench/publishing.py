"""Publishing in a database full of printed plans: how long others wait to write meanwhile.

A database of its own, in a temporary folder, is filled. Then two devices save their answers to another round without
pause, one through the publisher's connections and one through its own, as another process would, while rounds are
published and their traces removed.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import random
import secrets
import statistics
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from assessment.catalogue.catalogue import load_questionnaire, load_team_kinds
from assessment.domain.answers import Answer, AnswerSheet, Role
from assessment.infra.countries import COUNTRIES
from assessment.infra.languages import Localisation
from assessment.services.accounts import set_up
from assessment.services.plan_documents import PrintAs, print_plan_of_round
from assessment.services.publication import publish_scored_round, score_before_publication
from assessment.services.respond import resolve_link, save_draft, submit_response
from assessment.services.rounds import open_round, stop_round
from assessment.services.teams import create_team, points_of_kind
from assessment.store.database import Database, make_engine
from assessment.store.migrate import upgrade
from assessment.store.plans import PrintedPlan, find_plan
from assessment.store.printed_files import PrintedFile
from bench.timing import Row

PLANS, PLAN_KB = 1_000, 450
PUBLICATIONS, ANSWERS, QUIET_SECONDS = 5, 30, 3
NOW = dt.datetime.now(dt.UTC)
OPENED = NOW - dt.timedelta(days=1)


def rows() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "escala.sqlite"
        engine = make_engine(f"sqlite:///{file}")
        upgrade(engine)
        database = Database(engine)
        organisation = _set_up(database)
        first, _ = _answered_round(database, organisation, "Primer equipo")
        _publish(database, organisation, first)
        _fill_with_plans(database, organisation, first)
        ready = [_answered_round(database, organisation, f"Equipo {number}")[0] for number in range(PUBLICATIONS)]
        _, link = _answered_round(database, organisation, "Otro equipo")
        with _writers(database, link) as alone:
            time.sleep(QUIET_SECONDS)
        compacted = []
        with _writers(database, link) as beside:
            for round_id in ready:
                _publish(database, organisation, round_id)
                began = time.perf_counter()
                if not database.compact_if_owed():
                    raise AssertionError("traces of the order of arrival are left")
                compacted.append(time.perf_counter() - began)
        size = file.stat().st_size / 1e6
        engine.dispose()
    return [
        Row(f"Publishing, {size:.0f} MB of printed plans: the longest wait of a writer", _longest(beside), "200 ms"),
        Row("– the same writers while nothing is published", _longest(alone), ""),
        Row("– until no trace of the order of arrival is left, at most", f"{1000 * max(compacted):.0f} ms", ""),
    ]


def _longest(waits: list[float]) -> str:
    usual, longest = statistics.median(waits), max(waits)
    return f"{1000 * longest:.0f} ms (median {1000 * usual:.0f} ms of {len(waits):,})"


@contextmanager
def _writers(database: Database, link: str) -> Iterator[list[float]]:
    """Two threads that write without pause, and the seconds that each write took."""
    apart = Database(make_engine(database.engine.url.render_as_string()))
    is_over = threading.Event()
    waits: list[float] = []
    writers = [threading.Thread(target=_write, args=(one, link, is_over, waits)) for one in (database, apart)]
    for writer in writers:
        writer.start()
    try:
        yield waits
    finally:
        is_over.set()
        for writer in writers:
            writer.join()
        apart.engine.dispose()


def _write(database: Database, link: str, is_over: threading.Event, waits: list[float]) -> None:
    cookie = secrets.token_hex()
    while not is_over.is_set():
        began = time.perf_counter()
        with database.writing() as session:
            access = resolve_link(session, token=link, cookie=cookie)
            save_draft(session, access, cookie=cookie, sheet=_sheet(len(waits)), now=NOW)
        waits.append(time.perf_counter() - began)
        time.sleep(0.002)


def _set_up(database: Database) -> uuid.UUID:
    with database.writing() as session:
        created = set_up(
            session,
            email="bench@example.org",
            password="a phrase nobody guesses",  # noqa: S106 - of a database that is thrown away
            organisation_name="Clínica del Valle",
            country=COUNTRIES["CO"],
            language="es",
            team_name="Mesa de ayuda",
            team_size=ANSWERS,
            team_kind=load_team_kinds()[0],
            now=NOW,
        )
        return created.organisation.id


def _answered_round(database: Database, organisation: uuid.UUID, team: str) -> tuple[uuid.UUID, str]:
    """An open round of a new team, with answers; its link."""
    kind = load_team_kinds()[0]
    with database.writing() as session:
        answering = create_team(
            session,
            organisation_id=organisation,
            name=team,
            size=ANSWERS + 5,
            kind=kind.id,
            points=points_of_kind(kind, "es"),
            now=OPENED,
        )
        opened = open_round(
            session,
            organisation_id=organisation,
            team_id=answering.id,
            name="Ronda",
            opens_at=OPENED,
            closes_at=None,
            now=OPENED,
        )
        round_id, link = opened.id, opened.link_token
    for number in range(ANSWERS):
        cookie = secrets.token_hex()
        with database.writing() as session:
            access = resolve_link(session, token=link, cookie=cookie)
            save_draft(session, access, cookie=cookie, sheet=_sheet(number), now=NOW)
            submit_response(session, resolve_link(session, token=link, cookie=cookie), cookie=cookie, now=NOW)
    return round_id, link


def _sheet(seed: int) -> AnswerSheet:
    chance = random.Random(seed)  # noqa: S311 - invented answers
    items: dict[str, Answer] = {item.id: chance.randint(1, 5) for item in load_questionnaire().items}
    return AnswerSheet(role=Role.STAFF, items=items, comment=f"Comentario {seed}.")


def _publish(database: Database, organisation: uuid.UUID, round_id: uuid.UUID) -> None:
    own = {"organisation_id": organisation, "round_id": round_id}
    with database.writing() as session:
        stop_round(session, **own, now=NOW)
    with database.reading() as session:
        scored = score_before_publication(session, **own)
    with database.writing() as session:
        publish_scored_round(
            session,
            organisation_id=organisation,
            round_id=round_id,
            scored=scored,
            surplus_reason="",
            user_id=None,
            now=NOW,
        )


def _fill_with_plans(database: Database, organisation: uuid.UUID, round_id: uuid.UUID) -> None:
    """Prints the round's plan once, and stores as many others as `PLANS`, of random bytes."""
    with database.writing() as session:
        own = {"organisation_id": organisation, "round_id": round_id}
        print_plan_of_round(session, **own, print_as=PrintAs(Localisation("es", "CO")), now=NOW)
        plan = find_plan(session, organisation, round_id)
        if plan is None:
            raise AssertionError("the round has no plan")
        plan_id = plan.id
    for _ in range(PLANS // 50):
        with database.writing() as session:
            for _ in range(50):
                content = secrets.token_bytes(PLAN_KB * 1_000)
                file = PrintedFile(
                    organisation_id=organisation, sha256=hashlib.sha256(content).hexdigest(), content=content
                )
                session.add(
                    PrintedPlan(
                        organisation_id=organisation,
                        plan_id=plan_id,
                        content_hash=secrets.token_hex(32),
                        language="es",
                        printed_at=NOW,
                        file=file,
                    )
                )


if __name__ == "__main__":
    for row in rows():
        print(f"| {row.name} | {row.measured} | {row.aim} |")
