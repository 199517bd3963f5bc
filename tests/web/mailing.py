"""An application that sends its e-mail to a real server on this machine."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path

from assessment.app import close_app, create_app
from assessment.infra.settings import Settings
from tests.databases import migrated_sqlite
from tests.mail_server import MailServer, mail_server
from tests.web.client import PageClient
from tests.web.templates import COMPILED_TEMPLATES
from tests.web.world import World

HOME = "https://escala.example.com"


@contextmanager
def mailing_world(folder: Path) -> Iterator[tuple[World, MailServer]]:
    with mail_server() as server:
        app = create_app(
            Settings(folder, migrated_sqlite(folder / "mail.sqlite"), "k" * 40, base_url=HOME, smtp_url=server.url),
            testing=True,
        )
        app.test_client_class = PageClient
        app.jinja_env.bytecode_cache = COMPILED_TEMPLATES
        app.config.update(SESSION_COOKIE_SECURE=False, REMEMBER_COOKIE_SECURE=False)  # the client speaks http
        try:
            yield World.make(app), server
        finally:
            close_app(app)


def words_of(message: EmailMessage) -> str:
    return str(message.get_content())


def link_in(message: EmailMessage) -> str:
    """The path of the one link, which leads to our own address."""
    (link,) = re.findall(r"https?://\S+", words_of(message))
    assert link.startswith(HOME + "/")
    return str(link.removeprefix(HOME))
