"""An open question: what is written stands among the comments."""

from __future__ import annotations

from assessment.domain.sections.text import TextSection
from assessment.infra.languages import Localisation


def asked_words(section: TextSection, _points: int, reader: Localisation) -> str:
    return reader.text(section.title) if section.title else reader.gettext("A comment")
