"""Documents on their way to a browser: made in processes of their own, with a page that says how far they are.

What is made within a moment, or was made just now, is the answer itself. Else the answer is a page that asks the same
address again. Nothing is kept but in memory and for a short while: whoever asks a process that has forgotten a document
has it made anew.
"""

from __future__ import annotations

import functools
import threading
import time
import uuid
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from concurrent.futures import Future, wait
from contextlib import contextmanager
from typing import Any, ParamSpec, TypeVar, cast
from urllib.parse import urlencode

from flask import Flask, abort, current_app, make_response, render_template, request
from werkzeug.wrappers import Response

from assessment.infra.logging import get_logger
from assessment.infra.settings import Settings
from assessment.infra.workers import MOST_WAITING, TooBusy, Workers, WorkFailed
from assessment.services.later_work import JobState, Progress, progress_of
from assessment.web.access import View, user_id
from assessment.web.transactions import database

QUICK = 1.2
"""Seconds that a request waits for its document before it answers with a page."""
LOOKS_EVERY = 0.05
MOST_KEPT = 16
"""Documents of one process, some 100 kB each."""
MOST_OF_ONE = 6
"""Documents that one account has being made at a time: of those that may wait, a few for each."""
MOST_WAITED_FOR = 4
"""Requests that wait for what has no address to ask again: of the eight threads of a server, enough are left."""
MOST_WAITED_FOR_OF_ONE = 2
"""Of these, how many are one account's: whoever sends files without end leaves room for everybody else's."""
LONGEST_WAIT = 25.0
"""Seconds for what has no address to ask again: a file that was sent, links that are known to one page only."""
READING_MEMORY = 1_500_000_000
"""Bytes for a process that reads a workbook somebody sent."""
AGAIN = "preparing"
"""Is in the address when the page asks again."""

P = ParamSpec("P")
T = TypeVar("T")


class TooManyOfOne(TooBusy):
    """So much is being made for this account already that more has to wait."""


class Documents:
    """The documents of one process of the server: those being made, and those made last."""

    def __init__(self, settings: Settings, *, testing: bool) -> None:
        size = 0 if testing else settings.document_processes
        self.workers = Workers(size, log_format=settings.log_format)
        self.files = Workers(min(size, 1), log_format=settings.log_format, memory=READING_MEMORY)
        """For files of answers, one at a time."""
        self._made: OrderedDict[Hashable, Future[bytes]] = OrderedDict()
        self._lock = threading.Lock()
        self._asked_by: dict[Future[bytes], int] = {}
        self._waiting: dict[tuple[int, str], tuple[Future[bytes], str]] = {}
        self._may_wait = threading.Semaphore(1)
        self._waited_for: list[int] = []

    def ask(self, key: Hashable, make: Callable[[], bytes], account: int) -> Future[bytes]:
        """The document of this content, being made or made already. Raises `TooBusy`, or `TooManyOfOne`."""
        with self._lock:
            future = self._made.get(key)
            if future is None:
                self._asked_by = {one: who for one, who in self._asked_by.items() if not one.done()}
                if list(self._asked_by.values()).count(account) >= MOST_OF_ONE:
                    raise TooManyOfOne
                future = self._made[key] = self.workers.submit(make)
                self._asked_by[future] = account
                over = [key for key, other in self._made.items() if other.done()]
                for oldest in over[: max(0, len(self._made) - MOST_KEPT)]:
                    del self._made[oldest]
            self._made.move_to_end(key)
            return future

    def keep_waiting(self, account: int, address: str, future: Future[bytes], back: str) -> None:
        """Remembers what an account asked for at an address, and the page to which it goes back, until it is made."""
        with self._lock:
            self._waiting = {who: given for who, given in self._waiting.items() if not given[0].done()}
            self._waiting[account, address] = future, back

    def waits_for(self, account: int, address: str) -> tuple[Future[bytes], str] | None:
        """What is still being made of it, and the page to which it goes back."""
        waiting = self._waiting.get((account, address))
        return waiting if waiting and not waiting[0].done() else None

    def forget(self, key: Hashable) -> None:
        """So that it is made anew."""
        with self._lock:
            self._made.pop(key, None)

    def wait(self, is_there: Callable[[float], bool]) -> None:
        """Waits a moment, if nobody else does: those who answer requests are few."""
        if self._may_wait.acquire(blocking=False):
            try:
                is_there(QUICK)
            finally:
                self._may_wait.release()

    @contextmanager
    def waited_for(self, account: int) -> Iterator[None]:
        """Around what keeps a request waiting. Raises `TooBusy` where as many as may do so wait already, of all or of
        this account."""
        with self._lock:
            if self._waited_for.count(account) >= MOST_WAITED_FOR_OF_ONE:
                raise TooManyOfOne
            if len(self._waited_for) >= MOST_WAITED_FOR:
                raise TooBusy
            self._waited_for.append(account)
        try:
            yield
        finally:
            with self._lock:
                self._waited_for.remove(account)

    def close(self) -> None:
        self.workers.close()
        self.files.close()


