"""What new rounds, teams and documents of an organisation begin with: questionnaires, moments, paper, language."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0041"
down_revision = "0039"

DOCUMENT = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    with op.batch_alter_table("organisations") as organisations:
        organisations.add_column(sa.Column("paper", sa.String(10), nullable=True))
        organisations.add_column(sa.Column("document_language", sa.String(2), nullable=True))
        organisations.add_column(sa.Column("questionnaires", DOCUMENT, nullable=False, server_default="[]"))
        organisations.add_column(sa.Column("moments", DOCUMENT, nullable=False, server_default="{}"))
        organisations.create_check_constraint("paper", "paper in ('a4', 'letter')")
        organisations.create_check_constraint("document_language", "document_language in ('es', 'en')")
