"""A served Escala sends its e-mail behind its answers, and after it was killed, too."""

from __future__ import annotations

from pathlib import Path

from assessment.infra.clock import utc_now
from assessment.services.later_work import request_job
from assessment.store.database import Database, make_engine
from tests.cli.here import escala_in
from tests.cli.server import Visitor, forked
from tests.mail_server import MailServer, mail_server

EMAIL = "ana@example.com"


def serving(folder: Path, mail: MailServer):
    return forked(folder, "serve", "--workers", "1", ESCALA_SMTP_URL=mail.url, ESCALA_BASE_URL="http://127.0.0.1")


def ask_for_link(address: str) -> None:
    visitor = Visitor(address)
    visitor.open("/forgotten-password")
    visitor.fill({"email": EMAIL})
    assert "will be sent" in visitor.page.text


def test_mail_goes_out_behind_the_answer_and_the_server_ends_without_a_word(tmp_path: Path) -> None:
    escala_in(tmp_path, "create-admin", EMAIL)
    with mail_server() as mail, serving(tmp_path, mail) as server:
        mail.answers.clear()  # whoever asks does not wait for a slow server
        ask_for_link(server.address)
        assert mail.next_message()["To"] == EMAIL
        mail.answers.set()
        log = server.end()
    assert server.process.returncode == 0
    assert "rror" not in log


def test_what_a_killed_server_had_promised_is_done_at_the_next_start(tmp_path: Path) -> None:
    escala_in(tmp_path, "create-admin", EMAIL)
    database = Database(make_engine(f"sqlite:///{tmp_path / 'instance' / 'escala.sqlite'}"))
    with database.writing() as session:  # committed, and never put into a queue
        request_job(session, kind="password-reset", arguments={"email": EMAIL, "language": "en"}, now=utc_now())
    database.engine.dispose()
    with mail_server() as mail, serving(tmp_path, mail):
        assert mail.next_message()["To"] == EMAIL
    assert (tmp_path / "instance" / "escala.queue.sqlite").stat().st_mode & 0o077 == 0
