"""Which open question a comment answers. All before answer the one that every questionnaire had."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0012"


def upgrade() -> None:
    op.add_column("comments", sa.Column("section", sa.String(60), nullable=False, server_default="comment"))
