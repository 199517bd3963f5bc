"""The scores of published rounds as rows, as they may be shown: lists read these, never the documents of results."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from enum import StrEnum

from sqlalchemy import String, Text, and_, exists, false, select
from sqlalchemy.orm import Mapped, Session, defer, mapped_column

from assessment.store.base import Base, belongs_to, text_enum
from assessment.store.rounds import Round


class ScoreKind(StrEnum):
    """What a score is of."""

    OVERALL = "overall"
    PILLAR = "pillar"
    POINT = "point"
    GROUP = "group"
    """A group of statements or rubrics beside the pillars."""


class RoundScore(Base):
    """One figure of a published round, released: what may not be shown is not here.

    `ref_id` is the pillar's, point's or group's id, "overall" for the overall; `section_id` its section in the
    questionnaire. `score` is a mean in points of the section's scale, of a point the median step; a mean near an end of
    the scale is the bound that stands for it. `low` and `high` are the 95 % interval. `change` is the difference to the
    round before in the same points, of a point Cliff's delta. A round that is withheld has the overall's row alone.
    That row also says how many of the team `answered`. `is_weakest` marks the points than which none is lower, unless
    all are level; `is_alarm` those at which promises are broken.
    """

    __tablename__ = "round_scores"
    __table_args__ = (belongs_to("rounds", "round_id"),)

    organisation_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    round_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    kind: Mapped[ScoreKind] = mapped_column(text_enum(ScoreKind), primary_key=True)
    questionnaire_id: Mapped[str] = mapped_column(String(60), primary_key=True)
    section_id: Mapped[str] = mapped_column(Text, primary_key=True)
    ref_id: Mapped[str] = mapped_column(Text, primary_key=True)
    position: Mapped[int]
    n: Mapped[int | None]
    score: Mapped[float | None]
    level: Mapped[int | None]
    low: Mapped[float | None]
    high: Mapped[float | None]
    agreement: Mapped[str | None] = mapped_column(String(20))
    change: Mapped[float | None]
    label: Mapped[str | None] = mapped_column(String(20))
    is_withheld: Mapped[bool] = mapped_column(default=False, server_default=false())
    answered: Mapped[int | None]
    is_weakest: Mapped[bool] = mapped_column(default=False, server_default=false())
    is_alarm: Mapped[bool] = mapped_column(default=False, server_default=false())


def scores_of_round(session: Session, organisation_id: uuid.UUID, round_id: uuid.UUID) -> Sequence[RoundScore]:
    """The overall first, then pillars, points and groups in the order of the result."""
    return session.scalars(
        select(RoundScore)
        .where(RoundScore.organisation_id == organisation_id, RoundScore.round_id == round_id)
        .order_by(RoundScore.position)
    ).all()


def scores_of_rounds(
    session: Session, organisation_id: uuid.UUID, round_ids: Sequence[uuid.UUID]
) -> dict[uuid.UUID, list[RoundScore]]:
    """The scores of these rounds, by their round, each in the order of its result."""
    rows = session.scalars(
        select(RoundScore)
        .where(RoundScore.organisation_id == organisation_id, RoundScore.round_id.in_(round_ids))
        .order_by(RoundScore.position)
    )
    scores: dict[uuid.UUID, list[RoundScore]] = {}
    for row in rows:
        scores.setdefault(row.round_id, []).append(row)
    return scores


def rounds_without_pillars(session: Session, round_ids: Sequence[uuid.UUID]) -> frozenset[uuid.UUID]:
    """Those of the rounds whose scores are none of a pillar."""
    # With the round's organisation, the primary key finds its scores.
    of_round = and_(RoundScore.organisation_id == Round.organisation_id, RoundScore.round_id == Round.id)
    of_pillar = exists().where(of_round, RoundScore.kind == ScoreKind.PILLAR, RoundScore.score.is_not(None))
    found = select(Round.id).where(Round.id.in_(round_ids), exists().where(of_round), ~of_pillar)
    return frozenset(session.scalars(found)) if round_ids else frozenset()


def rounds_without_scores(session: Session) -> Sequence[Round]:
    """Published rounds, of all organisations, that have no scores yet; without their snapshots."""
    has_scores = select(RoundScore.round_id).where(
        RoundScore.organisation_id == Round.organisation_id, RoundScore.round_id == Round.id
    )
    return session.scalars(
        select(Round)
        .where(Round.published_at.is_not(None), ~has_scores.exists())
        .order_by(Round.published_at, Round.id)
        .options(defer(Round.snapshot))
    ).all()
