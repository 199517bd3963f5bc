"""An application on a database of its own, and clients for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask

from assessment.app import close_app, create_app
from assessment.infra.settings import Settings
from tests.databases import KINDS, fresh_engine
from tests.web.client import PageClient
from tests.web.templates import COMPILED_TEMPLATES
from tests.web.world import World

SECRET = "a secret key that only tests know, long enough"  # noqa: S105


@pytest.fixture
def database_kind(request: pytest.FixtureRequest) -> str:
    """SQLite, unless a test asks for `all_databases`."""
    return getattr(request, "param", "sqlite")


all_databases = pytest.mark.parametrize("database_kind", KINDS, indirect=True)


@pytest.fixture
def app(database_kind: str, tmp_path: Path) -> Iterator[Flask]:
    with application(database_kind, tmp_path) as made:
        yield made


@contextmanager
def application(database_kind: str, folder: Path) -> Iterator[Flask]:
    """An application on a database of its own."""
    with fresh_engine(database_kind, folder) as engine:
        url = engine.url.render_as_string(hide_password=False)
        made = create_app(Settings(folder, url, SECRET), testing=True)
        made.test_client_class = PageClient
        for each in (made, made.extensions["escala_respondents"]):
            each.jinja_env.bytecode_cache = COMPILED_TEMPLATES
        yield made
        close_app(made)


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
    return World.make(app)


@pytest.fixture(scope="module", autouse=True)
def documents(kept_documents: None) -> None:
    """Printing itself: `tests/reports`."""
