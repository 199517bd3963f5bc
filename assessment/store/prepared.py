"""Statements that are compiled once and executed by the driver itself, where every tenth of a millisecond counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Dialect, Engine
from sqlalchemy.pool import PoolProxiedConnection
from sqlalchemy.sql import ClauseElement


class PreparedStatement:
    """A statement for one kind of database. Executing it takes a third of the time that `Connection.execute` takes."""

    def __init__(self, statement: ClauseElement, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        self._text = str(compiled)
        self._constants = compiled.params
        names = compiled.positiontup  # type: ignore[attr-defined]  # of SQL compilers: none where parameters are named
        self._is_positional = names is not None
        self._processors: list[tuple[str, Callable[[Any], Any] | None]] = [
            (name, compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect))  # type: ignore[attr-defined]
            for name in (names if self._is_positional else compiled.params)
        ]

    def execute_alone(self, engine: Engine, values: Mapping[str, Any]) -> int:
        """In a transaction of its own, durable when this returns; returns how many rows it changed.

        Raises the driver's own errors.
        """
        connection = engine.raw_connection()
        try:
            with _autocommit(connection, engine.dialect):
                cursor = connection.cursor()
                cursor.execute(self._text, self._bind(values))
                return int(cursor.rowcount)
        except BaseException:
            connection.invalidate()
            raise
        finally:
            connection.close()

    def execute_many(self, connection: Connection, rows: Iterable[Mapping[str, Any]]) -> None:
        """In the transaction of this connection, once for each of these rows; there must be one."""
        connection.exec_driver_sql(self._text, [self._bind(row) for row in rows])

    def _bind(self, values: Mapping[str, Any]) -> Any:
        given = {**self._constants, **values}
        bound = [(name, process(given[name]) if process else given[name]) for name, process in self._processors]
        return tuple(value for _, value in bound) if self._is_positional else dict(bound)


@contextmanager
def _autocommit(connection: PoolProxiedConnection, dialect: Dialect) -> Iterator[None]:
    """So that PostgreSQL is asked once, and not to begin and to commit as well. Ours to SQLite are always like that."""
    driver: Any = connection.driver_connection
    if dialect.name == "sqlite":
        yield
        return
    driver.autocommit = True
    yield
    driver.autocommit = False
