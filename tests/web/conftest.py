"""An application on a database of its own, and clients for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from tests.databases import KINDS
from tests.web.applications import application, made_once, new_application
from tests.web.client import PageClient
from tests.web.world import World


@pytest.fixture
def database_kind(request: pytest.FixtureRequest) -> str:
    """SQLite, unless a test asks for `all_databases`."""
    return getattr(request, "param", "sqlite")


all_databases = pytest.mark.parametrize("database_kind", KINDS, indirect=True)


@pytest.fixture
def app(request: pytest.FixtureRequest, database_kind: str, tmp_path: Path) -> Iterator[Flask]:
    """One that was used before; one of its own where a test is marked `own_app`."""
    is_own = request.node.get_closest_marker("own_app") is not None
    with new_application(database_kind, tmp_path) if is_own else application(database_kind) as made:
        yield made


@pytest.fixture
def client(app: Flask) -> PageClient:
    """Somebody at the machine itself, who reads English."""
    made = app.test_client()
    assert isinstance(made, PageClient)
    made.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return made


@pytest.fixture
def world(app: Flask) -> World:
    """Two organisations with a team each, and people of every role."""
    return replace(made_once(app, "world", lambda: World.make(app)), app=app)


@pytest.fixture(scope="module", autouse=True)
def done_before(kept_documents: None, ranked_before: None) -> None:
    """Printing itself: `tests/reports`; ranking itself: `tests/domain`."""
