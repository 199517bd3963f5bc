"""What matters most now."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from assessment.catalogue.fields import Both, Place
from assessment.catalogue.sections.section import SectionContent
from assessment.domain.sections.focus import FocusSection


class FocusContent(SectionContent):
    kind: Literal["focus"]
    id: Literal["focus"]
    question: Both
    at_most: int = Field(ge=1, le=12)

    @property
    def asked_once(self) -> str:
        return "focus"

    def statements(self) -> Iterator[tuple[Both, Place]]:
        yield self.question, ("question",)

    def build(self) -> FocusSection:
        return FocusSection(
            id=self.id,
            title=self.heading,
            minimum_group=self.minimum_group,
            question=self.question.text(),
            at_most=self.at_most,
        )
