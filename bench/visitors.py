"""Light visitors for `bench/web.py`, in a process of their own: plain sockets that stay open, all in one thread.

`python -m bench.visitors empty ADDRESS PATH AT_ONCE SECONDS` asks for one page again and again.
`python -m bench.visitors journeys ADDRESS LINK AT_ONCE SECONDS [RECORDING]` answers a round as browsers do, one journey
per device, from the link to the thanks: as recorded (`bench.recording`), or by plain forms. Both print one JSON line,
with the processor time that this process took. Any unexpected answer ends the run: a failed journey must not count as a
fast one.
"""

from __future__ import annotations

import gzip
import json
import re
import selectors
import socket
import statistics
import sys
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

TOKEN = re.compile(rb'name="csrf_token"[^>]*value="([^"]+)"')
BEFORE = re.compile(rb'name="before" value="([^"]*)"')
FIELDS = re.compile(rb'<(?:input type="(?:radio|checkbox)"|textarea)[^>]* name="([^"]+)"')
COMMENT = "Más calma por la tarde."


class UnexpectedAnswer(Exception):
    """The server's answer is not the one that a journey expects."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: dict[bytes, bytes]
    body: bytes

    @property
    def location(self) -> str:
        return self.headers.get(b"location", b"").decode()

    @property
    def page(self) -> bytes:
        return gzip.decompress(self.body) if self.headers.get(b"content-encoding") == b"gzip" else self.body


@dataclass
class Tally:
    """What all visitors did together."""

    requests: int = 0
    journeys: int = 0
    bytes: int = 0
    waits: list[float] = field(default_factory=list)
    """Seconds until a change was acknowledged."""
    is_stopping: bool = False
    """Journeys under way go on to their end, so that each one is either acknowledged or was never begun."""


Conversation = Generator[bytes, Answer, None]


def request(method: str, path: str, host: str, *, cookie: str = "", body: str = "") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", "Accept-Encoding: gzip", "Accept-Language: es-CO,es;q=0.9"]
    if cookie:
        lines.append(f"Cookie: {cookie}")
    if method == "POST":
        lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body.encode())}"]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


def request_repeatedly(host: str, path: str, tally: Tally) -> Conversation:
    while not tally.is_stopping:
        answer = yield request("GET", path, host)
        if answer.status != 200:
            raise UnexpectedAnswer(answer.status)
        tally.requests += 1


def journeys(host: str, link: str, tally: Tally, script: list[dict[str, str]] | None) -> Conversation:
    """One journey after another, each by a new device: the recorded one, or by plain forms."""
    while not tally.is_stopping:
        yield from _replay(host, link, tally, script) if script else _by_forms(host, link, tally)
        tally.journeys += 1


def _replay(host: str, link: str, tally: Tally, script: list[dict[str, str]]) -> Conversation:
    """What a browser sent, with this device's own cookie and names, each request once the one before is answered."""
    own = {"{link}": link, "{handle}": "", "{device}": ""}
    cookie = ""
    for one in script:
        path, body = one["path"], one["body"]
        for mark, value in own.items():
            path, body = path.replace(mark, value), body.replace(mark, value)
        sent = body.encode()
        head = f"{one['method']} {path} HTTP/1.1\r\nHost: {host}\r\n{one['headers'].replace('{host}', host)}"
        head += f"Cookie: {cookie}\r\n" if cookie else ""
        head += f"Content-Length: {len(sent)}\r\n" if sent else ""
        answer = yield head.encode() + b"\r\n" + sent
        tally.requests += 1
        tally.bytes += len(answer.body)
        if answer.status not in (200, 201, 204, 303, 304):
            raise UnexpectedAnswer(answer.status, path, answer.page[:500])
        if answer.status == 303:
            cookie = answer.headers.get(b"set-cookie", b"").partition(b";")[0].decode()
            own["{handle}"] = answer.location.split("/")[2]
            own["{device}"] = answer.location.rpartition("#!-")[2].partition("-")[0]
    if not script[-1]["path"].endswith("/send"):
        raise UnexpectedAnswer("the recording does not end with sending")


