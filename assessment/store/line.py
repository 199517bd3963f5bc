"""A line in which threads wait for one thing, and get it in the order in which they came.

The queue of SQLAlchemy's pool lets a thread that asks just now overtake those that are still waking up: of eight
threads that wrote again and again, one waited for seconds.
"""

from __future__ import annotations

from collections import deque
from threading import Lock


class Line:
    def __init__(self) -> None:
        self._guard = Lock()
        self._is_taken = False
        self._waiting: deque[Lock] = deque()

    def enter(self, timeout: float) -> bool:
        """Waits for its turn, at most so many seconds; returns whether it came."""
        with self._guard:
            if not self._is_taken:
                self._is_taken = True
                return True
            mine = Lock()
            mine.acquire()
            self._waiting.append(mine)
        if mine.acquire(timeout=timeout):
            return True
        with self._guard:
            if mine in self._waiting:
                self._waiting.remove(mine)
                return False
        return True  # it came just then

    def leave(self) -> None:
        """Lets the next one in."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._is_taken = False
