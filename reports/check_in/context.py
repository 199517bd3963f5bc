"""What the check-in sheet shows: plain, already localised data. The document is a pure function of it."""

from __future__ import annotations

from dataclasses import dataclass

from assessment.infra.languages import Paper


@dataclass(frozen=True, slots=True)
class OpenAction:
    """An action that is not finished. `owner` is empty where nobody has been named: it is written in by hand."""

    title: str
    about: str
    owner: str
    due: str


@dataclass(frozen=True, slots=True)
class CheckInContext:
    """`meetings` are the days of the three short meetings, each in words; `is_tight` where much has to fit a page."""

    lang: str
    paper: Paper
    accent: str
    title: str
    team: str
    organisation: str
    meetings: tuple[str, ...]
    actions: tuple[OpenAction, ...]
    is_tight: bool
