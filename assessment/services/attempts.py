"""How often something was tried, counted for all processes and machines that share the database."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import math

from sqlalchemy.orm import Session

from assessment.infra.clock import utc_now
from assessment.store import attempts as store
from assessment.store.database import Database

COARSENESS = 10
"""A window ends at a multiple of a tenth of its length, so that nobody can read when its first attempt came."""


class Attempts:
    """Counts attempts, each count a transaction of its own: nobody may hold one that writes meanwhile.

    What is limited (an address, a link) is stored as a keyed hash: its length is bounded, and nobody can try out
    addresses on the database alone.
    """

    def __init__(self, database: Database, secret: str) -> None:
        self._database = database
        self._secret = secret.encode()

    def add(self, key: str, *, seconds: int, amount: int = 1) -> int:
        """Counts, in a window of so many seconds from the first attempt; returns how many there are now."""
        now = utc_now()
        hashed, ends = self._hash(key), _end_of_window(now, seconds)
        return self._database.single(
            lambda connection: store.count_attempt(connection, hashed, amount=amount, now=now, expires_at=ends)
        )

    def count(self, key: str) -> int:
        """How many there are now."""
        found = self._find(key)
        return found[0] if found else 0

    def expires_at(self, key: str) -> dt.datetime:
        """When the window ends; now if none is under way."""
        found = self._find(key)
        return found[1] if found else utc_now()

    def forget(self, key: str) -> None:
        with self._database.autocommit() as connection:
            store.delete_attempts(connection, self._hash(key))

    def _find(self, key: str) -> tuple[int, dt.datetime] | None:
        with self._database.connection_for_reading() as connection:
            return store.find_attempts(connection, self._hash(key), now=utc_now())

    def _hash(self, key: str) -> str:
        return hmac.new(self._secret, f"attempt:{key}".encode(errors="surrogatepass"), hashlib.sha256).hexdigest()


def _end_of_window(now: dt.datetime, seconds: int) -> dt.datetime:
    step = max(1, seconds // COARSENESS)
    return dt.datetime.fromtimestamp(math.ceil((now.timestamp() + seconds) / step) * step, dt.UTC)


def clean_attempts(session: Session, *, now: dt.datetime) -> None:
    """Deletes windows that are over."""
    store.delete_expired_attempts(session, now)
