"""More answers than people: what was done about it, and what the result says of it (`domain.surplus`)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy.orm import Session

from assessment.domain.plain_text import plain_line
from assessment.domain.result import TeamResult
from assessment.domain.rounds import UNOPENED
from assessment.domain.surplus import LONGEST_REASON, Surplus, UnexplainedSurplus, surplus_of
from assessment.store.round_events import NamedEvent, RoundEvent, RoundEventKind, events_of_round
from assessment.store.rounds import Round


def correct_size(session: Session, round_: Round, size: int, *, user_id: int | None, now: dt.datetime) -> None:
    """Another size of a locked round. Since it opened, results tell of it: a surplus does not go by a number alone."""
    if size == round_.team_size:
        return
    if round_.facts.state(now) not in UNOPENED:
        _record(
            session, round_, RoundEventKind.SIZE_CORRECTED, size=size, size_before=round_.team_size, user_id=user_id,
            now=now,
        )  # fmt: skip
    round_.team_size = size


def explain_surplus(
    session: Session, round_: Round, result: TeamResult, reason: str, *, user_id: int | None, now: dt.datetime
) -> None:
    """Keeps why a round is published with more answers than people, if it is. Raises `UnexplainedSurplus`.

    Customers judge the team from outside: they are not among its answers. An agreed sheet is one for all.
    """
    if result.mode == "consensus" or result.respondents <= round_.team_size:
        return
    words = plain_line(reason)[:LONGEST_REASON]
    if not words:
        raise UnexplainedSurplus(result.respondents, round_.team_size)
    _record(
        session, round_, RoundEventKind.SURPLUS_EXPLAINED, size=round_.team_size, reason=words, user_id=user_id, now=now
    )


def surplus_of_result(session: Session, round_: Round, result: TeamResult) -> Surplus | None:
    """What whoever reads this result is told."""
    if result.mode == "consensus":
        return None
    events = [named.event for named in events_of_round(session, round_.organisation_id, round_.id)]
    return surplus_of(
        result.respondents,
        round_.team_size,
        (event.size_before for event in events if event.size_before is not None),
        next((event.reason for event in events if event.reason), ""),
    )


def size_corrections(session: Session, round_: Round) -> Sequence[NamedEvent]:
    """Who corrected the size since the round began, and when."""
    events = events_of_round(session, round_.organisation_id, round_.id)
    return [named for named in events if named.event.kind is RoundEventKind.SIZE_CORRECTED]


def _record(
    session: Session,
    round_: Round,
    kind: RoundEventKind,
    *,
    size: int,
    size_before: int | None = None,
    reason: str = "",
    user_id: int | None,
    now: dt.datetime,
) -> None:
    session.add(
        RoundEvent(
            organisation_id=round_.organisation_id,
            round_id=round_.id,
            happened_at=now,
            user_id=user_id,
            kind=kind,
            size_before=size_before,
            size=size,
            reason=reason,
        )
    )
    session.flush()
