"""Where things are, for all tests; and what makes them quick."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from assessment.domain import scoring
from assessment.domain.priorities import rank_priorities
from assessment.infra import passwords
from assessment.infra.garbage import look_for_garbage_seldom
from assessment.store import database
from tests.databases import prepare_hasty_sqlite
from tests.printing import printed_once
from tests.ranking import ranked_once
from tests.statements import compile_once

# What examples a property is tried with at home is enough to notice a defect that is not rare; CI looks longer.
# Neither judges by the time that an example took: the machine may be busy.
hypothesis.settings.register_profile(
    "home", max_examples=30, deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
if not os.environ.get("CI"):
    hypothesis.settings.load_profile("home")

look_for_garbage_seldom()

RANKED_ONCE = ranked_once(rank_priorities)

ROOT = Path(__file__).parent.parent


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One more than there are cores: tests of a browser, or of processes that die, wait for much, and others work then.

    The whole suite took 9:42 minutes on two cores with as many workers, and 8:56 with three, on the same day.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return cores + 1


@pytest.fixture(scope="session")
def repository() -> Path:
    """The top folder of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def examples() -> Path:
    return ROOT / "examples"


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all workers of a run; what is in it must be locked while it is made."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="module")
def kept_documents(shared_folder: Path) -> Iterator[None]:
    """For a module that looks at what was printed, not at the printing: the same page is printed once a run."""
    from reports.engine import pdf

    folder = shared_folder / "documents"
    folder.mkdir(exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pdf, "render_pdf", printed_once(pdf.render_pdf, folder))
        yield


@pytest.fixture(scope="module")
def ranked_before() -> Iterator[None]:
    """For a module that looks at what is done with a team's priorities: the same answers are ranked once a process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scoring, "rank_priorities", RANKED_ONCE)
        yield


@pytest.fixture(scope="session", autouse=True)
def hasty_disk() -> Iterator[None]:
    """Most of a small transaction is waiting for the disk. Commands in processes of their own still do."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "_prepare_sqlite", prepare_hasty_sqlite)
        yield


@pytest.fixture(scope="session", autouse=True)
def compiled_statements() -> Iterator[None]:
    """Commands in processes of their own compile theirs."""
    with pytest.MonkeyPatch.context() as patch:
        compile_once(patch)
        yield


@pytest.fixture(scope="session", autouse=True)
def cheap_hashes() -> Iterator[None]:
    """Hashing a password is slow on purpose. Commands in processes of their own still do it as in production."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"time_cost": 1, "memory_cost": 8, "parallelism": 1}.items():
            patch.setitem(passwords.HASH_COST, name, value)
        yield
