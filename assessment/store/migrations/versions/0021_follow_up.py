"""Notes on actions; and an owner or a measure that a team left open is another thing than the library's own words.

Until now both were an empty text; of an action of the library that meant its words, which are `NULL` from now on.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0021"
down_revision = "0020"

DOCUMENT = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
WORDS = ("owner", "measure")
ACTIONS = sa.table("plan_actions", *(sa.column(name, sa.String()) for name in ("library_id", *WORDS)))
PLANS = sa.table("plans", sa.column("id", sa.Uuid()), sa.column("before", DOCUMENT))


def upgrade() -> None:
    with op.batch_alter_table("plan_actions") as actions:
        for name in WORDS:
            actions.alter_column(name, existing_type=sa.String(160), nullable=True)
        actions.add_column(sa.Column("note", sa.String(600), nullable=False, server_default=""))
    for name in WORDS:
        is_the_librarys = sa.and_(ACTIONS.c.library_id != "", ACTIONS.c[name] == "")
        op.execute(sa.update(ACTIONS).where(is_the_librarys).values({name: None}))
    connection = op.get_bind()
    for plan in connection.execute(sa.select(PLANS).where(PLANS.c.before.is_not(None))).all():
        if plan.before is None:  # the null of JSON, from before there were documents without one
            continue
        connection.execute(sa.update(PLANS).where(PLANS.c.id == plan.id).values(before=_told_apart(plan.before)))


def _told_apart(before: dict[str, Any]) -> dict[str, Any]:
    """How a plan was before something was taken out, in the new words."""
    chosen = [action for pillar in before.get("pillars", []) for action in pillar.get("actions", [])]
    for action in (*chosen, before.get("move")):
        if action and action.get("library_id"):
            action |= {name: action.get(name) or None for name in WORDS}
    return before
