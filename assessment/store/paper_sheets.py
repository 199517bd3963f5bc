"""Sheets of paper while they are typed: until they count as responses, and no longer.

The number is written on the paper by whoever types, so that no sheet is typed twice. It is never stored beside an
answer that counts: a sheet that counts is a response like any other, and of its number only a submission key is left,
which nothing leads from to the response (decision 0014).
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Index,
    String,
    Text,
    cast,
    delete,
    func,
    select,
    type_coerce,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from assessment.domain.answers import Role
from assessment.store.base import Base, RandomKey, belongs_to
from assessment.store.responses import TYPED, Response, SubmissionKey


class PaperSheet(RandomKey, Base):
    """One typing of a sheet. `typing` is 1, or 2 where each sheet is typed twice; `version` grows with every change.

    It `is_finished` once it waits for the other typing, or to be compared with it. `editor` is the name of the page
    that changed it last: what the same page sends again is no conflict.
    """

    __tablename__ = "paper_sheets"
    __table_args__ = (
        belongs_to("rounds", "round_id"),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("typing in (1, 2)", name="typing"),
        Index("uq_paper_sheets_number", "organisation_id", "round_id", "number", "typing", unique=True),
        {"sqlite_with_rowid": False},
    )

    organisation_id: Mapped[uuid.UUID]
    round_id: Mapped[uuid.UUID] = mapped_column(index=True)
    number: Mapped[int]
    typing: Mapped[int]
    is_finished: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    editor: Mapped[str] = mapped_column(String(40), default="")
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict)


def sheets_of_round(session: Session, round_id: uuid.UUID) -> Sequence[PaperSheet]:
    """All that is not counted yet, by number."""
    return session.scalars(
        select(PaperSheet)
        .where(PaperSheet.round_id == round_id)
        .order_by(PaperSheet.number, PaperSheet.typing)
        .execution_options(populate_existing=True)
    ).all()


def numbers_of_round(session: Session, round_id: uuid.UUID) -> frozenset[int]:
    """The numbers of all that is not counted yet."""
    return frozenset(session.scalars(select(PaperSheet.number).where(PaperSheet.round_id == round_id)))


def find_sheet(
    session: Session, organisation_id: uuid.UUID, round_id: uuid.UUID, sheet_id: uuid.UUID, *, locks: bool = False
) -> PaperSheet | None:
    """A sheet of this round, never another's; if it `locks`, nobody else changes it until the transaction ends."""
    query = (
        select(PaperSheet)
        .where(
            PaperSheet.organisation_id == organisation_id, PaperSheet.round_id == round_id, PaperSheet.id == sheet_id
        )
        .execution_options(populate_existing=True)
    )
    return session.scalar(query.with_for_update() if locks else query)


def delete_sheets(session: Session, round_id: uuid.UUID, numbers: Collection[int] | None = None) -> None:
    """Both typings of these sheets; of all, where no numbers are given."""
    these = [] if numbers is None else [PaperSheet.number.in_(numbers)]
    session.execute(delete(PaperSheet).where(PaperSheet.round_id == round_id, *these))


def keys_among(session: Session, round_id: uuid.UUID, key_hashes: Collection[str]) -> frozenset[str]:
    """Which of these submission keys the round has."""
    return frozenset(
        session.scalars(
            select(SubmissionKey.key_hash).where(
                SubmissionKey.round_id == round_id, SubmissionKey.key_hash.in_(key_hashes)
            )
        )
    )


def count_by_origin(session: Session, round_id: uuid.UUID) -> dict[tuple[str, bool], int]:
    """How many responses came from each role, apart by whether they were typed from paper."""
    role = Response.answers["role"].as_string()
    typed = Response.answers[TYPED].as_string()
    rows = session.execute(
        select(role, typed.is_not(None), func.count()).where(Response.round_id == round_id).group_by(role, typed)
    )
    counted: dict[tuple[str, bool], int] = {}
    for role_, is_typed, count in rows:
        counted[role_, bool(is_typed)] = counted.get((role_, bool(is_typed)), 0) + count
    return counted


def forget_roles(session: Session, round_id: uuid.UUID) -> None:
    """From now on nobody of this round is told apart as leader. All rows are written, also those that say so already:
    the order in which a database keeps them tells nothing."""
    staff: ColumnElement[Any]
    if session.get_bind().dialect.name == "postgresql":
        staff = func.jsonb_set(Response.answers, cast(["role"], ARRAY(Text)), cast(Role.STAFF.value, JSONB))
    else:
        staff = func.json_set(Response.answers, "$.role", Role.STAFF.value)
    session.execute(
        update(Response).where(Response.round_id == round_id).values(answers=type_coerce(staff, Response.answers.type)),
        execution_options={"synchronize_session": False},
    )
    session.expire_all()


def delete_untyped(session: Session, round_id: uuid.UUID) -> None:
    """Deletes the responses that were not typed from paper."""
    session.execute(
        delete(Response).where(Response.round_id == round_id, Response.answers[TYPED].as_string().is_(None))
    )
