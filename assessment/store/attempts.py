"""Counted attempts, for limits that hold in every process."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from assessment.store.base import Base, Moment


class Attempt(Base):
    """How often something was tried within a window of time. Only the hash of what is limited is stored."""

    __tablename__ = "attempts"

    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    window_start: Mapped[Moment] = mapped_column(primary_key=True)
    count: Mapped[int]
    expires_at: Mapped[Moment] = mapped_column(index=True)
