"""The log: one line per event on stderr, as text or as JSON, without anything that identifies a person.

A trace says where an error was raised and what type it has. It contains neither the values of variables nor the
error's message, since those may repeat what was in a form, a row or a link. For the same reason messages of libraries
are logged without the values that would be filled into them.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import MutableMapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

import structlog

_ROOTS = (Path(__file__).parents[2], Path(sys.prefix))
"""Traces name files relative to these folders, so that no home folder appears in the log."""

Event = MutableMapping[str, Any]


def configure_logging(log_format: Literal["text", "json"]) -> None:
    """Sets up the log of this process. From libraries it takes warnings and errors."""
    renderers: list[Any] = (
        [structlog.processors.JSONRenderer(ensure_ascii=False)]
        if log_format == "json"
        else [_join_trace, structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), pad_event_to=0, sort_keys=False)]
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _add_trace,
            *renderers,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=lambda *_: structlog.WriteLogger(_Stderr()),  # type: ignore[arg-type]
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers = [one for one in root.handlers if not isinstance(one, LibraryHandler)] + [LibraryHandler()]


class _Stderr:
    """The log's lines go to stderr. One that cannot be written is lost, and nobody waits for an answer because of it.

    The disk may be full, the terminal closed, or whoever read a pipe gone.
    """

    def write(self, text: str) -> None:
        with suppress(OSError, ValueError):  # the latter where Python itself has closed it
            sys.stderr.write(text)

    def flush(self) -> None:
        with suppress(OSError, ValueError):
            sys.stderr.flush()


def get_logger() -> Any:
    """The logger. Each event is a short English sentence with named values."""
    return structlog.get_logger()


class LibraryHandler(logging.Handler):
    """Logs what libraries report, without values: an error of the server may contain a personal link."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        message = str(record.msg) if record.args else f"a message of {record.name}"
        get_logger().log(record.levelno, message, library=record.name, error=error)


def _add_trace(_logger: object, _method: str, event: Event) -> Event:
    """Replaces `error` by its type and its trace."""
    error = event.pop("error", None)
    if isinstance(error, BaseException):
        event["error"] = describe_error(error)
        event["trace"] = trace_of(error)
    return event


def _join_trace(_logger: object, _method: str, event: Event) -> Event:
    if trace := event.pop("trace", None):
        event["exception"] = "\n".join(f"  {line}" for line in trace)
    return event


def describe_error(error: BaseException) -> str:
    """An error's type; for errors of the system or the database server also the reason, such as a full disk."""
    type_name = type(error).__name__
    if isinstance(error, OSError) and error.strerror:
        return f"{type_name}: {error.strerror}"
    if type_name == "OperationalError":  # of SQLAlchemy or a driver: it concerns the database, never a row
        return f"{type_name}: {str(getattr(error, 'orig', None) or error).partition(chr(10))[0]}"
    return type_name


def trace_of(error: BaseException) -> list[str]:
    """The calls that led to an error, the oldest first; the trace of the error that caused it comes before."""
    lines: list[str] = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        frames = [
            f"{_short(frame.filename)}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(current.__traceback__)
        ]
        lines = [*frames, describe_error(current), *lines]
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return lines


def _short(filename: str) -> str:
    path = Path(filename)
    for root in _ROOTS:
        if path.is_relative_to(root):
            return path.relative_to(root).as_posix()
    return path.name
