"""Answers, stored apart from who was asked.

A response knows no invitation, cookie, address or time, and has a random key; an invitation knows only that it was
used. Drafts belong to a random cookie and are deleted when they are submitted. Submission keys say that a submission
has been counted, not which response it became, and are deleted at publication.

Rows of one submission must not be matched by where or in which transaction they were written either: see `add_response`
and docs/decisions/0014-order-of-arrival.md.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import (
    BindParameter,
    Column,
    ColumnElement,
    Connection,
    Dialect,
    Integer,
    Select,
    String,
    Table,
    bindparam,
    delete,
    exists,
    func,
    insert,
    literal_column,
    or_,
    select,
    type_coerce,
    union_all,
    update,
)
from sqlalchemy import cast as cast_to
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.sql.dml import ReturningDelete

from assessment.domain.answers import Role
from assessment.store.base import Base, RandomKey, belongs_to
from assessment.store.compaction import owe_compaction
from assessment.store.prepared import PreparedStatement, Queryable, connection_of, in_one_message
from assessment.store.rounds import Round

OTHERS_REWRITTEN = 31
"""How many other rows of its round are written anew with a submission's own."""

TYPED = "typed"
"""In the document of a response, until its round is published: that it was typed from paper."""

_random = secrets.SystemRandom()


class Response(RandomKey, Base):
    """One answer sheet: `{"role", "items", "ladder", "focus", "comment"}`, and until publication perhaps `TYPED`."""

    __tablename__ = "responses"
    __table_args__ = (belongs_to("rounds", "round_id"), {"sqlite_with_rowid": False})

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
    __table_args__ = (belongs_to("rounds", "round_id"), {"sqlite_with_rowid": False})

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


def response_ids(session: Session, round_id: uuid.UUID) -> frozenset[uuid.UUID]:
    return frozenset(session.scalars(select(Response.id).where(Response.round_id == round_id)))


def has_drafts(session: Session, round_id: uuid.UUID) -> bool:
    return bool(session.scalar(select(exists().where(Draft.round_id == round_id))))


def count_invitations(session: Session, round_id: uuid.UUID) -> int:
    """How many personal links a round has, used or not."""
    return session.scalar(select(func.count()).select_from(Invitation).where(Invitation.round_id == round_id)) or 0


def find_invitation(session: Session, token_hash: str) -> Invitation | None:
    return session.scalar(select(Invitation).where(Invitation.token_hash == token_hash))


def rounds_with_one_sheet(session: Session, round_ids: Collection[uuid.UUID]) -> frozenset[uuid.UUID]:
    """Those of the rounds whose answers are a sheet that the team agreed on, as a file may have one."""
    is_agreed = Response.answers["role"].as_string() == Role.CONSENSUS.value
    return frozenset(session.scalars(select(Response.round_id).where(Response.round_id.in_(round_ids), is_agreed)))


