"""Passwords are kept only as argon2id hashes, whoever sets them: a page or the command line."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from argon2 import PasswordHasher

# Without 0, O, 1, l and I, which look alike on paper.
ALPHABET = "23456789abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ"

COMMON_WORDS = (
    "escala", "servicio", "cliente", "equipo", "empresa", "service", "customer", "team", "company",
    "contraseña", "contrasena", "clave", "bienvenido", "bienvenida", "administrador", "administradora", "usuario",
)  # fmt: skip
"""Words that come to mind here first; the estimator knows those of English by itself."""
MIN_GUESSES = 10**8
"""Below it, a stolen hash gives the password away in a day or so."""
MAX_JUDGED = 72


def hash_password(password: str) -> str:
    """The hash that a database keeps; it carries its own salt and parameters."""
    return PasswordHasher().hash(password)


def new_password(length: int = 16) -> str:
    """A random password that can be copied by hand."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def is_easy_to_guess(password: str, *, about: Iterable[str] = ()) -> bool:
    """Whether guessing would find it soon: a frequent password, a sequence, or made of words about its owner."""
    from zxcvbn import zxcvbn

    personal = [word for words in about for word in (words, *words.replace("@", ".").split("."))]
    estimate = zxcvbn(password[:MAX_JUDGED], user_inputs=[*COMMON_WORDS, *filter(None, personal)])
    return bool(estimate["guesses"] < MIN_GUESSES)
