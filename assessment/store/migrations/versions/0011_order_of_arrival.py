"""Responses and submission keys without row order, and a row for each publication whose traces are still in the files.

One such row is owed from the start where there are answers: earlier versions left deleted rows in PostgreSQL's tables,
and perhaps in the write-ahead log.
"""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

UNSAMPLED = (
    ("responses", "id", "UUID"),
    ("responses", "answers", "JSONB"),
    ("drafts", "cookie_hash", "VARCHAR(64)"),
    ("drafts", "answers", "JSONB"),
    ("submission_keys", "key_hash", "VARCHAR(64)"),
)
"""Columns of which PostgreSQL shall keep no samples in its statistics: those would outlive the rows."""


def upgrade() -> None:
    owed = op.create_table(
        "owed_compactions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_owed_compactions")),
    )
    if op.get_bind().scalar(sa.text("SELECT count(*) FROM responses")):
        op.bulk_insert(owed, [{"id": uuid.uuid4()}])
    if op.get_bind().dialect.name == "sqlite":
        for table in ("responses", "submission_keys"):
            _drop_row_order(table)
    else:
        for table, column, kind in UNSAMPLED:
            # Naming its type again deletes the samples there are.
            op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} TYPE {kind}")
            op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET STATISTICS 0")
    for table in ("responses", "submission_keys", "invitations"):
        _write_anew(table)


def _drop_row_order(table: str) -> None:
    """Rebuilds an SQLite table `WITHOUT ROWID`, its key's columns first.

    In any other order, the `integrity_check` of SQLite 3.40 and 3.41.0 reports NULL values that are not there.
    """
    found = sa.inspect(op.get_bind())
    key = found.get_pk_constraint(table)["constrained_columns"]
    others = [column["name"] for column in found.get_columns(table) if column["name"] not in key]
    with op.batch_alter_table(
        table, recreate="always", table_kwargs={"sqlite_with_rowid": False}, partial_reordering=[(*key, *others)]
    ):
        pass


def _write_anew(table: str) -> None:
    """Deletes all rows and inserts them in the order of their random keys.

    A rebuilt table has its rows in the order of the old one: that of arrival, for rounds that are open meanwhile. On
    PostgreSQL an invitation's row moves when it is used, so that their order tells as much.
    """
    key = ", ".join(sa.inspect(op.get_bind()).get_pk_constraint(table)["constrained_columns"])
    op.execute(f"CREATE TABLE copied_{table} AS SELECT * FROM {table}")  # noqa: S608 - names of our own tables
    op.execute(f"DELETE FROM {table}" if op.get_bind().dialect.name == "sqlite" else f"TRUNCATE {table}")  # noqa: S608
    op.execute(f"INSERT INTO {table} SELECT * FROM copied_{table} ORDER BY {key}")  # noqa: S608
    op.drop_table(f"copied_{table}")
