"""`escala demo`, as a process."""

from __future__ import annotations

import re
from pathlib import Path

from tests.cli.server import Visitor, running


def test_it_serves_sample_data_says_how_to_sign_in_and_leaves_nothing_behind(tmp_path: Path) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    # Settings of the environment are for the real one: a database that nobody can reach must not matter.
    environment = {"TMPDIR": str(temporary), "ESCALA_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}
    with running(tmp_path, "demo", **environment) as server:
        said = re.search(r"Sign in with (\S+) and the password (\w+)", "".join(server.log))
        assert said
        assert list(temporary.iterdir())
        visitor = Visitor(server.address)
        visitor.open("/sign-in")
        visitor.fill({"email": said[1], "password": said[2]})
        page = visitor.open("/")
        assert "Clínica Aguaclara (ejemplo)" in page.text
        assert "Harbor Lane Repairs (sample)" in page.text
        assert "These are sample data" in page.text
        log = server.end()
        assert server.process.returncode == 0
    assert "Traceback" not in log
    assert said[2] not in log.partition("Escala is at")[2]
    assert list(temporary.iterdir()) == []
    assert [path.name for path in tmp_path.iterdir()] == ["temporary"]
