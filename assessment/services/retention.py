"""Deletes what has been kept as long as people were told: answers with their comments, then whole rounds; the log; and
the addresses to which a round was announced, thirty days after it has closed.

A round whose time is over before it was published goes as a whole: nobody has seen its answers, and nobody will.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from assessment.domain.privacy_notice import end_of, is_over, shorter
from assessment.services.audit import clean_log
from assessment.store.campaigns import delete_empty_campaigns
from assessment.store.compaction import owe_compaction
from assessment.store.database import Database
from assessment.store.deletions import (
    DeletedKind,
    count_answers,
    delete_answers,
    delete_jobs_of_rounds,
    delete_unused_files,
    record_deletion,
    rounds_to_keep,
)
from assessment.store.recipients import delete_addresses, rounds_with_addresses
from assessment.store.responses import count_by_round
from assessment.store.rounds import Round, find_round_for_update

AT_ONCE = 500
"""Rounds that are looked at in one query."""
KEEPS_ADDRESSES = dt.timedelta(days=30)
"""After a round has closed, so that people can be told of its plan; with the messages to them."""


def delete_what_is_over(database: Database, *, now: dt.datetime) -> int:
    """Of all organisations, a transaction for each round, so that nobody who writes waits for long; returns how many
    rounds lost something."""
    with database.writing() as session:
        clean_log(session, now=now)
    done, after = 0, None
    while True:
        with database.reading() as session:
            rows = rounds_to_keep(session, after, AT_ONCE)
        for row in rows:
            if (kind := _due(row, now)) is None:
                continue
            with database.writing() as session:
                done += _delete(session, row.id, kind, now)
        if len(rows) < AT_ONCE:
            break
        after = rows[-1].id
    with database.writing() as session:
        delete_empty_campaigns(session)
    return done


def delete_addresses_that_are_over(database: Database, *, now: dt.datetime) -> int:
    """Of all organisations, a transaction for each round; returns of how many rounds."""
    with database.reading() as session:
        rounds = [
            round_id
            for round_id, stopped_at, closes_at in rounds_with_addresses(session)
            if _is_long_over(stopped_at, closes_at, now)
        ]
    done = 0
    for round_id in rounds:
        with database.writing() as session:
            round_ = find_round_for_update(session, round_id)
            # Somebody may have opened it again meanwhile.
            if round_ is not None and _is_long_over(round_.stopped_at, round_.closes_at, now):
                delete_addresses(session, round_id)
                owe_compaction(session, is_whole=True)
                done += 1
    return done


def _is_long_over(stopped_at: dt.datetime | None, closes_at: dt.datetime | None, now: dt.datetime) -> bool:
    ended_at = end_of(stopped_at, closes_at, now)
    return ended_at is not None and ended_at + KEEPS_ADDRESSES <= now


def _due(row: Row[Any], now: dt.datetime) -> DeletedKind | None:
    """What of a round is to be deleted now."""
    answers = shorter(row.keep_answers_months, row.organisation_keeps_answers)
    results = shorter(row.keep_results_months, row.organisation_keeps_results)
    ended_at = end_of(row.stopped_at, row.closes_at, now)
    if is_over(ended_at, results, now):
        return DeletedKind.ROUND
    if not is_over(ended_at, answers, now):
        return None
    if row.published_at is None:
        return DeletedKind.ROUND
    return DeletedKind.ANSWERS if row.answers_deleted_at is None else None


def _delete(session: Session, round_id: uuid.UUID, kind: DeletedKind, now: dt.datetime) -> bool:
    round_ = find_round_for_update(session, round_id)
    # Somebody may have opened it again, published it or deleted it meanwhile: then the next turn sees.
    if round_ is None or _due_now(session, round_, now) is not kind:
        return False
    organisation_id = round_.organisation_id
    counts = {"rounds": 1, "answers": count_answers(session, round_.id)}
    if kind is DeletedKind.ANSWERS:
        answered = count_by_round(session, [round_.id]).get(round_.id, 0)
        delete_answers(session, round_, answered=answered, now=now)
    else:
        delete_jobs_of_rounds(session, organisation_id, [round_.id])
        session.delete(round_)
        session.flush()
        delete_unused_files(session, organisation_id)
    record_deletion(session, kind, tenant_id=organisation_id, user_id=None, now=now, counts=counts)
    owe_compaction(session, is_whole=True)
    return True


def _due_now(session: Session, round_: Round, now: dt.datetime) -> DeletedKind | None:
    (row,) = rounds_to_keep(session, None, 1, only=round_.id) or (None,)
    return _due(row, now) if row is not None else None
