"""Counted attempts, for limits that hold in every process."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import cast

from sqlalchemy import Connection, Executable, String, Table, bindparam, case, delete, select
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
    given = {"key": key_hash, "amount": amount, "now": now, "ends": expires_at}
    return int(connection.execute(_counting(connection.dialect.name), given).scalar_one())


@cache
def _counting(dialect: str) -> Executable:
    """The statement that counts. Made once: that takes longer than to execute it."""
    attempts = cast(Table, Attempt.__table__)
    columns = attempts.c
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    ends = bindparam("ends", type_=columns.expires_at.type)
    new = insert(attempts).values(key_hash=bindparam("key"), count=bindparam("amount"), expires_at=ends)
    is_over = columns.expires_at <= bindparam("now", type_=columns.expires_at.type)
    return new.on_conflict_do_update(
        index_elements=[columns.key_hash],
        set_={
            "count": case((is_over, new.excluded.count), else_=columns["count"] + new.excluded.count),
            "expires_at": case((is_over, new.excluded.expires_at), else_=columns.expires_at),
        },
    ).returning(columns["count"])


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
