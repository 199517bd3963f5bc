"""Works off the queues in threads of a server, and sweeps: carries again what the queue has lost."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from typing import Any

from assessment.infra.clock import utc_now
from assessment.infra.logging import get_logger
from assessment.infra.mail import MailConnection
from assessment.infra.queue import Queue, Topic
from assessment.jobs.handlers import Handlers
from assessment.services import later_work, outbox
from assessment.services.attempts import clean_attempts
from assessment.services.engagement_files import delete_old_engagement_files
from assessment.services.portfolio_files import delete_old_files
from assessment.services.printed_plans import prune_printed_plans
from assessment.services.repetitions import has_due_repetitions, open_due_rounds
from assessment.services.retention import delete_addresses_that_are_over, delete_what_is_over
from assessment.services.workshops import forget_what_is_over
from assessment.store import models as _models  # noqa: F401 - a row may refer to any other
from assessment.store.database import Database

SWEEP_SECONDS = 5.0
PLAN_EVERY = dt.timedelta(minutes=5)
"""So late at most is what is planned for a time."""
CLEAN_EVERY = dt.timedelta(hours=1)
REPEAT_EVERY = dt.timedelta(minutes=1)
"""So long after midnight at most a round that repeats is open."""
PAUSE = 2.0
"""Seconds before a consumer that ended is started again."""
MAILINGS_PAUSE = 2.0
"""Seconds between two looks for messages of mailings, while there are none."""
PATIENCE = 15.0
"""Seconds for what is being done when the server ends: a mail server may answer slowly."""
THREADS: dict[Topic, int] = {"mail": 2, "jobs": 2}


class Worker:
    """Consumers and the sweep of one server, from `start` to `stop`."""

    def __init__(
        self,
        database: Database,
        queue: Queue,
        handlers: Handlers,
        *,
        sweep_seconds: float = SWEEP_SECONDS,
        keep_printed: dt.timedelta | None = None,
    ) -> None:
        self._database = database
        self._queue = queue
        self._handlers = handlers
        queue.handle_with(handlers.by_topic)
        self._sweep_seconds = sweep_seconds
        self._keep_printed = keep_printed
        self._is_over = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        for topic in THREADS:
            self._begin(f"consume-{topic}", self._consume, topic)
        self._begin("sweep", self._sweep)
        if self._handlers.mailer is not None and self._handlers.addresses is not None:
            self._begin("mailings", self._send_mailings, MailConnection(self._handlers.mailer))

    def stop(self) -> None:
        """Lets what is being done end, for a while; what does not is begun anew after its lease."""
        self._is_over.set()
        for thread in self._threads:
            thread.join(PATIENCE)
        self._queue.close()

    def _begin(self, name: str, target: Any, *given: object) -> None:
        thread = threading.Thread(target=target, args=given, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _consume(self, topic: Topic) -> None:
        """Runs a consumer; one that ends, however it ended, is started again."""
        while not self._is_over.is_set():
            try:
                consumer = self._queue.consumer(topic, THREADS[topic])
                consumer.start()
                while not self._is_over.wait(1.0):
                    consumer.check_worker_health()
                consumer.stop(graceful=True)
            except Exception as error:
                get_logger().error("what works off a queue ended and is started again", topic=topic, error=error)
                self._is_over.wait(PAUSE)

    def _send_mailings(self, connection: MailConnection) -> None:
        """One message after the other, over one connection, no faster than the pace."""
        pace = self._handlers.pace.total_seconds()
        while not self._is_over.is_set():
            try:
                if self._handlers.send_of_mailings(connection):
                    pause = min(pace, MAILINGS_PAUSE)
                else:
                    connection.close()
                    pause = MAILINGS_PAUSE
            except Exception as error:
                get_logger().error("what sends mailings failed and goes on", error=error)
                pause = PAUSE
            self._is_over.wait(pause)
        connection.close()

    def _sweep(self) -> None:
        # All servers of one database have one turn a period together: a little less than the pause of each.
        every = dt.timedelta(seconds=0.8 * self._sweep_seconds)
        while not self._is_over.is_set():
            try:
                sweep(
                    self._database,
                    self._queue,
                    now=utc_now(),
                    every=every,
                    keep_printed=self._keep_printed,
                    plan=self._handlers.write_planned,
                )
            except Exception as error:
                get_logger().error("a sweep failed; the next one tries again", error=error)
            self._is_over.wait(self._sweep_seconds)


def sweep(
    database: Database,
    queue: Queue,
    *,
    now: dt.datetime,
    every: dt.timedelta,
    keep_printed: dt.timedelta | None = None,
    plan: Callable[[dt.datetime], None] | None = None,
) -> None:
    """Puts into the queue what is due and is not in it: what a killed process had taken off, and what waited.

    Of several servers one does it in each period (`every`). A queue that is not empty is left alone, so that what
    waits for a slow server is not put in again and again. An id that comes twice does no harm: the second
    time it is claimed already. Rounds that repeat are made when their day has come. Printed plans older than
    `keep_printed` are deleted, and what organisations keep for so long only. `plan` writes what is planned for a time.
    """
    with database.reading() as session:
        messages = list(outbox.due_messages(session, now=now))
        jobs = list(later_work.due_jobs(session, now=now))
        is_dirty = outbox.has_cleaning_to_do(session, now=now)
        is_planning_due = plan is not None and later_work.is_turn_due(session, name="plan", now=now)
        is_cleaning_due = later_work.is_turn_due(session, name="clean", now=now)
        is_repeating = later_work.is_turn_due(session, name="repeat", now=now) and has_due_repetitions(session, now=now)
    if messages or jobs:
        with database.writing() as session:
            is_ours = later_work.take_turn(session, name="sweep", every=every, now=now)
        if is_ours:
            _put("mail", messages, queue)
            _put("jobs", jobs, queue)
    if is_dirty or is_cleaning_due:
        with database.writing() as session:
            is_ours = later_work.take_turn(session, name="clean", every=CLEAN_EVERY, now=now)
            if is_ours or is_dirty:
                outbox.clean_outbox(session, now=now)
                later_work.clean_jobs(session, now=now)
                delete_old_files(session, now=now)
                delete_old_engagement_files(session, now=now)
                clean_attempts(session, now=now)
        if is_ours:
            delete_what_is_over(database, now=now)
            delete_addresses_that_are_over(database, now=now)
            forget_what_is_over(database, now=now)
        if is_ours and keep_printed is not None:
            prune_printed_plans(database, before=now - keep_printed)
    if is_planning_due and plan is not None:
        with database.writing() as session:
            is_ours = later_work.take_turn(session, name="plan", every=PLAN_EVERY, now=now)
        if is_ours:
            plan(now)
    if is_repeating:
        with database.writing() as session:
            is_ours = later_work.take_turn(session, name="repeat", every=REPEAT_EVERY, now=now)
        if is_ours:
            open_due_rounds(database, now=now)
    database.compact_if_owed(patience=0)  # what a publication could not finish


def _put(topic: Topic, ids: list[Any], queue: Queue) -> None:
    if ids and queue.is_empty(topic):
        for id_ in ids:
            queue.put(topic, id_)
