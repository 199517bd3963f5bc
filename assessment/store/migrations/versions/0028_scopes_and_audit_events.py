"""Which teams a member is of, and what members did: `membership_teams`, `member_invitation_teams`, `audit_events`.

Members and invitations that are there keep what they had: all teams.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"

SCOPES = {"membership": "memberships", "invitation": "member_invitations"}
TABLES = {"membership": "membership_teams", "invitation": "member_invitation_teams"}


def upgrade() -> None:
    for name, parent in SCOPES.items():
        op.add_column(parent, sa.Column("has_all_teams", sa.Boolean(), nullable=False, server_default=sa.true()))
        op.create_index(f"uq_{parent}_organisation_id_id", parent, ["organisation_id", "id"], unique=True)
        table, column = TABLES[name], f"{name}_id"
        op.create_table(
            table,
            sa.Column(column, sa.Uuid(), nullable=False),
            sa.Column("team_id", sa.Uuid(), nullable=False),
            sa.Column("organisation_id", sa.Uuid(), nullable=False),
            sa.PrimaryKeyConstraint(column, "team_id", name=f"pk_{table}"),
            sa.ForeignKeyConstraint(
                ["organisation_id", column],
                [f"{parent}.organisation_id", f"{parent}.id"],
                name=f"fk_{table}_organisation_id_{parent}",
                ondelete="CASCADE",
            ),
            sa.ForeignKeyConstraint(
                ["organisation_id", "team_id"],
                ["teams.organisation_id", "teams.id"],
                name=f"fk_{table}_organisation_id_teams",
                ondelete="CASCADE",
            ),
        )
        op.create_index(f"ix_{table}_team_id", table, ["team_id"])
    op.create_table(
        "audit_events",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=True),
        sa.Column("about_user_id", sa.Integer(), nullable=True),
        sa.Column("detail", sa.String(40), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("id", name="pk_audit_events"),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name="fk_audit_events_organisation_id_organisations",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_audit_events_user_id_users", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["about_user_id"], ["users.id"], name="fk_audit_events_about_user_id_users", ondelete="SET NULL"
        ),
    )
    op.create_index("ix_audit_events_organisation_id", "audit_events", ["organisation_id", "happened_at"])
    op.create_index("ix_audit_events_happened_at", "audit_events", ["happened_at"])
