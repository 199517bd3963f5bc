"""The code of the first visit: one row, until somebody has an account of their own."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, String, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from assessment.store.base import Base

ONLY = 1


class SetupCode(Base):
    """Readable, since every process that starts before the first visit shows the same code."""

    __tablename__ = "setup_codes"
    __table_args__ = (CheckConstraint(f"id = {ONLY}", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=ONLY)
    code: Mapped[str] = mapped_column(String(20))


def keep_setup_code(session: Session, code: str) -> str:
    """Stores the code unless there is one; returns the one that is valid."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    session.execute(dialect.insert(SetupCode).values(id=ONLY, code=code).on_conflict_do_nothing())
    return session.scalars(select(SetupCode.code)).one()


def find_setup_code(session: Session) -> str | None:
    return session.scalar(select(SetupCode.code))


def delete_setup_code(session: Session) -> None:
    session.execute(delete(SetupCode))
