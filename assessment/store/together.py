"""Short transactions of several threads that become durable by one commit.

A commit waits for the disk, and SQLite makes one at a time: where eight people answer at once, seven would wait for it
in turn. While one thread commits, the others' work gathers, and the first of them takes all of it along once it is its
turn. (PostgreSQL does that by itself.)
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, Engine

Result = TypeVar("Result")


class _Waiting(Generic[Result]):
    """The work of a thread, and what became of it."""

    def __init__(self, work: Callable[[Connection], Result]) -> None:
        self.work = work
        self.result: Result
        self.error: BaseException | None = None
        self.turn: Lock | None = None
        """Of a thread that waits for another: free again once its work is done."""


class Together:
    """For an engine of SQLite whose connections begin no transaction by themselves."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._guard = Lock()
        self._waiting: list[_Waiting[Any]] = []

    def run(self, work: Callable[[Connection], Result]) -> Result:
        """Has the work done in a transaction, maybe by another thread and beside the work of others.

        What it changes is durable when this returns its result, or undone where it raises. Where the transaction
        itself fails, all who came along are told.
        """
        mine = _Waiting(work)
        with self._guard:
            if self._waiting:
                mine.turn = Lock()
                mine.turn.acquire()
            self._waiting.append(mine)
        if mine.turn is None:
            self._lead()
        else:
            mine.turn.acquire()
        try:
            if mine.error is not None:
                raise mine.error
            return mine.result
        finally:
            del mine  # else an error keeps itself alive, and with it the connection on which it was raised

    def _lead(self) -> None:
        """Waits for the connection, then does whatever waits by then."""
        together: list[_Waiting[Any]] = []
        try:
            with self._engine.connect() as connection:
                together += self._take_all()
                _do_all(connection, together)
        except BaseException as failure:
            together += [] if together else self._take_all()
            for at in range(len(together)):
                together[at].error = together[at].error or failure
        _release(together)

    def _take_all(self) -> list[_Waiting[Any]]:
        with self._guard:
            together, self._waiting = self._waiting, []
        return together


def _do_all(connection: Connection, together: list[_Waiting[Any]]) -> None:
    """In one transaction, in which the work of one may fail without that of the others."""
    cursor: Any = connection.connection.cursor()
    try:
        cursor.execute("BEGIN IMMEDIATE")
        for at in range(len(together)):  # none of them has a name here: an error knows the names where it was raised
            cursor.execute("SAVEPOINT own")
            try:
                together[at].result = together[at].work(connection)
            except Exception as error:
                together[at].error = error
                cursor.execute("ROLLBACK TO own")
            cursor.execute("RELEASE own")
        cursor.execute("COMMIT")
    except BaseException:
        connection.invalidate()
        raise


def _release(together: list[_Waiting[Any]]) -> None:
    while together:
        if turn := together.pop().turn:
            turn.release()
