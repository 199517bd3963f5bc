"""Counted attempts, for limits that hold in every process."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection, String, case, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from assessment.store.base import Base, Moment


class Attempt(Base):
    """How often something was tried within a window of time. Only a keyed hash of what is limited is stored."""

    __tablename__ = "attempts"

    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    count: Mapped[int]
    expires_at: Mapped[Moment] = mapped_column(index=True)
    """When the window ends. The next attempt begins another."""


def count_attempt(
    connection: Connection, key_hash: str, *, amount: int, now: dt.datetime, expires_at: dt.datetime
) -> int:
    """Counts in one statement, in the window that is under way or else in a new one; returns how many there are now."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    new = dialect.insert(Attempt).values(key_hash=key_hash, count=amount, expires_at=expires_at)
    is_over = Attempt.expires_at <= now
    counting = new.on_conflict_do_update(
        index_elements=[Attempt.key_hash],
        set_={
            "count": case((is_over, new.excluded.count), else_=Attempt.count + new.excluded.count),
            "expires_at": case((is_over, new.excluded.expires_at), else_=Attempt.expires_at),
        },
    )
    return int(connection.execute(counting.returning(Attempt.count)).scalar_one())


def find_attempts(connection: Connection, key_hash: str, *, now: dt.datetime) -> tuple[int, dt.datetime] | None:
    """How many attempts there are in the window that is under way, and when that ends."""
    found = connection.execute(
        select(Attempt.count, Attempt.expires_at).where(Attempt.key_hash == key_hash, Attempt.expires_at > now)
    ).first()
    return (found[0], found[1]) if found else None


def delete_attempts(connection: Connection, key_hash: str) -> None:
    connection.execute(delete(Attempt).where(Attempt.key_hash == key_hash))


def delete_expired_attempts(session: Session, now: dt.datetime) -> None:
    session.execute(delete(Attempt).where(Attempt.expires_at <= now))
