"""What a plan is chosen from."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from assessment.domain.actions import ActionLibrary
from assessment.domain.plans.proposal import ActionPlan
from assessment.domain.priorities import Targets
from assessment.domain.result import TeamResult
from assessment.domain.scale import Scale


@dataclass(frozen=True, slots=True)
class PlanBasis:
    """A round's released result, on the scale of its pillars and with its targets; what the method proposes; the
    library."""

    round_id: uuid.UUID
    result: TeamResult
    scale: Scale
    targets: Targets
    proposal: ActionPlan
    library: ActionLibrary
