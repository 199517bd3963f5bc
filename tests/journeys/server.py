"""The real server in a process of its own, and phones that use it over HTTP: as the page's script does, or without."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
from http.cookies import SimpleCookie
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import urlencode, urlsplit

from tests.apart import Command
from tests.web.client import Page

SECRET = "a secret key that only tests know, long enough"  # noqa: S105


class Server:
    """`escala serve` on a database of its own; it may be killed and started again."""

    def __init__(self, folder: Path, url: str = "") -> None:
        self.folder = folder
        self.url = url or f"sqlite:///{folder / 'instance' / 'escala.sqlite'}"
        self._environment = {"ESCALA_DATABASE_URL": url, "ESCALA_SECRET_KEY": SECRET} if url else {}

    def start(self) -> Server:
        self.process = Command(
            ["serve", "--locale", "en", "--port", "0"], self.folder, {**os.environ, **self._environment}
        )
        first_line = self.process.stderr.readline()
        match = re.search(r"http://([\d.]+:\d+)", first_line)
        assert match, first_line
        self.host = match.group(1)
        return self

    def kill(self) -> None:
        """All of its processes at once, as when the power fails."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self._has_ended()

    def stop(self) -> None:
        self.process.terminate()
        self._has_ended()

    def _has_ended(self) -> None:
        self.process.wait(timeout=20)
        self.process.stderr.close()

    def __enter__(self) -> Server:
        return self.start()

    def __exit__(
        self, type_: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.stop()


class UnexpectedAnswer(Exception):
    """The server answered with an error."""


class Phone:
    """A device with its cookies. Every page that it gets is checked, as in all web tests."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.cookies: dict[str, str] = {}
        self.path = ""
        self.page: Page
        self.changes = 0
        self.device_name = ""

    @property
    def root(self) -> str:
        """Where this round is answered."""
        return "/".join(self.path.split("/")[:3])

    def open(self, path: str) -> Phone:
        """Follows redirects."""
        while path:
            self.path = path
            path = self._send("GET", path)
        return self

    def press(self, go: str = "next", **values: str) -> str:
        """Sends the page's form; the answer acknowledges it. Returns the address of the redirect."""
        form = self.page.forms[-1]
        named = {name.replace("_", "-"): value for name, value in values.items()}
        return self._send("POST", self.path, urlencode({**form["data"], **named, "go": go}))

    def change(self, answers: dict[str, dict[str, str]]) -> int:
        """Sends a change as the script does; the status acknowledges it."""
        self.changes += 1
        return self._send_json(
            "PATCH",
            "answers",
            {"page": "7f", "number": self.changes, "device": self.device, "answers": answers},
        )

    def send(self) -> int:
        return self._send_json("POST", "answers/send", {"device": self.device})

    @property
    def device(self) -> str:
        """What the page calls this device."""
        if not self.device_name:
            self.device_name = str(self._told()["device"])
        return self.device_name

    def answers(self) -> dict[str, dict[str, str]]:
        """What the server has of this device."""
        given: dict[str, dict[str, str]] = self._told()["answers"]
        return given

    def _told(self) -> dict[str, Any]:
        answer, body = self._request("GET", f"{self.root}/answers")
        assert answer.status == 200, body
        told: dict[str, Any] = json.loads(body)
        return told

    def _send_json(self, method: str, name: str, sent: object) -> int:
        answer, body = self._request(method, f"{self.root}/{name}", json.dumps(sent), "application/json")
        if answer.status not in (201, 204, 208):
            raise UnexpectedAnswer(f"{answer.status} {name} {body[:200]}")
        return answer.status

    def _send(self, method: str, path: str, body: str | None = None) -> str:
        answer, text = self._request(method, path, body, "application/x-www-form-urlencoded")
        for header in answer.headers.get_all("Set-Cookie", []):
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(header).items()}
        if answer.status in (302, 303):
            return urlsplit(answer.headers["Location"]).path
        if answer.status != 200:
            raise UnexpectedAnswer(f"{answer.status} {path}")
        self.page = Page(text)
        assert not self.page.problems, self.page.problems
        return ""

    def _request(
        self, method: str, path: str, body: str | None = None, kind: str = ""
    ) -> tuple[http.client.HTTPResponse, str]:
        connection = http.client.HTTPConnection(self.server.host, timeout=30)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = kind
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer, answer.read().decode()
        finally:
            connection.close()
