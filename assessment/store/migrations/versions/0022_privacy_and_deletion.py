"""What an organisation tells people before they answer, how long it keeps things, and what was deleted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0022"
down_revision = "0021"

DOCUMENT = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")

UNSAMPLED = {
    "action_events": ("changes",),
    "comments": ("words",),
    "jobs": ("arguments", "result"),
    "organisation_logos": ("picture",),
    "member_invitations": ("email",),
    "memberships": ("name",),
    "organisations": ("name", "responsible", "contact", "purpose", "privacy_words"),
    "outbox": ("to_address", "subject", "text", "html"),
    "plan_actions": ("title", "what", "owner", "measure"),
    "plans": ("pillars", "before"),
    "printed_files": ("content",),
    "questionnaire_versions": ("content",),
    "rounds": ("name", "points", "snapshot"),
    "teams": ("name", "points"),
    "users": ("email", "password", "tf_totp_secret"),
}
"""Columns of which PostgreSQL shall keep no samples in its statistics: those would outlive what is deleted."""


def upgrade() -> None:
    for name, length in (("responsible", 200), ("contact", 400), ("privacy_law", 20)):
        op.add_column("organisations", sa.Column(name, sa.String(length), nullable=False, server_default=""))
    for name in ("purpose", "privacy_words"):
        op.add_column("organisations", sa.Column(name, sa.Text(), nullable=False, server_default=""))
    for table in ("organisations", "rounds"):
        for name in ("keep_answers_months", "keep_results_months"):
            op.add_column(table, sa.Column(name, sa.Integer(), nullable=True))
    op.add_column("rounds", sa.Column("answers_deleted_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("rounds", sa.Column("answers_counted", sa.Integer(), nullable=True))
    op.add_column("owed_compactions", sa.Column("is_whole", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "deletions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counts", DOCUMENT, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_deletions_user_id_users", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_deletions"),
    )
    op.create_index("ix_deletions_tenant_id", "deletions", ["tenant_id", "deleted_at"])
    if op.get_bind().dialect.name == "postgresql":
        for table, columns in UNSAMPLED.items():
            for column in columns:
                _forget_samples(table, column)


def _forget_samples(table: str, column: str) -> None:
    kind = op.get_bind().scalar(
        sa.text(
            "SELECT format_type(atttypid, atttypmod) FROM pg_attribute "
            "WHERE attrelid = CAST(:of_table AS regclass) AND attname = :named"
        ),
        {"of_table": table, "named": column},
    )
    # Naming its type again deletes the samples there are.
    op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} TYPE {kind}")
    op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET STATISTICS 0")
