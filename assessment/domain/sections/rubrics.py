"""Rubrics: each value of the scale is described in words. A workshop rates the pillars this way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from assessment.domain.sections.groups import GroupedSection


@dataclass(frozen=True, kw_only=True)
class RubricsSection(GroupedSection):
    kind: ClassVar[str] = "rubrics"
