"""Huey carries the ids of what is to be done: by a file of SQLite's, by PostgreSQL, or by Redis.

It takes a message off before it is worked at, so that a process that is killed loses it: rows in the database are the
truth, and a sweep carries again what was not finished (`assessment.jobs`).
"""

from __future__ import annotations

import contextlib
import json
import os
import threading
import uuid
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Literal

from huey.api import Huey
from huey.consumer import Consumer
from huey.registry import Message
from huey.serializer import Serializer
from huey.storage import BaseSqlStorage, PostgresStorage, RedisStorage, SqliteStorage

from assessment.infra.logging import get_logger

Topic = Literal["mail", "jobs"]
"""What waits for a slow mail server must not wait before what people wait for."""
TOPICS: tuple[Topic, ...] = ("mail", "jobs")
LONGEST_LOOK = 0.3
"""Seconds between two looks at a file that has nothing to do."""

Handler = Callable[[uuid.UUID], None]


class IdsOnly(Serializer):
    """A message is a name and ids, as JSON. (Huey's own way, pickle, runs whatever somebody writes into the queue.)"""

    def _serialize(self, data: Message) -> bytes:
        return json.dumps([data.name, data.id, *data.args]).encode()

    def _deserialize(self, data: bytes) -> Message:
        name, id_, *args = json.loads(bytes(data))
        return Message(id=str(id_), name=str(name), args=tuple(args), kwargs={}, retries=0, retry_delay=0)


class QuietConsumer(Consumer):
    """A consumer in a thread of a server, whose signals are the server's own."""

    def _set_signal_handlers(self) -> None:
        pass


class Queue:
    """The queues of one server, for those who put and for those who take.

    Without an address, what is put is done at once, by whoever puts it: in tests, and where no consumer runs.
    """

    def __init__(self, url: str | None) -> None:
        self.is_immediate = url is None
        self._handlers: dict[Topic, Handler] = {}
        self._closing = threading.Lock()
        self._hueys = {topic: self._make(topic, url) for topic in TOPICS}
        self._tasks = {topic: self._task(topic) for topic in TOPICS}

    def _make(self, topic: Topic, url: str | None) -> Huey:
        common: dict[str, Any] = {"results": False, "serializer": IdsOnly()}
        name = f"escala-{topic}"
        if url is None:
            return Huey(name, immediate=True, **common)
        scheme, _separator, rest = url.partition("://")
        if scheme == "sqlite":
            path = _path_in(rest)
            with contextlib.suppress(FileExistsError):  # its owner's alone, as the database beside it
                os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            # What is in it can be lost: the rows are the truth.
            return Huey(name, storage_class=SqliteStorage, filename=str(path), fsync=False, timeout=15, **common)
        if scheme.startswith("redis"):
            return Huey(name, storage_class=RedisStorage, url=url, **common)
        from psycopg.errors import UniqueViolation

        make = partial(
            Huey,
            name,
            storage_class=PostgresStorage,
            dsn=f"postgresql://{rest}",
            table_prefix="escala_queue",
            **common,
        )
        try:
            return make()
        except UniqueViolation:  # another process was making the same tables at this moment: now they are there
            return make()

    def _task(self, topic: Topic) -> Callable[[str], Any]:
        def work(id_: str) -> None:
            self._handlers[topic](uuid.UUID(id_))

        task: Callable[[str], Any] = self._hueys[topic].task(name=topic)(work)
        return task

    def handle_with(self, handlers: Mapping[Topic, Handler]) -> None:
        """Says what is done with the ids of each topic."""
        self._handlers.update(handlers)

    def put(self, topic: Topic, id_: uuid.UUID) -> None:
        """Puts an id into the queue. A queue that cannot be reached is no failure: the sweep puts the id in later."""
        if self.is_immediate and topic not in self._handlers:
            return
        try:
            self._tasks[topic](str(id_))
        except Exception as error:
            get_logger().error("the queue does not take what is to be done; it is done later", error=error)

    def is_empty(self, topic: Topic) -> bool:
        return bool(self._hueys[topic].storage.queue_size() == 0)

    def consumer(self, topic: Topic, threads: int) -> Consumer:
        """One that works in threads of this process once it runs; its sweep is ours, so it has no periodic tasks."""
        huey = self._hueys[topic]
        huey.on_shutdown("close")(self._close_connections)
        return QuietConsumer(
            huey,
            workers=threads,
            periodic=False,
            initial_delay=0.05,
            max_delay=LONGEST_LOOK,
            scheduler_interval=60,
            shutdown_timeout=12,
        )

    def _close_connections(self) -> None:
        """In each worker's thread when it ends: PostgreSQL gives each one a connection that listens."""
        with self._closing:
            for huey in self._hueys.values():
                if isinstance(huey.storage, BaseSqlStorage):
                    huey.storage.close()

    def close(self) -> None:
        self._close_connections()


def queue_url(database_url: str) -> str:
    """Where the queue is unless a setting says so: a file beside the embedded database, else in PostgreSQL."""
    rest = database_url.partition("://")[2]
    if database_url.startswith("sqlite"):
        path = _path_in(rest)
        return f"sqlite:///{path.with_name(path.stem + '.queue.sqlite')}"
    return f"postgresql://{rest}"


def _path_in(rest: str) -> Path:
    """The file that an SQLite address names after its `://`."""
    return Path(rest.partition("?")[0].removeprefix("/"))
