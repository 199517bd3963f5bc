"""Whether a round offers people to link it with others by a code of their own, and whether it is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    op.add_column("rounds", sa.Column("is_linked", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("rounds", sa.Column("asks_code", sa.Boolean(), nullable=False, server_default=sa.false()))
