"""Where things are, for all tests; and what makes them quick."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assessment.infra import passwords

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def repository() -> Path:
    """The top folder of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def examples() -> Path:
    return ROOT / "examples"


@pytest.fixture(scope="session", autouse=True)
def cheap_hashes() -> Iterator[None]:
    """Hashing a password is slow on purpose. Commands in processes of their own still do it as in production."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"time_cost": 1, "memory_cost": 8, "parallelism": 1}.items():
            patch.setitem(passwords.HASH_COST, name, value)
        yield
