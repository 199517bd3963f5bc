"""The exact figures that figures over teams were made of go: those are made of released figures now.

How many later rounds were compared with a plan's round is counted. `escala upgrade` writes the scores anew from the
snapshots, with an overall that tells nothing beside the pillars (decision 0040).
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    op.execute("DELETE FROM round_scores")
    op.drop_table("exact_scores")
    op.add_column("rounds", sa.Column("compared_later", sa.Integer(), nullable=False, server_default="0"))
