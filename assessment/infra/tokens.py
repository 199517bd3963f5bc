"""Secrets in links and cookies: made here, kept only as a hash wherever they need not be shown again."""

from __future__ import annotations

import hashlib
import secrets

TOKEN_BYTES = 16
"""128 bits: 22 characters in a link, beyond guessing."""


def new_token() -> str:
    """A random secret of 22 characters that may stand in a URL."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def token_hash(token: str) -> str:
    """What a database keeps of a secret: SHA-256, in hexadecimal. The secret is random, so that no salt is needed."""
    return hashlib.sha256(token.encode()).hexdigest()
