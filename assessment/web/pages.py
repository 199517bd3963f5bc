"""Which page of a long list an address asks for, and what it looks for there."""

from __future__ import annotations

from flask import request

from assessment.domain.plain_text import plain_line


def requested_page() -> int:
    """The number in `?page=`, 1 where there is none. It may be that of a page that does not exist."""
    return request.args.get("page", 1, type=int)


def requested_name() -> str:
    """The words in `?name=`, cut to what a name can be."""
    return plain_line(request.args.get("name", ""))[:120]


def requested_tag() -> str:
    """The key of the tag in `?tag=`."""
    return plain_line(request.args.get("tag", ""))[:120]
