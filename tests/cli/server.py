"""A server as a process, everything that it says, and somebody who visits it over HTTP without JavaScript."""

from __future__ import annotations

import http.cookiejar
import os
import re
import subprocess
import sys
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.apart import Command
from tests.conftest import ROOT
from tests.web.client import Page


class Server:
    """A running command; `log` grows until it has ended."""

    def __init__(self, process: subprocess.Popen[str] | Command, *, reads_on: bool = True) -> None:
        self.process = process
        self.log: list[str] = []
        self.address = ""
        assert process.stderr
        for line in process.stderr:
            self.log.append(line)
            if address := re.search(r"http://[\w.:\[\]]+:\d+", line):
                self.address = address.group()
                break
        self._reading = threading.Thread(target=self._read)
        if reads_on:
            self._reading.start()

    def _read(self) -> None:
        assert self.process.stderr
        self.log.extend(self.process.stderr)

    def end(self) -> str:
        """Stops it as a system does, and returns all that it said."""
        self.process.terminate()
        self.process.wait(timeout=30)
        if self._reading.ident:
            self._reading.join(30)
        return "".join(self.log)


@contextmanager
def started(folder: Path, command: str, *arguments: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """`escala COMMAND` on a free port, in a folder of its own."""
    given = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    with subprocess.Popen(
        [sys.executable, "-m", "assessment.cli", command, "--locale", "en", "--port", "0", *arguments],
        cwd=folder,
        env=given,
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.terminate()
            process.wait(timeout=30)


@contextmanager
def running(folder: Path, command: str, *arguments: str, **environment: str) -> Iterator[Server]:
    """The same, once it listens."""
    with started(folder, command, *arguments, **environment) as process:
        yield from _until_it_ends(process)


@contextmanager
def forked(folder: Path, command: str, *arguments: str, **environment: str) -> Iterator[Server]:
    """The same for tests that are not about how the command starts and ends: they need not import all of it again."""
    given = {**os.environ, **environment}
    process = Command([command, "--locale", "en", "--port", "0", *arguments], folder, given)
    try:
        yield from _until_it_ends(process)
    finally:
        process.terminate()
        process.wait(timeout=30)
        process.stderr.close()


def _until_it_ends(process: subprocess.Popen[str] | Command) -> Iterator[Server]:
    server = Server(process)
    try:
        assert server.address, server.log
        yield server
    finally:
        server.end()


class Visitor:
    """A browser without JavaScript, with cookies of its own."""

    def __init__(self, address: str, language: str = "en") -> None:
        self.address = address
        self.cookies = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))
        self._opener.addheaders = [("Accept-Language", language), ("User-Agent", "visitor")]
        self.status = 0
        self.received = b""
        self.at = ""

    def open(self, path: str, data: dict[str, Any] | None = None) -> Page:
        sent = urllib.parse.urlencode(data).encode() if data is not None else None
        try:
            answer = self._opener.open(urllib.parse.urljoin(self.address + self.at, path), sent, timeout=60)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            self.status = answer.status
            parts = urllib.parse.urlsplit(answer.url)
            self.at = parts.path + (f"?{parts.query}" if parts.query else "")
            self.received = answer.read()
        if not self.received.startswith(b"%PDF-"):
            self.html = self.received.decode()
            self.page = Page(self.html)
        return self.page

    def fetch(self, path: str) -> bytes:
        """A file, or a page as it arrives."""
        self.open(path)
        return self.received

    def fill(self, values: dict[str, Any] | None = None, *, form: int = -1) -> Page:
        """Sends a form of the page, with some values changed."""
        chosen = self.page.forms[form]
        return self.open(chosen["action"] or self.at, {**chosen["data"], **(values or {})})

    def answer_round(self, link: str, comment: str, limit: int = 40) -> None:
        """Opens a link, answers every page in the middle, writes a comment and sends it."""
        self.open(link)
        self.open("/".join([*self.at.split("/")[:3], "begin"]))
        for _ in range(limit):
            if self.at.endswith("/thanks"):
                return
            data = self.page.forms[-1]["data"]
            values = dict.fromkeys(re.findall(r'<input type="radio" [^>]*name="([^"]+)" value="3"', self.html), "3")
            if "comment" in data:
                values["comment"] = comment
            self.fill({**values, "go": "next"})
        raise AssertionError(f"no end at {self.at}")
