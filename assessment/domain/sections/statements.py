"""Statements in groups: how often something happens, or how far it is so. The twelve pillars are asked this way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from assessment.domain import conventions as c
from assessment.domain.result import Change, PillarResult
from assessment.domain.sections.groups import GroupedSection, withheld_change


@dataclass(frozen=True, kw_only=True)
class StatementsSection(GroupedSection):
    kind: ClassVar[str] = "statements"

    def release_group(self, result: PillarResult) -> PillarResult:
        """A group of one statement, a pillar too, shows mean, level and n only, from eight answers: all else would tell
        its counts."""
        released = super().release_group(result)
        if released.mean is None or released.n is None or not self.is_single(result.pillar):
            return released
        if released.n < c.SINGLE_STATEMENT_N:
            return PillarResult(result.pillar, n=released.n)
        return PillarResult(result.pillar, n=released.n, mean=released.mean, level=released.level)

    def release_change(self, change: Change, now: float | None) -> Change:
        """A change of one statement is not shown either."""
        return withheld_change(change) if self.is_single(change.pillar) else super().release_change(change, now)
