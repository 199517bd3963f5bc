"""Statements in groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from assessment.catalogue import limits
from assessment.catalogue.fields import Both, between
from assessment.catalogue.sections.groups import GroupContent, GroupedContent, ItemContent
from assessment.domain.sections.statements import StatementsSection


class StatementContent(ItemContent):
    text: Annotated[Both, AfterValidator(between(limits.STATEMENT))]


class StatementGroupContent(GroupContent):
    items: list[StatementContent] = Field(min_length=1, max_length=12)

    @property
    def asked(self) -> Sequence[ItemContent]:
        return self.items


class StatementsContent(GroupedContent):
    kind: Literal["statements"]
    groups: list[StatementGroupContent] = Field(min_length=1, max_length=30)

    @property
    def asked(self) -> Sequence[GroupContent]:
        return self.groups

    def build(self) -> StatementsSection:
        return StatementsSection(
            id=self.id,
            title=self.heading,
            minimum_group=self.minimum_group,
            scale=self.scale.build(),
            groups=tuple(group.build() for group in self.groups),
            are_pillars=self.are_pillars,
        )
