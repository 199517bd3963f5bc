"""Later work is tested on both databases: claims and turns rest on their locks."""

from __future__ import annotations

import pytest

from assessment.store.database import Database
from tests.databases import KINDS, fresh_engine


@pytest.fixture(params=KINDS)
def database(request, tmp_path):
    with fresh_engine(request.param, tmp_path) as engine:
        yield Database(engine)
