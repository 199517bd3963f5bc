"""The time. Domain and services are told it, so that only entry points ask."""

from __future__ import annotations

import datetime as dt


def utc_now() -> dt.datetime:
    """Now, aware, in UTC."""
    return dt.datetime.now(dt.UTC)
