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


class _Conversation(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self._say("220 mail.example.com")
        while line := self.rfile.readline().decode("ascii").strip():
            verb = line.partition(" ")[0].upper()
            if verb == "DATA":
                self._say("354 go on")
                self.server.arrived.put(self._message())
                self._say("250 kept")
            elif verb == "RCPT" and self.server.refuses:
                self._say("550 no such mailbox")
            elif verb == "QUIT":
                self._say("221 goodbye")
                return
            else:
                self._say("250 fine" if verb in ("EHLO", "HELO", "MAIL", "RCPT", "RSET") else "502 not here")

    def _say(self, line: str) -> None:
        self.wfile.write(line.encode("ascii") + b"\r\n")

    def _message(self) -> EmailMessage:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line.removeprefix(b"."))
        return email.message_from_bytes(b"".join(lines), policy=email.policy.default)


class MailServer(socketserver.ThreadingTCPServer):
    """What has arrived waits in `arrived`. With `refuses`, it knows no mailbox."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.arrived: Queue[EmailMessage] = Queue()
        self.refuses = False

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.server_address[1]}"

    def next_message(self) -> EmailMessage:
        """The next one that arrives; fails where none does."""
        return self.arrived.get(timeout=SECONDS_TO_WAIT)


@contextmanager
def mail_server() -> Iterator[MailServer]:
    with MailServer() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