def documents() -> Documents:
    return cast(Documents, current_app.extensions["escala_documents"])


def prepares(view: View) -> View:
    """For a view that ends in `deliver`, below its permission: while a document is being made, whoever asks again is
    told so without all that it is made of being read anew. Pages that wait ask every second, many at once perhaps."""

    @functools.wraps(view)
    def ask(**values: Any) -> Any:
        desk = documents()
        if AGAIN in request.args and (waiting := desk.waits_for(user_id(), _address())):
            future, back = waiting
            return _page("preparing", back, before=desk.workers.before(future))
        return view(**values)

    ask.prepares = True  # type: ignore[attr-defined]
    return ask


def deliver(key: Hashable, make: Callable[[], bytes], *, respond: Callable[[bytes], Response], back: str) -> Response:
    """The document that `make` makes, once it is there; until then, a page that asks again. `back` is an address.

    `make` can be pickled. `key` says all that the document depends on. Who may see it was found out before, each time
    that it is asked for.
    """
    desk, is_again = documents(), AGAIN in request.args
    try:
        future = desk.ask(key, make, user_id())
    except TooManyOfOne:
        return _page("preparing", back, before=MOST_OF_ONE)
    except TooBusy:
        return _page("preparing", back, before=MOST_WAITING)
    if not is_again and not desk.workers.before(future):
        desk.wait(lambda seconds: bool(wait([future], seconds).done))
    if not future.done():
        desk.keep_waiting(user_id(), _address(), future, back)
        return _page("preparing", back, before=desk.workers.before(future))
    if (error := future.exception()) is not None:
        get_logger().error("a document could not be made", error=error)
        desk.forget(key)
        return _page("failed", back, again=_address())
    response = respond(future.result())
    if is_again and response.headers["Content-Disposition"].startswith("attachment"):
        return _page("ready", back, file=_address())  # a page that becomes a download would go on saying that it waits
    return response


def make_now(workers: Workers, function: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
    """What `function` makes in another process; whoever asks waits. Raises what it raises; aborts where that fails."""
    try:
        with documents().waited_for(user_id()):
            return workers.submit(function, *given, **named).result(LONGEST_WAIT)
    except (TooBusy, WorkFailed, TimeoutError, MemoryError) as error:
        get_logger().error("work in another process failed", error=error)
        abort(503)


def progress_soon(*, organisation_id: uuid.UUID, job_id: uuid.UUID, kind: str) -> Progress:
    """How far a job is, after a moment if it may be done within that. To be called once the job is committed."""

    def look() -> Progress:
        with database().reading() as reading:
            return progress_of(reading, organisation_id=organisation_id, job_id=job_id, kind=kind)

    def is_over(seconds: float) -> bool:
        end, pause = time.monotonic() + seconds, threading.Event()
        while not is_finished(look()) and time.monotonic() < end:
            pause.wait(LOOKS_EVERY)
        return True

    now = look()
    if not is_finished(now) and not now.before:
        documents().wait(is_over)
        now = look()
    return now


def is_finished(progress: Progress) -> bool:
    return progress.state in (JobState.DONE, JobState.FAILED)


def job_page(
    progress: Progress, *, back: str, file: str, words: str = "", name: str = "", back_name: str = ""
) -> Response:
    """The same page for a job; `file` is where its document is once it is done, `words` why it was not.

    `name` says what is made, and `back_name` what the page is called to which `back` leads, where it is found later.
    """
    if progress.state is JobState.DONE:
        return _page("ready", back, file=file, name=name, back_name=back_name)
    if progress.state is JobState.FAILED:
        return _page("failed", back, words=words, name=name, back_name=back_name)
    return _page("preparing", back, before=progress.before, name=name, back_name=back_name)


def _page(
    state: str,
    back: str,
    *,
    before: int = 0,
    file: str = "",
    again: str = "",
    words: str = "",
    name: str = "",
    back_name: str = "",
) -> Response:
    page = render_template(
        "documents/preparing.html",
        state=state,
        before=before,
        here=_address(again=True),
        file=file,
        again=again,
        back=back,
        words=words,
        name=name,
        back_name=back_name,
    )
    response = make_response(page, _status(state, words))
    if state == "preparing":
        response.headers["Retry-After"] = "1"
    return response


def _status(state: str, words: str) -> int:
    """Of the page about a document: accepted, but not there yet; there; not to be had as it is now; a fault of ours."""
    if state == "preparing":
        return 202
    if state == "failed":
        return 409 if words else 500
    return 200


def _address(*, again: bool = False) -> str:
    """This page's, for the document itself or to ask once more how far it is."""
    values = [(name, value) for name, value in request.args.items(multi=True) if name != AGAIN]
    query = urlencode([*values, *([(AGAIN, "1")] if again else [])])
    return request.path + (f"?{query}" if query else "")


def init_app(app: Flask, settings: Settings, *, testing: bool) -> None:
    app.extensions["escala_documents"] = Documents(settings, testing=testing)
