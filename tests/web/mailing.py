"""An application that sends its e-mail to a real server on this machine."""

from __future__ import annotations

import atexit
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from email.message import EmailMessage
from functools import cache

from tests.mail_server import MailServer, mail_server
from tests.web.applications import application, made_once
from tests.web.world import World

HOME = "https://escala.example.com"


@cache
def _server_to_keep() -> MailServer:
    """One for all tests of this process, as the applications are that send to it."""
    kept = ExitStack()
    atexit.register(kept.close)
    return kept.enter_context(mail_server())


@contextmanager
def mailing_world() -> Iterator[tuple[World, MailServer]]:
    server = _server_to_keep()
    server.be_as_new()
    with application("sqlite", base_url=HOME, smtp_url=server.url) as app:
        app.config.update(SESSION_COOKIE_SECURE=False, REMEMBER_COOKIE_SECURE=False)  # the client speaks http
        yield replace(made_once(app, "world", lambda: World.make(app)), app=app), server


def words_of(message: EmailMessage) -> str:
    return str(message.get_content())


def link_in(message: EmailMessage) -> str:
    """The path of the one link, which leads to our own address."""
    (link,) = re.findall(r"https?://\S+", words_of(message))
    assert link.startswith(HOME + "/")
    return str(link.removeprefix(HOME))
