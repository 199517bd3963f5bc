"""Whether a session has changed anything: what a log of changes must know of a request."""

from __future__ import annotations

from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session

HAS_WRITTEN = "escala_has_written"


def has_written(session: Session) -> bool:
    """Whether the session has sent any change to the database, kept or not."""
    return bool(session.info.get(HAS_WRITTEN)) or bool(session.new or session.dirty or session.deleted)


@event.listens_for(Session, "after_flush")
def _flushed(session: Session, _context: Any) -> None:
    session.info[HAS_WRITTEN] = True


@event.listens_for(Session, "do_orm_execute")
def _executed(state: ORMExecuteState) -> None:
    if state.is_insert or state.is_update or state.is_delete:
        state.session.info[HAS_WRITTEN] = True
