"""Workers that are killed in the midst of it lose no e-mail, and send none twice but in the moment of the kill."""

from __future__ import annotations

from collections import Counter
from queue import Empty

from assessment.infra.clock import utc_now
from assessment.infra.queue import Queue, queue_url
from assessment.store.outbox import OutboxState
from tests.jobs.build import end_leases, states, worker_process, write
from tests.mail_server import mail_server

MESSAGES = 24
KILLS = 3
THREADS = 2
"""So many messages are with the mail server at most when a worker is killed."""


def arrived_in(server) -> list[str]:
    """The ids of all messages that have arrived so far."""
    arrived = []
    while True:
        try:
            arrived.append(str(server.arrived.get_nowait()["Message-ID"]))
        except Empty:
            return arrived


def test_killed_workers_lose_nothing_and_repeat_only_what_they_were_sending(database):
    with mail_server() as server:
        for number in range(MESSAGES):
            write(database, number, now=utc_now())
        seen: list[str] = []
        for _ in range(KILLS):
            with worker_process(database, server.url) as process:
                seen += [str(server.next_message()["Message-ID"]) for _ in range(3)]
                server.answers.clear()  # the next ones are taken, and not answered
                seen.append(str(server.next_message()["Message-ID"]))
                process.kill()
                process.join()
            server.answers.set()
            seen += arrived_in(server)
            end_leases(database)
        with worker_process(database, server.url):
            while len(set(seen)) < MESSAGES or OutboxState.SENT not in states(database):
                seen.append(str(server.next_message()["Message-ID"]))
            while set(states(database)) != {OutboxState.SENT}:
                seen += arrived_in(server)
        seen += arrived_in(server)
    assert set(seen) == {f"<{number}@example.com>" for number in range(MESSAGES)}
    repeats = Counter(seen)
    assert max(repeats.values()) <= 1 + KILLS
    assert len(seen) - MESSAGES <= KILLS * THREADS


def test_two_workers_send_each_message_once(database):
    with mail_server() as server:
        messages = [write(database, number, now=utc_now()) for number in range(MESSAGES)]
        queue = Queue(queue_url(database.engine.url.render_as_string(hide_password=False)))
        for message in messages * 2:  # the queue brings every id twice
            queue.put("mail", message.id)
        with worker_process(database, server.url), worker_process(database, server.url):
            seen = [str(server.next_message()["Message-ID"]) for _ in messages]
            while set(states(database)) != {OutboxState.SENT} or not queue.is_empty("mail"):
                seen += arrived_in(server)
        seen += arrived_in(server)
        queue.close()
    assert sorted(seen) == sorted(message.message_id for message in messages)
