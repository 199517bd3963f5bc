"""Mailings take turns by organisation; addresses that were removed from a round; when people hear of its results."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    op.create_table(
        "mail_turns",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("served_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", name="pk_mail_turns"),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name="fk_mail_turns_organisation_id_organisations",
            ondelete="CASCADE",
        ),
    )
    op.create_table(
        "removed_recipients",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("address_hash", sa.String(64), nullable=False),
        sa.Column("was_invited", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("round_id", "address_hash", name="pk_removed_recipients"),
        sa.ForeignKeyConstraint(
            ["organisation_id", "round_id"],
            ["rounds.organisation_id", "rounds.id"],
            name="fk_removed_recipients_organisation_id_rounds",
            ondelete="CASCADE",
        ),
    )
    op.add_column("round_mailings", sa.Column("results_on", sa.Date(), nullable=True))
