"""When a team's round repeats by itself, and which rounds were made so."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection

from sqlalchemy import CheckConstraint, Index, Row, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from assessment.domain.repetitions import RepetitionRule
from assessment.store.base import Base, Document, Moment, RandomKey, belongs_to, tenant_key
from assessment.store.organisations import Organisation
from assessment.store.rounds import Round


class Repetition(RandomKey, Base):
    """A team has at most one. `every_months` and `first_on`, or `dates`, say when; `open_days` how long a round stays
    open, its first and last day included.

    `handled_on` is the day up to which nothing is to be made any more, `next_on` the next day on which something may
    be: both days where the organisation is. `paused_at` is since when nothing is made.
    """

    __tablename__ = "repetitions"
    __table_args__ = (
        belongs_to("teams", "team_id"),
        tenant_key("repetitions"),
        UniqueConstraint("team_id"),
        CheckConstraint("open_days >= 1", name="open_days"),
        Index("ix_repetitions_next_on", "next_on"),
    )

    organisation_id: Mapped[uuid.UUID]
    team_id: Mapped[uuid.UUID]
    every_months: Mapped[int | None]
    first_on: Mapped[dt.date | None]
    dates: Mapped[list[str]] = mapped_column(Document, default=list)
    open_days: Mapped[int]
    handled_on: Mapped[dt.date | None]
    next_on: Mapped[dt.date | None]
    paused_at: Mapped[Moment | None]
    created_at: Mapped[Moment]

    @property
    def rule(self) -> RepetitionRule:
        return RepetitionRule(self.every_months, self.first_on, tuple(map(dt.date.fromisoformat, self.dates)))

    def set_rule(self, rule: RepetitionRule) -> None:
        self.every_months, self.first_on = rule.every_months, rule.first_on
        self.dates = [day.isoformat() for day in rule.dates]


class RepeatedRound(Base):
    """A round that was made by a repetition, and for which due day: one for each, whoever makes it."""

    __tablename__ = "repeated_rounds"
    __table_args__ = (
        belongs_to("rounds", "round_id"),
        belongs_to("repetitions", "repetition_id"),
        UniqueConstraint("repetition_id", "due_on"),
    )

    organisation_id: Mapped[uuid.UUID]
    round_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    repetition_id: Mapped[uuid.UUID]
    due_on: Mapped[dt.date]


def find_repetition(session: Session, organisation_id: uuid.UUID, team_id: uuid.UUID) -> Repetition | None:
    """The team's repetition, of this organisation."""
    return session.scalar(
        select(Repetition).where(Repetition.organisation_id == organisation_id, Repetition.team_id == team_id)
    )


def days_of_repetitions(session: Session, team_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, dt.date]:
    """The next day of each of these teams whose rounds repeat and are not paused."""
    found = session.execute(
        select(Repetition.team_id, Repetition.next_on).where(
            Repetition.team_id.in_(team_ids), Repetition.paused_at.is_(None), Repetition.next_on.is_not(None)
        )
    )
    return {team_id: day for team_id, day in found if day is not None}


def rules_of_teams(session: Session, organisation_id: uuid.UUID) -> dict[uuid.UUID, RepetitionRule]:
    """The rule of each team of the organisation whose rounds repeat and are not paused."""
    running = select(Repetition).where(Repetition.organisation_id == organisation_id, Repetition.paused_at.is_(None))
    return {repetition.team_id: repetition.rule for repetition in session.scalars(running)}


def find_repetition_for_update(session: Session, repetition_id: uuid.UUID) -> Repetition | None:
    """The repetition as it is now, locked until the transaction ends."""
    return session.scalar(
        select(Repetition)
        .where(Repetition.id == repetition_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )


def repetitions_due(session: Session, until: dt.date) -> list[Row[tuple[uuid.UUID, dt.date, str]]]:
    """Those that may have something to make up to a day: id, the day, and the time zone where the organisation is."""
    found = session.execute(
        select(Repetition.id, Repetition.next_on, Organisation.time_zone)
        .join(Organisation, Organisation.id == Repetition.organisation_id)
        .where(Repetition.paused_at.is_(None), Repetition.next_on <= until)
        .order_by(Repetition.next_on, Repetition.id)
    )
    return list(found)  # type: ignore[arg-type]


def find_repeated_round(session: Session, organisation_id: uuid.UUID, round_id: uuid.UUID) -> RepeatedRound | None:
    return session.scalar(
        select(RepeatedRound).where(
            RepeatedRound.organisation_id == organisation_id, RepeatedRound.round_id == round_id
        )
    )


def last_published_at(session: Session, organisation_id: uuid.UUID, team_id: uuid.UUID) -> dt.datetime | None:
    """When a round of the team was last published."""
    return session.scalar(
        select(func.max(Round.published_at)).where(Round.organisation_id == organisation_id, Round.team_id == team_id)
    )


def last_opened_at(session: Session, organisation_id: uuid.UUID, team_id: uuid.UUID) -> dt.datetime | None:
    """When a round of the team last opened or opens; when it was made, where it has no day."""
    return session.scalar(
        select(func.max(func.coalesce(Round.opens_at, Round.created_at))).where(
            Round.organisation_id == organisation_id, Round.team_id == team_id
        )
    )
