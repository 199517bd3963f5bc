"""What shows that an action was done, and the short meetings at which a team looks at its plan."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0024"
down_revision = "0023"

DOCUMENT = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    op.add_column("plan_actions", sa.Column("evidence", sa.String(300), nullable=False, server_default=""))
    op.create_table(
        "plan_meetings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("agenda", DOCUMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_plan_meetings"),
        sa.ForeignKeyConstraint(
            ["organisation_id", "plan_id"],
            ["plans.organisation_id", "plans.id"],
            name="fk_plan_meetings_organisation_id_plans",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_plan_meetings_plan_id", "plan_meetings", ["plan_id", "began_at"])
