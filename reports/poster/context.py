"""What the poster shows: plain, already localised data. The document is a pure function of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

from assessment.infra.languages import Paper

Fit = Literal["roomy", "dense", "crowded"]
"""How tight the sheet is set, so that long names leave it one page."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One of the things that people want to know before they answer."""

    title: str
    words: str


@dataclass(frozen=True, slots=True)
class PosterContext:
    """`address` is the link as one would type it: where it leads, and its secret."""

    lang: str
    paper: Paper
    accent: str
    title: str
    organisation: str
    team: str
    round: str
    fit: Fit
    qr: Markup
    address: tuple[str, str]
    facts: tuple[Fact, ...]
