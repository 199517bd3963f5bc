"""What the check-in sheet shows: plain, already localised data. The document is a pure function of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from assessment.infra.languages import Paper
from reports.engine.consultancy import Consultancy

Fit = Literal["roomy", "tight", "tight crowded"]
"""How closely the sheet is set, so that it stays one page."""


@dataclass(frozen=True, slots=True)
class OpenAction:
    """An action that is not finished. `owner` is empty where nobody has been named: it is written in by hand."""

    title: str
    about: str
    owner: str
    due: str
    is_late: bool = False
    is_stuck: bool = False


@dataclass(frozen=True, slots=True)
class CheckInContext:
    """`meetings` are the days of the three short meetings, each in words."""

    lang: str
    paper: Paper
    accent: str
    consultancy: Consultancy
    title: str
    team: str
    organisation: str
    meetings: tuple[str, ...]
    actions: tuple[OpenAction, ...]
    fit: Fit
