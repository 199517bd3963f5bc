"""Statements that are compiled once and executed by the driver itself, where every tenth of a millisecond counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, cast

from sqlalchemy import Connection, Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.sql import ClauseElement

Queryable = Session | Connection
"""A session, or a bare connection where every millisecond counts."""
Processor = Callable[[Any], Any] | None


class PreparedStatement:
    """A statement for one kind of database. Executing it takes a third of the time that `Connection.execute` takes."""

    def __init__(self, statement: ClauseElement, dialect: Dialect) -> None:
        compiled: Any = statement.compile(dialect=dialect)
        self._text = str(compiled)
        self._constants = compiled.params
        names = compiled.positiontup  # none where parameters are named
        self._is_positional = names is not None
        self._binders: list[tuple[str, Processor]] = [
            (name, compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect))
            for name in (names if self._is_positional else compiled.params)
        ]
        self._readers: list[Processor] = [
            column.type.dialect_impl(dialect).result_processor(dialect, None) for column in compiled._result_columns
        ]

    def execute_bare(self, connection: Connection, values: Mapping[str, Any]) -> int:
        """As `execute`, but raises the driver's own errors."""
        cursor = connection.connection.cursor()
        cursor.execute(self._text, self._bind(values))
        return int(cursor.rowcount)

    def execute(self, source: Queryable, values: Mapping[str, Any]) -> int:
        """In the transaction of `source`; returns how many rows it changed, which is not known `in_one_message`."""
        with _driver_cursor(source) as cursor:
            cursor.execute(self._text, self._bind(values))
            return int(cursor.rowcount)

    def execute_many(self, source: Queryable, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """In the transaction of `source`, once for each of these rows of values with these names; there must be one."""
        if self._is_positional and self._binders == [(name, None) for name in names]:  # as the driver takes them
            bound: list[Any] = [tuple(row) for row in rows]
        else:
            bound = [self._bind(dict(zip(names, row, strict=True))) for row in rows]
        with _driver_cursor(source) as cursor:
            cursor.executemany(self._text, bound)

    def start(self, connection: Connection, values: Mapping[str, Any]) -> Any:
        """Executes it; returns the driver's cursor, to fetch rows from."""
        with _driver_cursor(connection) as cursor:
            cursor.execute(self._text, self._bind(values))
            return cursor

    def fetch_all(self, source: Queryable, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """In the transaction of `source`; returns rows as the driver has them, for `read`."""
        with _driver_cursor(source) as cursor:
            cursor.execute(self._text, self._bind(values))
            return list(cursor.fetchall())

    def fetch(self, source: Queryable, values: Mapping[str, Any]) -> tuple[Any, ...] | None:
        """The one row that `fetch_all` finds, or none."""
        return next(iter(self.fetch_all(source, values)), None)

    def read(self, row: Sequence[Any], first: int = 0) -> list[Any]:
        """The values of a row, from this column on, as our types have them."""
        return [
            value if process is None else process(value)
            for process, value in zip(self._readers[first:], row[first:], strict=False)
        ]

    def _bind(self, values: Mapping[str, Any]) -> Any:
        given = {**self._constants, **values}
        if self._is_positional:
            return tuple([process(given[name]) if process else given[name] for name, process in self._binders])
        return {name: process(given[name]) if process else given[name] for name, process in self._binders}


def connection_of(source: Queryable) -> Connection:
    """The connection of a session's transaction, which has begun by then and knows what the session has changed."""
    if isinstance(source, Connection):
        return source
    source.flush()
    return source.connection()


def fetch_each(
    source: Queryable, asked: Iterable[tuple[PreparedStatement, Mapping[str, Any]]]
) -> list[list[tuple[Any, ...]]]:
    """What `fetch_all` finds for each of these statements with its values, one after another, in one message."""
    connection = connection_of(source)
    with in_one_message(connection):
        cursors = [statement.start(connection, values) for statement, values in asked]
    with _as_sqlalchemy_raises(connection.dialect):
        return [list(cursor.fetchall()) for cursor in cursors]


@contextmanager
def in_one_message(source: Queryable) -> Iterator[None]:
    """Statements within go to PostgreSQL together, and it is waited for at the end: what one of them raises is raised
    there, and rows are fetched after it (`PreparedStatement.start`)."""
    connection = connection_of(source)
    if connection.dialect.name != "postgresql":
        yield
        return
    with _as_sqlalchemy_raises(connection.dialect), cast(Any, connection.connection.driver_connection).pipeline():
        yield


@contextmanager
def _driver_cursor(source: Queryable) -> Iterator[Any]:
    """The driver's cursor on a connection; what it raises is raised as SQLAlchemy does."""
    connection = connection_of(source)
    with _as_sqlalchemy_raises(connection.dialect):
        yield connection.connection.cursor()


@contextmanager
def _as_sqlalchemy_raises(dialect: Dialect) -> Iterator[None]:
    errors = dialect.loaded_dbapi.Error
    try:
        yield
    except errors as error:
        raise DBAPIError.instance(None, None, error, errors, dialect=dialect) from error
