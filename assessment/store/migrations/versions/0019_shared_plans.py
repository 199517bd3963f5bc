"""An address at which each round's plan can be read once it is shared."""

from __future__ import annotations

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

ROUNDS = sa.table("rounds", sa.column("id", sa.Uuid()), sa.column("plan_token", sa.String()))


def upgrade() -> None:
    op.add_column("rounds", sa.Column("plan_token", sa.String(40), nullable=False, server_default=""))
    op.add_column("rounds", sa.Column("plan_shared_at", sa.DateTime(timezone=True), nullable=True))
    connection = op.get_bind()
    for id_ in connection.scalars(sa.select(ROUNDS.c.id)).all():
        token = secrets.token_urlsafe(16)
        connection.execute(sa.update(ROUNDS).where(ROUNDS.c.id == id_).values(plan_token=token))
    op.create_index("uq_rounds_plan_token", "rounds", ["plan_token"], unique=True)
