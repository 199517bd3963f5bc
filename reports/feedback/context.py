"""What the page shows: plain, already localised data. Document and message are pure functions of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

from assessment.infra.languages import Paper
from reports.engine.consultancy import Consultancy

Fit = Literal["roomy", "dense", "crowded"]
"""How tightly the page is set, so that it stays one."""


@dataclass(frozen=True, slots=True)
class Promise:
    """An open action of the plan. `who` is empty where nobody has taken it on yet, `mark` unless it is late or
    stuck."""

    title: str
    who: str
    by: str
    mark: str = ""


@dataclass(frozen=True, slots=True)
class FeedbackContext:
    """`promises` are the open actions, `done` the titles of the finished ones; both empty until the team has
    decided, which `next` then says."""

    lang: str
    paper: Paper
    accent: str
    consultancy: Consultancy
    title: str
    organisation: str
    team: str
    round: str
    fit: Fit
    thanks: str
    said: tuple[str, ...]
    promises: tuple[Promise, ...]
    done: tuple[str, ...]
    next: str
    link: str
    qr: Markup | None
    address: tuple[str, str]
