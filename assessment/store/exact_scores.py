"""What figures over teams are worked out from: a team's exact figures, which nobody is shown."""

from __future__ import annotations

import uuid

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from assessment.store.base import Base, belongs_to


class ExactScore(Base):
    """A pillar of a published round, as exactly as its snapshot has it: n, mean and SD (n − 1) of person scores.

    Only of pillars that are released. `is_bound` where people read the bound in place of the mean. Agreed answers have
    no such figures. Nothing of this leaves but through `domain.portfolio`, over several teams.
    """

    __tablename__ = "exact_scores"
    __table_args__ = (belongs_to("rounds", "round_id"),)

    organisation_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    round_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    pillar: Mapped[str] = mapped_column(Text, primary_key=True)
    n: Mapped[int]
    mean: Mapped[float]
    sd: Mapped[float]
    is_bound: Mapped[bool]
