"""What a workshop votes on can be chosen, in an order; it has a timer, and can take nobody new."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0043"
down_revision = "0042"

_DOCUMENT = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    for column in (
        sa.Column("is_talk", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("question_order", sa.String(20), nullable=False, server_default="as_asked"),
        sa.Column("chosen", _DOCUMENT, nullable=True),
        sa.Column("own_questions", _DOCUMENT, nullable=False, server_default="[]"),
        sa.Column("edition", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("timer_ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("takes_nobody_new", sa.Boolean(), nullable=False, server_default=sa.false()),
    ):
        op.add_column("workshops", column)
    op.add_column("workshop_ballots", sa.Column("voted", sa.Integer(), nullable=True))
