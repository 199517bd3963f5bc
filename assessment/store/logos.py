"""Logos of organisations, apart from them: a page that needs the name does not read a picture."""

from __future__ import annotations

import uuid

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


def delete_logo(session: Session, organisation_id: uuid.UUID) -> None:
    session.execute(delete(Logo).where(Logo.organisation_id == organisation_id))
