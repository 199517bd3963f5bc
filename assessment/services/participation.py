"""How many have answered: the only thing that anybody sees of a round before it is published."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy.orm import Session

from assessment.domain.rounds import RoundMode
from assessment.services.rounds import get_round
from assessment.store.responses import count_responses


@dataclass(frozen=True, slots=True)
class Participation:
    """`answered` of `size` people, of whom a result needs `needed`."""

    answered: int
    size: int
    needed: int

    @property
    def missing(self) -> int:
        """How many more a result needs."""
        return max(0, self.needed - self.answered)


def participation(session: Session, *, organisation_id: uuid.UUID, round_id: uuid.UUID) -> Participation:
    """How many have answered, never who or when. Raises `UnknownRound`."""
    found = get_round(session, organisation_id=organisation_id, round_id=round_id)
    needed = 1 if found.mode is RoundMode.CONSENSUS else found.minimum_group
    return Participation(count_responses(session, found.id), found.team_size, needed)
