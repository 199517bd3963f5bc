"""Questionnaires as they were written before they were lists of sections: rounds that pinned such a text still read it.

One scale, pillars, ladder, focus and comment, each once. Items with `levels` are rubrics. Nothing new is written in
this format; the sections that it builds are those of today.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from assessment.catalogue import limits
from assessment.catalogue.fields import Both, Content, Slug, between, no_repeats
from assessment.catalogue.sections.groups import GroupContent, ScaleContent, check_ids_of_groups
from assessment.catalogue.sections.ladder import StepsContent
from assessment.catalogue.sections.rubrics import RubricContent, RubricLevelContent, check_levels
from assessment.domain.answers import COMMENT
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.sections.focus import FocusSection
from assessment.domain.sections.groups import GroupedSection
from assessment.domain.sections.ladder import LadderSection
from assessment.domain.sections.rubrics import RubricsSection
from assessment.domain.sections.statements import StatementsSection
from assessment.domain.sections.text import TextSection
from assessment.domain.texts import Text

PILLARS = Text(es="Los pilares de una cultura de servicio", en="The pillars of a service culture")
TWELVE_PILLARS = Text(es="Los doce pilares de una cultura de servicio", en="The twelve pillars of a service culture")


class ItemContent1(RubricContent):
    """A statement, or with `levels` a rubric, whose stem may be shorter."""

    text: Both
    levels: list[RubricLevelContent] = Field(default_factory=list)

    @model_validator(mode="after")
    def _fitting(self) -> ItemContent1:
        between(limits.RUBRIC_STEM if self.levels else limits.STATEMENT, "text")(self.text)
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
    pillars: list[GroupContent[ItemContent1]] = Field(min_length=1)
    ladder: StepsContent
    focus: FocusContent1
    comment: CommentContent1

    @model_validator(mode="after")
    def _sound(self) -> QuestionnaireContent1:
        check_ids_of_groups(self.pillars, "pillars")
        items = [
            (item, ("pillars", at, "items", within))
            for at, pillar in enumerate(self.pillars)
            for within, item in enumerate(pillar.items)
        ]
        no_repeats((item.id, (*place, "id")) for item, place in items)
        for item, place in items:
            if item.levels:
                check_levels(item, len(self.scale.points), place)
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
