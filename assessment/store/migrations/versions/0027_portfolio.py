"""All teams in one look: tags, what figures over teams are worked out from, and files that are made for somebody.

The scores of published rounds are written anew by `assessment.services.round_scores`, with how many answered, the
weakest moments and the alarms.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    op.execute("DELETE FROM round_scores")
    op.add_column("round_scores", sa.Column("answered", sa.Integer(), nullable=True))
    op.add_column("round_scores", sa.Column("is_weakest", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("round_scores", sa.Column("is_alarm", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index("ix_rounds_published", "rounds", ["organisation_id", "purpose", "team_id", "published_at", "id"])
    op.create_table(
        "exact_scores",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("pillar", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("mean", sa.Double(), nullable=False),
        sa.Column("sd", sa.Double(), nullable=False),
        sa.Column("is_bound", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "round_id", "pillar", name="pk_exact_scores"),
        sa.ForeignKeyConstraint(
            ["organisation_id", "round_id"],
            ["rounds.organisation_id", "rounds.id"],
            name="fk_exact_scores_organisation_id_rounds",
            ondelete="CASCADE",
        ),
    )
    op.create_table(
        "team_tags",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.String(30), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "team_id", "key", name="pk_team_tags"),
        sa.ForeignKeyConstraint(
            ["organisation_id", "team_id"],
            ["teams.organisation_id", "teams.id"],
            name="fk_team_tags_organisation_id_teams",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_team_tags_key", "team_tags", ["organisation_id", "key"])
    op.create_table(
        "portfolio_files",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(160), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_portfolio_files"),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name="fk_portfolio_files_organisation_id_organisations",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_portfolio_files_user_id_users", ondelete="CASCADE"),
    )
    op.create_index("ix_portfolio_files_organisation_id", "portfolio_files", ["organisation_id"])
    op.create_index("ix_portfolio_files_user_id", "portfolio_files", ["user_id"])
