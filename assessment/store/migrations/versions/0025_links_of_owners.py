"""Links by which owners update their own actions, and actions that go on in the plan of a later round."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    op.create_table(
        "owner_links",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("owner", sa.String(160), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_owner_links"),
        sa.UniqueConstraint("token_hash", name="uq_owner_links_token_hash"),
        sa.ForeignKeyConstraint(
            ["organisation_id", "plan_id"],
            ["plans.organisation_id", "plans.id"],
            name="fk_owner_links_organisation_id_plans",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_owner_links_plan_id", "owner_links", ["plan_id", "made_at"])
    op.create_index("uq_owner_links_organisation_id_id", "owner_links", ["organisation_id", "id"], unique=True)
    op.create_table(
        "owner_link_actions",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("link_id", sa.Uuid(), nullable=False),
        sa.Column("action_id", sa.Uuid(), nullable=False),
        sa.Column("owner", sa.String(160), nullable=True),
        sa.PrimaryKeyConstraint("link_id", "action_id", name="pk_owner_link_actions"),
        sa.ForeignKeyConstraint(
            ["organisation_id", "link_id"],
            ["owner_links.organisation_id", "owner_links.id"],
            name="fk_owner_link_actions_organisation_id_owner_links",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "action_id"],
            ["plan_actions.organisation_id", "plan_actions.id"],
            name="fk_owner_link_actions_organisation_id_plan_actions",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_owner_link_actions_action_id", "owner_link_actions", ["action_id"])
    op.create_table(
        "carried_actions",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("action_id", sa.Uuid(), nullable=False),
        sa.Column("from_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("action_id", name="pk_carried_actions"),
        sa.ForeignKeyConstraint(
            ["organisation_id", "action_id"],
            ["plan_actions.organisation_id", "plan_actions.id"],
            name="fk_carried_actions_organisation_id_plan_actions",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "from_id"],
            ["plan_actions.organisation_id", "plan_actions.id"],
            name="fk_carried_actions_from_id_plan_actions",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_carried_actions_from_id", "carried_actions", ["from_id"])
    op.add_column("action_events", sa.Column("link_owner", sa.String(160), nullable=True))
    op.add_column("plans", sa.Column("looked_back_at", sa.DateTime(timezone=True), nullable=True))
