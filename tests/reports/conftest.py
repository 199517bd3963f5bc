"""Prints each example plan once for the whole run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.reports.plans import Printed, Sample, printed_once

Print = Callable[[Sample], Printed]


@pytest.fixture(scope="session")
def printed(shared_folder: Path) -> Print:
    """A plan from its sample; workers share what they have printed."""
    folder = shared_folder / "plans"
    folder.mkdir(exist_ok=True)

    def get(sample: Sample) -> Printed:
        return printed_once(sample, folder)

    return get


@pytest.fixture
def plan(request: pytest.FixtureRequest, printed: Print) -> tuple[Sample, Path]:
    """For tests parametrised with a sample: the sample and its PDF."""
    return request.param, printed(request.param).path
