"""The ladder: its result has a place of its own."""

from __future__ import annotations

from assessment.domain.sections.ladder import LadderSection
from assessment.infra.languages import Localisation


def asked_words(_section: LadderSection, points: int, reader: Localisation) -> str:
    return reader.ngettext("%(n)s moment on the service ladder", "%(n)s moments on the service ladder", points)
