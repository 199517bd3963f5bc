"""Which printed plans have empty cells. Of those printed before it is not known: they count as complete."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("printed_plans", sa.Column("is_blank", sa.Boolean(), nullable=False, server_default=sa.false()))
