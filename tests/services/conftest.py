"""Services run on both databases in CI; at home, on PostgreSQL only where it behaves differently."""

from __future__ import annotations

import os

import pytest

from assessment.store.database import Database
from tests.databases import KINDS, fresh_engine


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """`@pytest.mark.both_databases`, on a test or module: it is about locks, JSON columns or constraints."""
    chosen = [mark.args[0] for mark in metafunc.definition.iter_markers("parametrize")]
    if "database" in metafunc.fixturenames and "database" not in chosen:
        on_both = os.environ.get("CI") or metafunc.definition.get_closest_marker("both_databases")
        metafunc.parametrize("database", KINDS if on_both else KINDS[:1], indirect=True)


@pytest.fixture
def database(request, tmp_path):
    with fresh_engine(request.param, tmp_path) as engine:
        yield Database(engine)


@pytest.fixture(scope="module", autouse=True)
def done_before(kept_documents, ranked_before):
    """Printing itself: `tests/reports`; ranking itself: `tests/domain`."""
