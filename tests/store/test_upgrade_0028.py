"""Members and invitations from before there were teams to choose keep all teams."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
import sqlalchemy as sa
from alembic import command

from assessment.store.database import Database
from assessment.store.migrate import config_of, upgrade
from assessment.store.organisations import Membership
from tests.databases import KINDS, fresh_engine

NOW = dt.datetime(2026, 11, 20, 15, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize("kind", KINDS)
def test_whoever_was_a_member_is_of_all_teams_with_the_same_role(kind, tmp_path):
    organisation = uuid.uuid4()
    with fresh_engine(kind, tmp_path, migrated=False) as engine:
        with engine.begin() as connection:
            command.upgrade(config_of(connection), "0023")
            tables = sa.MetaData()
            tables.reflect(connection)
            key = organisation if connection.dialect.name == "postgresql" else organisation.hex
            connection.execute(
                sa.insert(tables.tables["organisations"]).values(
                    id=key,
                    name="A",
                    country="CO",
                    language="es",
                    time_zone="America/Bogota",
                    minimum_group=5,
                    accent="#0b6b6b",
                    created_at=NOW,
                )
            )
            for at, role in enumerate(("administrator", "manager", "viewer")):
                user = connection.execute(
                    sa.insert(tables.tables["users"])
                    .values(email=f"{role}@example.org", active=True, fs_uniquifier=uuid.uuid4().hex)
                    .returning(tables.tables["users"].c.id)
                ).scalar_one()
                id_ = uuid.UUID(int=at + 1)
                connection.execute(
                    sa.insert(tables.tables["memberships"]).values(
                        id=id_ if connection.dialect.name == "postgresql" else id_.hex,
                        user_id=user,
                        organisation_id=key,
                        role=role,
                    )
                )
        assert upgrade(engine) is True
        with Database(engine).reading() as session:
            members = session.execute(sa.select(Membership.role, Membership.has_all_teams)).all()
        assert sorted(members) == [("administrator", True), ("manager", True), ("viewer", True)]
