"""Names and logos of consultancies: those that accounts keep as their own, and those that accompany organisations."""

from __future__ import annotations

import uuid

from sqlalchemy import CheckConstraint, ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, defer, mapped_column

from assessment.store.base import Base

LONGEST_NAME = 60


class Letterhead:
    """A name, and a picture as it was made anew from what was sent; without one, `checksum` is empty."""

    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    media_type: Mapped[str] = mapped_column(String(20), default="")
    width: Mapped[int] = mapped_column(default=0)
    height: Mapped[int] = mapped_column(default=0)
    checksum: Mapped[str] = mapped_column(String(64), default="")
    picture: Mapped[bytes] = mapped_column(default=b"")


class AccountConsultancy(Letterhead, Base):
    """What an account keeps as its own: it is on no document until an organisation takes it over."""

    __tablename__ = "account_consultancies"
    __table_args__ = (CheckConstraint("name <> ''", name="name"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)


class OrganisationConsultancy(Letterhead, Base):
    """Who accompanies an organisation: a copy that belongs to it, whatever becomes of the account."""

    __tablename__ = "organisation_consultancies"
    __table_args__ = (CheckConstraint("name <> ''", name="name"),)

    organisation_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("organisations.id", ondelete="CASCADE"), primary_key=True
    )


def find_of_account(session: Session, user_id: int) -> AccountConsultancy | None:
    """With its picture."""
    return session.get(AccountConsultancy, user_id)


def find_of_organisation(session: Session, organisation_id: uuid.UUID) -> OrganisationConsultancy | None:
    """With its picture."""
    return session.get(OrganisationConsultancy, organisation_id)


def find_facts_of_account(session: Session, user_id: int) -> AccountConsultancy | None:
    """Without the bytes of its picture."""
    return session.scalar(
        select(AccountConsultancy)
        .where(AccountConsultancy.user_id == user_id)
        .options(defer(AccountConsultancy.picture))
    )


def find_facts_of_organisation(session: Session, organisation_id: uuid.UUID) -> OrganisationConsultancy | None:
    """Without the bytes of its picture."""
    return session.scalar(
        select(OrganisationConsultancy)
        .where(OrganisationConsultancy.organisation_id == organisation_id)
        .options(defer(OrganisationConsultancy.picture))
    )
