"""Rounds: one questionnaire asked of one team. What a round is follows from facts (times), not from a stored state."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, String, false, func, select
from sqlalchemy.orm import Mapped, Session, defer, mapped_column

from assessment.domain.rounds import RoundFacts, RoundMode
from assessment.store.base import Base, Moment, RandomKey, tenant_key, text_enum


class Round(RandomKey, Base):
    """One questionnaire asked of one team.

    The questionnaire, `points`, `targets`, `minimum_group` and `team_size` are frozen at opening; `snapshot` at
    publication, and `is_withheld`: whether there were too few answers for a result. Where personal links were handed
    out, the shared one no longer answers.
    """

    __tablename__ = "rounds"
    __table_args__ = (
        CheckConstraint("closes_at is null or opens_at is null or closes_at > opens_at", name="dates"),
        CheckConstraint("published_at is null or snapshot is not null", name="snapshot"),
        tenant_key("rounds"),
    )

    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisations.id", ondelete="CASCADE"), index=True)
    team_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    mode: Mapped[RoundMode] = mapped_column(text_enum(RoundMode))
    questionnaire_id: Mapped[str] = mapped_column(String(60))
    questionnaire_version: Mapped[int]
    questionnaire_checksum: Mapped[str] = mapped_column(String(80))
    points: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    targets: Mapped[dict[str, Any]] = mapped_column(default=dict)
    minimum_group: Mapped[int]
    team_size: Mapped[int]
    asks_role: Mapped[bool] = mapped_column(default=False)
    link_token: Mapped[str] = mapped_column(String(40), unique=True)
    has_personal_links: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[Moment]
    opens_at: Mapped[Moment | None]
    closes_at: Mapped[Moment | None]
    stopped_at: Mapped[Moment | None]
    published_at: Mapped[Moment | None]
    scoring_version: Mapped[int | None]
    snapshot: Mapped[dict[str, Any] | None]
    is_withheld: Mapped[bool] = mapped_column(default=False, server_default=false())

    @property
    def facts(self) -> RoundFacts:
        return RoundFacts(self.mode, self.opens_at, self.closes_at, self.stopped_at, self.published_at)


def find_round(session: Session, organisation_id: uuid.UUID, round_id: uuid.UUID) -> Round | None:
    """A round of this organisation, never another's."""
    return session.scalar(select(Round).where(Round.organisation_id == organisation_id, Round.id == round_id))


def lock_round(session: Session, round_id: uuid.UUID) -> Round | None:
    """The round as it is now, held until the transaction ends: a late answer and a stop cannot pass each other.

    What the session read of it before is read anew. Rows that only refer to the round need not wait.
    """
    return session.scalar(
        select(Round)
        .where(Round.id == round_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )


def rounds_of_team(
    session: Session,
    organisation_id: uuid.UUID,
    team_id: uuid.UUID,
    *,
    only_published: bool = False,
    at_most: int | None = None,
    after: int = 0,
) -> Sequence[Round]:
    """Some of the team's rounds, newest first, without their snapshots."""
    return session.scalars(
        select(Round)
        .where(*_of_team(organisation_id, team_id, only_published))
        .order_by(Round.created_at.desc(), Round.id)
        .offset(after)
        .limit(at_most)
        .options(defer(Round.snapshot))
    ).all()


def count_rounds(
    session: Session, organisation_id: uuid.UUID, team_id: uuid.UUID, *, only_published: bool = False
) -> int:
    counted = select(func.count()).select_from(Round).where(*_of_team(organisation_id, team_id, only_published))
    return session.scalar(counted) or 0


def _of_team(organisation_id: uuid.UUID, team_id: uuid.UUID, only_published: bool) -> list[ColumnElement[bool]]:
    published = [Round.published_at.is_not(None)] if only_published else []
    return [Round.organisation_id == organisation_id, Round.team_id == team_id, *published]


def find_unpublished(session: Session, organisation_id: uuid.UUID, team_id: uuid.UUID) -> Round | None:
    """The team's round that is not published yet, the newest."""
    return session.scalar(
        select(Round)
        .where(Round.organisation_id == organisation_id, Round.team_id == team_id, Round.published_at.is_(None))
        .order_by(Round.created_at.desc(), Round.id)
        .limit(1)
    )


def published_before(session: Session, published: Round) -> Round | None:
    """The team's last round with this questionnaire, in any version, that was published before this one."""
    return session.scalar(
        select(Round)
        .where(
            Round.organisation_id == published.organisation_id,
            Round.team_id == published.team_id,
            Round.questionnaire_id == published.questionnaire_id,
            Round.published_at.is_not(None),
            Round.id != published.id,
            *([Round.published_at < published.published_at] if published.published_at else []),
        )
        .order_by(Round.published_at.desc(), Round.id)
        .limit(1)
    )
