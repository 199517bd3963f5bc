"""Secrets in links and cookies: generated here, stored only as a hash wherever they need not be shown again."""

from __future__ import annotations

import hashlib
import secrets

TOKEN_BYTES = 16
"""128 bits: 22 characters in a link, beyond guessing."""


def new_token() -> str:
    """A random secret of 22 characters that are safe in a URL."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def token_hash(token: str) -> str:
    """The SHA-256 of a secret in hexadecimal, for the database. The secret is random, so it needs no salt."""
    return hashlib.sha256(token.encode()).hexdigest()
