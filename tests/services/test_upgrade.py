"""A database with published rounds is brought up to date: what lists read is there afterwards."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.migration import MigrationContext
from alembic.operations import Operations

from assessment.catalogue.catalogue import load_questionnaire
from assessment.domain.plans.choices import ActionChoice, ActionStatus, PillarChoice, PlanChoices
from assessment.services.plan_documents import get_printed_plan, printed_plans
from assessment.services.plans import read_plan, undo_change
from assessment.services.results import results
from assessment.services.upgrade import upgrade_database
from assessment.store.base import Document
from assessment.store.database import Database
from assessment.store.migrate import config_of
from assessment.store.plan_actions import PlanAction
from assessment.store.printed_files import PrintedFile
from assessment.store.round_scores import RoundScore, ScoreKind, scores_of_round
from assessment.store.rounds import Round
from tests.databases import KINDS, fresh_engine

GOLDEN = Path(__file__).parent / "snapshots"
BEFORE = "0007"
"""The revision of the first release, in which rounds had neither scores nor a flag."""
PDFS = (b"%PDF one", b"%PDF one", b"%PDF two")
AT = dt.datetime(2026, 11, 20, 15, 0, tzinfo=dt.UTC)


def insert(connection, table, **values):
    types: dict[type, Any] = {
        uuid.UUID: sa.Uuid(),
        dict: Document,
        list: Document,
        dt.datetime: sa.DateTime(timezone=True),
    }
    columns = [sa.column(name, types.get(type(value))) for name, value in values.items()]
    connection.execute(sa.insert(sa.table(table, *columns)).values(**values))


ASK = {
    "action_id": "voice-2-ask",
    "title": "",
    "what": "",
    "owner": "Ana",
    "measure": "",
    "due_on": None,
    "is_done": True,
}
COFFEE = ASK | {
    "action_id": "",
    "title": "Café con clientes",
    "owner": "",
    "due_on": "2026-12-01",
    "is_done": False,
}
PILLAR = {"pillar": "voice", "reason": "Nos urge", "actions": [ASK, COFFEE]}
CHOICES = {"drawn_on": AT.date().isoformat(), "pillars": [PILLAR], "move": None}
UNDONE = CHOICES | {"move": {"action_id": "move-3-middle", "due_on": "2026-12-01"}}
"""A plan as documents kept it, and how it was before something was taken out."""


ODD_PLANS = {
    "unknown pillar": CHOICES | {"pillars": [PILLAR | {"pillar": "weather"}]},
    "six actions": CHOICES | {"pillars": [PILLAR | {"actions": [COFFEE] * 6}]},
    "a pillar twice": CHOICES | {"pillars": [PILLAR, PILLAR]},
    "an action twice": CHOICES | {"pillars": [PILLAR | {"actions": [ASK, ASK]}]},
    "too long": CHOICES | {"pillars": [PILLAR | {"actions": [COFFEE | {"title": "x" * 900}]}]},
    "nothing said": CHOICES | {"pillars": [PILLAR | {"reason": None, "actions": [COFFEE | {"title": None}]}]},
    "no such day": CHOICES | {"pillars": [PILLAR | {"actions": [COFFEE | {"due_on": "soon"}]}]},
    "no day": {"pillars": [PILLAR]},
}
"""Plans that no page could have kept: nobody else must wait for them."""


def old_rounds(engine, organisation, odd_plans=()):
    """An instance of the first release with a round for each golden file of its snapshots: their ids by file.

    The first round has a plan; so have others with the same snapshot, whose plans no page could have kept.
    """
    asked = load_questionnaire()
    names = ("1-individual", "1-changed", "1-consensus", "1-withheld")
    snapshots = {name: json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8")) for name in names}
    snapshots |= dict.fromkeys(odd_plans, snapshots["1-individual"])
    plans = {"1-individual": CHOICES, **{name: ODD_PLANS[name] for name in odd_plans}}
    rounds = {}
    with engine.begin() as connection:
        command.upgrade(config_of(connection), BEFORE)
        insert(
            connection,
            "organisations",
            id=organisation,
            name="A",
            country="CO",
            language="es",
            time_zone="America/Bogota",
            minimum_group=5,
            accent="#0b6b6b",
            created_at=AT,
        )
        for number, (name, snapshot) in enumerate(snapshots.items()):
            team, rounds[name] = uuid.uuid4(), uuid.uuid4()
            common = {"organisation_id": organisation, "points": [], "targets": {}, "created_at": AT}
            insert(connection, "teams", id=team, name=name, size=9, kind="shop", **common)
            insert(
                connection,
                "rounds",
                id=rounds[name],
                team_id=team,
                name="R",
                mode="answered",
                questionnaire_id=asked.id,
                questionnaire_version=asked.version,
                questionnaire_checksum=asked.checksum,
                minimum_group=5,
                team_size=9,
                asks_role=False,
                has_personal_links=False,
                link_token=f"t{number}",
                published_at=AT,
                scoring_version=1,
                snapshot=snapshot,
                **common,
            )
        ids = {name: uuid.uuid4() for name in plans}
        for name, choices in plans.items():
            insert(
                connection,
                "plans",
                id=ids[name],
                organisation_id=organisation,
                round_id=rounds[name],
                choices=choices,
                before=UNDONE,
                changed_at=AT,
                version=3,
            )
        for number, pdf in enumerate(PDFS):
            insert(
                connection,
                "printed_plans",
                id=uuid.uuid4(),
                plan_id=ids["1-individual"],
                content_hash=f"{number}",
                language="es-CO",
                printed_at=AT + dt.timedelta(days=number),
                pdf=pdf,
            )
    return rounds


@pytest.mark.parametrize("kind", KINDS)
def test_the_actions_of_a_plan_become_rows_and_what_was_taken_out_still_comes_back(kind, tmp_path):
    organisation = uuid.uuid4()
    with fresh_engine(kind, tmp_path, migrated=False) as engine:
        own = {"organisation_id": organisation, "round_id": old_rounds(engine, organisation)["1-individual"]}
        database = Database(engine)
        upgrade_database(database)
        with database.writing() as session:
            seen = read_plan(session, **own, drawn_on=AT.date())
            assert seen.choices == PlanChoices(
                drawn_on=AT.date(),
                pillars=(
                    PillarChoice(
                        "voice",
                        "Nos urge",
                        (
                            ActionChoice(library_id="voice-2-ask", owner="Ana", status=ActionStatus.DONE),
                            ActionChoice(title="Café con clientes", due_on=dt.date(2026, 12, 1)),
                        ),
                    ),
                ),
            )
            ask, own_action = seen.choices.actions
            back = undo_change(session, seen, now=AT, base_version=3).choices
            assert [action.id for action in back.actions_under("voice")] == [ask.id, own_action.id]
            assert back.move is not None
            assert (back.move.library_id, back.pillars[0].reason) == ("move-3-middle", "Nos urge")
            first, *_ = read_plan(session, **own, drawn_on=AT.date()).plan.current_actions
            assert first.score_at_start == seen.results.result.pillar("voice").mean


@pytest.mark.parametrize("kind", KINDS)
def test_no_plan_keeps_an_instance_from_starting(kind, tmp_path):
    organisation = uuid.uuid4()
    with fresh_engine(kind, tmp_path, migrated=False) as engine:
        rounds = old_rounds(engine, organisation, ODD_PLANS)
        assert upgrade_database(Database(engine)) is True
        assert upgrade_database(Database(engine)) is False
        with Database(engine).reading() as session:
            for name, round_id in rounds.items():
                shown = results(session, organisation_id=organisation, round_id=round_id).result
                assert shown.scored, name


@pytest.mark.parametrize("kind", KINDS)
def test_rounds_that_were_published_before_have_scores_and_the_same_results(kind, tmp_path):
    organisation = uuid.uuid4()
    with fresh_engine(kind, tmp_path, migrated=False) as engine:
        rounds = old_rounds(engine, organisation)
        database = Database(engine)
        assert upgrade_database(database) is True
        assert upgrade_database(database) is False
        with database.reading() as session:
            assert {name: session.get_one(Round, id_).is_withheld for name, id_ in rounds.items()} == {
                "1-individual": False,
                "1-changed": False,
                "1-consensus": False,
                "1-withheld": True,
            }
            for name, id_ in rounds.items():
                golden = json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))
                result = results(session, organisation_id=organisation, round_id=id_).result
                assert (result.team, result.scored) == (golden["team"], golden["scored"])
                scores = scores_of_round(session, organisation, id_)
                exact = golden["overall"]["mean"]
                shown = exact if exact is None or golden["mode"] == "consensus" else round(exact, 1)
                assert scores[0].score == result.overall.mean == shown
                pillars = [score.ref_id for score in scores if score.kind is ScoreKind.PILLAR]
                assert pillars == [pillar["pillar"] for pillar in golden["pillars"]]


@pytest.mark.parametrize("kind", KINDS)
def test_figures_that_an_earlier_version_kept_exact_are_rounded(kind, tmp_path):
    organisation = uuid.uuid4()
    with fresh_engine(kind, tmp_path, migrated=False) as engine:
        round_id = old_rounds(engine, organisation)["1-individual"]
        database = Database(engine)
        upgrade_database(database)
        exact = {"score": 2.6063034188, "low": 2.3701, "high": 2.8425}
        with engine.begin() as connection:
            connection.execute(sa.update(RoundScore).values(**exact))
            connection.execute(sa.update(PlanAction).values(score_at_start=exact["score"]))
            with Operations.context(MigrationContext.configure(connection)):
                import_module("assessment.store.migrations.versions.0020_figures_as_read").upgrade()
        upgrade_database(database)
        with database.reading() as session:
            overall = scores_of_round(session, organisation, round_id)[0]
            assert [overall.score, overall.low, overall.high] == [2.6, 2.4, 2.8]
            assert set(session.scalars(sa.select(PlanAction.score_at_start))) == {2.6}


@pytest.mark.parametrize("kind", KINDS)
def test_plans_that_were_printed_before_are_as_they_were(kind, tmp_path):
    organisation = uuid.uuid4()
    with fresh_engine(kind, tmp_path, migrated=False) as engine:
        own = {"organisation_id": organisation, "round_id": old_rounds(engine, organisation)["1-individual"]}
        upgrade_database(Database(engine))
        with Database(engine).reading() as session:
            versions = [version.id for version in printed_plans(session, **own)]
            plans = [get_printed_plan(session, **own, printed_id=id_) for id_ in reversed(versions)]
            assert [(version.content_hash, version.pdf) for version in plans] == [
                (f"{number}", pdf) for number, pdf in enumerate(PDFS)
            ]
            assert session.scalar(sa.select(sa.func.count()).select_from(PrintedFile)) == len(set(PDFS))
