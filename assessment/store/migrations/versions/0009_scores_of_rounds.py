"""Scores of published rounds as rows, and whether a round was withheld as a column.

The scores are written by `assessment.services.round_scores`, which knows what may be shown.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("rounds", sa.Column("is_withheld", sa.Boolean(), nullable=False, server_default=sa.false()))
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    withheld = "json_extract(snapshot, '$.withheld')" if is_sqlite else "(snapshot ->> 'withheld')::boolean"
    op.execute(f"UPDATE rounds SET is_withheld = true WHERE published_at IS NOT NULL AND {withheld}")  # noqa: S608
    op.create_table(
        "round_scores",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("questionnaire_id", sa.String(60), nullable=False),
        sa.Column("section_id", sa.Text(), nullable=False),
        sa.Column("ref_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=True),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("low", sa.Double(), nullable=True),
        sa.Column("high", sa.Double(), nullable=True),
        sa.Column("agreement", sa.String(20), nullable=True),
        sa.Column("change", sa.Double(), nullable=True),
        sa.Column("label", sa.String(20), nullable=True),
        sa.Column("is_withheld", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.PrimaryKeyConstraint(
            "organisation_id", "round_id", "kind", "questionnaire_id", "section_id", "ref_id", name="pk_round_scores"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "round_id"],
            ["rounds.organisation_id", "rounds.id"],
            name="fk_round_scores_organisation_id_rounds",
            ondelete="CASCADE",
        ),
    )
