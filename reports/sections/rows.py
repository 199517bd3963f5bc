"""Rows of tables that several documents and sections have: plain, already localised data."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class PillarRow:
    """A pillar, or a group of another section."""

    number: int
    name: str
    level: str
    score: str
    interval: str
    scale: Markup | None
    agreement: str
    distribution: Markup | None
    note: str
    is_open: bool = False
    """Whether a team that answers together has agreed on no level: tables name these in one line below."""


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    name: str
    first: str
    second: str
    words: str
    is_withheld: bool = False
    label: str = ""
    """Of a change, what it is called in code (`ChangeLabel`)."""


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """A point of a scale with the shade that stands for it in a distribution (`charts.SHADES`)."""

    shade: int
    label: str
