"""Makes `0007.json.gz`: a small instance as the code of 5f1f4ed left it, the last one of revision 0007.

It was run once, with that code on the path, from a folder that holds it:

    git archive 5f1f4ed | tar x -C FOLDER
    cd FOLDER && PYTHONPATH=. python .../make_0007.py .../0007.json.gz

`tables` holds the rows of each table, `expected` what the services of that day said about them.
"""

# mypy: ignore-errors
# Written for the names of that day.

from __future__ import annotations

import base64
import datetime as dt
import gzip
import hashlib
import json
import sys
import tempfile
import uuid
from pathlib import Path
from typing import Any

from sqlalchemy import Table, select, update

from assessment.domain.access import OrganisationRole
from assessment.domain.answers import Role
from assessment.domain.rounds import RoundMode
from assessment.infra.languages import Localisation
from assessment.services.comments import comments_of_round, hide_comment
from assessment.services.members import invite_member
from assessment.services.plan_documents import PrintAs, RenderedPlan, keep_printed_plan, printed_plans
from assessment.services.plans import draft_plan, read_plan
from assessment.services.publication import publish_round
from assessment.services.respond import find_way, save_draft
from assessment.services.results import results
from assessment.services.rounds import draft_round, invite, open_round, stop_round
from assessment.services.teams import create_team, points_of_kind
from assessment.store.database import Database, make_engine
from assessment.store.logos import Logo
from assessment.store.migrate import upgrade
from assessment.store.models import METADATA
from assessment.store.rounds import Round
from tests.services.build import DAY, NOW, Home, answer, kind_of_team, make_home, make_round, make_sheet


def make(database: Database) -> dict[str, Any]:
    first, second = make_home(database, "Alegra"), make_home(database, "Boreal")
    published = hold(database, first, "Ronda 1", range(10))
    expected = [print_and_read(database, first, published)]
    again = hold(database, first, "Ronda 2", range(20, 30), now=NOW + DAY)
    expected.append(print_and_read(database, first, again))
    elsewhere = hold(database, second, "Ronda de Boreal", range(40, 46))
    expected.append(read(database, second, elsewhere))
    links = under_way(database, first)
    with database.writing() as session:
        invite_member(
            session,
            organisation_id=first.organisation,
            email="nadia@example.org",
            role=OrganisationRole.MANAGER,
            now=NOW,
        )
        session.add(
            Logo(
                organisation_id=first.organisation,
                media_type="image/png",
                width=1,
                height=1,
                checksum="0" * 64,
                picture=b"\x89PNG",
            )
        )
        (comment, *_) = comments_of_round(session, organisation_id=first.organisation, round_id=published).comments
        hide_comment(session, organisation_id=first.organisation, round_id=published, comment_id=comment.id)
    return {"rounds": expected, "links": links}


def hold(database: Database, home: Home, name: str, people: range, *, now: dt.datetime = NOW) -> uuid.UUID:
    """A published round."""
    round_id, link = make_round(database, home, name=name, opens_at=now - DAY, closes_at=now + DAY, now=now - DAY)
    for number in people:
        answer(database, link, make_sheet(number, comment=f"Comentario {number}"), now=now)
    with database.writing() as session:
        stop_round(session, organisation_id=home.organisation, round_id=round_id, now=now)
        publish_round(session, organisation_id=home.organisation, round_id=round_id, now=now)
    return round_id


def print_and_read(database: Database, home: Home, round_id: uuid.UUID) -> dict[str, Any]:
    own = {"organisation_id": home.organisation, "round_id": round_id}
    with database.writing() as session:
        draft_plan(session, **own, drawn_on=NOW.date(), now=NOW)
        for tag in ("es", "en"):
            rendered = RenderedPlan(tag * 32, PrintAs(Localisation(tag)), f"%PDF-1.7 {tag} {round_id}".encode())
            keep_printed_plan(session, **own, rendered=rendered, now=NOW)
    return read(database, home, round_id)


