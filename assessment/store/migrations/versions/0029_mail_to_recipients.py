"""Rounds have recipients and mailings, messages may belong to them; addresses unsubscribe; accounts get notices."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    op.create_table(
        "round_recipients",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("address", sa.String(255), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("is_refused", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.PrimaryKeyConstraint("id", name="pk_round_recipients"),
        _of_round("round_recipients"),
        sa.UniqueConstraint("round_id", "address", name="uq_round_recipients_round_id"),
    )
    _key_of_tenant("round_recipients")
    op.create_table(
        "round_mailings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("turn", sa.String(64), nullable=False),
        sa.Column("reply_to", sa.String(255), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_round_mailings"),
        _of_round("round_mailings"),
        sa.UniqueConstraint("round_id", "kind", "turn", name="uq_round_mailings_round_id"),
    )
    _key_of_tenant("round_mailings")
    op.create_table(
        "unsubscribed_addresses",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("address_hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "address_hash", name="pk_unsubscribed_addresses"),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name="fk_unsubscribed_addresses_organisation_id_organisations",
            ondelete="CASCADE",
        ),
    )
    op.create_table(
        "due_notices",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "kind", "on_day", name="pk_due_notices"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_due_notices_user_id_users", ondelete="CASCADE"),
    )
    op.add_column("users", sa.Column("gets_due_notices", sa.Boolean(), nullable=False, server_default=sa.true()))
    with op.batch_alter_table("outbox") as outbox:
        outbox.add_column(sa.Column("unsubscribe_url", sa.String(255), nullable=False, server_default=""))
        outbox.add_column(sa.Column("recipient_id", sa.Uuid(), nullable=True))
        outbox.add_column(sa.Column("mailing_id", sa.Uuid(), nullable=True))
        for column, parent in (("recipient_id", "round_recipients"), ("mailing_id", "round_mailings")):
            outbox.create_foreign_key(
                f"fk_outbox_organisation_id_{parent}",
                parent,
                ["organisation_id", column],
                ["organisation_id", "id"],
                ondelete="CASCADE",
            )
        outbox.create_unique_constraint("uq_outbox_recipient_id", ["recipient_id", "mailing_id"])
        outbox.create_index("ix_outbox_mailing_id", ["mailing_id"])


def _of_round(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organisation_id", "round_id"],
        ["rounds.organisation_id", "rounds.id"],
        name=f"fk_{table}_organisation_id_rounds",
        ondelete="CASCADE",
    )


def _key_of_tenant(table: str) -> None:
    op.create_index(f"uq_{table}_organisation_id_id", table, ["organisation_id", "id"], unique=True)
