"""Campaigns: rounds of several teams that were opened together."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence

from sqlalchemy import ForeignKey, Index, String, delete, exists, func, select
from sqlalchemy.orm import Mapped, Session, defer, mapped_column, selectinload

from assessment.store.base import Base, Moment, RandomKey, belongs_to, tenant_key
from assessment.store.rounds import Round
from assessment.store.teams import Team


class Campaign(RandomKey, Base):
    """`submission` is of the page that opened it: sent twice, it is one campaign."""

    __tablename__ = "campaigns"
    __table_args__ = (
        tenant_key("campaigns"),
        Index("uq_campaigns_submission", "organisation_id", "submission", unique=True),
    )

    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisations.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(120))
    submission: Mapped[str] = mapped_column(String(40))
    created_at: Mapped[Moment]


class CampaignRound(Base):
    """A round that belongs to a campaign: to one at most."""

    __tablename__ = "campaign_rounds"
    __table_args__ = (
        belongs_to("rounds", "round_id"),
        belongs_to("campaigns", "campaign_id"),
        Index("ix_campaign_rounds_campaign_id", "campaign_id"),
    )

    organisation_id: Mapped[uuid.UUID]
    round_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    campaign_id: Mapped[uuid.UUID]


def find_campaign(session: Session, organisation_id: uuid.UUID, campaign_id: uuid.UUID) -> Campaign | None:
    """A campaign of this organisation, never another's, that still has rounds; for members who are of some teams,
    rounds of theirs."""
    has_rounds = exists().where(CampaignRound.campaign_id == Campaign.id)
    return session.scalar(
        select(Campaign).where(Campaign.organisation_id == organisation_id, Campaign.id == campaign_id, has_rounds)
    )


def names_of_campaigns(
    session: Session, organisation_id: uuid.UUID, campaign_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, str]:
    """The names of those that are there still."""
    chosen = (Campaign.organisation_id == organisation_id, Campaign.id.in_(campaign_ids))
    return {row.id: row.name for row in session.execute(select(Campaign.id, Campaign.name).where(*chosen))}


def find_campaign_of_submission(session: Session, organisation_id: uuid.UUID, submission: str) -> Campaign | None:
    return session.scalar(
        select(Campaign).where(Campaign.organisation_id == organisation_id, Campaign.submission == submission)
    )


def find_campaign_of_round(session: Session, organisation_id: uuid.UUID, round_id: uuid.UUID) -> Campaign | None:
    return session.scalar(
        select(Campaign)
        .join(CampaignRound, CampaignRound.campaign_id == Campaign.id)
        .where(CampaignRound.organisation_id == organisation_id, CampaignRound.round_id == round_id)
    )


def campaigns_of(session: Session, organisation_id: uuid.UUID, limit: int) -> list[tuple[Campaign, int]]:
    """The organisation's campaigns that still have rounds, newest first, each with how many."""
    found = session.execute(
        select(Campaign, func.count(CampaignRound.round_id))
        .join(CampaignRound, CampaignRound.campaign_id == Campaign.id)
        .where(Campaign.organisation_id == organisation_id)
        .group_by(Campaign.id)
        .order_by(Campaign.created_at.desc(), Campaign.id)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in found]


def rounds_of_campaign(
    session: Session, organisation_id: uuid.UUID, campaign_id: uuid.UUID
) -> Sequence[tuple[Team, Round]]:
    """The campaign's rounds with their teams, by the teams' names, without their snapshots."""
    found = session.execute(
        select(Team, Round)
        .join(Round, Round.team_id == Team.id)
        .join(CampaignRound, CampaignRound.round_id == Round.id)
        .where(CampaignRound.organisation_id == organisation_id, CampaignRound.campaign_id == campaign_id)
        .order_by(Team.name, Team.id, Round.id)
        .options(defer(Round.snapshot), selectinload(Round.links))
    )
    return [(row[0], row[1]) for row in found]


def delete_empty_campaigns(session: Session) -> None:
    """Deletes the names of campaigns whose rounds are all gone."""
    has_rounds = exists().where(CampaignRound.campaign_id == Campaign.id)
    session.execute(delete(Campaign).where(~has_rounds))
