"""Messages as they travel: what mail programs must be able to read without decoding."""

from __future__ import annotations

import datetime as dt

import pytest

from assessment.infra.mail import Mail, make_mailer

NOW = dt.datetime(2026, 11, 21, 9, 0, tzinfo=dt.UTC)
ADDRESS = "https://escala.example.com/u/" + "a" * 65


def bytes_of(**given: str) -> bytes:
    mailer = make_mailer("smtp://mail.example.com", "https://escala.example.com")
    mail = Mail(
        "<1@example.com>", "ana@example.com", "¿Cómo?" * 30, "Hola, ¿cómo está?", NOW, html="<p>Hola</p>", **given
    )
    return mailer.message_of(mail).as_bytes()


def test_the_address_that_unsubscribes_is_one_piece_however_long() -> None:
    lines = bytes_of(unsubscribe_url=ADDRESS).splitlines()
    assert f"List-Unsubscribe: <{ADDRESS}>".encode() in lines
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in lines
    assert all(len(line) <= 78 for line in lines if b"List-Unsubscribe:" not in line)


def test_one_click_is_promised_on_https_only() -> None:
    assert b"One-Click" not in bytes_of(unsubscribe_url=ADDRESS.replace("https", "http"))


@pytest.mark.parametrize("name", ["Alegra, S.A.S. via Escala", 'A "B" <c@d>', "Ñandú\r\nBcc: x@example.com", "公司"])
def test_whatever_a_sender_is_called_there_is_one_sender_and_no_header_of_its_own(name: str) -> None:
    mailer = make_mailer("smtp://mail.example.com", "https://escala.example.com")
    message = mailer.message_of(Mail("<1@example.com>", "ana@example.com", "x", "x", NOW, sender_name=name))
    (sender,) = message["From"].addresses
    assert (sender.addr_spec, sender.display_name) == ("escala@escala.example.com", " ".join(name.split()))
    assert message["Bcc"] is None
