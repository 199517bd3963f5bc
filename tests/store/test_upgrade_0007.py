"""A small instance of revision 0007, made by the code of that day, is the same instance after the upgrade."""

from __future__ import annotations

import base64
import datetime as dt
import gzip
import hashlib
import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import DateTime, LargeBinary, MetaData, Uuid, func, insert, select, text

from assessment.domain.plans.choices import PlanChoices
from assessment.domain.rounds import RoundAlreadyOpened, RoundMode, RoundState
from assessment.services.comments import comments_of_round
from assessment.services.plan_documents import printed_choices, printed_plans
from assessment.services.plans import read_plan
from assessment.services.publication import publish_round, score_round_now
from assessment.services.questionnaires import QuestionnaireChanged, pinned_questionnaire
from assessment.services.respond import LinkUsedUp, read_draft, resolve_link, submit_response
from assessment.services.results import results
from assessment.services.rounds import RoundUnderWay, discard_round, draft_round, schedule_round, stop_round
from assessment.services.snapshots import result_to_snapshot
from assessment.store.database import Database
from assessment.store.migrate import config_of, differences, upgrade
from assessment.store.models import METADATA
from assessment.store.rounds import Round
from tests.databases import KINDS, copied_engine, fresh_engine

MADE_AT = dt.datetime(2026, 11, 20, 15, 0, tzinfo=dt.UTC)
FILE = Path(__file__).parent / "instances" / "0007.json.gz"


@dataclass(frozen=True)
class Instance:
    database: Database
    tables: dict[str, list[dict[str, Any]]]
    expected: dict[str, Any]

    def find(self, name: str) -> dict[str, Any]:
        """A round's row as it was, by its name."""
        return next(row for row in self.tables["rounds"] if row["name"] == name)

    def ids(self, name: str) -> dict[str, Any]:
        row = self.find(name)
        return {"organisation_id": uuid.UUID(row["organisation_id"]), "round_id": uuid.UUID(row["id"])}


@pytest.fixture(scope="module", params=KINDS)
def instance(request, tmp_path_factory) -> Iterator[Instance]:
    """For tests that only look at it."""
    content = json.loads(gzip.decompress(FILE.read_bytes()))
    with fresh_engine(request.param, tmp_path_factory.mktemp("0007"), migrated=False) as engine:
        with engine.begin() as connection:
            command.upgrade(config_of(connection), "0007")
            tables = MetaData()
            tables.reflect(connection)
            for name, rows in content["tables"].items():
                table = tables.tables[name]
                for row in rows:
                    values = {column: read(table.columns[column].type, value) for column, value in row.items()}
                    connection.execute(insert(table).values(values))
        assert upgrade(engine) is True
        assert differences(engine) == []
        yield Instance(Database(engine), content["tables"], content["expected"])


@pytest.fixture
def own_instance(instance, tmp_path) -> Iterator[Instance]:
    """For tests that go on with it."""
    with copied_engine(instance.database.engine, tmp_path) as engine:
        yield replace(instance, database=Database(engine))


