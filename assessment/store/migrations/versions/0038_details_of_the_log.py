"""What the activity log tells of an event may be longer than a word: which teams, which campaign, how many."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0035"


def upgrade() -> None:
    with op.batch_alter_table("audit_events") as events:
        events.alter_column(
            "detail", existing_type=sa.String(40), type_=sa.Text(), existing_nullable=False, existing_server_default=""
        )
