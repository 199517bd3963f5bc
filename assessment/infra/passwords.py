"""Passwords are kept only as argon2id hashes, whoever sets them: a page or the command line."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from argon2 import PasswordHasher
from argon2.profiles import RFC_9106_LOW_MEMORY

# Without 0, O, 1, l and I, which look alike on paper.
ALPHABET = "23456789abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ"

SAID_BY_EVERYBODY = (
    "escala", "servicio", "cliente", "equipo", "empresa", "service", "customer", "team", "company",
    "contraseña", "contrasena", "clave", "bienvenido", "bienvenida", "administrador", "administradora", "usuario",
)  # fmt: skip
"""Words that come to mind here first; the estimator knows those of English by itself."""
FEWEST_GUESSES = 10**8
"""Below it, a stolen hash gives the password away in a day or so."""
READ_AT_MOST = 72


HASH_COST = {
    "time_cost": RFC_9106_LOW_MEMORY.time_cost,
    "memory_cost": RFC_9106_LOW_MEMORY.memory_cost,
    "parallelism": RFC_9106_LOW_MEMORY.parallelism,
}
"""Rounds, KiB of memory and threads of a hash: the second recommendation of RFC 9106, about a tenth of a second."""


def hash_password(password: str) -> str:
    """The hash that a database keeps; it carries its own salt and parameters."""
    hasher = PasswordHasher(HASH_COST["time_cost"], HASH_COST["memory_cost"], HASH_COST["parallelism"])
    return hasher.hash(password)


def new_password(length: int = 16) -> str:
    """A random password that can be copied by hand."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def is_easy_to_guess(password: str, *, about: Iterable[str] = ()) -> bool:
    """Whether guessing would find it soon: a frequent password, a sequence, or made of words about its owner."""
    from zxcvbn import zxcvbn

    known = [word for words in about for word in (words, *words.replace("@", ".").split("."))]
    judged = zxcvbn(password[:READ_AT_MOST], user_inputs=[*SAID_BY_EVERYBODY, *filter(None, known)])
    return bool(judged["guesses"] < FEWEST_GUESSES)
