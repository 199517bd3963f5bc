"""What keeps a plan from being printed. A draft may have any of these: nothing that somebody wrote is thrown away."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum

from assessment.domain import conventions as c
from assessment.domain.plans.basis import PlanBasis
from assessment.domain.plans.choices import ActionChoice, PlanChoices
from assessment.domain.plans.library import known_actions
from assessment.domain.plans.proposal import MOST_ACTIONS
from assessment.domain.result import TeamResult

MOST_REMEMBERED = 40
"""Actions of a plan, those that were given up among them: far more than any team tries in 90 days."""
LONGEST_SPAN = 92
"""Days from the drawing of a plan to its last action: ninety, and a weekend."""


def is_within_plan(due_on: dt.date, drawn_on: dt.date) -> bool:
    """Whether an action of a plan that was drawn up on a day may be due on another."""
    return 0 <= (due_on - drawn_on).days <= LONGEST_SPAN


class PlanProblem(StrEnum):
    """What is wrong with a choice."""

    NO_PILLAR = "no-pillar"
    PILLAR_TWICE = "pillar-twice"
    UNKNOWN_PILLAR = "unknown-pillar"
    REASON_MISSING = "reason-missing"
    NO_ACTION = "no-action"
    TOO_MANY_ACTIONS = "too-many-actions"
    TOO_MANY_DROPPED = "too-many-dropped"
    TOO_MANY_PILLARS = "too-many-pillars"
    UNKNOWN_ACTION = "unknown-action"
    ACTION_TWICE = "action-twice"
    ACTION_WITHOUT_TITLE = "action-without-title"
    DATE_MISSING = "date-missing"
    DATE_OUT_OF_PLAN = "date-out-of-plan"


@dataclass(frozen=True, slots=True)
class PlanFault:
    """A problem, and where: `heading` is the pillar (or `MOVE`) and `action` counts its actions from 0."""

    problem: PlanProblem
    heading: str = ""
    action: int | None = None


class InvalidPlan(ValueError):
    """Choices that make no plan, or none yet; `faults` are all that was found, in the order of the page."""

    def __init__(self, *faults: PlanFault) -> None:
        super().__init__(", ".join(f"{fault.problem} {fault.heading}".strip() for fault in faults))
        self.faults = faults


def require_structure(choices: PlanChoices, result: TeamResult) -> None:
    """Raises `InvalidPlan` for what no page offers: a pillar without a result, a fourth, a sixth action."""
    judged = {pillar.pillar for pillar in result.pillars if not pillar.is_withheld}
    seen: set[str] = set()
    for pillar in choices.pillars:
        if pillar.pillar not in judged:
            raise InvalidPlan(PlanFault(PlanProblem.UNKNOWN_PILLAR, pillar.pillar))
        if pillar.pillar in seen:
            raise InvalidPlan(PlanFault(PlanProblem.PILLAR_TWICE, pillar.pillar))
        seen.add(pillar.pillar)
    if len(choices.pillars) > c.MOST_PRIORITIES:
        raise InvalidPlan(PlanFault(PlanProblem.TOO_MANY_PILLARS))
    if len(choices.actions) > MOST_ACTIONS:
        raise InvalidPlan(PlanFault(PlanProblem.TOO_MANY_ACTIONS))
    if len(choices.remembered) > MOST_REMEMBERED:
        raise InvalidPlan(PlanFault(PlanProblem.TOO_MANY_DROPPED))


def plan_faults(choices: PlanChoices, basis: PlanBasis) -> tuple[PlanFault, ...]:
    """All that is missing or wrong in a draft, in the order of the page."""
    return tuple(_faults(choices, basis))


def _faults(choices: PlanChoices, basis: PlanBasis) -> Iterator[PlanFault]:
    if not choices.pillars:
        yield PlanFault(PlanProblem.NO_PILLAR)
    proposed = {pillar.result.pillar for pillar in basis.proposal.pillars}
    for pillar in choices.pillars:
        if pillar.pillar not in proposed and pillar.reason == "":
            yield PlanFault(PlanProblem.REASON_MISSING, pillar.pillar)
        is_given_up = bool(choices.dropped_under(pillar.pillar))
        if not pillar.actions and not is_given_up and known_actions(basis, pillar.pillar):  # else written on paper
            yield PlanFault(PlanProblem.NO_ACTION, pillar.pillar)
    for heading in choices.headings:
        known, taken = known_actions(basis, heading), set[str]()
        for at, action in enumerate(choices.actions_under(heading)):
            if action.library_id in taken:
                yield PlanFault(PlanProblem.ACTION_TWICE, heading, at)
            elif problem := _action_problem(action, known, choices):
                yield PlanFault(problem, heading, at)
            taken |= {action.library_id} - {""}


def _action_problem(action: ActionChoice, known: Collection[str], choices: PlanChoices) -> PlanProblem | None:
    if not action.is_own and action.library_id not in known:
        return PlanProblem.UNKNOWN_ACTION
    if action.is_own and not action.title:
        return PlanProblem.ACTION_WITHOUT_TITLE
    if action.due_on is None:
        return PlanProblem.DATE_MISSING
    if not is_within_plan(action.due_on, choices.drawn_on):
        return PlanProblem.DATE_OUT_OF_PLAN
    return None
