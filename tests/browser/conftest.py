"""Chromium, and devices of every kind.

Skipped where Chromium is missing, which set-up installs on Debian and Ubuntu.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler, make_server

from tests.browser.look import CHROMIUM


class _Quiet(WSGIRequestHandler):
    def log(self, type, message, *args):
        """The test says what went wrong."""


@contextmanager
def serving(app: Flask, host: str = "127.0.0.1") -> Iterator[str]:
    """The address at which the application answers."""
    server = make_server(host, 0, app, threaded=True, request_handler=_Quiet)
    assert isinstance(server, ThreadedWSGIServer)
    server.daemon_threads = False  # so that closing it waits for requests under way: the database may be put away then
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))  # seconds until it notices that it is over
    thread.start()
    try:
        yield f"http://{host}:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module", autouse=True)
def done_before(kept_documents, ranked_before):
    """Printing itself: `tests/reports`; ranking itself: `tests/domain`."""


@pytest.fixture(scope="session")
def chromium():
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    with playwright.sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def device(chromium):
    """A page of a device of its own, which keeps what the browser complained of."""
    contexts = []

    def make(width=360, language="es-CO", **more):
        context = chromium.new_context(viewport={"width": width, "height": 760}, locale=language, **more)
        contexts.append(context)
        page = context.new_page()
        page.complaints = []
        page.on(
            "console", lambda line: page.complaints.append(line.text) if line.type in ("error", "warning") else None
        )
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        return page

    yield make
    for context in contexts:
        context.close()
