"""A photograph of the paper that a team has signed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"


def upgrade() -> None:
    op.create_table(
        "plan_photographs",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("media_type", sa.String(20), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("checksum", sa.String(64), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("picture", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("plan_id", name="pk_plan_photographs"),
        sa.ForeignKeyConstraint(
            ["organisation_id", "plan_id"],
            ["plans.organisation_id", "plans.id"],
            name="fk_plan_photographs_organisation_id_plans",
            ondelete="CASCADE",
        ),
    )
