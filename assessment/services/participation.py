"""How many people have answered: the only thing that is shown of a round before it is published."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy.orm import Session

from assessment.domain.answers import Role
from assessment.domain.rounds import RoundMode
from assessment.services.rounds import get_round
from assessment.store.responses import count_by_role, count_responses


@dataclass(frozen=True, slots=True)
class Participation:
    """`answered` of `size` people, of whom a result needs `needed`; one agreed sheet is enough in consensus mode."""

    answered: int
    size: int
    needed: int
    is_consensus: bool = False

    @property
    def missing(self) -> int:
        """How many more answers a result needs."""
        return max(0, self.needed - self.answered)

    @property
    def surplus(self) -> int:
        """How many more answers there are than people in the team: some may be double, or of others."""
        return 0 if self.is_consensus else max(0, self.answered - self.size)


def get_participation(session: Session, *, organisation_id: uuid.UUID, round_id: uuid.UUID) -> Participation:
    """How many have answered, never who or when. Raises `UnknownRound`."""
    round_ = get_round(session, organisation_id=organisation_id, round_id=round_id)
    if round_.mode is RoundMode.IMPORTED:
        # Customers, who occur only in files, judge the team from outside: they do not count as its answers.
        by_role = count_by_role(session, round_.id)
        answered = sum(how_many for role, how_many in by_role.items() if role != Role.CUSTOMER)
        is_consensus = Role.CONSENSUS in by_role
    else:
        answered = count_responses(session, round_.id)
        is_consensus = round_.mode is RoundMode.CONSENSUS
    return Participation(answered, round_.team_size, 1 if is_consensus else round_.minimum_group, is_consensus)
