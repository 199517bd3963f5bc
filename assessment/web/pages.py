"""Which page of a long list an address asks for."""

from __future__ import annotations

from flask import request


def requested_page() -> int:
    """The number in `?page=`, 1 where there is none. It may be that of a page that does not exist."""
    return request.args.get("page", 1, type=int)
