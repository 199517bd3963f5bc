"""E-mail by SMTP: plain text, one recipient, a server whose certificate is checked."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from urllib.parse import unquote, urlsplit

SECONDS_TO_WAIT = 10.0
"""For a mail server that does not answer; whoever asked is waiting, too."""


class MailNotSent(Exception):
    """The mail server could not be reached, or refused the message."""


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

    def send(self, *, to: str, subject: str, words: str) -> None:
        """Hands a message to the server. Raises `MailNotSent`."""
        message = EmailMessage()
        # A line break would begin a header of the sender's choice; the library refuses one, this removes it.
        message["Subject"] = " ".join(subject.split())
        message["From"] = f"Escala <{self.sender}>"
        message["To"] = to
        message["Date"] = formatdate()
        message["Message-ID"] = make_msgid(domain=self.sender.rpartition("@")[2])
        message["Auto-Submitted"] = "auto-generated"  # no out-of-office answers
        message.set_content(words)
        try:
            with self._connect() as server:
                if self.user:
                    server.login(self.user, self.password)
                server.send_message(message)
        except (OSError, smtplib.SMTPException, ValueError) as error:
            raise MailNotSent(type(error).__name__) from error

    def _connect(self) -> smtplib.SMTP:
        if self.is_encrypted:
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(self.host, self.port, timeout=SECONDS_TO_WAIT, context=context)
        server = smtplib.SMTP(self.host, self.port, timeout=SECONDS_TO_WAIT)
        try:
            if self.user:  # a password never travels in the clear
                server.starttls(context=ssl.create_default_context())
        except BaseException:
            server.close()
            raise
        return server


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
