"""Redirects stay on this server."""

from __future__ import annotations

from urllib.parse import urlsplit


def safe_path(target: str | None) -> str:
    """A path on this server, or the start page where the target is anything else."""
    if not target or not target.startswith("/") or target.startswith("//") or "\\" in target:
        return "/"
    if any(ord(character) < 0x21 or ord(character) == 0x7F for character in target):
        return "/"
    parts = urlsplit(target)
    return "/" if parts.scheme or parts.netloc else target