def read(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(kind, DateTime):
        return dt.datetime.fromisoformat(value)
    if isinstance(kind, Uuid):
        return uuid.UUID(value)
    if isinstance(kind, LargeBinary):
        return base64.b64decode(value)
    return value


def asked(questionnaire: Any) -> str:
    words = [[item.id, item.text.es, item.text.en] for item in questionnaire.items]
    return hashlib.sha256(json.dumps(words).encode()).hexdigest()


def as_it_was_kept(choices: PlanChoices) -> dict[str, Any]:
    """A plan as the document that it was before its actions were rows."""
    kept = printed_choices(choices)
    done = iter([action.is_done for action in choices.actions])
    for pillar in kept["pillars"]:
        for action in pillar["actions"]:
            action["is_done"] = next(done)
    if kept["move"]:
        kept["move"]["is_done"] = next(done)
    return kept


def test_no_row_is_lost_and_every_row_says_whose_it_is(instance):
    with instance.database.reading() as session:
        for name, rows in instance.tables.items():
            assert session.scalar(select(func.count()).select_from(METADATA.tables[name])) == len(rows), name
        owners = {row["id"]: row["organisation_id"] for row in instance.tables["rounds"]}
        for name in ("responses", "drafts", "submission_keys", "invitations", "comments", "plans"):
            table = METADATA.tables[name]
            found = session.execute(select(table.c.round_id, table.c.organisation_id)).all()
            assert {organisation.hex == owners[round_.hex] for round_, organisation in found} == {True}, name


def as_people_read(figures):
    """With one decimal, as figures leave a team today."""
    return {name: figure if figure is None else round(figure, 1) for name, figure in figures.items()}


def test_results_plans_printed_pdfs_and_comments_read_as_they_were(instance):
    for expected in instance.expected["rounds"]:
        own: dict[str, Any] = {
            "organisation_id": uuid.UUID(expected["organisation"]),
            "round_id": uuid.UUID(expected["id"]),
        }
        with instance.database.reading() as session:
            shown = results(session, **own)
            assert asked(shown.questionnaire) == expected["asked"]
            assert (shown.compared_with and shown.compared_with.id.hex) == expected["compared_with"]
            is_agreed = shown.result.mode == "consensus"
            means = {pillar.pillar: pillar.mean for pillar in shown.result.pillars}
            assert means == (expected["means"] if is_agreed else as_people_read(expected["means"]))
            is_told = {
                change.pillar: min(change.n1, change.n2) >= 8 or change.label in ("improved", "worse")
                for change in shown.result.change
            }
            assert {change.pillar: change.difference for change in shown.result.change} == {
                pillar: moved if is_told[pillar] else None
                for pillar, moved in as_people_read(expected["changes"]).items()
            }
            plan = read_plan(session, **own, drawn_on=MADE_AT.date())
            assert (as_it_was_kept(plan.choices) if plan.plan else None) == expected["plan"]
            assert [printed.pdf.decode() for printed in printed_plans(session, **own)] == expected["printed"]
            assert comments_of_round(session, **own, with_hidden=True).total == expected["comments"]


def test_the_answers_give_the_figures_that_were_frozen(instance):
    for expected in instance.expected["rounds"]:
        with instance.database.reading() as session:
            found = session.get_one(Round, uuid.UUID(expected["id"]))
            now = json.loads(json.dumps(result_to_snapshot(score_round_now(session, found)), default=str))
            before = next(row["snapshot"] for row in instance.tables["rounds"] if row["id"] == expected["id"])
            assert {key: now[key] for key in before} == before


def test_rounds_keep_the_very_text_that_they_pinned(instance):
    with instance.database.reading() as session:
        for row in instance.tables["rounds"]:
            (pinned,) = session.get_one(Round, uuid.UUID(row["id"])).questionnaires
            version = pinned.version
            was = (row["questionnaire_id"], row["questionnaire_version"], row["questionnaire_checksum"])
            assert (version.questionnaire_id, version.version, version.checksum) == was
            if row["name"] == "Ronda de Archivo":
                assert version.content is None
            else:
                assert f"sha256:{hashlib.sha256(version.content.encode()).hexdigest()}" == version.checksum


def test_a_round_whose_text_is_not_known_any_more_says_so_and_still_opens(instance):
    with instance.database.reading() as session:
        found = session.get_one(Round, instance.ids("Ronda de Archivo")["round_id"])
        with pytest.raises(QuestionnaireChanged):
            pinned_questionnaire(session, found)
        access = resolve_link(session, token=instance.expected["links"]["Archivo"], cookie="otro")
        assert access.round.name == "Ronda de Archivo"
        with pytest.raises(QuestionnaireChanged):
            _ = access.questionnaire


def test_every_link_leads_where_it_led(instance):
    for name, token in instance.expected["links"].items():
        if name not in ("Taller", "Taller, personal"):
            with instance.database.reading() as session:
                access = resolve_link(session, token=token, cookie="nuevo")
                assert access.round.name == f"Ronda de {name}"
    with instance.database.reading() as session:
        used = resolve_link(session, token=instance.expected["links"]["Taller, personal"], cookie="nuevo")
        with pytest.raises(LinkUsedUp):
            read_draft(used)


def test_rounds_are_in_the_states_they_were_in_and_go_on(own_instance):
    states = {
        "Ronda 1": RoundState.PUBLISHED,
        "Ronda de Caja": RoundState.DRAFT,
        "Ronda de Ventas": RoundState.SCHEDULED,
        "Ronda de Soporte": RoundState.OPEN,
        "Ronda de Bodega": RoundState.OPEN,
        "Ronda de Rutas": RoundState.STOPPED,
    }
    with own_instance.database.writing() as session:
        for name, state in states.items():
            found = session.get_one(Round, own_instance.ids(name)["round_id"])
            assert found.facts.state(MADE_AT) is state
            assert found.mode is RoundMode(own_instance.find(name)["mode"])
        access = resolve_link(session, token=own_instance.expected["links"]["Soporte"], cookie="borrador")
        assert len(read_draft(access).items) == 48
        submit_response(session, access, cookie="borrador", now=MADE_AT)
        again = schedule_round(
            session, **own_instance.ids("Ronda de Caja"), opens_at=MADE_AT, closes_at=None, now=MADE_AT
        )
        assert again.questionnaires[0].version.content is not None
        with pytest.raises(RoundAlreadyOpened):
            schedule_round(
                session, **own_instance.ids("Ronda de Soporte"), opens_at=MADE_AT, closes_at=None, now=MADE_AT
            )
        publish_round(session, **own_instance.ids("Ronda de Rutas"), now=MADE_AT)


def test_two_unpublished_rounds_of_one_team_both_go_on_and_no_third_begins(own_instance):
    older, newer = own_instance.find("Ronda de Doble"), own_instance.find("Ronda de Doble otra vez")
    assert older["team_id"] == newer["team_id"]
    given: dict[str, Any] = {
        "organisation_id": uuid.UUID(older["organisation_id"]),
        "team_id": uuid.UUID(older["team_id"]),
    }
    with own_instance.database.writing() as session:
        extra = session.execute(text("SELECT name FROM rounds WHERE is_extra")).scalars().all()
        assert extra == ["Ronda de Doble"]
        access = resolve_link(session, token=own_instance.expected["links"]["Doble"], cookie="borrador")
        submit_response(session, access, cookie="borrador", now=MADE_AT)
        stop_round(session, **own_instance.ids("Ronda de Doble"), now=MADE_AT)
        publish_round(session, **own_instance.ids("Ronda de Doble"), now=MADE_AT)
        with pytest.raises(RoundUnderWay):
            draft_round(session, **given, name="Tercera", now=MADE_AT)
        discard_round(session, **own_instance.ids("Ronda de Doble otra vez"), now=MADE_AT)
        draft_round(session, **given, name="Tercera", now=MADE_AT)
