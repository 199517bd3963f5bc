"""Brings a database up to date: its tables, and then what services keep in them."""

from __future__ import annotations

from assessment.services.action_outcomes import write_missing_outcomes
from assessment.services.plan_actions import write_missing_starts
from assessment.services.round_scores import write_missing_scores
from assessment.store.database import Database
from assessment.store.migrate import upgrade


def upgrade_database(database: Database) -> bool:
    """Returns whether the tables changed. Stopped at any time, the next start goes on.

    Raises `BrokenReferences` or `LaterDatabase`.
    """
    changed = upgrade(database.engine)
    write_missing_scores(database)
    write_missing_starts(database)
    write_missing_outcomes(database)
    return changed
