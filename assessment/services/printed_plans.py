"""How long printed plans are kept."""

from __future__ import annotations

import datetime as dt

from assessment.store.compaction import owe_compaction
from assessment.store.database import Database
from assessment.store.plans import delete_printed_before

AT_ONCE = 20
"""Printed versions a transaction, so that nobody who writes waits for long."""


def prune_printed_plans(database: Database, *, before: dt.datetime) -> int:
    """Deletes versions that were printed before a time, but never the newest of a plan; returns how many.

    Their files go with the last version that is made of them.
    """
    deleted = 0
    while True:
        with database.writing() as session:
            step = delete_printed_before(session, before, at_most=AT_ONCE)
            if step:
                owe_compaction(session)  # on SQLite their bytes are still in the write-ahead log
        deleted += step
        if step < AT_ONCE:
            return deleted
