"""Engagement files: keys and editions of organisations that travel, and files that wait to be fetched."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0043"


def upgrade() -> None:
    op.create_table(
        "engagements",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", name="pk_engagements"),
        _of_organisation("engagements"),
    )
    op.create_index("ix_engagements_key", "engagements", ["key"])
    op.create_table(
        "engagement_editions",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "number", name="pk_engagement_editions"),
        _of_organisation("engagement_editions"),
    )
    op.create_table(
        "engagement_files",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(160), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_engagement_files"),
        _of_organisation("engagement_files"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_engagement_files_user_id_users", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_engagement_files_organisation_id", "engagement_files", ["organisation_id"])
    op.create_index("ix_engagement_files_user_id", "engagement_files", ["user_id"])


def _of_organisation(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organisation_id"],
        ["organisations.id"],
        name=f"fk_{table}_organisation_id_organisations",
        ondelete="CASCADE",
    )