def _by_forms(host: str, link: str, tally: Tally) -> Conversation:
    def ask(method: str, path: str, body: str = "") -> Generator[bytes, Answer, Answer]:
        answer = yield request(method, path, host, cookie=cookie, body=body)
        tally.requests += 1
        tally.bytes += len(answer.body)
        return answer

    cookie = ""
    answer = yield from ask("GET", link)
    cookie = answer.headers.get(b"set-cookie", b"").partition(b";")[0].decode()
    path = _redirect_target(answer)
    yield from ask("GET", path)
    answer = yield from ask("GET", "/".join([*path.split("/")[:3], "begin"]))
    path = _redirect_target(answer)
    answer = yield from ask("GET", path)
    seen = {path}
    while True:
        token, before = _search(TOKEN, answer), BEFORE.search(answer.page)
        values = {name.decode(): _answer_to(name.decode()) for name in FIELDS.findall(answer.page)}
        values |= {"before": unescape(before[1].decode())} if before else {}
        answer = yield from ask("POST", path, urlencode({"csrf_token": token, **values, "go": "next"}))
        path = _redirect_target(answer)
        answer = yield from ask("GET", path)
        if path.endswith("/thanks"):
            return
        if answer.status != 200 or path in seen:
            raise UnexpectedAnswer(answer.status, path)
        seen.add(path)


def _redirect_target(answer: Answer) -> str:
    if answer.status != 303:
        raise UnexpectedAnswer(answer.status, answer.page[:2000])
    return answer.location


def _search(pattern: re.Pattern[bytes], answer: Answer) -> str:
    match = pattern.search(answer.page)
    if answer.status != 200 or match is None:
        raise UnexpectedAnswer(answer.status, answer.page[:2000])
    return match.group(1).decode()


def _answer_to(name: str) -> str:
    return {"comment": COMMENT, "focus": "voice", "role": "staff"}.get(name, "4")


class Visitor:
    """One connection and its conversation."""

    def __init__(self, address: tuple[str, int], conversation: Conversation, tally: Tally) -> None:
        self.tally = tally
        self.socket = socket.create_connection(address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.conversation = conversation
        self.received = b""
        # Raises `StopIteration` where the conversation is over.
        self._send(next(conversation))

    def _send(self, request: bytes) -> None:
        self.is_change = request.startswith(b"PATCH")
        self.sent_at = time.perf_counter()
        self.socket.sendall(request)

    def receive(self) -> None:
        """Reads what has arrived; after a whole answer it sends the next request."""
        part = self.socket.recv(262_144)
        if not part:
            raise UnexpectedAnswer("the server hung up")
        self.received += part
        head, separator, body = self.received.partition(b"\r\n\r\n")
        if not separator:
            return
        first, *lines = head.split(b"\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(b":") for line in lines)}
        if len(body) < int(headers.get(b"content-length", b"0")):
            return
        self.received = b""
        if self.is_change:
            self.tally.waits.append(time.perf_counter() - self.sent_at)
        # Raises `StopIteration` where the conversation is over.
        self._send(self.conversation.send(Answer(int(first.split()[1]), headers, body)))


def run(
    address: tuple[str, int], new_conversation: Callable[[], Conversation], at_once: int, seconds: float, tally: Tally
) -> float:
    """Runs the visitors for some seconds and lets the last ones finish; returns how long it took."""
    with selectors.DefaultSelector() as selector:
        for _ in range(at_once):
            visitor = Visitor(address, new_conversation(), tally)
            selector.register(visitor.socket, selectors.EVENT_READ, visitor)
        start = time.perf_counter()
        while selector.get_map():
            for key, _events in selector.select(1):
                try:
                    key.data.receive()
                except StopIteration:
                    selector.unregister(key.fileobj)
                    key.data.socket.close()
            tally.is_stopping = time.perf_counter() - start > seconds
        return time.perf_counter() - start


def main(arguments: list[str]) -> None:
    what, address, path, at_once, seconds, *more = arguments
    host, _, port = address.rpartition(":")
    tally = Tally()
    script = json.loads(Path(more[0]).read_text("utf-8")) if more else None
    conversation = {
        "empty": lambda: request_repeatedly(address, path, tally),
        "journeys": lambda: journeys(address, path, tally, script),
    }[what]
    spent = run((host, int(port)), conversation, int(at_once), float(seconds), tally)
    done = {"seconds": spent, "requests": tally.requests, "journeys": tally.journeys, "bytes": tally.bytes}
    waits = {"p95": statistics.quantiles(tally.waits, n=20)[-1]} if len(tally.waits) > 1 else {}
    print(json.dumps(done | waits | {"cpu": time.process_time()}))


if __name__ == "__main__":
    main(sys.argv[1:])
