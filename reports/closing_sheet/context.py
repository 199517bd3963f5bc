"""What the closing sheet shows: plain, already localised data. The document is a pure function of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from assessment.infra.languages import Paper

Fit = Literal["roomy", "tight", "tight crowded"]
"""How closely the sheet is set, so that it stays one page."""


@dataclass(frozen=True, slots=True)
class PromisedAction:
    """`owner` is empty where nobody has been named: it is written in by hand."""

    title: str
    owner: str
    due: str


@dataclass(frozen=True, slots=True)
class ClosingSheetContext:
    """`lines` is how many places there are to sign."""

    lang: str
    paper: Paper
    accent: str
    title: str
    team: str
    organisation: str
    actions: tuple[PromisedAction, ...]
    lines: int
    fit: Fit
