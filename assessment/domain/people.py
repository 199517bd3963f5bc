"""One scored respondent: the step from an answer sheet to numbers."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from assessment.domain.answers import AnswerSheet, Role


@dataclass(frozen=True, slots=True)
class Person:
    """One scored respondent; `scores` holds the pillars that the half rule leaves valid, as exact means."""

    sheet: AnswerSheet
    scores: dict[str, Fraction]
    overall: Fraction | None

    @property
    def is_leader(self) -> bool:
        return self.sheet.role is Role.LEADER