def count_by_round(session: Session, round_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    """How many people of the team have answered in each of these rounds, also where the answers were deleted since; a
    round without any is not in it."""
    if not round_ids:
        return {}
    is_of_team = Response.answers["role"].as_string().is_distinct_from(Role.CUSTOMER.value)
    there = (
        select(Response.round_id, func.count())
        .where(Response.round_id.in_(round_ids), is_of_team)
        .group_by(Response.round_id)
    )
    deleted = select(Round.id, Round.answers_counted).where(Round.id.in_(round_ids), Round.answers_counted > 0)
    counted = session.execute(there.union_all(deleted))
    return {row[0]: row[1] for row in counted}


def add_response(
    source: Queryable, organisation_id: uuid.UUID, round_id: uuid.UUID, *, answers: dict[str, Any], key_hash: str
) -> None:
    """Stores a submission: its response, its submission key and, where the key is a personal link's, that it was used.

    In each of the three tables up to `OTHERS_REWRITTEN` other rows of the round, drawn at random for each table, are
    written anew with the submission's own, in random order. Neither the place of a row nor its transaction
    (PostgreSQL's `xmin`) leads from a key or an invitation to a response. To be called while the round is locked.
    """
    connection = connection_of(source)
    key = {"organisation_id": organisation_id, "round_id": round_id, "key_hash": key_hash}
    response = _response_row(organisation_id, round_id, answers)
    with in_one_message(connection):
        _insert_among_others(connection, _RESPONSES, _RESPONSES.c.id, response)
        _insert_among_others(connection, _KEYS, _KEYS.c.key_hash, key)
        invitation = _finding_invitation(connection.dialect).start(
            connection, {"of_round": round_id, "token_hash": key_hash}
        )
    if invitation.fetchone() is not None:
        _mark_used(connection, round_id, key_hash)


def add_responses(
    session: Session, organisation_id: uuid.UUID, round_id: uuid.UUID, documents: Iterable[dict[str, Any]]
) -> None:
    """Stores many responses of a round at once, in the order of their new random keys."""
    rows = [_response_row(organisation_id, round_id, answers) for answers in documents]
    if rows:
        session.flush()
        session.connection().execute(insert(_RESPONSES), sorted(rows, key=lambda row: row["id"]))


def unlink_responses(session: Session, organisation_id: uuid.UUID, round_id: uuid.UUID) -> None:
    """At publication: deletes drafts and submission keys, and stores every response anew under a new random key.

    Comments are taken out of the answers: from then on they stand on their own (`store.comments`). What is left of the
    deleted rows in the database's files is removed once this is committed (`store.compaction`).
    """
    documents = [_without_words(document) for document in answers_of(session, round_id)]
    for model in (Draft, SubmissionKey, Response):
        session.execute(delete(model).where(model.round_id == round_id))
    add_responses(session, organisation_id, round_id, documents)
    owe_compaction(session)


_RESPONSES, _KEYS, _INVITATIONS = (cast(Table, model.__table__) for model in (Response, SubmissionKey, Invitation))


def _without_words(answers: dict[str, Any]) -> dict[str, Any]:
    """Nor is it known any more which answers were typed from paper."""
    return {part: given for part, given in answers.items() if part not in ("texts", TYPED)} | {"comment": ""}


def _response_row(organisation_id: uuid.UUID, round_id: uuid.UUID, answers: dict[str, Any]) -> dict[str, Any]:
    return {"id": uuid.uuid4(), "organisation_id": organisation_id, "round_id": round_id, "answers": answers}


def _insert_among_others(connection: Connection, table: Table, key: Column[Any], row: dict[str, Any]) -> None:
    """Inserts a row of a round, in random order with others of it, which are deleted first; `key` identifies them.

    The others are its neighbours by their random keys, where the last one is followed by the first: so many before it,
    and the rest behind it, that it is any of them with the same chance. On SQLite they share its page of the file.
    """
    before = _random.randint(0, OTHERS_REWRITTEN)
    drawn = {"before": before, "behind": OTHERS_REWRITTEN - before}
    if connection.dialect.name == "postgresql":
        _writing_anew(table, key, connection.dialect).execute(connection, row | drawn)
        return
    stored = _as_stored(connection, table, row)
    others = _taking_out(table, key, connection.dialect).fetch_all(connection, stored | drawn)
    rows = [[stored[column.name] for column in table.c], *others]
    _random.shuffle(rows)
    _putting_in(table, connection.dialect).execute_many(connection, table.c.keys(), rows)


def _taken_out(table: Table, key: Column[Any], types: dict[str, Any]) -> ReturningDelete[Any]:
    """Deletes the neighbours of a row (its values are parameters) and returns them."""
    new, of_round = (bindparam(name, type_=types[name]) for name in (key.name, "round_id"))
    of_key = type_coerce(key, new.type)
    is_of_round = type_coerce(table.c.round_id, of_round.type) == of_round

    def neighbours(nearest: ColumnElement[bool], order: ColumnElement[Any], at_most: BindParameter[int]) -> Select[Any]:
        """The nearest on a side, then those from the far end."""
        sides = [
            select(key.label("key"), literal_column(f"{at}").label("side"))
            .where(is_of_round, condition)
            .order_by(order)
            .limit(at_most)
            .subquery()
            for at, condition in enumerate((nearest, ~nearest))
        ]
        both = union_all(*(select(side) for side in sides)).subquery()
        by_side = both.c.key.desc() if order is not key else both.c.key
        return select(both.c.key).order_by(both.c.side, by_side).limit(at_most)

    drawn = union_all(
        select(neighbours(of_key < new, key.desc(), bindparam("before", type_=Integer)).subquery()),
        select(neighbours(of_key > new, key, bindparam("behind", type_=Integer)).subquery()),
    )
    columns = [type_coerce(column, types[column.name]).label(column.name) for column in table.c]
    return delete(table).where(is_of_round, key.in_(drawn)).returning(*columns)


@lru_cache(maxsize=16)
def _taking_out(table: Table, key: Column[Any], dialect: Dialect) -> PreparedStatement:
    return PreparedStatement(_taken_out(table, key, _types_as_stored(table, dialect)), dialect)


@lru_cache(maxsize=16)
def _writing_anew(table: Table, key: Column[Any], dialect: Dialect) -> PreparedStatement:
    """On PostgreSQL one statement does all of it: the others need not come here and go back."""
    types = {column.name: column.type for column in table.c}
    others = _taken_out(table, key, types).cte("others")
    own = select(*(cast_to(bindparam(name, type_=type_), type_).label(name) for name, type_ in types.items()))
    rows = union_all(select(others), own).subquery()
    shuffled = select(rows).order_by(func.gen_random_uuid())
    return PreparedStatement(insert(table).from_select(list(types), shuffled), dialect)


@lru_cache(maxsize=16)
def _putting_in(table: Table, dialect: Dialect) -> PreparedStatement:
    values = {name: bindparam(name, type_=type_) for name, type_ in _types_as_stored(table, dialect).items()}
    return PreparedStatement(insert(table).values(values), dialect)


def _types_as_stored(table: Table, dialect: Dialect) -> dict[str, Any]:
    """SQLite's rows come and go as they are stored: to parse documents only to write them again takes a while."""
    return {column.name: String() if dialect.name == "sqlite" else column.type for column in table.c}


def _as_stored(connection: Connection, table: Table, row: dict[str, Any]) -> dict[str, Any]:
    """A row as it is taken out and put in."""
    if connection.dialect.name != "sqlite":
        return row
    dialect = connection.dialect
    processors = {name: table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in row}
    return {name: process(row[name]) if (process := processors[name]) else row[name] for name in row}


def _mark_used(connection: Connection, round_id: uuid.UUID, token_hash: str) -> None:
    """Marks a personal link as used; others of the round are updated with it, to what they are."""
    key = _INVITATIONS.c.token_hash
    of_round = _INVITATIONS.c.round_id == round_id
    others = _draw_others(connection, key, round_id)
    connection.execute(
        update(_INVITATIONS)
        .where(of_round, or_(key == token_hash, key.in_(others)))
        .values(is_used=or_(_INVITATIONS.c.is_used, key == token_hash))
    )


@lru_cache(maxsize=16)
def _finding_invitation(dialect: Dialect) -> PreparedStatement:
    known = _INVITATIONS.c
    query = select(known.token_hash).where(
        known.round_id == bindparam("of_round"), known.token_hash == bindparam("token_hash")
    )
    return PreparedStatement(query, dialect)


def _draw_others(connection: Connection, key: Column[Any], round_id: uuid.UUID) -> list[Any]:
    """The keys of up to `OTHERS_REWRITTEN` rows of a round, drawn at random."""
    keys = connection.scalars(select(key).where(key.table.c.round_id == round_id)).all()
    return _random.sample(keys, min(len(keys), OTHERS_REWRITTEN))
