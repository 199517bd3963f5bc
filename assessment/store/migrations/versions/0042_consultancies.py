"""Names and logos of consultancies: of accounts, and of the organisations that they accompany."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"


def upgrade() -> None:
    op.create_table(
        "account_consultancies",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("media_type", sa.String(20), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("checksum", sa.String(64), nullable=False),
        sa.Column("picture", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", name="pk_account_consultancies"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_account_consultancies_user_id_users", ondelete="CASCADE"
        ),
        sa.CheckConstraint("name <> ''", name="ck_account_consultancies_name"),
    )
    op.create_table(
        "organisation_consultancies",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("media_type", sa.String(20), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("checksum", sa.String(64), nullable=False),
        sa.Column("picture", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", name="pk_organisation_consultancies"),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name="fk_organisation_consultancies_organisation_id_organisations",
            ondelete="CASCADE",
        ),
        sa.CheckConstraint("name <> ''", name="ck_organisation_consultancies_name"),
    )
