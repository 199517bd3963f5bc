"""Rounds that are open while Escala is brought up to date: nothing of the order of arrival is left afterwards."""

from __future__ import annotations

import re
import uuid

import pytest
from alembic import command

from assessment.store.migrate import config_of, upgrade
from tests.databases import KINDS, fresh_engine

COUNT = 25
"""So few that SQLite has them in one page, where later rows lie lower."""
WHEN = "2026-11-21 10:00:00+00:00"


def insert(connection, table, **values):
    """One row, in the schema of 0007."""
    written = ", ".join(
        str(value).lower() if isinstance(value, bool | int) else f"'{value}'" for value in values.values()
    )
    connection.exec_driver_sql(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({written})")  # noqa: S608


def fill(engine):
    """An open round of 0007 with personal links, each used in turn."""
    organisation, team, round_ = (uuid.uuid4().hex for _ in range(3))
    with engine.begin() as connection:
        command.upgrade(config_of(connection), "0007")
        place = {"country": "CO", "language": "es", "time_zone": "America/Bogota", "created_at": WHEN}
        insert(connection, "organisations", id=organisation, name="A", minimum_group=5, accent="#0b6b6b", **place)
        owned = {"organisation_id": organisation, "name": "A", "points": "[]", "targets": "{}", "created_at": WHEN}
        insert(connection, "teams", id=team, size=30, kind="shop", **owned)
        pinned = {"questionnaire_id": "q", "questionnaire_version": 1, "questionnaire_checksum": "sha256:0"}
        facts = {
            "mode": "answered",
            "minimum_group": 5,
            "team_size": 30,
            "asks_role": False,
            "has_personal_links": True,
        }
        insert(connection, "rounds", id=round_, team_id=team, link_token="t", **owned, **pinned, **facts)  # noqa: S106
        for number in range(COUNT):
            link = {"id": uuid.uuid4().hex, "round_id": round_, "token_hash": f"hash-{number:02d}", "is_used": False}
            insert(connection, "invitations", **link)
    for number in range(COUNT):
        with engine.begin() as connection:
            connection.exec_driver_sql(f"UPDATE invitations SET is_used = true WHERE token_hash = 'hash-{number:02d}'")  # noqa: S608
            answers = f'{{"comment": "said-{number:02d}"}}'
            insert(connection, "responses", id=uuid.uuid4().hex, round_id=round_, answers=answers)
            # Random first, like a hash.
            insert(connection, "submission_keys", round_id=round_, key_hash=f"{uuid.uuid4().hex}-key-{number:02d}")


def physical_order(engine, kind, file, table, column, mark):
    """The numbers of arrival in the order in which the rows lie."""
    if kind == "sqlite":
        engine.dispose()
        return list(dict.fromkeys(int(number) for number in re.findall(mark.encode() + rb"-(\d\d)", file.read_bytes())))
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(f"SELECT CAST({column} AS text) FROM {table} ORDER BY ctid").scalars()  # noqa: S608
        return [int(re.search(rf"{mark}-(\d\d)", row)[1]) for row in rows]


def share_in_order(order):
    """The share of pairs that lie in the order of arrival: about half by chance."""
    pairs = [(earlier, later) for at, earlier in enumerate(order) for later in order[at + 1 :]]
    return sum(earlier < later for earlier, later in pairs) / len(pairs)


@pytest.mark.parametrize("kind", KINDS)
def test_an_upgrade_leaves_no_order_of_arrival(kind, tmp_path):
    with fresh_engine(kind, tmp_path, migrated=False) as engine:
        fill(engine)
        assert upgrade(engine) is True
        tables = [("responses", "answers", "said"), ("submission_keys", "key_hash", "key")]
        # SQLite changes an invitation where it lies, in the order in which they were handed out.
        tables += [("invitations", "token_hash", "hash")] if kind == "postgresql" else []
        for table, column, mark in tables:
            order = physical_order(engine, kind, tmp_path / "test.sqlite", table, column, mark)
            assert len(order) == COUNT, table
            # 300 pairs: by chance, their share is this far from a half once in some 70,000 tables.
            assert 0.19 < share_in_order(order) < 0.81, (table, order)
