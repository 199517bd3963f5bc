"""Whether there is something to show of what a team answered, and if not, why: one rule, before publication and after.

It depends on how many people answered how much, never on what they answered.
"""

from __future__ import annotations

from enum import StrEnum

from assessment.domain.questionnaire import Questionnaire
from assessment.domain.result import TeamResult


class Outcome(StrEnum):
    """What comes of a round."""

    RESULT = "result"
    TOO_FEW_ANSWERED = "too-few-answered"
    TOO_FEW_COULD_SAY = "too-few-could-say"
    """Enough people answered, and too few of them could say how things are; or an agreed sheet leaves it open."""


def outcome_of(result: TeamResult, questionnaire: Questionnaire, minimum_group: int) -> Outcome:
    """Of a result, released or not. Where no pillars are asked, whatever is not withheld as a whole is a result."""
    has_figures = (
        any(pillar.mean is not None for pillar in result.pillars)
        or any(point.median is not None for point in result.ladder)
        or any(result.sections.values())
    )
    if not result.withheld and (has_figures or not questionnaire.pillars):
        return Outcome.RESULT
    return nothing_of(result.respondents, 1 if result.mode == "consensus" else minimum_group)


def nothing_of(answered: int, needed: int) -> Outcome:
    """Why there is nothing to show."""
    return Outcome.TOO_FEW_ANSWERED if answered < needed else Outcome.TOO_FEW_COULD_SAY
