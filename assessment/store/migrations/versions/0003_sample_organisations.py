"""Which organisations are sample data."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("organisations", sa.Column("is_sample", sa.Boolean(), nullable=False, server_default=sa.false()))
