"""Passwords are stored only as argon2id hashes, whether a page or the command line sets them."""

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
"""Words that people are likely to choose in this product; the estimator itself knows common English ones."""
MIN_GUESSES = 10**8
"""With fewer, the password of a stolen hash is found in about a day."""
MAX_JUDGED = 72
"""Characters: the estimator refuses more."""


def hash_password(password: str) -> str:
    """The hash to store; it includes its salt and parameters."""
    return PasswordHasher().hash(password)


def new_password(length: int = 16) -> str:
    """A random password that is easy to copy by hand."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def is_easy_to_guess(password: str, *, about: Iterable[str] = ()) -> bool:
    """Whether a password is soon guessed: a common one, a sequence, or made of words `about` its owner."""
    from zxcvbn import zxcvbn

    personal = [word for words in about for word in (words, *words.replace("@", ".").split("."))]
    estimate = zxcvbn(password[:MAX_JUDGED], user_inputs=[*COMMON_WORDS, *filter(None, personal)])
    return bool(estimate["guesses"] < MIN_GUESSES)
