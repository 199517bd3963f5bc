"""Rubrics: items that describe each value of the scale."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, model_validator

from assessment.catalogue import limits
from assessment.catalogue.fields import Both, Content, Place, between, broken, counts_from_one
from assessment.catalogue.sections.groups import GroupedContent, ItemContent
from assessment.domain.sections.groups import GroupedSection, Item
from assessment.domain.sections.rubrics import RubricsSection
from assessment.infra.languages import N_

RubricLevel = Annotated[Both, AfterValidator(between(limits.RUBRIC_LEVEL))]


class RubricLevelContent(Content):
    value: int
    text: RubricLevel


class RubricContent(ItemContent):
    text: Annotated[Both, AfterValidator(between(limits.RUBRIC_STEM))]
    levels: list[RubricLevelContent]

    @model_validator(mode="after")
    def _in_order(self) -> RubricContent:
        counts_from_one([level.value for level in self.levels], "levels")
        return self

    def build(self) -> Item:
        return Item(self.id, self.text.text(), tuple(level.text.text() for level in self.levels))


class RubricsContent(GroupedContent[RubricContent]):
    section_class: ClassVar[type[GroupedSection]] = RubricsSection
    kind: Literal["rubrics"]

    @model_validator(mode="after")
    def _whole(self) -> RubricsContent:
        for at, group in enumerate(self.groups):
            for within, rubric in enumerate(group.items):
                check_levels(rubric, len(self.scale.points), ("groups", at, "items", within))
        return self


def check_levels(rubric: RubricContent, points: int, place: Place) -> None:
    """A rubric describes each of the scale's points."""
    if len(rubric.levels) != points:
        raise broken(
            N_("The rubric “%(item)s” must describe all %(levels)s levels of the scale."),
            *(*place, "levels"),
            item=rubric.id,
            levels=points,
        )
