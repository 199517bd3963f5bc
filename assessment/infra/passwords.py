"""Passwords are stored only as argon2id hashes, whether a page or the command line sets them.

A hash is meant to be slow: whoever sends many passwords at once would keep all cores and all threads of a server busy.
So hashes are made one after the other, by threads that give way to whoever answers, and few may wait for one.
"""

from __future__ import annotations

import os
import secrets
import sys
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import ParamSpec, TypeVar

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

PLACES = 3
"""One hash that is made, and two that wait: of the eight threads of a server, enough are left for everybody else."""
NICENESS = 10
"""As for documents: whoever waits for a page comes first."""

P = ParamSpec("P")
T = TypeVar("T")


class TooManyPasswords(Exception):
    """So many wait for their password to be looked at that another one would wait too long."""


class Lane:
    """Makes one hash at a time, for a few who wait."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="password", initializer=_give_way)
        self._places = threading.BoundedSemaphore(PLACES)

    def do(self, work: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
        """What `work` gives, once it is our turn. Raises `TooManyPasswords` where too many wait already."""
        if not self._places.acquire(blocking=False):
            raise TooManyPasswords
        try:
            return self._thread.submit(work, *given, **named).result()
        finally:
            self._places.release()


def _give_way() -> None:
    """Threads that a hash starts have the priority of the one that starts them."""
    if sys.platform == "linux":  # elsewhere, threads have none of their own
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)


STRANGERS = Lane()
"""For those who sign in on a device that is new to the account: anybody can be that, as often as they like."""
KNOWN = Lane()
"""For everybody else; how often they may try is limited by their account, link or device."""


def hash_password(password: str) -> str:
    """The hash to store; it includes its salt and parameters. Raises `TooManyPasswords`."""
    hasher = PasswordHasher(HASH_COST["time_cost"], HASH_COST["memory_cost"], HASH_COST["parallelism"])
    return KNOWN.do(hasher.hash, password)


def new_password(length: int = 16) -> str:
    """A random password that is easy to copy by hand."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def is_easy_to_guess(password: str, *, about: Iterable[str] = ()) -> bool:
    """Whether a password is soon guessed: a common one, a sequence, or made of words `about` its owner."""
    from zxcvbn import zxcvbn

    personal = [word for words in about for word in (words, *words.replace("@", ".").split("."))]
    estimate = zxcvbn(password[:MAX_JUDGED], user_inputs=[*COMMON_WORDS, *filter(None, personal)])
    return bool(estimate["guesses"] < MIN_GUESSES)
