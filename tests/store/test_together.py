"""Short transactions of several threads that become durable by one commit (SQLite)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from assessment.store.database import Database, make_engine
from tests.infra.test_workers import until

LONG = 60.0


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    engine = make_engine(f"sqlite:///{tmp_path / 'a.sqlite'}")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE words (word TEXT)")
    yield Database(engine)
    engine.dispose()


def words(database: Database) -> list[str]:
    with database.reading() as session:
        return sorted(session.scalars(text("SELECT word FROM words")))


def write(word: str, then: Callable[[Connection], object] = lambda _: None) -> Callable[[Connection], int]:
    """Writes a word, does something else, and says in which thread."""

    def work(connection: Connection) -> int:
        connection.execute(text("INSERT INTO words VALUES (:word)"), {"word": word})
        then(connection)
        return threading.get_ident()

    return work


def done_together(database: Database, *works: Callable[[Connection], int]) -> list[Future[int]]:
    """Each is asked for by a thread of its own while somebody else writes."""
    with ThreadPoolExecutor(len(works)) as threads:
        with database.writing() as session:
            session.connection()
            futures = [threads.submit(database.together, work) for work in works]
            assert database._together
            until(lambda: len(database._together._waiting) == len(works))
        return futures


def test_what_gathers_while_somebody_writes_is_committed_at_once(database: Database) -> None:
    futures = done_together(database, write("a"), write("b"), write("c"))
    assert len({future.result() for future in futures}) == 1
    assert words(database) == ["a", "b", "c"]


def test_work_that_fails_is_undone_and_that_of_others_is_not(database: Database) -> None:
    first, wrong, last = done_together(database, write("a"), write("b", lambda _: 1 // 0), write("c"))
    with pytest.raises(ZeroDivisionError):
        wrong.result()
    assert first.result() == last.result()
    assert words(database) == ["a", "c"]


def test_where_the_transaction_fails_all_are_told_and_the_next_one_works(database: Database) -> None:
    for future in done_together(
        database, write("a"), write("b", lambda connection: connection.exec_driver_sql("ROLLBACK")), write("c")
    ):
        assert future.exception() is not None
    assert words(database) == []
    database.together(write("d"))
    assert words(database) == ["d"]


def test_threads_that_write_at_once_all_write(database: Database) -> None:
    with ThreadPoolExecutor(16) as threads:
        list(threads.map(lambda number: database.together(write(f"{number:03}")), range(200)))
    assert words(database) == [f"{number:03}" for number in range(200)]
