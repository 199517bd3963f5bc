"""The page of an open question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from assessment.domain.answers import AnswerSheet
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.sections.text import TextSection
from assessment.infra.languages import Localisation
from assessment.services.describe_round import AskedPoint
from assessment.web.respond.forms import comment_field
from assessment.web.respond.sections.page import QuestionPage, SinglePage


@dataclass(frozen=True)
class TextPage(SinglePage):
    template: ClassVar[str] = "respond/comment.html"
    is_typed: ClassVar[bool] = True
    section: TextSection

    @property
    def slug(self) -> str:
        return self.section.id

    def title(self, reader: Localisation) -> str:
        return reader.text(self.section.title) if self.section.title else reader.gettext("In your own words")

    def fields(self, reader: Localisation) -> dict[str, Any]:
        return {"comment": comment_field(reader.text(self.section.question), reader)}

    def data(self, sheet: AnswerSheet) -> dict[str, Any]:
        return {"comment": sheet.written.get(self.section.id, "")}

    def apply(self, sheet: AnswerSheet, given: Mapping[str, Any]) -> AnswerSheet:
        return sheet.with_text(self.section.id, given["comment"])

    def answered(self, sheet: AnswerSheet) -> int:
        return int(self.section.id in sheet.written)


def pages_of(
    section: TextSection, _questionnaire: Questionnaire, _points: Sequence[AskedPoint]
) -> Sequence[QuestionPage]:
    return [TextPage(section)]
