"""Answers that came by link in a round of which other sheets were typed from paper.

Whoever types knows what the typed sheets say. With a result of all of them they could work out what the others said
together: so these others are none, or at least as many as a result needs (`fewer_than_needed`). The same holds for
leaders and staff, who are told apart only where it does (`few_of_a_role`).
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from assessment.domain.answers import Role
from assessment.domain.rounds import RoundMode
from assessment.store.paper_sheets import count_by_origin
from assessment.store.rounds import Round


def count_typed(session: Session, round_: Round) -> tuple[int, int]:
    """How many responses were typed from paper, and how many came by link."""
    counted = count_by_origin(session, round_.id)
    typed = sum(count for (_, is_typed), count in counted.items() if is_typed)
    return typed, sum(counted.values()) - typed


def fewer_than_needed(session: Session, round_: Round) -> int:
    """How many answers came by link beside typed ones, where these are too few to stay unknown; else 0."""
    if round_.mode is not RoundMode.ANSWERED or round_.published_at is not None:
        return 0
    typed, others = count_typed(session, round_)
    return others if typed and others < round_.minimum_group else 0


def few_of_a_role(session: Session, round_: Round) -> bool:
    """Whether beside typed answers too few of a role came by link."""
    if not round_.asks_role or round_.mode is not RoundMode.ANSWERED or round_.published_at is not None:
        return False
    counted = count_by_origin(session, round_.id)
    if not any(is_typed for _, is_typed in counted):
        return False
    return any(0 < counted.get((role.value, False), 0) < round_.minimum_group for role in (Role.STAFF, Role.LEADER))
