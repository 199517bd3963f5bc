"""Phones in a workshop on a bad network: what the page's script does, over HTTP, behind a proxy that delays and loses.

All phones of a room share one thread. Also for `bench/room.py`.
"""

from __future__ import annotations

import asyncio
import random
import re
import threading
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any
from urllib.parse import urlencode

EVERY, JITTER, LONGEST, SELDOM_AFTER = 1.0, 0.2, 8.0, 3
"""As `static/participate.js` asks."""
SEGMENT = 1460
"""Bytes of a TCP segment."""
FIRST_RESEND, FIRST_RESEND_OF_SYN = 0.6, 1.0
"""Seconds after which TCP sends again what got lost: twice the usual round trip, and what RFC 6298 says for the first
segment of a connection. Each further loss doubles it."""
FIELD = re.compile(r'name="(question|ballot)" value="([^"]+)"')


class BadAnswer(Exception):
    """The server's answer is an error."""


class Loop:
    """A thread in which coroutines run."""

    def __enter__(self) -> Loop:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.run(self._cancel())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def begin(self, work: Coroutine[Any, Any, Any]) -> Future[Any]:
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.begin(work).result()

    async def _cancel(self) -> None:
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await asyncio.sleep(0.1)  # until what was closed is


class BadNetwork:
    """Between phones and a server: `latency` seconds there and back, of each segment a share of `loss` gets lost.

    What TCP loses it sends again after a while, and all that comes behind waits; so a loss is a delay here, too.
    `target` may become another server.
    """

    def __init__(self, target: str, *, latency: float = 0.3, loss: float = 0.1, seed: int = 7) -> None:
        self.target, self.latency, self.loss = target, latency, loss
        self._random = random.Random(seed)

    async def start(self) -> BadNetwork:
        self._server = await asyncio.start_server(self._connect, "127.0.0.1", 0)
        self.host = f"127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await asyncio.sleep(self.latency + self._resending(1, FIRST_RESEND_OF_SYN))
            host, _, port = self.target.partition(":")
            to_reader, to_writer = await asyncio.open_connection(host, int(port))
        except (OSError, asyncio.CancelledError):
            writer.close()
            return
        try:
            await asyncio.gather(self._carry(reader, to_writer), self._carry(to_reader, writer), return_exceptions=True)
        except asyncio.CancelledError:  # all is over: asyncio would print it
            writer.close()
            to_writer.close()

    async def close(self) -> None:
        self._server.close()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One direction, in order."""
        waiting: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

        async def deliver() -> None:
            while True:
                due, sent = await waiting.get()
                await asyncio.sleep(max(0.0, due - time.monotonic()))
                if not sent:
                    break
                writer.write(sent)
                await writer.drain()

        delivering, due = asyncio.ensure_future(deliver()), 0.0
        try:
            while True:
                sent = await reader.read(65536)
                segments = -(-len(sent) // SEGMENT)
                arrives = time.monotonic() + self.latency / 2 + self._resending(segments, FIRST_RESEND)
                due = max(due, arrives)
                waiting.put_nowait((due, sent))
                if not sent:
                    break
            await delivering
        finally:
            delivering.cancel()
            writer.close()

    def _resending(self, segments: int, first: float) -> float:
        """Until the last of so many segments is through."""
        longest = 0.0
        for _ in range(segments):
            waited, again = 0.0, first
            while self._random.random() < self.loss:
                waited, again = waited + again, 2 * again
            longest = max(longest, waited)
        return longest


class RoomPhone:
    """Joins by the code, asks whether anything has changed, and sends votes until they have arrived.

    `choose` says which value it votes for, given the question's key. `seen` holds when it first saw each version.
    """

    def __init__(self, network: BadNetwork, token: str, choose: Callable[[str], int], *, patience: float = 5.0) -> None:
        self._network, self._token, self._choose, self._patience = network, token, choose, patience
        self._cookie = self._mark = ""
        self._voted: set[tuple[str, str]] = set()
        self._vote: dict[str, str] = {}
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self.text = ""
        self.seen: dict[int, float] = {}
        self.failures = 0

    async def join(self) -> None:
        while not self._cookie:
            try:
                _, headers, _ = await self._ask("POST", f"/w/{self._token}", "")
                self._cookie = headers["set-cookie"].partition(";")[0]
            except (OSError, EOFError, TimeoutError, BadAnswer):
                self.failures += 1

    async def follow(self) -> None:
        """Until it is cancelled."""
        try:
            await self._follow()
        finally:
            if self._streams:
                self._streams[1].close()

    async def _follow(self) -> None:
        await asyncio.sleep(random.random() * EVERY)
        pause, in_a_row = EVERY, 0
        while True:
            has_failed = False
            try:
                await (self._send() if self._vote else self._look())
                pause, in_a_row = EVERY, 0
            except (OSError, EOFError, TimeoutError, BadAnswer):
                has_failed, in_a_row = True, in_a_row + 1
                self.failures += 1
                if in_a_row >= SELDOM_AFTER:
                    pause = min(LONGEST, 2 * pause)
            wait = (EVERY if has_failed else 0.0) if self._vote else pause
            await asyncio.sleep(wait + random.random() * JITTER)

    async def _look(self) -> None:
        status, headers, text = await self._ask("GET", "/w/room/now")
        if status != 304:
            self._show(headers, text)

    async def _send(self) -> None:
        sent = self._vote
        _, headers, text = await self._ask("POST", "/w/room/vote", urlencode(sent))
        self._vote = {}
        self._show(headers, text)

    def _show(self, headers: dict[str, str], text: str) -> None:
        self._mark, self.text = headers["etag"], text
        self.seen.setdefault(int(self._mark.strip('"').partition(".")[0]), time.monotonic())
        asked = dict(FIELD.findall(text))
        if "data-vote" in text and (asked["question"], asked["ballot"]) not in self._voted:
            self._voted.add((asked["question"], asked["ballot"]))
            self._vote = {**asked, "value": str(self._choose(asked["question"]))}

    async def _ask(self, method: str, path: str, body: str | None = None) -> tuple[int, dict[str, str], str]:
        try:
            async with asyncio.timeout(self._patience):
                return await self._exchange(method, path, body)
        except BaseException:
            if self._streams:
                self._streams[1].close()
            self._streams = None
            raise

    async def _exchange(self, method: str, path: str, body: str | None) -> tuple[int, dict[str, str], str]:
        host, _, port = self._network.host.partition(":")
        if self._streams is None:
            self._streams = await asyncio.open_connection(host, int(port))
        reader, writer = self._streams
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self._network.host}", f"Cookie: {self._cookie}"]
        lines += ["Escala-Fragment: 1", f"If-None-Match: {self._mark}"]
        if body is not None:
            lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
        writer.write(("\r\n".join(lines) + "\r\n\r\n" + (body or "")).encode())
        first, *rest = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in rest if line)}
        text = (await reader.readexactly(int(headers.get("content-length", 0)))).decode()
        if headers.get("connection") == "close":
            writer.close()
            self._streams = None
        status = int(first.split()[1])
        if status >= 400:
            raise BadAnswer(status)
        return status, headers, text
