"""Rounds that repeat by themselves, and campaigns: rounds of several teams that were opened together."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0030"
down_revision = "0029"

DOCUMENT = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "repetitions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("every_months", sa.Integer(), nullable=True),
        sa.Column("first_on", sa.Date(), nullable=True),
        sa.Column("dates", DOCUMENT, nullable=False),
        sa.Column("open_days", sa.Integer(), nullable=False),
        sa.Column("handled_on", sa.Date(), nullable=True),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_repetitions"),
        sa.UniqueConstraint("team_id", name="uq_repetitions_team_id"),
        sa.CheckConstraint("open_days >= 1", name="ck_repetitions_open_days"),
        _belongs_to("repetitions", "teams", "team_id"),
    )
    op.create_index("uq_repetitions_organisation_id_id", "repetitions", ["organisation_id", "id"], unique=True)
    op.create_index("ix_repetitions_next_on", "repetitions", ["next_on"])
    op.create_table(
        "repeated_rounds",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("repetition_id", sa.Uuid(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("round_id", name="pk_repeated_rounds"),
        sa.UniqueConstraint("repetition_id", "due_on", name="uq_repeated_rounds_repetition_id"),
        _belongs_to("repeated_rounds", "rounds", "round_id"),
        _belongs_to("repeated_rounds", "repetitions", "repetition_id"),
    )
    op.create_table(
        "campaigns",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("submission", sa.String(40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_campaigns"),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name="fk_campaigns_organisation_id_organisations",
            ondelete="CASCADE",
        ),
    )
    op.create_index("uq_campaigns_organisation_id_id", "campaigns", ["organisation_id", "id"], unique=True)
    op.create_index("uq_campaigns_submission", "campaigns", ["organisation_id", "submission"], unique=True)
    op.create_table(
        "campaign_rounds",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("round_id", name="pk_campaign_rounds"),
        _belongs_to("campaign_rounds", "rounds", "round_id"),
        _belongs_to("campaign_rounds", "campaigns", "campaign_id"),
    )
    op.create_index("ix_campaign_rounds_campaign_id", "campaign_rounds", ["campaign_id"])
    if op.get_bind().dialect.name == "postgresql":  # statistics keep no samples of what is deleted
        op.execute("ALTER TABLE campaigns ALTER COLUMN name SET STATISTICS 0")


def _belongs_to(table: str, parent: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organisation_id", column],
        [f"{parent}.organisation_id", f"{parent}.id"],
        name=f"fk_{table}_organisation_id_{parent}",
        ondelete="CASCADE",
    )
