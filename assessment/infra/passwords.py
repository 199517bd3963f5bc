"""Passwords are kept only as argon2id hashes, whoever sets them: a page or the command line."""

from __future__ import annotations

import secrets

from argon2 import PasswordHasher

# Without 0, O, 1, l and I, which look alike on paper.
ALPHABET = "23456789abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ"


def hash_password(password: str) -> str:
    """The hash that a database keeps; it carries its own salt and parameters."""
    return PasswordHasher().hash(password)


def new_password(length: int = 16) -> str:
    """A random password that can be copied by hand."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))
