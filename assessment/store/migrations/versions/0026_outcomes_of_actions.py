"""What a round says of what finished actions serve, frozen at its publication.

Those of rounds published before are written by `assessment.services.action_outcomes`.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    op.add_column("rounds", sa.Column("has_outcomes", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "action_outcomes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("action_id", sa.Uuid(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("serves", sa.String(20), nullable=False),
        sa.Column("ref_id", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(20), nullable=True),
        sa.Column("label", sa.String(20), nullable=True),
        sa.Column("n_before", sa.Integer(), nullable=True),
        sa.Column("n_after", sa.Integer(), nullable=True),
        sa.Column("before", sa.Double(), nullable=True),
        sa.Column("after", sa.Double(), nullable=True),
        sa.Column("change", sa.Double(), nullable=True),
        sa.Column("low", sa.Double(), nullable=True),
        sa.Column("high", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_action_outcomes"),
        sa.ForeignKeyConstraint(
            ["organisation_id", "round_id"],
            ["rounds.organisation_id", "rounds.id"],
            name="fk_action_outcomes_organisation_id_rounds",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "plan_id"],
            ["plans.organisation_id", "plans.id"],
            name="fk_action_outcomes_organisation_id_plans",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "action_id"],
            ["plan_actions.organisation_id", "plan_actions.id"],
            name="fk_action_outcomes_organisation_id_plan_actions",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_action_outcomes_round_id", "action_outcomes", ["round_id", "position"])
    op.create_index("ix_action_outcomes_plan_id", "action_outcomes", ["plan_id"])
    op.create_index("ix_action_outcomes_action_id", "action_outcomes", ["action_id"])
