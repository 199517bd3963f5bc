"""Real databases for tests: SQLite in a file, and PostgreSQL where one is reachable (required in CI)."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import OperationalError

from assessment.store.database import make_engine
from assessment.store.migrate import upgrade

POSTGRESQL = os.environ.get("ESCALA_TEST_POSTGRESQL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")
KINDS = ("sqlite", "postgresql")


@contextmanager
def fresh_engine(kind: str, folder: Path, *, migrated: bool = True) -> Iterator[Engine]:
    """An empty, migrated database of its own; a PostgreSQL that is not there skips the test, but fails it in CI."""
    if kind == "sqlite":
        engine = make_engine(f"sqlite:///{folder / 'test.sqlite'}")
        if migrated:
            upgrade(engine)
        yield engine
        engine.dispose()
        return
    name = f"escala_test_{uuid.uuid4().hex[:12]}"
    server = create_engine(POSTGRESQL, isolation_level="AUTOCOMMIT")
    try:
        with server.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
    except OperationalError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"no PostgreSQL is reachable ({type(error.orig).__name__})")
    engine = make_engine(POSTGRESQL.rpartition("/")[0] + f"/{name}")
    try:
        if migrated:
            upgrade(engine)
        yield engine
    finally:
        engine.dispose()
        with server.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        server.dispose()
