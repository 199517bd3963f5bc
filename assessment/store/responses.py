"""What was said, kept apart from who was asked.

A response knows no invitation, cookie, address or time, and has a random key; an invitation knows only that it was
used. Drafts hang on a random cookie and go when they are submitted. Submission keys say that a submission has been
counted, not which response it became, and are purged at publication.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import String, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from assessment.store.base import Base, RandomKey, belongs_to
from assessment.store.rounds import Round


class Response(RandomKey, Base):
    """One answer sheet: `{"role", "items", "ladder", "focus", "comment"}`."""

    __tablename__ = "responses"
    __table_args__ = (belongs_to("rounds", "round_id"),)

    organisation_id: Mapped[uuid.UUID]
    round_id: Mapped[uuid.UUID] = mapped_column(index=True)
    answers: Mapped[dict[str, Any]]


class Draft(Base):
    """Unfinished answers of one device; the key is the hash of its cookie."""

    __tablename__ = "drafts"
    __table_args__ = (belongs_to("rounds", "round_id"),)

    cookie_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    organisation_id: Mapped[uuid.UUID]
    round_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    answers: Mapped[dict[str, Any]]


class SubmissionKey(Base):
    """That a device's submission was counted: the same key twice is one response."""

    __tablename__ = "submission_keys"
    __table_args__ = (belongs_to("rounds", "round_id"),)

    organisation_id: Mapped[uuid.UUID]
    round_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)


class Invitation(RandomKey, Base):
    """A personal link: used up by submitting, never by opening. It knows neither when nor what."""

    __tablename__ = "invitations"
    __table_args__ = (belongs_to("rounds", "round_id"),)

    organisation_id: Mapped[uuid.UUID]
    round_id: Mapped[uuid.UUID] = mapped_column(index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    is_used: Mapped[bool] = mapped_column(default=False)


def count_responses(session: Session, round_id: uuid.UUID) -> int:
    return session.scalar(select(func.count()).select_from(Response).where(Response.round_id == round_id)) or 0


def count_by_role(session: Session, round_id: uuid.UUID) -> dict[str, int]:
    """How many responses of a round came from each role."""
    counted = session.execute(
        select(Response.answers["role"].as_string().label("role"), func.count())
        .where(Response.round_id == round_id)
        .group_by("role")
    )
    return {row[0]: row[1] for row in counted}


def answers_of(session: Session, round_id: uuid.UUID) -> Sequence[dict[str, Any]]:
    """All answer documents of a round, ordered by their random keys: the order says nothing."""
    return session.scalars(select(Response.answers).where(Response.round_id == round_id).order_by(Response.id)).all()


def find_invitation(session: Session, token_hash: str) -> Invitation | None:
    return session.scalar(select(Invitation).where(Invitation.token_hash == token_hash))


def count_by_round(session: Session, round_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    """How many responses each of these rounds has; a round without any is not in it."""
    if not round_ids:
        return {}
    counted = session.execute(
        select(Response.round_id, func.count()).where(Response.round_id.in_(round_ids)).group_by(Response.round_id)
    )
    return {row[0]: row[1] for row in counted}


def forget_the_way_in(session: Session, round_id: uuid.UUID) -> None:
    """At publication: removes drafts and submission keys, and gives every response a new random key, written anew.

    Comments are taken out of the answers: from then on they stand on their own (`store.comments`). Together with the
    compaction of the file this leaves nothing of the order in which answers came.
    """
    session.execute(delete(Draft).where(Draft.round_id == round_id))
    session.execute(delete(SubmissionKey).where(SubmissionKey.round_id == round_id))
    organisation_id = session.scalar(select(Round.organisation_id).where(Round.id == round_id))
    documents = list(answers_of(session, round_id))
    session.execute(delete(Response).where(Response.round_id == round_id))
    fresh = sorted(uuid.uuid4() for _ in documents)
    secrets.SystemRandom().shuffle(documents)
    session.add_all(
        Response(id=key, organisation_id=organisation_id, round_id=round_id, answers=document | {"comment": ""})
        for key, document in zip(fresh, documents, strict=True)
    )
    session.flush()
