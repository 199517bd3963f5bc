"""Which code of an authenticator app an account used last."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("users", sa.Column("last_code", sa.BigInteger(), nullable=True))
