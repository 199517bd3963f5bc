"""Applications for tests: making one takes longer than most of what a test does with it, so they are used again."""

from __future__ import annotations

import atexit
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from flask import Flask

from assessment.app import close_app, create_app
from assessment.infra.settings import Settings
from tests.databases import empty, fresh_engine, keep, migrated_url, put_in_place
from tests.web.client import PageClient
from tests.web.templates import COMPILED_TEMPLATES

SECRET = "a secret key that only tests know, long enough"  # noqa: S105
T = TypeVar("T")
_unused: dict[tuple[Any, ...], list[Flask]] = defaultdict(list)
_made: dict[str, tuple[Path, Any]] = {}
_folder = tempfile.TemporaryDirectory(prefix="escala-tests-")
atexit.register(_folder.cleanup)


@contextmanager
def application(database_kind: str, *, testing: bool = True, **settings: Any) -> Iterator[Flask]:
    """An application on an empty database, as good as new; whoever changes the application itself takes a new one.

    Unless `testing`, documents are made in processes of their own, as for people.
    """
    unused = _unused[database_kind, testing, *sorted(settings.items())]
    app = unused.pop() if unused else _make_to_keep(database_kind, testing=testing, **settings)
    app.test_client_class = PageClient
    yield app
    if empty(app.extensions["escala_database"].engine):
        unused.append(app)


@contextmanager
def new_application(database_kind: str, folder: Path) -> Iterator[Flask]:
    """An application of its own on a database of its own."""
    with fresh_engine(database_kind, folder) as engine:
        made = _make(folder, engine.url.render_as_string(hide_password=False), testing=True)
        yield made
        close_app(made)


def made_once(app: Flask, name: str, make: Callable[[], T]) -> T:
    """What `make` puts into the database and returns: on SQLite made once a process, and from then on put in place.

    What is there before must be the same each time; and nothing may be under way.
    """
    engine = app.extensions["escala_database"].engine
    if engine.dialect.name != "sqlite":
        return make()
    if name in _made:
        put_in_place(engine, _made[name][0])
    else:
        made, file = make(), Path(_folder.name) / f"{len(_made)}.sqlite"
        keep(engine, file)
        _made[name] = file, made
    result: T = _made[name][1]
    return result


def _make_to_keep(database_kind: str, *, testing: bool, **settings: Any) -> Flask:
    folder = tempfile.TemporaryDirectory(prefix="escala-tests-")
    atexit.register(folder.cleanup)
    made = _make(Path(folder.name), migrated_url(database_kind, Path(folder.name)), testing=testing, **settings)
    atexit.register(close_app, made)
    return made


def _make(folder: Path, url: str, *, testing: bool, **settings: Any) -> Flask:
    made = create_app(replace(Settings(folder, url, SECRET), **settings), testing=testing)
    made.testing = True
    made.test_client_class = PageClient
    for each in (made, made.extensions["escala_respondents"]):
        each.jinja_env.bytecode_cache = COMPILED_TEMPLATES
    return made
