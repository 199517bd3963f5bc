"""Printed plans: the same content is stored once, in a table of its own."""

from __future__ import annotations

import hashlib

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

PRINTED = sa.table(
    "printed_plans",
    *(sa.column(name, sa.Uuid()) for name in ("id", "plan_id", "organisation_id")),
    sa.column("file_sha256", sa.String()),
    sa.column("pdf", sa.LargeBinary()),
)
FILES = sa.table(
    "printed_files",
    sa.column("organisation_id", sa.Uuid()),
    sa.column("sha256", sa.String()),
    sa.column("content", sa.LargeBinary()),
)


def upgrade() -> None:
    op.create_table(
        "printed_files",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "sha256", name="pk_printed_files"),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name="fk_printed_files_organisation_id_organisations",
            ondelete="CASCADE",
        ),
    )
    op.add_column("printed_plans", sa.Column("file_sha256", sa.String(64), nullable=True))
    _move_files()
    with op.batch_alter_table("printed_plans") as printed:
        printed.drop_column("pdf")
        printed.alter_column("file_sha256", existing_type=sa.String(64), nullable=False)
        printed.create_foreign_key(
            "fk_printed_plans_organisation_id_printed_files",
            "printed_files",
            ["organisation_id", "file_sha256"],
            ["organisation_id", "sha256"],
            deferrable=True,
            initially="DEFERRED",
        )
    op.create_index("ix_printed_plans_organisation_id", "printed_plans", ["organisation_id", "file_sha256"])


def _move_files() -> None:
    """One document at a time: together they may be larger than the memory."""
    connection = op.get_bind()
    stored: set[tuple[object, str]] = set()
    for id_ in connection.scalars(sa.select(PRINTED.c.id)).all():
        found = sa.select(PRINTED.c.organisation_id, PRINTED.c.pdf).where(PRINTED.c.id == id_)
        organisation_id, content = connection.execute(found).one()
        sha256 = hashlib.sha256(content).hexdigest()
        if (organisation_id, sha256) not in stored:
            stored.add((organisation_id, sha256))
            values = {"organisation_id": organisation_id, "sha256": sha256, "content": content}
            connection.execute(sa.insert(FILES).values(values))
        connection.execute(sa.update(PRINTED).where(PRINTED.c.id == id_).values(file_sha256=sha256))
