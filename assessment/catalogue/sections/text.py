"""An open question."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from assessment.catalogue.fields import Both, Place
from assessment.catalogue.sections.section import SectionContent
from assessment.domain.sections.text import TextSection


class TextContent(SectionContent):
    kind: Literal["text"]
    question: Both
    warning: Both

    def statements(self) -> Iterator[tuple[Both, Place]]:
        yield self.question, ("question",)

    def build(self) -> TextSection:
        return TextSection(
            id=self.id,
            title=self.heading,
            minimum_group=self.minimum_group,
            question=self.question.text(),
            warning=self.warning.text(),
        )
