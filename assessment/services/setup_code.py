"""The one-time code with which a new server is set up from another device; all of its processes know the same."""

from __future__ import annotations

import hmac
import secrets

from sqlalchemy.orm import Session

from assessment.services.accounts import needs_set_up
from assessment.store import setup_code as store
from assessment.store.database import Database

CODE_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
CODE_LENGTH = 10
"""Tries are not counted: at ten thousand a second, guessing takes a thousand years, and a limit on wrong ones would
keep out the very person who has the right one."""


def prepare_setup_code(database: Database) -> str | None:
    """The code, made where there is none yet; `None` once somebody has an account. For whoever starts a server."""
    with database.reading() as session:
        if not needs_set_up(session):
            return None
        if code := store.find_setup_code(session):
            return code
    with database.writing() as session:
        return store.keep_setup_code(session, "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH)))


def find_setup_code(session: Session) -> str | None:
    """The code; `None` before a server was started, and once somebody has set it up."""
    return store.find_setup_code(session)


def is_setup_code(session: Session, given: str) -> bool:
    """Whether this is the code; capitals, spaces and hyphens do not matter."""
    letters = "".join(letter for letter in given.lower() if letter.isalnum())
    code = store.find_setup_code(session)
    return code is not None and hmac.compare_digest(letters.encode(), code.encode())
