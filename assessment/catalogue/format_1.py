"""Questionnaires as they were written before they were lists of sections: rounds that pinned such a text still read it.

One scale, pillars, ladder, focus and comment, each once. Items with `levels` are rubrics. Nothing new is written in
this format; the sections that it builds are those of today.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from assessment.catalogue import limits
from assessment.catalogue.fields import Both, Content, Place, Slug, between, broken, counts_from_one, no_repeats
from assessment.catalogue.sections.groups import ScaleContent, ShortName, Summary
from assessment.catalogue.sections.ladder import StepContent
from assessment.catalogue.sections.rubrics import RubricLevelContent
from assessment.domain.answers import COMMENT
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.sections.focus import FocusSection
from assessment.domain.sections.groups import Group, GroupedSection, Item
from assessment.domain.sections.ladder import LadderSection
from assessment.domain.sections.rubrics import RubricsSection
from assessment.domain.sections.statements import StatementsSection
from assessment.domain.sections.text import TextSection
from assessment.domain.texts import Text
from assessment.infra.languages import N_

PILLARS = Text(es="Los pilares de una cultura de servicio", en="The pillars of a service culture")
TWELVE_PILLARS = Text(es="Los doce pilares de una cultura de servicio", en="The twelve pillars of a service culture")


class ItemContent1(Content):
    """A statement, or with `levels` a rubric, whose stem may be shorter."""

    id: Slug
    text: Both
    levels: list[RubricLevelContent] = Field(default_factory=list)

    @model_validator(mode="after")
    def _sound(self) -> ItemContent1:
        between(limits.RUBRIC_STEM if self.levels else limits.STATEMENT, "text")(self.text)
        counts_from_one([level.value for level in self.levels], "levels")
        return self

    def build(self) -> Item:
        return Item(self.id, self.text.text(), tuple(level.text.text() for level in self.levels))


class PillarContent1(Content):
    id: Slug
    name: Both
    short_name: ShortName
    summary: Summary
    items: list[ItemContent1] = Field(min_length=1, max_length=12)

    def build(self) -> Group:
        return Group(
            id=self.id,
            name=self.name.text(),
            short_name=self.short_name.text(),
            summary=self.summary.text(),
            items=tuple(item.build() for item in self.items),
        )


class LadderContent1(Content):
    question: Both
    point_gloss: Both
    levels: list[StepContent] = Field(min_length=6, max_length=6)

    @model_validator(mode="after")
    def _in_order(self) -> LadderContent1:
        counts_from_one([step.value for step in self.levels], "levels")
        no_repeats((step.id, ("levels", at, "id")) for at, step in enumerate(self.levels))
        return self


class FocusContent1(Content):
    question: Both
    at_most: int = Field(ge=1, le=12)


class CommentContent1(Content):
    question: Both
    warning: Both


class QuestionnaireContent1(Content):
    """`escala.questionnaire/1`."""

    schema_: Literal["escala.questionnaire/1"] = Field(alias="schema")
    id: Slug
    version: int = Field(ge=1)
    title: Both
    introduction: Both
    scale: ScaleContent
    pillars: list[PillarContent1] = Field(min_length=1)
    ladder: LadderContent1
    focus: FocusContent1
    comment: CommentContent1

    @model_validator(mode="after")
    def _sound(self) -> QuestionnaireContent1:
        no_repeats((pillar.id, ("pillars", at, "id")) for at, pillar in enumerate(self.pillars))
        places: list[tuple[PillarContent1, ItemContent1, Place]] = [
            (pillar, item, ("pillars", at, "items", within))
            for at, pillar in enumerate(self.pillars)
            for within, item in enumerate(pillar.items)
        ]
        no_repeats((item.id, (*place, "id")) for _, item, place in places)
        for pillar, item, place in places:
            if not item.id.startswith(f"{pillar.id}-"):
                raise broken(
                    N_("The item “%(item)s” must begin with its group's id: “%(group)s-”."),
                    *(*place, "id"),
                    item=item.id,
                    group=pillar.id,
                )
            if item.levels and len(item.levels) != len(self.scale.points):
                raise broken(
                    N_("The rubric “%(item)s” must describe all %(levels)s levels of the scale."),
                    *(*place, "levels"),
                    item=item.id,
                    levels=len(self.scale.points),
                )
        return self

    def build(self, checksum: str) -> Questionnaire:
        return Questionnaire(
            id=self.id,
            version=self.version,
            checksum=checksum,
            title=self.title.text(),
            introduction=self.introduction.text(),
            sections=(
                self._pillars(),
                FocusSection(id="focus", question=self.focus.question.text(), at_most=self.focus.at_most),
                LadderSection(
                    id="ladder",
                    question=self.ladder.question.text(),
                    point_gloss=self.ladder.point_gloss.text(),
                    dont_know=self.scale.dont_know.text(),
                    steps=tuple(step.build() for step in self.ladder.levels),
                ),
                TextSection(id=COMMENT, question=self.comment.question.text(), warning=self.comment.warning.text()),
            ),
        )

    def _pillars(self) -> GroupedSection:
        are_rubrics = all(item.levels for pillar in self.pillars for item in pillar.items)
        section: type[GroupedSection] = RubricsSection if are_rubrics else StatementsSection
        return section(
            id="pillars",
            title=TWELVE_PILLARS if len(self.pillars) == 12 else PILLARS,
            scale=self.scale.build(),
            groups=tuple(pillar.build() for pillar in self.pillars),
            are_pillars=True,
        )
