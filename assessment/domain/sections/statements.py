"""Statements in groups: how often something happens, or how far it is so. The twelve pillars are asked this way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from assessment.domain import conventions as c
from assessment.domain.result import Change, PillarResult
from assessment.domain.sections.groups import GroupedSection


@dataclass(frozen=True, kw_only=True)
class StatementsSection(GroupedSection):
    kind: ClassVar[str] = "statements"

    def release_apart(self, result: PillarResult) -> PillarResult:
        """A group of one statement shows mean, level and n only, from eight answers: all else would tell its counts."""
        released = super().release_apart(result)
        if result.mean is None or result.n is None or not self._is_single(result.pillar):
            return released
        if result.n < c.SINGLE_STATEMENT_N:
            return PillarResult(result.pillar, n=result.n)
        return PillarResult(
            result.pillar,
            n=result.n,
            mean=released.mean,
            level=released.level,
            level_low=released.level,
            level_high=released.level,
        )

    def release_change(self, change: Change, now: float | None) -> Change:
        """A change of one statement is not shown either."""
        if self._is_single(change.pillar):
            return Change(change.pillar, change.n1, change.n2, change.linked, family=change.family)
        return super().release_change(change, now)

    def _is_single(self, group: str) -> bool:
        return any(known.id == group and len(known.items) == 1 for known in self.groups)
