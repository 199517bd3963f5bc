"""SlidesSource → what each slide says → PPTX."""

from __future__ import annotations

from assessment.infra.languages import Localisation
from reports.slides.source import SlidesSource
from reports.slides.words import build_deck


def build_slides(source: SlidesSource, reader: Localisation) -> bytes:
    """The slides as a PPTX file; the same source gives the same bytes."""
    from reports.slides.drawing import draw_deck

    return draw_deck(build_deck(source, reader))
