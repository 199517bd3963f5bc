"""All tables, imported together: for migrations, and for whoever needs the whole metadata."""

from __future__ import annotations

from assessment.store import (
    accounts,
    action_outcomes,
    attempts,
    audit,
    comments,
    compaction,
    deletions,
    jobs,
    logos,
    members,
    organisations,
    outbox,
    owner_links,
    plan_actions,
    plan_meetings,
    plans,
    printed_files,
    questionnaires,
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
    "action_outcomes",
    "attempts",
    "audit",
    "comments",
    "compaction",
    "deletions",
    "jobs",
    "logos",
    "members",
    "organisations",
    "outbox",
    "owner_links",
    "plan_actions",
    "plan_meetings",
    "plans",
    "printed_files",
    "questionnaires",
    "responses",
    "round_events",
    "round_scores",
    "rounds",
    "setup_code",
    "teams",
]
