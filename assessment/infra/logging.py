"""The log: one line an event on stderr, as text or as JSON, without anything that names or traces a person.

A trace says where an error came from and of which kind it is. It holds neither the values of variables nor the words of
the error, since those may repeat what was in a form, a row or a link. For the same reason the log of a library keeps
the sentence and leaves out what would be filled into it.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any, Literal

import structlog

_ROOTS = (Path(__file__).parents[2], Path(sys.prefix))
"""Files are named from here on: whose home folder Escala lies in is nobody's business."""

Event = MutableMapping[str, Any]


def configure_logging(log_format: Literal["text", "json"]) -> None:
    """Sets up the log of this process. Of libraries it takes warnings and errors."""
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
        logger_factory=lambda *_: structlog.WriteLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers = [one for one in root.handlers if not isinstance(one, LibraryHandler)] + [LibraryHandler()]


def get_logger() -> Any:
    """The log of whoever asks; each event is a short English sentence with values by name."""
    return structlog.get_logger()


class LibraryHandler(logging.Handler):
    """What libraries say, without the values in it: a server's error may name the address of a personal link."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        message = str(record.msg) if record.args else f"a message of {record.name}"
        get_logger().log(record.levelno, message, library=record.name, error=error)


def _add_trace(_logger: object, _method: str, event: Event) -> Event:
    """`error` becomes its kind and its trace."""
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
    """An error's kind; also what the system or the database's server says of itself, such as a full disk."""
    kind = type(error).__name__
    if isinstance(error, OSError) and error.strerror:
        return f"{kind}: {error.strerror}"
    if kind == "OperationalError":  # of SQLAlchemy or of a driver: about the database, never about a row
        return f"{kind}: {str(getattr(error, 'orig', None) or error).partition(chr(10))[0]}"
    return kind


def trace_of(error: BaseException) -> list[str]:
    """Where an error was raised, the oldest call first; before that, where the error came from that led to it."""
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
