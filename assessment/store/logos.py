"""Logos of organisations, apart from them: a page that needs the name does not read a picture."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from sqlalchemy import ForeignKey, String, delete, select
from sqlalchemy.orm import Mapped, Session, defer, mapped_column

from assessment.store.base import Base


class Logo(Base):
    """A picture as it was made anew from what was sent: checked, without metadata, of a bounded size."""

    __tablename__ = "organisation_logos"

    organisation_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("organisations.id", ondelete="CASCADE"), primary_key=True
    )
    media_type: Mapped[str] = mapped_column(String(20))
    width: Mapped[int]
    height: Mapped[int]
    checksum: Mapped[str] = mapped_column(String(64))
    picture: Mapped[bytes]


def find_logo(session: Session, organisation_id: uuid.UUID) -> Logo | None:
    return session.get(Logo, organisation_id)


def find_logo_facts(session: Session, organisation_id: uuid.UUID) -> Logo | None:
    """The logo without its bytes."""
    return session.scalar(select(Logo).where(Logo.organisation_id == organisation_id).options(defer(Logo.picture)))


def find_facts_of_logos(session: Session, organisation_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Logo]:
    """The logos of these organisations that have one, without their bytes."""
    found = session.scalars(select(Logo).where(Logo.organisation_id.in_(organisation_ids)).options(defer(Logo.picture)))
    return {logo.organisation_id: logo for logo in found}


def delete_logo(session: Session, organisation_id: uuid.UUID) -> None:
    session.execute(delete(Logo).where(Logo.organisation_id == organisation_id))
