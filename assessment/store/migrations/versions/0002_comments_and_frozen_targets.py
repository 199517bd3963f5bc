"""Comments on their own; targets frozen with their round; personal links instead of the shared one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"

DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "comments",
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("is_hidden", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"], ["rounds.id"], name=op.f("fk_comments_round_id_rounds"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comments")),
    )
    op.create_index(op.f("ix_comments_round_id"), "comments", ["round_id"])
    op.add_column("rounds", sa.Column("targets", DOCUMENT, nullable=False, server_default="{}"))
    op.add_column("rounds", sa.Column("has_personal_links", sa.Boolean(), nullable=False, server_default=sa.false()))
