"""Files over all teams (workbook, summary), made for whoever asked, who alone fetches them; kept for a day."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import NamedTuple

from sqlalchemy import ForeignKey, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from assessment.store.base import Base, Moment, RandomKey


class PortfolioFile(RandomKey, Base):
    """Its id is that of the job that made it; `name` is what it is called when it is saved."""

    __tablename__ = "portfolio_files"

    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisations.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(160))
    made_at: Mapped[Moment]
    content: Mapped[bytes]


def find_file(session: Session, organisation_id: uuid.UUID, file_id: uuid.UUID, user_id: int) -> PortfolioFile | None:
    """A file of this organisation that was made for this account, never another's."""
    return session.scalar(
        select(PortfolioFile).where(
            PortfolioFile.organisation_id == organisation_id,
            PortfolioFile.id == file_id,
            PortfolioFile.user_id == user_id,
        )
    )


class FileRow(NamedTuple):
    """A file without its content."""

    id: uuid.UUID
    name: str
    made_at: dt.datetime


def files_of_account(
    session: Session, organisation_id: uuid.UUID, user_id: int, *, since: dt.datetime
) -> list[FileRow]:
    """The files of this organisation that were made for this account since a time, the newest first."""
    rows = session.execute(
        select(PortfolioFile.id, PortfolioFile.name, PortfolioFile.made_at)
        .where(
            PortfolioFile.organisation_id == organisation_id,
            PortfolioFile.user_id == user_id,
            PortfolioFile.made_at >= since,
        )
        .order_by(PortfolioFile.made_at.desc(), PortfolioFile.id)
    )
    return [FileRow(*row) for row in rows]


def delete_files_of(session: Session, organisation_id: uuid.UUID) -> None:
    """All files of an organisation: something that they tell of is gone."""
    session.execute(delete(PortfolioFile).where(PortfolioFile.organisation_id == organisation_id))


def delete_files_before(session: Session, before: dt.datetime) -> int:
    """Deletes files of all organisations that were made before a time; returns how many."""
    gone = session.execute(delete(PortfolioFile).where(PortfolioFile.made_at < before))
    return int(gone.rowcount)  # type: ignore[attr-defined]
