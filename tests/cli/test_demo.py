"""`escala demo`, as a process, and the processes in which a server makes its documents."""

from __future__ import annotations

import argparse
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from assessment.cli import demo
from assessment.cli.console import Console, own_command
from assessment.infra.languages import Localisation
from tests.browser.matrix import ways
from tests.cli.server import Server, Visitor, running
from tests.conftest import ROOT
from tests.infra.test_workers import is_running, until


def signed_in(server: Server) -> Visitor:
    """The owner of the sample data."""
    said = re.search(r"Sign in with (\S+) and the password (\w+)", "".join(server.log))
    assert said
    visitor = Visitor(server.address)
    visitor.open("/sign-in")
    visitor.fill({"email": said[1], "password": said[2]})
    return visitor


def plan_address(visitor: Visitor) -> str:
    """A plan of the sample data."""
    organisations = [link for link in visitor.open("/").links if re.fullmatch(r"/organisations/[\w-]+", link)]
    teams = [link for one in organisations for link in visitor.open(one).links]
    for team in [link for link in teams if re.fullmatch(r"/organisations/[\w-]+/teams/[\w-]+", link)]:
        for link in visitor.open(team).links:
            if link.endswith("/plan"):
                return link
    raise AssertionError("the sample data have no plan")


def file_that_follows(visitor: Visitor) -> bytes:
    """Where the page leads once the file is there."""
    found: list[str] = []

    def is_ready() -> bool:
        refresh = re.search(r'http-equiv="refresh" content="(\d); url=([^"]+)"', visitor.html)
        assert refresh, visitor.html
        address = refresh[2].replace("&amp;", "&")
        if refresh[1] == "0":
            found.append(address)
        else:
            visitor.open(address)
        return bool(found)

    until(is_ready, every=0.5)
    return visitor.fetch(found[0])


def descendants(pid: int) -> list[int]:
    pids: list[int] = []
    for file in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, file.read_text().split()):
            pids += [child, *descendants(child)]
    return pids


def print_a_plan(server: Server) -> list[int]:
    """Prints a plan of the sample data; the processes of the server then."""
    visitor = signed_in(server)
    visitor.open(plan_address(visitor))
    visitor.fill(
        {"act": "print"}, form=next(n for n, form in enumerate(visitor.page.forms) if "editor" in form["data"])
    )
    pdf = visitor.received if visitor.received.startswith(b"%PDF-") else file_that_follows(visitor)
    assert pdf.startswith(b"%PDF-")
    there = descendants(server.process.pid)
    assert there
    return there


@ways("how", [signal.SIGTERM], [signal.SIGINT, signal.SIGKILL])
def test_it_serves_sample_data_prints_a_plan_and_leaves_nothing_behind(tmp_path: Path, how: signal.Signals) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    # Settings of the environment are for the real server: an unreachable database must not matter here.
    environment = {"TMPDIR": str(temporary), "ESCALA_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}
    with running(tmp_path, "demo", **environment) as server:
        there = print_a_plan(server)
        assert list(temporary.iterdir())
        page = signed_in(server).open("/")
        assert "Clínica Aguaclara (ejemplo)" in page.text
        assert "Harbor Lane Repairs (sample)" in page.text
        assert "These are sample data" in page.text
        server.process.send_signal(how)
        server.process.wait(timeout=60)
        until(lambda: not any(is_running(pid) for pid in there))
        log = server.end()
    assert "Traceback" not in log
    password = re.search(r"the password (\w+)", log)
    assert password
    assert password[1] not in log.partition("Escala is at")[2]
    if how is not signal.SIGKILL:
        assert server.process.returncode == 0
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


def test_pages_name_the_command_that_serves_these_very_data_to_phones(monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[str] = []
    monkeypatch.setattr(demo, "_exit_on_signals", lambda: None)
    monkeypatch.setattr(demo, "_make_sample_data", lambda settings, password: "demo@escala.example")
    monkeypatch.setattr(demo, "serve_app", lambda settings, *_, **__: served.append(settings.lan_command))
    console = Console(Localisation("en"))
    assert demo.run(argparse.Namespace(host=None, port=0, lan=False), console) == 0
    assert served == ["escala demo --lan"]


def test_where_the_shell_does_not_find_escala_pages_name_it_as_it_was_started(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = tmp_path / "a folder" / "escala"
    program.parent.mkdir()
    program.touch(mode=0o755)
    monkeypatch.setattr(sys, "argv", [str(program), "serve"])
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    assert own_command() == f"'{program}'"
    with monkeypatch.context() as patch:
        patch.setattr(sys, "platform", "win32")
        assert own_command() == f'"{program}"'
    monkeypatch.setenv("PATH", str(program.parent))
    assert own_command() == "escala"
