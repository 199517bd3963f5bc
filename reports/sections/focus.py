"""What matters most now: its result stands among the pillars."""

from __future__ import annotations

from assessment.domain.sections.focus import FocusSection
from assessment.infra.languages import Localisation


def asked_words(section: FocusSection, _points: int, reader: Localisation) -> str:
    return reader.text(section.title) if section.title else reader.gettext("What matters most now")
