"""The people that an activity log tells of are found without reading the whole log."""

from __future__ import annotations

from alembic import op

revision = "0034"
down_revision = "0032"


def upgrade() -> None:
    op.create_index("ix_audit_events_user", "audit_events", ["organisation_id", "user_id"])
