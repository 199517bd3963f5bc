"""Figures that were kept exact leave as people read them.

The scores of published rounds are written anew by `assessment.services.round_scores`, which knows what may be shown;
the scores at the start of actions are rounded here. Printed plans stay as they were handed out.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

ACTIONS = sa.table("plan_actions", sa.column("id", sa.Uuid()), sa.column("score_at_start", sa.Double()))


def upgrade() -> None:
    op.execute("DELETE FROM round_scores")
    connection = op.get_bind()
    scored = connection.execute(
        sa.select(ACTIONS.c.id, ACTIONS.c.score_at_start).where(ACTIONS.c.score_at_start.is_not(None))
    ).all()
    for id_, score in scored:
        if (as_read := round(score, 1)) != score:
            connection.execute(sa.update(ACTIONS).where(ACTIONS.c.id == id_).values(score_at_start=as_read))
