"""A real mail server on this machine: it speaks SMTP over a socket, and keeps what it is given.

The standard library has none any more, and aiosmtpd has had no release since 2024; what tests need fits on a page.
"""

from __future__ import annotations

import email
import email.policy
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from queue import Queue

SECONDS_TO_WAIT = 20.0
KNOWN = ("EHLO", "HELO", "MAIL", "RCPT", "RSET", "NOOP")


class _Conversation(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self.server.conversations += 1
        self._say("220 mail.example.com" if not self.server.is_away else "421 come back later")
        while line := self.rfile.readline().decode("ascii").strip():
            verb = line.partition(" ")[0].upper()
            if verb == "DATA":
                if not self._take_data():
                    return
            elif verb == "RCPT" and (self.server.refuses or self._is_to(line, self.server.unknown)):
                self._say("550 no such mailbox")
            elif verb == "RCPT" and (self.server.is_full or self._is_to(line, self.server.full)):
                self._say("452 mailbox full")
            elif verb == "QUIT":
                self._say("221 goodbye")
                return
            else:
                self._say("250 fine" if verb in KNOWN else "502 not here")

    def _is_to(self, line: str, addresses: set[str]) -> bool:
        return any(f"<{address}>" in line for address in addresses)

    def _take_data(self) -> bool:
        """Whether the conversation goes on after it."""
        self._say("354 go on")
        self.server.arrived.put(self._message())
        if self.server.drops:
            return False
        self.server.answers.wait(SECONDS_TO_WAIT)
        self._say("250 kept")
        return True

    def _say(self, line: str) -> None:
        self.wfile.write(line.encode("ascii") + b"\r\n")

    def _message(self) -> EmailMessage:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b"."))
        return email.message_from_bytes(b"".join(lines), policy=email.policy.default)


class MailServer(socketserver.ThreadingTCPServer):
    """What has arrived waits in `arrived`.

    With `refuses`, it knows no mailbox; with `is_full`, it takes nothing for now; with `is_away`, it greets with a
    refusal; with `drops`, it takes a message and hangs up; it knows no mailbox of `unknown`, and takes nothing for
    those of `full`; while `answers` is cleared, it takes one and says nothing.
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.answers = threading.Event()
        self.be_as_new()

    def be_as_new(self) -> None:
        """Forgets what arrived, and takes everything."""
        self.arrived: Queue[EmailMessage] = Queue()
        self.refuses = self.is_full = self.is_away = self.drops = False
        self.unknown: set[str] = set()
        self.full: set[str] = set()
        self.conversations = 0
        self.answers.set()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.server_address[1]}"

    def next_message(self) -> EmailMessage:
        """The next one that arrives; fails where none does."""
        return self.arrived.get(timeout=SECONDS_TO_WAIT)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that is killed amid a conversation is no news."""


@contextmanager
def mail_server() -> Iterator[MailServer]:
    with MailServer() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.answers.set()
            server.shutdown()
            thread.join()
