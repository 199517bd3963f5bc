"""What a plan is chosen from."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from assessment.domain.actions import ActionLibrary
from assessment.domain.plans.proposal import ActionPlan, PlannedPoint
from assessment.domain.priorities import Targets
from assessment.domain.result import TeamResult
from assessment.domain.scale import Scale


@dataclass(frozen=True, slots=True)
class PlanBasis:
    """A round's released result, on the scale of its pillars and with its targets; what the method proposes; the
    library.

    `points` are the perception points among which the team may choose, since they are level; `chosen_point` is the one
    that it chose, or empty for the proposal's.
    """

    round_id: uuid.UUID
    result: TeamResult
    scale: Scale
    targets: Targets
    proposal: ActionPlan
    library: ActionLibrary
    points: Mapping[str, PlannedPoint] = field(default_factory=dict)
    chosen_point: str = ""

    @property
    def point(self) -> PlannedPoint | None:
        """The perception point that the plan lifts."""
        return self.points.get(self.chosen_point, self.proposal.point)