def read(database: Database, home: Home, round_id: uuid.UUID) -> dict[str, Any]:
    own = {"organisation_id": home.organisation, "round_id": round_id}
    with database.reading() as session:
        shown = results(session, **own)
        plan = read_plan(session, **own, drawn_on=NOW.date())
        return {
            "organisation": home.organisation.hex,
            "id": round_id.hex,
            "asked": asked(shown.questionnaire),
            "compared_with": shown.compared_with and shown.compared_with.id.hex,
            "means": {pillar.pillar: pillar.mean for pillar in shown.result.pillars},
            "changes": {change.pillar: change.difference for change in shown.result.change},
            "plan": plan.choices.model_dump(mode="json") if plan.plan else None,
            "printed": [printed.pdf.decode() for printed in printed_plans(session, **own)],
            "comments": comments_of_round(session, **own, with_hidden=True).total,
        }


def asked(questionnaire: Any) -> str:
    words = [[item.id, item.text.es, item.text.en] for item in questionnaire.items]
    return hashlib.sha256(json.dumps(words).encode()).hexdigest()


def under_way(database: Database, home: Home) -> dict[str, str]:
    """A round in every state before publication; two of one team, as there could be before that was refused."""
    tokens = {}
    with database.writing() as session:

        def team(name: str) -> uuid.UUID:
            kind = kind_of_team()
            made = create_team(
                session,
                organisation_id=home.organisation,
                name=name,
                size=12,
                kind=kind.id,
                points=points_of_kind(kind, "es"),
                now=NOW,
            )
            return made.id

        def start(name: str, **given: Any) -> Round:
            options = {"opens_at": NOW - DAY, "closes_at": NOW + 30 * DAY, "now": NOW - DAY, **given}
            made = open_round(
                session, organisation_id=home.organisation, team_id=team(name), name=f"Ronda de {name}", **options
            )
            tokens[name] = made.link_token
            return made

        draft = draft_round(
            session, organisation_id=home.organisation, team_id=team("Caja"), name="Ronda de Caja", now=NOW
        )
        tokens["Caja"] = draft.link_token
        start("Ventas", opens_at=NOW + DAY)
        open_ = start("Soporte")
        start("Bodega", mode=RoundMode.CONSENSUS)
        stopped = start("Rutas", questionnaire_id="service-culture-rubrics")
        stop_round(session, organisation_id=home.organisation, round_id=stopped.id, now=NOW)
        personal = start("Taller")
        (used, _) = invite(session, organisation_id=home.organisation, round_id=personal.id, how_many=2)
        tokens["Taller, personal"] = used
        unknown = start("Archivo")
        unknown.questionnaire_checksum = "sha256:" + "0" * 64
        older = start("Doble", now=NOW - 2 * DAY)
        newer = start("Doble otra vez")
        session.execute(update(Round).where(Round.id == newer.id).values(team_id=older.team_id))
        for token in (tokens["Soporte"], tokens["Doble"]):
            way = find_way(session, token=token, cookie="borrador")
            save_draft(session, way, cookie="borrador", sheet=make_sheet(3), now=NOW)
        open_link = open_.link_token
    answer(database, open_link, make_sheet(50, role=Role.STAFF, comment="Aún abierto"))
    answer(database, used, make_sheet(51))
    return tokens


def dump(database: Database) -> dict[str, list[dict[str, Any]]]:
    with database.reading() as session:
        return {
            table.name: [
                {name: portable(table, value) for name, value in row.items()}
                for row in session.execute(select(table)).mappings()
            ]
            for table in METADATA.sorted_tables
        }


def portable(table: Table, value: Any) -> Any:
    match value:
        case uuid.UUID():
            return value.hex
        case dt.datetime():
            return value.isoformat()
        case [] if table.name == "users":  # a text of its own type
            return ""
        case bytes():
            return base64.b64encode(value).decode()
    return value


def main(file: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{folder}/instance.sqlite")
        upgrade(engine)
        database = Database(engine)
        expected = make(database)
        written = json.dumps({"tables": dump(database), "expected": expected}, ensure_ascii=False, default=str)
        engine.dispose()
    file.write_bytes(gzip.compress(written.encode(), mtime=0))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
