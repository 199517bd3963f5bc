"""The service-level ladder."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from assessment.catalogue import limits
from assessment.catalogue.fields import Both, Content, Slug, between, counts_from_one, no_repeats
from assessment.catalogue.sections.section import SectionContent
from assessment.domain.sections.ladder import LadderSection, Step

Lived = Annotated[Both, AfterValidator(between(limits.LIVED))]


class StepContent(Content):
    value: int
    id: Slug
    name: Both
    label: Both
    lived: Lived

    def build(self) -> Step:
        return Step(self.value, self.id, self.name.text(), self.label.text(), self.lived.text())


class StepsContent(Content):
    """The ladder itself, in any format of a questionnaire's file."""

    question: Both
    point_gloss: Both
    levels: list[StepContent] = Field(min_length=6, max_length=6)

    @model_validator(mode="after")
    def _in_order(self) -> StepsContent:
        counts_from_one([step.value for step in self.levels], "levels")
        no_repeats((step.id, ("levels", at, "id")) for at, step in enumerate(self.levels))
        return self


class LadderContent(StepsContent, SectionContent):
    kind: Literal["ladder"]
    id: Literal["ladder"]
    dont_know: Both

    @property
    def asked_once(self) -> str:
        return "ladder"

    def build(self) -> LadderSection:
        return LadderSection(
            id=self.id,
            title=self.heading,
            minimum_group=self.minimum_group,
            question=self.question.text(),
            point_gloss=self.point_gloss.text(),
            dont_know=self.dont_know.text(),
            steps=tuple(step.build() for step in self.levels),
        )
