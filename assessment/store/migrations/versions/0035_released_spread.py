"""Spreads as they are released, beside the scores; the exact figures that figures over teams were made of go.

How many later rounds were compared with a plan's round is counted.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0032"

FILL = """
UPDATE round_scores SET sd = (
    SELECT round(CAST(exact_scores.sd AS NUMERIC), 1) FROM exact_scores
    WHERE exact_scores.round_id = round_scores.round_id AND exact_scores.pillar = round_scores.ref_id
) WHERE kind = 'pillar' AND low IS NOT NULL AND n >= 10
"""
"""Where the distribution is shown, so is the spread."""


def upgrade() -> None:
    op.add_column("round_scores", sa.Column("sd", sa.Double(), nullable=True))
    op.execute(FILL)
    op.drop_table("exact_scores")
    op.add_column("rounds", sa.Column("compared_later", sa.Integer(), nullable=False, server_default="0"))
