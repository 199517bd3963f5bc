"""Secrets in links and cookies: generated here, stored only as a hash wherever they need not be shown again."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

TOKEN_BYTES = 16
"""128 bits: 22 characters in a link, beyond guessing."""


def new_token() -> str:
    """A random secret of 22 characters that are safe in a URL."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def tokens_from(seed: bytes, how_many: int) -> list[str]:
    """Secrets as of `new_token`, the same ones for the same seed, which must be as secret as they are."""
    digests = (hmac.digest(seed, str(number).encode(), "sha256")[:TOKEN_BYTES] for number in range(how_many))
    return [base64.urlsafe_b64encode(digest).decode().rstrip("=") for digest in digests]


def token_hash(token: str) -> str:
    """The SHA-256 of a secret in hexadecimal, for the database. The secret is random, so it needs no salt."""
    return hashlib.sha256(token.encode()).hexdigest()
