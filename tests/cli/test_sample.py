"""`escala sample`: sample data that stay, in a database that nobody has set up."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from assessment.store.accounts import SAMPLE_EMAIL
from tests.cli.here import escala_in
from tests.cli.server import Visitor, forked
from tests.conftest import ROOT


def test_the_account_that_is_said_sees_the_teams_that_were_asked_for(tmp_path: Path) -> None:
    made = subprocess.run(
        [sys.executable, "-m", "assessment.cli", "sample", "--teams", "2", "--rounds", "1", "--locale", "en"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    assert f"{SAMPLE_EMAIL} is ready" in made.stderr
    with forked(tmp_path, "serve") as server:
        visitor = Visitor(server.address)
        visitor.open("/sign-in")
        visitor.fill({"email": SAMPLE_EMAIL, "password": made.stdout.strip()})
        assert "Team 0001" in visitor.page.text
        assert "Team 0002" in visitor.page.text


def test_nothing_is_made_beside_real_data(tmp_path: Path) -> None:
    escala_in(tmp_path, "create-admin", "ana@example.com")
    refused = escala_in(tmp_path, "sample")
    assert refused.code == 2
    assert "Somebody has set up this database" in refused.err
    assert not refused.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--teams", "0"], "--teams goes from 1 to 10000"),
        (["--teams", "20000"], "--teams goes from 1 to 10000"),
        (["--teams", "2", "--rounds", "0"], "--rounds goes from 1 to 20"),
        (["--rounds", "2"], "--rounds goes with --teams"),
    ],
)
def test_what_cannot_be_made_is_said(tmp_path: Path, arguments: list[str], said: str) -> None:
    refused = escala_in(tmp_path, "sample", *arguments)
    assert refused.code == 2
    assert said in refused.err
    assert not (tmp_path / "instance").exists()
