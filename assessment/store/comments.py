"""What people wrote, separated from their answers at publication: a comment refers to its round and nothing else."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import ColumnElement, String, Text, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from assessment.store.base import Base, RandomKey, belongs_to


class Comment(RandomKey, Base):
    """One comment. A manager may hide it, and show it again; nobody can edit it."""

    __tablename__ = "comments"
    __table_args__ = (belongs_to("rounds", "round_id"),)

    organisation_id: Mapped[uuid.UUID]
    round_id: Mapped[uuid.UUID] = mapped_column(index=True)
    section: Mapped[str] = mapped_column(String(60), server_default="comment")
    """The section of the questionnaire whose question it answers."""
    words: Mapped[str] = mapped_column(Text)
    is_hidden: Mapped[bool] = mapped_column(default=False)


def add_comments(
    session: Session,
    organisation_id: uuid.UUID,
    round_id: uuid.UUID,
    comments: Iterable[tuple[str, str]],
    *,
    is_hidden: bool = False,
) -> None:
    """Stores all comments of a round at once, in the order of their new random keys: not in that of the answers.

    Each is the id of its section and what was written.
    """
    rows = [
        Comment(
            id=key,
            organisation_id=organisation_id,
            round_id=round_id,
            section=section,
            words=words,
            is_hidden=is_hidden,
        )
        for key, (section, words) in sorted((uuid.uuid4(), comment) for comment in comments)
    ]
    session.add_all(rows)
    session.flush()


def comments_of(
    session: Session,
    round_id: uuid.UUID,
    *,
    with_hidden: bool,
    sections: Collection[str],
    at_most: int,
    after: int = 0,
) -> Sequence[Comment]:
    """Some of a round's comments by their random keys: shuffled once, and the same for everybody."""
    wanted = select(Comment).where(*_of(round_id, with_hidden, sections)).order_by(Comment.id)
    return session.scalars(wanted.offset(after).limit(at_most)).all()


def count_comments(session: Session, round_id: uuid.UUID, *, with_hidden: bool, sections: Collection[str]) -> int:
    return session.scalar(select(func.count()).select_from(Comment).where(*_of(round_id, with_hidden, sections))) or 0


def _of(round_id: uuid.UUID, with_hidden: bool, sections: Collection[str]) -> list[ColumnElement[bool]]:
    shown = [Comment.round_id == round_id, Comment.section.in_(sections)]
    return shown if with_hidden else [*shown, Comment.is_hidden.is_(False)]


def find_comment(session: Session, round_id: uuid.UUID, comment_id: uuid.UUID) -> Comment | None:
    """A comment of this round, never another's."""
    return session.scalar(select(Comment).where(Comment.round_id == round_id, Comment.id == comment_id))
