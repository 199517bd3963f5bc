"""What the pages of slips show: plain, already localised data. The document is a pure function of it."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from assessment.infra.languages import Paper


@dataclass(frozen=True, slots=True)
class Slip:
    """One personal link. `address` is the link as people type it: up to the last slash, and the secret."""

    qr: Markup
    address: tuple[str, str]


@dataclass(frozen=True, slots=True)
class SlipsContext:
    """`pages` hold rows of two slips each; the last row may hold one."""

    lang: str
    paper: Paper
    accent: str
    title: str
    team: str
    organisation: str
    promise: str
    until: str
    pages: tuple[tuple[tuple[Slip, ...], ...], ...]
