"""What the poster shows: plain, already localised data. The document is a pure function of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

from assessment.infra.languages import Paper
from reports.engine.consultancy import Consultancy

Fit = Literal["roomy", "dense", "crowded"]
"""How tightly the poster is set, so that it stays one page with long names."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that people want to know before they answer."""

    title: str
    words: str


@dataclass(frozen=True, slots=True)
class PosterContext:
    """`address` is the link as people type it: up to the last slash, and the secret."""

    lang: str
    paper: Paper
    accent: str
    consultancy: Consultancy
    title: str
    organisation: str
    team: str
    round: str
    fit: Fit
    qr: Markup
    address: tuple[str, str]
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class PostersContext:
    """Posters of several teams, a page each."""

    lang: str
    paper: Paper
    accent: str
    consultancy: Consultancy
    title: str
    posters: tuple[PosterContext, ...]
