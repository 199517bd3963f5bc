"""E-mail by SMTP: text, and HTML where there is one, one recipient, a server whose certificate is checked."""

from __future__ import annotations

import datetime as dt
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, make_msgid
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

from email_validator import validate_email

SECONDS_TO_WAIT = 10.0
"""For each answer of a mail server."""
MOST_ON_ONE = 50
"""Messages that are handed over on one connection: some servers refuse more."""
PRODUCT = "Escala"

Reason = Literal["unreachable", "sign-in", "address", "refused"]
"""Why a message was not sent: no connection or no encryption; our sign-in, the address, or the message was refused."""


class _WholeAddresses(EmailPolicy):
    """Lines are as long as usual, but for the address that unsubscribes: cut, or encoded, no mail program reads it."""

    def fold(self, name: str, value: Any) -> str:
        return f"{name}: {value}{self.linesep}" if name == UNSUBSCRIBE else super().fold(name, value)

    def fold_binary(self, name: str, value: Any) -> bytes:
        return self.fold(name, value).encode("ascii") if name == UNSUBSCRIBE else super().fold_binary(name, value)


UNSUBSCRIBE = "List-Unsubscribe"
POLICY = _WholeAddresses()


class MailNotSent(Exception):
    """The mail server could not be reached, or refused the message.

    `is_final` where trying again cannot help: the server does not know the address. Holds none of the server's words,
    which may name it.
    """

    def __init__(self, reason: Reason, *, is_final: bool = False) -> None:
        super().__init__(reason)
        self.reason: Reason = reason
        self.is_final = is_final


@dataclass(frozen=True, slots=True, repr=False)
class Mail:
    """A message to one address. Without a repr: it may hold a secret link."""

    message_id: str
    to: str
    subject: str
    text: str
    written_at: dt.datetime
    html: str | None = None
    sender_name: str = PRODUCT
    reply_to: str = ""
    unsubscribe_url: str = ""
    """Where one request ends these messages (RFC 8058); empty for a message that its reader asked for."""


@dataclass(frozen=True, slots=True, repr=False)
class Mailer:
    """Sends by one server. Without a repr: it holds a password."""

    host: str
    port: int
    is_encrypted: bool
    """From the first byte (`smtps://`)."""
    user: str
    password: str
    sender: str

    def new_message_id(self) -> str:
        """A message keeps it for good, so that a server or reader sees when it comes twice (RFC 5322, 3.6.4)."""
        return make_msgid(domain=self.sender.rpartition("@")[2])

    def send(self, mail: Mail) -> None:
        """Hands a message to the server, over a connection of its own. Raises `MailNotSent`."""
        message = self.message_of(mail)
        with _facts(mail.to), self.connect() as server:
            server.send_message(message)

    def connect(self) -> smtplib.SMTP:
        """A connection over which messages can be handed over. Raises what `smtplib` raises."""
        server = self._encrypted()
        try:
            if self.user:
                server.login(self.user, self.password)
        except BaseException:
            server.close()
            raise
        return server

    def message_of(self, mail: Mail) -> EmailMessage:
        """The message as it travels. Raises `MailNotSent` for what is no address."""
        try:
            return self._message(mail)
        except ValueError:
            raise MailNotSent("address", is_final=True) from None

    def _message(self, mail: Mail) -> EmailMessage:
        """The same bytes at each attempt. Raises `ValueError` for what is no address."""
        message = EmailMessage(policy=POLICY)
        # A line break would begin a header of the sender's choice; the library refuses one, this removes it.
        message["Subject"] = " ".join(mail.subject.split())
        message["From"] = self._from(mail.sender_name)
        message["To"] = _address_on_the_wire(mail.to)
        message["Date"] = format_datetime(mail.written_at)
        message["Message-ID"] = mail.message_id
        message["Auto-Submitted"] = "auto-generated"  # no out-of-office answers
        if mail.reply_to:
            message["Reply-To"] = _address_on_the_wire(mail.reply_to)
        if mail.unsubscribe_url:
            message[UNSUBSCRIBE] = f"<{mail.unsubscribe_url}>"
            if mail.unsubscribe_url.startswith("https:"):  # as RFC 8058 demands
                message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        message.set_content(mail.text)
        if mail.html:
            message.add_alternative(mail.html, subtype="html")
        return message

    def _from(self, name: str) -> str | Address:
        if name == PRODUCT:
            return f"{PRODUCT} <{self.sender}>"
        user, _at, domain = self.sender.rpartition("@")
        return Address(" ".join(name.split()), user, domain)

    def _encrypted(self) -> smtplib.SMTP:
        if self.is_encrypted:
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(self.host, self.port, timeout=SECONDS_TO_WAIT, context=context)
        server = smtplib.SMTP(self.host, self.port, timeout=SECONDS_TO_WAIT)
        try:
            if self.user:  # no password is sent without TLS
                server.starttls(context=ssl.create_default_context())
        except BaseException:
            server.close()
            raise
        return server


