"""What the action plan is made of, and a result without a plan."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from assessment.domain.all_rounds import AllRounds
from assessment.domain.colours import DEFAULT_ACCENT
from assessment.domain.plans.outcomes import PlanOutcomes
from assessment.domain.plans.proposal import ActionPlan
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.result import TeamResult
from assessment.domain.since import Since
from assessment.domain.surplus import Surplus
from assessment.domain.workshops import HeldWorkshop
from assessment.infra.languages import Paper
from reports.engine.consultancy import NO_CONSULTANCY, Consultancy


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultSource:
    """A released result (`domain.privacy.release`) and what it takes to word it.

    `point_names` maps perception points to the names that people know them by.
    """

    result: TeamResult
    questionnaire: Questionnaire
    point_names: Mapping[str, str]
    surplus: Surplus | None = None
    """Where more answered than the team has people, or had when they were asked."""
    since: Since | None = None
    """What is known of the time since the round that this one is compared with."""
    outcomes: tuple[PlanOutcomes, ...] = ()
    """What the round says of actions that were done before it."""
    past: AllRounds | None = None
    """The team's rounds up to this one."""

    workshops: tuple[HeldWorkshop, ...] = ()
    """Where the round was voted on in a room, the last one first."""

    def point_name(self, point: str) -> str:
        return self.point_names.get(point, point)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanSource(ResultSource):
    """A released result and a plan, with what is printed beside them."""

    plan: ActionPlan
    printed_on: dt.date
    """The day of this edition: page 1 bears it, so that one can tell which one hangs on the wall."""
    minimum_group: int
    organisation: str = ""
    accent: str = DEFAULT_ACCENT
    logo: str = ""
    """A `data:` URI, or empty."""
    consultancy: Consultancy = NO_CONSULTANCY
    is_blank: bool = False
    is_decided: bool = False
    """Whether the team has changed the proposal."""
    asks_role: bool = False
    """Whether people were asked if they lead, so that they expect both groups beside each other."""
    link: str = ""
    """Where the plan is read on a phone; empty where it is not shared."""
    paper: Paper | None = None
    targets: Mapping[str, float] = field(default_factory=dict)

    def target(self, pillar: str) -> float:
        """The team's target for a pillar; that of the scale (4 on 1–5) where the team has set none."""
        return self.targets.get(pillar, self.questionnaire.scale.target)
