"""Sheets of paper while they are typed, and whether a round's sheets are typed twice."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0047"
down_revision = "0045"


def upgrade() -> None:
    op.add_column("rounds", sa.Column("types_twice", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "paper_sheets",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("typing", sa.Integer(), nullable=False),
        sa.Column("is_finished", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("editor", sa.String(40), nullable=False),
        sa.Column("answers", sa.JSON(none_as_null=True).with_variant(JSONB(), "postgresql"), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_paper_sheets"),
        sa.ForeignKeyConstraint(
            ["organisation_id", "round_id"],
            ["rounds.organisation_id", "rounds.id"],
            name="fk_paper_sheets_organisation_id_rounds",
            ondelete="CASCADE",
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_paper_sheets_number")),
        sa.CheckConstraint("typing in (1, 2)", name=op.f("ck_paper_sheets_typing")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_paper_sheets_round_id", "paper_sheets", ["round_id"])
    op.create_index(
        "uq_paper_sheets_number", "paper_sheets", ["organisation_id", "round_id", "number", "typing"], unique=True
    )
    if op.get_bind().dialect.name == "postgresql":  # statistics keep no samples of what is deleted
        op.execute("ALTER TABLE paper_sheets ALTER COLUMN answers SET STATISTICS 0")
