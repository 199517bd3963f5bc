"""What the page shows: plain, already localised data. Document and message are pure functions of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

from assessment.infra.languages import Paper

Fit = Literal["roomy", "dense", "crowded"]
"""How tightly the page is set, so that it stays one."""


@dataclass(frozen=True, slots=True)
class Promise:
    """An action of the plan. `who` is empty where nobody has taken it on yet, `by` where it has no date."""

    title: str
    who: str
    by: str


@dataclass(frozen=True, slots=True)
class FeedbackContext:
    """`promises` is empty as long as the team has not decided; `next` then says what happens."""

    lang: str
    paper: Paper
    accent: str
    title: str
    organisation: str
    team: str
    round: str
    fit: Fit
    thanks: str
    said: tuple[str, ...]
    promises: tuple[Promise, ...]
    next: str
    link: str
    qr: Markup | None
    address: tuple[str, str]