class MailConnection:
    """Hands over one message after the other, and connects anew where it has to. For one thread."""

    def __init__(self, mailer: Mailer) -> None:
        self._mailer = mailer
        self._server: smtplib.SMTP | None = None
        self._handed_over = 0

    def send(self, mail: Mail) -> None:
        """Raises `MailNotSent`."""
        message = self._mailer.message_of(mail)
        try:
            with _facts(mail.to):
                self._ready().send_message(message)
        except MailNotSent as failure:
            if failure.reason != "address":  # then the next recipient may be taken
                self.close()
            raise
        self._handed_over += 1
        if self._handed_over >= MOST_ON_ONE:
            self.close()

    def close(self) -> None:
        server, self._server, self._handed_over = self._server, None, 0
        if server is not None:
            try:
                server.quit()
            except (OSError, smtplib.SMTPException):
                server.close()

    def _ready(self) -> smtplib.SMTP:
        """The connection, if the server still keeps it."""
        if self._server is not None:
            try:
                if self._server.noop()[0] == OK:
                    return self._server
            except (OSError, smtplib.SMTPException):
                pass
            self.close()
        self._server = self._mailer.connect()
        return self._server


OK = 250


@contextmanager
def _facts(to: str) -> Iterator[None]:
    """What a library raises, as `MailNotSent`."""
    try:
        yield
    except smtplib.SMTPAuthenticationError:
        raise MailNotSent("sign-in") from None
    except smtplib.SMTPRecipientsRefused as refused:
        codes = [code for code, _words in refused.recipients.values()]
        raise MailNotSent("address", is_final=all(500 <= code < 600 for code in codes)) from None
    except smtplib.SMTPResponseException:
        raise MailNotSent("refused") from None
    except smtplib.SMTPNotSupportedError:
        if to.rpartition("@")[0].isascii():
            raise MailNotSent("unreachable") from None
        raise MailNotSent("address", is_final=True) from None  # a name that this server cannot write
    except (OSError, smtplib.SMTPException, ValueError):
        raise MailNotSent("unreachable") from None


def _address_on_the_wire(address: str) -> str:
    """With the domain in ASCII (RFC 5891), as every mail server knows it. Raises `ValueError` for no address."""
    local, at, domain = address.rpartition("@")
    if domain.isascii():
        return address
    return local + at + validate_email(address, check_deliverability=False).ascii_domain


def make_mailer(smtp_url: str, base_url: str | None) -> Mailer:
    """The mailer of `smtp://user:password@host:port` or `smtps://…`.

    Messages come from the user where that is an address, else from `escala@` the server's own name.
    """
    parts = urlsplit(smtp_url)
    is_encrypted = parts.scheme == "smtps"
    host, user = parts.hostname or "localhost", unquote(parts.username or "")
    own_name = urlsplit(base_url or "").hostname or host
    return Mailer(
        host=host,
        port=parts.port or (465 if is_encrypted else 587),
        is_encrypted=is_encrypted,
        user=user,
        password=unquote(parts.password or ""),
        sender=user if "@" in user else f"escala@{own_name}",
    )
