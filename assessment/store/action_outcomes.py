"""What rounds say of what finished actions serve, frozen and released at their publication."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Index, String, Text, false, or_, select
from sqlalchemy.orm import Mapped, Session, defer, mapped_column

from assessment.domain.plans.outcomes import Unanswered
from assessment.domain.rounds import RoundPurpose
from assessment.store.base import Base, Moment, RandomKey, belongs_to, text_enum
from assessment.store.plan_actions import PlanAction, ServedKind
from assessment.store.plans import Plan
from assessment.store.rounds import Round


class ActionOutcome(RandomKey, Base):
    """How what a plan's action serves stood in a round, against the plan's own round: the first that opened fourteen
    days after the action was done.

    Without `action_id` it is of a pillar that began alike, and of which the plan had no action. `label`, `change`,
    `low` and `high` are those of a change (`RoundScore`), `before` and `after` the released scores, of a point the
    median steps; without a label, `reason` says why. `finished_at` is when the action was done.
    """

    __tablename__ = "action_outcomes"
    __table_args__ = (
        belongs_to("rounds", "round_id"),
        belongs_to("plans", "plan_id"),
        belongs_to("plan_actions", "action_id"),
        Index("ix_action_outcomes_round_id", "round_id", "position"),
    )

    organisation_id: Mapped[uuid.UUID]
    round_id: Mapped[uuid.UUID]
    plan_id: Mapped[uuid.UUID] = mapped_column(index=True)
    action_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    position: Mapped[int]
    finished_at: Mapped[Moment | None]
    serves: Mapped[ServedKind] = mapped_column(text_enum(ServedKind))
    ref_id: Mapped[str] = mapped_column(Text)
    reason: Mapped[Unanswered | None] = mapped_column(text_enum(Unanswered))
    label: Mapped[str | None] = mapped_column(String(20))
    n_before: Mapped[int | None]
    n_after: Mapped[int | None]
    before: Mapped[float | None]
    after: Mapped[float | None]
    change: Mapped[float | None]
    low: Mapped[float | None]
    high: Mapped[float | None]


class OutcomeRow(NamedTuple):
    """An outcome, the action that it is of (none for a pillar that began alike), and of the plan's round, its name and
    points."""

    outcome: ActionOutcome
    action: PlanAction | None
    round_name: str
    points: list[dict[str, Any]]


class PlanAndRound(NamedTuple):
    """A plan and the round that it stands on."""

    plan: Plan
    round: Round


def outcomes_of_round(session: Session, organisation_id: uuid.UUID, round_id: uuid.UUID) -> Sequence[OutcomeRow]:
    """Plan by plan, the earliest first; actions in the order of their plan, then the pillars that began alike."""
    rows = session.execute(
        select(ActionOutcome, PlanAction, Round.name, Round.points)
        .join(Plan, Plan.id == ActionOutcome.plan_id)
        .join(Round, Round.id == Plan.round_id)
        .outerjoin(PlanAction, PlanAction.id == ActionOutcome.action_id)
        .where(ActionOutcome.organisation_id == organisation_id, ActionOutcome.round_id == round_id)
        .order_by(ActionOutcome.position)
    )
    return [OutcomeRow(*row) for row in rows]


def answered_actions(session: Session, plan_ids: Sequence[uuid.UUID]) -> frozenset[uuid.UUID]:
    """Those actions of these plans of which a round has said something already, or no round ever will."""
    final = [reason for reason in Unanswered if reason.is_final]
    found = session.scalars(
        select(ActionOutcome.action_id).where(
            ActionOutcome.plan_id.in_(plan_ids),
            ActionOutcome.action_id.is_not(None),
            or_(ActionOutcome.label.is_not(None), ActionOutcome.reason.in_(final)),
        )
    )
    return frozenset(action_id for action_id in found if action_id is not None)


def actions_in_other_words(session: Session, plan_ids: Sequence[uuid.UUID]) -> frozenset[uuid.UUID]:
    """Those actions of these plans of which a round has said already that it asked in other words."""
    found = session.scalars(
        select(ActionOutcome.action_id).where(
            ActionOutcome.plan_id.in_(plan_ids),
            ActionOutcome.action_id.is_not(None),
            ActionOutcome.reason == Unanswered.OTHER_WORDING,
        )
    )
    return frozenset(action_id for action_id in found if action_id is not None)


def plans_before(session: Session, round_: Round, *, since: dt.datetime | None = None) -> Sequence[PlanAndRound]:
    """The plans of the team's assessments that were published before this round, and not before a time; the earliest
    first."""
    rows = session.execute(
        select(Plan, Round)
        .join(Round, Round.id == Plan.round_id)
        .where(
            Round.organisation_id == round_.organisation_id,
            Round.team_id == round_.team_id,
            Round.purpose == RoundPurpose.ASSESSMENT,
            Round.published_at.is_not(None),
            Round.id != round_.id,
            *([Round.published_at < round_.published_at] if round_.published_at else []),
            *([Round.published_at >= since] if since else []),
        )
        .order_by(Round.published_at, Round.id)
        .options(defer(Plan.before))
    )
    return [PlanAndRound(*row) for row in rows]


def rounds_without_outcomes(session: Session) -> Sequence[uuid.UUID]:
    """Published rounds, of all organisations, of which has not been written what they say; the earliest first."""
    return session.scalars(
        select(Round.id)
        .where(Round.published_at.is_not(None), Round.has_outcomes == false())
        .order_by(Round.published_at, Round.id)
    ).all()
