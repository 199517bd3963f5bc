"""Passwords are stored only as argon2id hashes, whether a page or the command line sets them."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from argon2 import PasswordHasher
from argon2.profiles import RFC_9106_LOW_MEMORY

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


HASH_COST = {
    "time_cost": RFC_9106_LOW_MEMORY.time_cost,
    "memory_cost": RFC_9106_LOW_MEMORY.memory_cost,
    "parallelism": RFC_9106_LOW_MEMORY.parallelism,
}
"""Rounds, KiB of memory and threads of a hash: the second recommendation of RFC 9106, about a tenth of a second."""


def hash_password(password: str) -> str:
    """The hash to store; it includes its salt and parameters."""
    hasher = PasswordHasher(HASH_COST["time_cost"], HASH_COST["memory_cost"], HASH_COST["parallelism"])
    return hasher.hash(password)


def new_password(length: int = 16) -> str:
    """A random password that is easy to copy by hand."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def is_easy_to_guess(password: str, *, about: Iterable[str] = ()) -> bool:
    """Whether a password is soon guessed: a common one, a sequence, or made of words `about` its owner."""
    from zxcvbn import zxcvbn

    personal = [word for words in about for word in (words, *words.replace("@", ".").split("."))]
    estimate = zxcvbn(password[:MAX_JUDGED], user_inputs=[*COMMON_WORDS, *filter(None, personal)])
    return bool(estimate["guesses"] < MIN_GUESSES)
