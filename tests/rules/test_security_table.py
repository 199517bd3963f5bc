"""The security table names proofs that exist."""

from __future__ import annotations

import re

from tests.conftest import ROOT

TABLE = (ROOT / "docs" / "security.md").read_text("utf-8")


def test_every_proof_is_a_file_of_this_checkout() -> None:
    named = set(re.findall(r"`((?:tests|assessment)/[\w/.]+)`", TABLE))
    assert len(named) > 10
    assert {name for name in named if not (ROOT / name).exists()} == set()


def test_every_requirement_that_is_met_has_a_proof() -> None:
    rows = [row.strip("|").split("|") for row in TABLE.splitlines() if row.startswith("| ") and "---" not in row][1:]
    assert len(rows) > 30
    for requirement, state, _how, proof in rows:
        assert state.strip() in ("yes", "partly", "not yet"), requirement
        if state.strip() == "yes" and "15.1.2" not in requirement:
            assert "`tests/" in proof, requirement
