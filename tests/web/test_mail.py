"""E-mail that arrives at a real server: what it says, where it leads, and what happens without one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from itsdangerous import TimestampSigner
from sqlalchemy import select

from assessment.app import close_app, create_app
from assessment.infra.mail import Mail, MailNotSent, make_mailer
from assessment.infra.settings import Settings
from assessment.store.jobs import Job, JobState
from assessment.store.outbox import OutboxMessage
from tests.databases import migrated_sqlite
from tests.mail_server import MailServer, mail_server
from tests.web.client import PageClient
from tests.web.mailing import HOME, link_in, mailing_world, words_of
from tests.web.world import World

NEW = "otra frase muy larga"


@pytest.fixture
def post() -> Iterator[tuple[World, MailServer]]:
    with mailing_world() as world_:
        yield world_


def ask_for_link(world: World, email: str, language: str = "en", at: str = "http://localhost") -> str:
    client = world.client(language=language)
    client.get("/forgotten-password", base_url=at)
    client.fill({"email": email}, base_url=at)
    return client.page.text


@pytest.mark.parametrize(
    ("language", "subject", "words"),
    [
        ("es", "Cómo poner una contraseña nueva en Escala", "abra este enlace"),
        ("en", "How to set a new password in Escala", "open this link"),
    ],
)
def test_a_reset_arrives_in_the_readers_language_and_leads_to_our_own_address_only(
    post: tuple[World, MailServer], language: str, subject: str, words: str
) -> None:
    world, server = post
    ask_for_link(world, "Manager@example.com", language, at="http://evil.example.com")
    message = server.next_message()
    assert message["To"] == "manager@example.com"
    assert message["From"] == "Escala <escala@escala.example.com>"
    assert message["Subject"] == subject
    assert words in words_of(message)
    assert "evil" not in message.as_string()
    client = world.client(language=language)
    client.get(link_in(message))
    assert client.fill({"password": NEW, "password_confirm": NEW}).status_code == 302
    assert server.next_message()["Subject"] in (
        "Se cambió su contraseña de Escala",
        "Your Escala password has been changed",
    )


def test_a_reset_link_works_once_and_ends_every_visit(post: tuple[World, MailServer]) -> None:
    world, server = post
    elsewhere = world.client("manager")
    ask_for_link(world, "manager@example.com")
    link = link_in(server.next_message())
    client = world.client()
    client.get(link)
    client.fill({"password": "corta", "password_confirm": "corta"})
    assert "at least 10 characters" in client.page.text
    client.get(link)
    client.fill({"password": NEW, "password_confirm": NEW})
    assert elsewhere.get("/account").status_code == 303
    again = world.client()
    assert again.get(link, follow_redirects=True).request.path == "/forgotten-password"
    assert "This link is not valid" in again.page.text
    client.get("/sign-in")
    assert client.fill({"email": "manager@example.com", "password": NEW}).status_code == 302


def test_a_reset_link_ends_after_a_day(post: tuple[World, MailServer], monkeypatch: pytest.MonkeyPatch) -> None:
    world, server = post
    ask_for_link(world, "manager@example.com")
    link = link_in(server.next_message())
    monkeypatch.setattr(
        TimestampSigner, "get_timestamp", lambda _signer: int(dt.datetime.now(dt.UTC).timestamp()) + 86_500
    )
    client = world.client()
    client.get(link, follow_redirects=True)
    assert "This link is too old" in client.page.text


def test_a_reset_answers_alike_for_an_unknown_address_and_sends_nothing(post: tuple[World, MailServer]) -> None:
    world, server = post
    seen = {ask_for_link(world, email) for email in ("nobody@example.com", "manager@example.com")}
    assert len(seen) == 1
    assert server.next_message()["To"] == "manager@example.com"
    assert server.arrived.empty()


def test_a_mail_server_that_is_away_costs_nobody_their_new_password(post: tuple[World, MailServer]) -> None:
    world, server = post
    ask_for_link(world, "manager@example.com")
    link = link_in(server.next_message())
    server.refuses = True
    client = world.client()
    client.get(link)
    assert client.fill({"password": NEW, "password_confirm": NEW}).status_code == 302
    client.get("/sign-in")
    assert client.fill({"email": "manager@example.com", "password": NEW}).status_code == 302


def test_without_mail_the_way_back_in_is_said(world: World) -> None:
    for language in ("es", "en"):
        client = world.client(language=language)
        client.get("/sign-in")
        assert "escala reset-password" in client.page.text
        assert client.get("/forgotten-password").status_code == 404


def a_mail(subject: str = "x", to: str = "a@example.com") -> Mail:
    written_at = dt.datetime(2026, 11, 21, 9, tzinfo=dt.UTC)
    return Mail(message_id="<1@example.com>", to=to, subject=subject, text="·", written_at=written_at)


def test_nobody_writes_headers_of_their_own() -> None:
    with mail_server() as server:
        make_mailer(server.url, None).send(a_mail(subject="Hola\r\nBcc: b@example.com"))
        message = server.next_message()
    assert message["Bcc"] is None
    assert message["Subject"] == "Hola Bcc: b@example.com"


def test_a_password_never_goes_to_a_server_that_is_not_encrypted() -> None:
    with mail_server() as server, pytest.raises(MailNotSent):
        make_mailer(server.url.replace("//", "//ana:secret@"), None).send(a_mail())


def test_a_server_that_is_not_there_is_a_fact() -> None:
    with mail_server() as server:
        url = server.url
    with pytest.raises(MailNotSent):
        make_mailer(url, None).send(a_mail())


@pytest.mark.parametrize(
    ("url", "sender", "port"),
    [
        ("smtps://ana%40example.com:x@mail.example.com", "ana@example.com", 465),
        ("smtp://apikey:x@mail.example.com:2525", "escala@escala.example.com", 2525),
        ("smtp://mail.example.com", "escala@escala.example.com", 587),
    ],
)
def test_messages_come_from_an_address_of_ours(url: str, sender: str, port: int) -> None:
    mailer = make_mailer(url, "https://escala.example.com")
    assert (mailer.sender, mailer.port) == (sender, port)
    assert "password" not in repr(mailer)


def test_a_request_for_a_link_does_the_same_whether_or_not_there_is_an_account(tmp_path: Path) -> None:
    """It writes down that somebody asked; who it was is looked up behind the answer."""
    settings = Settings(
        tmp_path, migrated_sqlite(tmp_path / "x.sqlite"), "k" * 40, base_url=HOME, smtp_url="smtp://127.0.0.1:9"
    )
    app = create_app(settings)  # no worker runs
    app.test_client_class = PageClient
    app.config.update(SESSION_COOKIE_SECURE=False, REMEMBER_COOKIE_SECURE=False)
    world, asked = World.make(app), ("manager@example.com", "nobody@example.com")
    database = app.extensions["escala_database"]
    pages = {ask_for_link(world, email) for email in asked}
    with database.reading() as reading:
        jobs = {
            job.arguments["email"]: (job.kind, job.state, job.organisation_id) for job in reading.scalars(select(Job))
        }
        assert reading.scalars(select(OutboxMessage)).all() == []
    app.extensions["escala_queue"].close()
    close_app(app)
    assert set(jobs) == set(asked)
    assert len(set(jobs.values())) == len(pages) == 1


def test_what_somebody_asked_for_is_forgotten_once_it_is_done(post: tuple[World, MailServer]) -> None:
    world, server = post
    for email in ("nobody@example.com", "manager@example.com"):
        ask_for_link(world, email)
    assert server.next_message()["To"] == "manager@example.com"
    with world.app.extensions["escala_database"].reading() as reading:
        assert [(job.state, job.arguments) for job in reading.scalars(select(Job))] == [(JobState.DONE, {})] * 2
        assert [message.text for message in reading.scalars(select(OutboxMessage))] == [""]


@pytest.mark.parametrize("email", ["", "not an address", "a" * 2_000 + "@example.com"])
def test_what_is_no_address_is_answered_as_any_other(post: tuple[World, MailServer], email: str) -> None:
    world, _server = post
    assert ask_for_link(world, email) == ask_for_link(world, "nobody@example.com")


def test_an_administrator_sees_what_could_not_be_sent_and_never_what_it_says(post: tuple[World, MailServer]) -> None:
    world, server = post
    administrator, address = world.client("administrator"), f"{world.address}/e-mail"
    server.is_full = True
    administrator.get(f"{world.address}/members/invite")
    administrator.fill({"email": "ana@example.org", "role": "viewer"})
    administrator.get(address)
    assert "ana@example.org" in administrator.page.text
    assert "Waiting to be sent" in administrator.page.text
    assert "/join/" not in administrator.get(address).text
    outsider = world.client("outsider")
    outsider.get(f"/organisations/{world.other_organisation}/e-mail")
    assert "ana@example.org" not in outsider.page.text
    server.is_full = False
    administrator.fill(follow_redirects=True)
    assert "Handed to the mail server" in administrator.page.text
    assert server.next_message()["To"] == "ana@example.org"


def test_a_withdrawn_invitation_is_not_sent_later(post: tuple[World, MailServer]) -> None:
    world, server = post
    administrator = world.client("administrator")
    server.is_full = True
    administrator.get(f"{world.address}/members/invite")
    administrator.fill({"email": "ana@example.org", "role": "viewer"}, follow_redirects=True)
    administrator.fill()
    server.is_full = False
    administrator.get(f"{world.address}/e-mail")
    assert "no longer valid" in administrator.page.text
    assert "Try again" not in administrator.page.text


def test_a_domain_with_letters_beyond_ascii_is_written_as_every_server_knows_it() -> None:
    with mail_server() as server:
        mailer = make_mailer(server.url, HOME)
        now = dt.datetime(2026, 11, 29, tzinfo=dt.UTC)
        mailer.send(Mail("<1@example.com>", "ana@pañol.com", "Hola", "Hola", now))
        assert server.next_message()["To"] == "ana@xn--paol-hqa.com"
        with pytest.raises(MailNotSent) as refused:  # a server that cannot write such a name
            mailer.send(Mail("<2@example.com>", "añil@example.com", "Hola", "Hola", now))
        assert (refused.value.reason, refused.value.is_final) == ("address", True)


def test_an_administrator_learns_why_a_member_waits_in_vain_for_a_new_password(
    post: tuple[World, MailServer],
) -> None:
    world, server = post
    server.is_full = True
    for person in ("viewer", "outsider"):
        ask_for_link(world, f"{person}@example.com")
    administrator = world.client("administrator")
    administrator.get(f"{world.address}/e-mail")
    assert "viewer@example.com" in administrator.page.text
    assert "How to set a new password" in administrator.page.text
    assert "The mail server does not accept this address, so nothing about their account" in administrator.page.text
    assert "escala reset-password" in administrator.page.text
    assert "invite them again" not in administrator.page.text
    assert "outsider@example.com" not in administrator.page.text
    assert "Try again" not in administrator.page.text, "whoever waits asks again"
    with world.app.extensions["escala_database"].reading() as session:
        [message, _other] = session.scalars(select(OutboxMessage).order_by(OutboxMessage.to_address.desc()))
    token = administrator.page.forms[-1]["data"]["csrf_token"]
    retried = administrator.post(f"{world.address}/e-mail/{message.id}/retry", data={"csrf_token": token})
    assert retried.status_code == 404
    server.is_full = False


def test_what_was_sent_to_members_about_their_accounts_is_nobody_elses(post: tuple[World, MailServer]) -> None:
    world, server = post
    ask_for_link(world, "viewer@example.com")
    assert server.next_message()["To"] == "viewer@example.com"
    administrator = world.client("administrator")
    administrator.get(f"{world.address}/e-mail")
    assert "viewer@example.com" not in administrator.page.text
