"""In how many ways a dear test runs: in a few that differ in everything at home, in all of them in CI."""

from __future__ import annotations

import os
from typing import Any

import pytest


def ways(names: str, at_home: list[Any], in_ci: list[Any]) -> pytest.MarkDecorator:
    """Parametrises a test with `at_home`, and with `in_ci`, too, where `CI` is set."""
    chosen = [*at_home, *in_ci] if os.environ.get("CI") else at_home
    return pytest.mark.parametrize(names, chosen)
