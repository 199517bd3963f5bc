"""A plan's actions become rows with ids, followed by events; the plan keeps its day, its pillars and their reasons.

What an action serves, where that is a perception point, and its score at the start are written by
`assessment.services.plan_actions`, which knows what may be shown.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0017"
down_revision = "0016"

DOCUMENT = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
MOVE = "move"
TEXTS = {"title": 160, "what": 600, "owner": 160, "measure": 160}
"""The columns of an action's words, and how long they are."""

PLANS = sa.table(
    "plans",
    *(sa.column(name, sa.Uuid()) for name in ("id", "organisation_id", "round_id")),
    *(sa.column(name, DOCUMENT) for name in ("choices", "before", "pillars")),
    sa.column("changed_at", sa.DateTime(timezone=True)),
    sa.column("drawn_on", sa.Date()),
)
ACTIONS = sa.table(
    "plan_actions",
    *(sa.column(name, sa.Uuid()) for name in ("id", "organisation_id", "plan_id")),
    sa.column("position", sa.Integer()),
    *(sa.column(name, sa.String()) for name in ("serves", "ref_id", "library_id", *TEXTS, "status")),
    sa.column("due_on", sa.Date()),
)

Action = dict[str, Any]


def upgrade() -> None:
    op.create_table(
        "plan_actions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("serves", sa.String(20), nullable=False),
        sa.Column("ref_id", sa.Text(), nullable=False),
        sa.Column("score_at_start", sa.Double(), nullable=True),
        sa.Column("library_id", sa.String(160), nullable=False),
        sa.Column("title", sa.String(160), nullable=False),
        sa.Column("what", sa.String(600), nullable=False),
        sa.Column("owner", sa.String(160), nullable=False),
        sa.Column("measure", sa.String(160), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("status", sa.String(20), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_plan_actions"),
        sa.ForeignKeyConstraint(
            ["organisation_id", "plan_id"],
            ["plans.organisation_id", "plans.id"],
            name="fk_plan_actions_organisation_id_plans",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_plan_actions_plan_id", "plan_actions", ["plan_id", "position"])
    op.create_index("uq_plan_actions_organisation_id_id", "plan_actions", ["organisation_id", "id"], unique=True)
    op.create_table(
        "action_events",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("action_id", sa.Uuid(), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("changes", DOCUMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_action_events"),
        sa.ForeignKeyConstraint(
            ["organisation_id", "action_id"],
            ["plan_actions.organisation_id", "plan_actions.id"],
            name="fk_action_events_organisation_id_plan_actions",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_action_events_user_id_users", ondelete="SET NULL"),
    )
    op.create_index("ix_action_events_action_id", "action_events", ["action_id", "happened_at"])
    op.add_column("plans", sa.Column("drawn_on", sa.Date(), nullable=True))
    op.add_column("plans", sa.Column("pillars", DOCUMENT, nullable=True))
    for plan_id in op.get_bind().scalars(sa.select(PLANS.c.id)).all():
        _move_actions(plan_id)
    with op.batch_alter_table("plans") as plans:
        plans.drop_column("choices")
        plans.alter_column("drawn_on", existing_type=sa.Date(), nullable=False)
        plans.alter_column("pillars", existing_type=DOCUMENT, nullable=False)


def _move_actions(plan_id: uuid.UUID) -> None:
    connection = op.get_bind()
    plan = connection.execute(sa.select(PLANS).where(PLANS.c.id == plan_id)).one()
    drawn_on = _day(plan.choices.get("drawn_on")) or plan.changed_at.date()
    actions = list(_actions(plan.choices, plan.round_id))
    for position, (heading, action) in enumerate(actions):
        values = {
            "organisation_id": plan.organisation_id,
            "plan_id": plan_id,
            "position": position,
            "serves": "point" if heading == MOVE else "pillar",
            "ref_id": "" if heading == MOVE else heading,
            **action,
            "due_on": _day(action["due_on"]),
        }
        connection.execute(sa.insert(ACTIONS).values(values))
    values = {"drawn_on": drawn_on, "pillars": _pillars(plan.choices)}
    if plan.before:
        values["before"] = _before({"drawn_on": drawn_on.isoformat()} | plan.before, plan.round_id, actions)
    connection.execute(sa.update(PLANS).where(PLANS.c.id == plan_id).values(values))


def _pillars(choices: dict[str, Any]) -> list[dict[str, str]]:
    return [
        {"pillar": chosen["pillar"], "reason": (chosen.get("reason") or "")[:160]}
        for chosen in choices.get("pillars", [])
    ]


def _day(text: str | None) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _actions(choices: dict[str, Any], round_id: uuid.UUID) -> Iterator[tuple[str, Action]]:
    """Each action under its heading. One of the library gets the id that the proposal of the round gives it."""
    given = set()
    for heading, chosen in _chosen(choices):
        library_id = (chosen.get("action_id") or "")[:160]
        action_id = uuid.uuid5(round_id, f"{heading}:{library_id}") if library_id else uuid.uuid4()
        if action_id in given:
            action_id = uuid.uuid4()
        given.add(action_id)
        yield (
            heading,
            {
                "id": action_id,
                "library_id": library_id,
                **{name: (chosen.get(name) or "")[:longest] for name, longest in TEXTS.items()},
                "due_on": due_on.isoformat() if (due_on := _day(chosen.get("due_on"))) else None,
                "status": "done" if chosen.get("is_done") else "todo",
            },
        )


def _chosen(choices: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for pillar in choices.get("pillars", []):
        for chosen in pillar.get("actions", []):
            yield pillar["pillar"], chosen
    if choices.get("move"):
        yield MOVE, choices["move"]


def _before(before: dict[str, Any], round_id: uuid.UUID, current: list[tuple[str, Action]]) -> dict[str, Any]:
    """The state that a change can be undone to; an action of the team's own that is still in the plan is the same."""
    own = [(heading, action) for heading, action in current if not action["library_id"]]
    under: dict[str, list[Action]] = {}
    for heading, action in _actions(before, round_id):
        same = next(
            (one for one in own if one[0] == heading and all(one[1][name] == action[name] for name in TEXTS)), None
        )
        if same and not action["library_id"]:
            own.remove(same)
            action["id"] = same[1]["id"]
        under.setdefault(heading, []).append(action | {"id": str(action["id"])})
    pillars = [pillar | {"actions": under.get(pillar["pillar"], [])} for pillar in _pillars(before)]
    return {"drawn_on": before["drawn_on"], "pillars": pillars, "move": next(iter(under.get(MOVE, [])), None)}
