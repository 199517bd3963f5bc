"""Items in groups on one scale: what statements and rubrics have in common in a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from assessment.catalogue import limits
from assessment.catalogue.fields import Both, Content, Place, Slug, between, broken, counts_from_one, no_repeats
from assessment.catalogue.sections.section import SectionContent
from assessment.domain.scale import Scale, ScalePoint
from assessment.domain.sections.groups import Group, Item
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


class GroupContent(Content):
    """A group; each kind says what its `items` are."""

    id: Slug
    name: Both
    short_name: ShortName
    summary: Summary

    @property
    def asked(self) -> Sequence[ItemContent]:
        """Its items."""
        raise NotImplementedError

    def build(self) -> Group:
        return Group(
            id=self.id,
            name=self.name.text(),
            short_name=self.short_name.text(),
            summary=self.summary.text(),
            items=tuple(item.build() for item in self.asked),
        )


class GroupedContent(SectionContent):
    """`are_pillars` marks the section whose groups are the pillars."""

    title: Both
    scale: ScaleContent
    are_pillars: bool = False

    @property
    def asked(self) -> Sequence[GroupContent]:
        """Its groups."""
        raise NotImplementedError

    @property
    def asked_once(self) -> str:
        return "pillars" if self.are_pillars else ""

    @model_validator(mode="after")
    def _named_alike(self) -> GroupedContent:
        no_repeats((group.id, ("groups", at, "id")) for at, group in enumerate(self.asked))
        for at, group in enumerate(self.asked):
            for within, item in enumerate(group.asked):
                if not item.id.startswith(f"{group.id}-"):
                    raise broken(
                        N_("The item “%(item)s” must begin with its group's id: “%(group)s-”."),
                        *("groups", at, "items", within, "id"),
                        item=item.id,
                        group=group.id,
                    )
        return self

    def ids(self) -> Iterator[tuple[str, Place]]:
        yield from super().ids()
        for at, group in enumerate(self.asked):
            yield group.id, ("groups", at, "id")
            for within, item in enumerate(group.asked):
                yield item.id, ("groups", at, "items", within, "id")

    def statements(self) -> Iterator[tuple[Both, Place]]:
        for at, group in enumerate(self.asked):
            for within, item in enumerate(group.asked):
                yield item.text, ("groups", at, "items", within, "text")
