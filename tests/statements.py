"""Statements that are compiled once for all engines of a process.

Nearly every test has an engine of its own, two on SQLite, and each would compile all statements anew: that takes far
longer than running them on a few rows. Engines of one kind are made alike (`make_engine`), so what one has compiled is
right for the next.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest
import sqlalchemy
from sqlalchemy import Engine
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

from assessment.store import database

MOST = 5_000
_compiled: dict[str, LRUCache[Any, Any]] = defaultdict(lambda: LRUCache(MOST))


def compile_once(patch: pytest.MonkeyPatch) -> None:
    """For all engines that the application makes from now on."""

    def create_engine(*given: Any, **named: Any) -> Engine:
        engine = sqlalchemy.create_engine(*given, **named)
        engine._compiled_cache = _compiled[engine.dialect.name]
        return engine

    patch.setattr(database, "create_engine", create_engine)
    for dialect in (SQLiteDialect_pysqlite, PGDialect_psycopg):  # which are part of what a statement is found by
        patch.setattr(dialect, "__eq__", _is_alike)
        patch.setattr(dialect, "__hash__", _hash)


def _is_alike(one: object, other: object) -> bool:
    return type(one) is type(other)


def _hash(one: object) -> int:
    return hash(type(one))
