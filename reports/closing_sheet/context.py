"""What the closing sheet shows: plain, already localised data. The document is a pure function of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from assessment.infra.languages import Paper
from reports.engine.consultancy import Consultancy

Fit = Literal["roomy", "tight", "tight crowded", "blank", "blank crowded"]
"""How closely the sheet is set, so that it stays one page."""


@dataclass(frozen=True, slots=True)
class PromisedAction:
    """`owner` is empty where nobody has been named: it is written in by hand."""

    title: str
    owner: str
    due: str


@dataclass(frozen=True, slots=True)
class ClosingSheetContext:
    """`lines` is how many places there are to sign; `apart` and `higher` are mm that each action and each row of places
    get besides, so that the page is filled. A blank
    sheet has no actions, but `blanks` of them to be written by hand."""

    lang: str
    paper: Paper
    accent: str
    title: str
    team: str
    organisation: str
    actions: tuple[PromisedAction, ...]
    lines: int
    apart: float
    higher: float
    blanks: int
    fit: Fit
    consultancy: Consultancy
