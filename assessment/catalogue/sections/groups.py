"""Items in groups on one scale: what statements and rubrics have in common in a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, ClassVar, Generic, TypeVar

from pydantic import AfterValidator, Field, model_validator

from assessment.catalogue import limits
from assessment.catalogue.fields import Both, Content, Place, Slug, between, broken, counts_from_one, no_repeats
from assessment.catalogue.sections.section import SectionContent
from assessment.domain.scale import Scale, ScalePoint
from assessment.domain.sections.groups import Group, GroupedSection, Item
from assessment.infra.languages import N_

Summary = Annotated[Both, AfterValidator(between(limits.SUMMARY))]
ShortName = Annotated[Both, AfterValidator(between(limits.SHORT_NAME))]


class ScalePointContent(Content):
    value: int
    label: Both


class ScaleContent(Content):
    question: Both
    points: list[ScalePointContent] = Field(min_length=2, max_length=10)
    dont_know: Both

    @model_validator(mode="after")
    def _in_order(self) -> ScaleContent:
        counts_from_one([point.value for point in self.points], "points")
        for language in ("es", "en"):
            no_repeats(
                (getattr(point.label, language).casefold(), ("points", at, "label", language))
                for at, point in enumerate(self.points)
            )
        return self

    def build(self) -> Scale:
        return Scale(
            question=self.question.text(),
            points=tuple(ScalePoint(point.value, point.label.text()) for point in self.points),
            dont_know=self.dont_know.text(),
        )


class ItemContent(Content):
    """One question of a group; each kind says more of it."""

    id: Slug
    text: Both

    def build(self) -> Item:
        return Item(self.id, self.text.text())


AnyItem = TypeVar("AnyItem", bound=ItemContent)


class GroupContent(Content, Generic[AnyItem]):
    id: Slug
    name: Both
    short_name: ShortName
    summary: Summary
    items: list[AnyItem] = Field(min_length=1, max_length=12)

    def build(self) -> Group:
        return Group(
            id=self.id,
            name=self.name.text(),
            short_name=self.short_name.text(),
            summary=self.summary.text(),
            items=tuple(item.build() for item in self.items),
        )


class GroupedContent(SectionContent, Generic[AnyItem]):
    """`are_pillars` marks the section whose groups are the pillars."""

    section_class: ClassVar[type[GroupedSection]]
    """What a kind builds."""
    title: Both
    scale: ScaleContent
    groups: list[GroupContent[AnyItem]] = Field(min_length=1, max_length=30)
    are_pillars: bool = False

    @property
    def asked_once(self) -> str:
        return "pillars" if self.are_pillars else ""

    @model_validator(mode="after")
    def _named_alike(self) -> GroupedContent[AnyItem]:
        check_ids_of_groups(self.groups, "groups")
        return self

    def ids(self) -> Iterator[tuple[str, Place]]:
        yield from super().ids()
        for at, group in enumerate(self.groups):
            yield group.id, ("groups", at, "id")
            for within, item in enumerate(group.items):
                yield item.id, ("groups", at, "items", within, "id")

    def statements(self) -> Iterator[tuple[Both, Place]]:
        for at, group in enumerate(self.groups):
            for within, item in enumerate(group.items):
                yield item.text, ("groups", at, "items", within, "text")

    def build(self) -> GroupedSection:
        return self.section_class(
            id=self.id,
            title=self.heading,
            minimum_group=self.minimum_group,
            scale=self.scale.build(),
            groups=tuple(group.build() for group in self.groups),
            are_pillars=self.are_pillars,
        )


def check_ids_of_groups(groups: Sequence[GroupContent[AnyItem]], field: str) -> None:
    """No two groups have one id, and the ids of items begin with that of their group; `field` holds the groups."""
    no_repeats((group.id, (field, at, "id")) for at, group in enumerate(groups))
    for at, group in enumerate(groups):
        for within, item in enumerate(group.items):
            if not item.id.startswith(f"{group.id}-"):
                raise broken(
                    N_("The item “%(item)s” must begin with its group's id: “%(group)s-”."),
                    *(field, at, "items", within, "id"),
                    item=item.id,
                    group=group.id,
                )
