"""All tables, imported together: for migrations, and for whoever needs the whole metadata."""

from __future__ import annotations

from assessment.store import (
    accounts,
    attempts,
    campaigns,
    comments,
    compaction,
    deletions,
    jobs,
    logos,
    members,
    organisations,
    outbox,
    plan_actions,
    plans,
    printed_files,
    questionnaires,
    repetitions,
    responses,
    round_events,
    round_scores,
    rounds,
    setup_code,
    teams,
)
from assessment.store.base import Base

METADATA = Base.metadata

__all__ = [
    "METADATA",
    "accounts",
    "attempts",
    "campaigns",
    "comments",
    "compaction",
    "deletions",
    "jobs",
    "logos",
    "members",
    "organisations",
    "outbox",
    "plan_actions",
    "plans",
    "printed_files",
    "questionnaires",
    "repetitions",
    "responses",
    "round_events",
    "round_scores",
    "rounds",
    "setup_code",
    "teams",
]
