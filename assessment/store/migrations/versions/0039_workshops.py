"""Workshops: votes in a room, what was agreed, and notes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0039"
down_revision = "0038"

_RUNNING = sa.text("ended_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "workshops",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("token", sa.String(40), nullable=False),
        sa.Column("pin", sa.String(6), nullable=True),
        sa.Column("stage", sa.String(20), nullable=False),
        sa.Column("question", sa.String(100), nullable=False),
        sa.Column("ballot", sa.Integer(), nullable=False),
        sa.Column("is_blank", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("commanded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("agenda_seconds", sa.Integer(), nullable=False),
        sa.Column("agenda_since", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_workshops"),
        _belongs_to("workshops", "rounds", "round_id"),
        sa.UniqueConstraint("token", name="uq_workshops_token"),
        sa.UniqueConstraint("pin", name="uq_workshops_pin"),
    )
    op.create_index("uq_workshops_organisation_id_id", "workshops", ["organisation_id", "id"], unique=True)
    op.create_index(
        "uq_workshops_running",
        "workshops",
        ["organisation_id", "round_id"],
        unique=True,
        sqlite_where=_RUNNING,
        postgresql_where=_RUNNING,
    )
    op.create_table(
        "workshop_participants",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("workshop_id", sa.Uuid(), nullable=False),
        sa.Column("key_hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_workshop_participants"),
        _belongs_to("workshop_participants", "workshops", "workshop_id"),
        sa.UniqueConstraint("key_hash", name="uq_workshop_participants_key_hash"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_workshop_participants_workshop_id", "workshop_participants", ["workshop_id"])
    op.create_index(
        "uq_workshop_participants_organisation_id_id", "workshop_participants", ["organisation_id", "id"], unique=True
    )
    op.create_table(
        "workshop_votes",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column("workshop_id", sa.Uuid(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("participant_id", name="pk_workshop_votes"),
        _belongs_to("workshop_votes", "workshops", "workshop_id"),
        _belongs_to("workshop_votes", "workshop_participants", "participant_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_workshop_votes_workshop_id", "workshop_votes", ["workshop_id"])
    op.create_table(
        "workshop_ballots",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("workshop_id", sa.Uuid(), nullable=False),
        sa.Column("question", sa.String(100), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("counts", sa.JSON(none_as_null=True).with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("revealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workshop_id", "question", "number", name="pk_workshop_ballots"),
        _belongs_to("workshop_ballots", "workshops", "workshop_id"),
    )
    op.create_table(
        "workshop_agreements",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("workshop_id", sa.Uuid(), nullable=False),
        sa.Column("question", sa.String(100), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(300), nullable=False),
        sa.PrimaryKeyConstraint("workshop_id", "question", name="pk_workshop_agreements"),
        _belongs_to("workshop_agreements", "workshops", "workshop_id"),
    )
    op.create_table(
        "workshop_notes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("workshop_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("question", sa.String(100), nullable=False),
        sa.Column("words", sa.String(300), nullable=False),
        sa.Column("owner", sa.String(80), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_workshop_notes"),
        _belongs_to("workshop_notes", "workshops", "workshop_id"),
    )
    op.create_index("ix_workshop_notes_workshop_id", "workshop_notes", ["workshop_id"])
    if op.get_bind().dialect.name == "postgresql":  # statistics keep no samples of what is deleted
        op.execute("ALTER TABLE workshop_votes ALTER COLUMN value SET STATISTICS 0")
        op.execute("ALTER TABLE workshop_participants ALTER COLUMN key_hash SET STATISTICS 0")


def _belongs_to(table: str, parent: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organisation_id", column],
        [f"{parent}.organisation_id", f"{parent}.id"],
        name=f"fk_{table}_organisation_id_{parent}",
        ondelete="CASCADE",
    )
