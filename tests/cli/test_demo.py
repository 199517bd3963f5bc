"""`escala demo`, as a process."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.server import Visitor, running
from tests.conftest import ROOT


def test_it_serves_sample_data_says_how_to_sign_in_and_leaves_nothing_behind(tmp_path: Path) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    # Settings of the environment are for the real server: an unreachable database must not matter here.
    environment = {"TMPDIR": str(temporary), "ESCALA_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}
    with running(tmp_path, "demo", **environment) as server:
        signed_in = re.search(r"Sign in with (\S+) and the password (\w+)", "".join(server.log))
        assert signed_in
        assert list(temporary.iterdir())
        visitor = Visitor(server.address)
        visitor.open("/sign-in")
        visitor.fill({"email": signed_in[1], "password": signed_in[2]})
        page = visitor.open("/")
        assert "Clínica Aguaclara (ejemplo)" in page.text
        assert "Harbor Lane Repairs (sample)" in page.text
        assert "These are sample data" in page.text
        log = server.end()
        assert server.process.returncode == 0
    assert "Traceback" not in log
    assert signed_in[2] not in log.partition("Escala is at")[2]
    assert list(temporary.iterdir()) == []
    assert [path.name for path in tmp_path.iterdir()] == ["temporary"]


@pytest.mark.skipif(signal.getsignal(signal.SIGHUP) is signal.SIG_IGN, reason="These tests outlive their terminal")
def test_it_leaves_nothing_behind_when_its_terminal_is_closed(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "assessment.cli", "demo", "--locale", "en", "--port", "0"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path)},
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr
        assert process.stderr.readline() == "Making the sample data …\n"
        assert list(tmp_path.iterdir())
        process.send_signal(signal.SIGHUP)
        assert process.wait(timeout=30) == 0
    assert list(tmp_path.iterdir()) == []
