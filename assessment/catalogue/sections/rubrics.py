"""Rubrics: items that describe each value of the scale."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from assessment.catalogue import limits
from assessment.catalogue.fields import Both, Content, between, broken, counts_from_one
from assessment.catalogue.sections.groups import GroupContent, GroupedContent, ItemContent
from assessment.domain.sections.groups import Item
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


class RubricGroupContent(GroupContent):
    items: list[RubricContent] = Field(min_length=1, max_length=12)

    @property
    def asked(self) -> Sequence[ItemContent]:
        return self.items


class RubricsContent(GroupedContent):
    kind: Literal["rubrics"]
    groups: list[RubricGroupContent] = Field(min_length=1, max_length=30)

    @property
    def asked(self) -> Sequence[GroupContent]:
        return self.groups

    @model_validator(mode="after")
    def _whole(self) -> RubricsContent:
        for at, group in enumerate(self.groups):
            for within, item in enumerate(group.items):
                if len(item.levels) != len(self.scale.points):
                    raise broken(
                        N_("The rubric “%(item)s” must describe all %(levels)s levels of the scale."),
                        *("groups", at, "items", within, "levels"),
                        item=item.id,
                        levels=len(self.scale.points),
                    )
        return self

    def build(self) -> RubricsSection:
        return RubricsSection(
            id=self.id,
            title=self.heading,
            minimum_group=self.minimum_group,
            scale=self.scale.build(),
            groups=tuple(group.build() for group in self.groups),
            are_pillars=self.are_pillars,
        )
