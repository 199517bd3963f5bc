"""A served Escala makes its documents in processes of its own: they reach the browser, and end with the server."""

from __future__ import annotations

import re
import signal
import time
from pathlib import Path

from tests.browser.matrix import ways
from tests.cli.server import Server, Visitor, running
from tests.infra.test_workers import is_running, until

LONG_ENOUGH = 120.0


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
    for team in [link for link in visitor.open("/").links if "/teams/" in link]:
        for link in visitor.open(team).links:
            if link.endswith("/plan"):
                return link
    raise AssertionError("the sample data have no plan")


def file_that_follows(visitor: Visitor) -> bytes:
    """Asks again as the page says, until it leads to the file."""
    end = time.monotonic() + LONG_ENOUGH
    while time.monotonic() < end:
        html = visitor.html
        refresh = re.search(r'http-equiv="refresh" content="(\d); url=([^"]+)"', html)
        assert refresh, html
        address = refresh[2].replace("&amp;", "&")
        if refresh[1] == "0":
            return visitor.fetch(address)
        visitor.open(address)
    raise AssertionError("never ready")


def descendants(pid: int) -> list[int]:
    pids: list[int] = []
    for file in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, file.read_text().split()):
            pids += [child, *descendants(child)]
    return pids


@ways("how", [signal.SIGTERM], [signal.SIGINT, signal.SIGKILL])
def test_a_printed_plan_arrives_and_nothing_runs_on_when_the_server_ends(tmp_path: Path, how: signal.Signals) -> None:
    with running(tmp_path, "demo", TMPDIR=str(tmp_path)) as server:
        visitor = signed_in(server)
        visitor.open(plan_address(visitor))
        visitor.fill(
            {"act": "print"}, form=next(n for n, form in enumerate(visitor.page.forms) if "editor" in form["data"])
        )
        pdf = visitor.received if visitor.received.startswith(b"%PDF-") else file_that_follows(visitor)
        assert pdf.startswith(b"%PDF-")
        there = descendants(server.process.pid)
        assert there
        server.process.send_signal(how)
        server.process.wait(timeout=60)
        until(lambda: not any(is_running(pid) for pid in there))
        assert "Traceback" not in server.end()
