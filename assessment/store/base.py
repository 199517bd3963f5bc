"""What all tables share: names of constraints, aware times, JSON documents, random keys."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, Any

from sqlalchemy import JSON, DateTime, Enum, ForeignKeyConstraint, Index, MetaData, TypeDecorator, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[dt.datetime]):
    """An aware time, kept in UTC; SQLite has no time zones, so they are put back when read."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without time zone")
        return value.astimezone(dt.UTC)

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        return value if value is None or value.tzinfo else value.replace(tzinfo=dt.UTC)

    def result_processor(self, dialect: Dialect, coltype: Any) -> Callable[[Any], Any] | None:
        """On SQLite in one step instead of two: lists of many teams read five times of each."""
        return _utc_of_text if dialect.name == "sqlite" else super().result_processor(dialect, coltype)


def _utc_of_text(value: str | None) -> dt.datetime | None:
    return None if value is None else dt.datetime.fromisoformat(f"{value}+00:00")


Moment = Annotated[dt.datetime, "aware, kept in UTC"]
"""The type of all our times. (Flask-Security keeps naive ones in its own columns.)"""

Document = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
"""A JSON document: JSONB on PostgreSQL, text on SQLite. Nothing is NULL, never a document that says null."""


def text_enum(kind: type[StrEnum]) -> Enum:
    """A column of an enumeration's values as plain text, read back as its members (so that `is` may compare them)."""
    return Enum(kind, native_enum=False, length=20, values_callable=lambda members: [str(member) for member in members])


def tenant_key(table: str) -> Index:
    """What the children of a table refer to: the organisation of a row together with its id."""
    return Index(f"uq_{table}_organisation_id_id", "organisation_id", "id", unique=True)


def belongs_to(parent: str, column: str) -> ForeignKeyConstraint:
    """A reference to a row of the same organisation, with which the child is deleted. The parent has a `tenant_key`."""
    return ForeignKeyConstraint(
        ["organisation_id", column], [f"{parent}.organisation_id", f"{parent}.id"], ondelete="CASCADE"
    )


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it from the class
        Moment: UtcDateTime(),
        dict[str, Any]: Document,
        list[dict[str, Any]]: Document,
        uuid.UUID: Uuid(),
    }


class RandomKey:
    """A primary key that tells nothing: neither the order nor the number of rows."""

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
