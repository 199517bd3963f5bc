"""The page of an open question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from assessment.domain.answers import COMMENT, AnswerSheet, InvalidAnswer
from assessment.domain.plain_text import plain_text
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.sections.text import TextSection
from assessment.infra.languages import Localisation
from assessment.services.describe_round import AskedPoint
from assessment.web.respond.forms import comment_field
from assessment.web.respond.sections.page import QuestionPage, SinglePage, only_own


@dataclass(frozen=True)
class TextPage(SinglePage):
    template: ClassVar[str] = "respond/steps/comment.html"
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

    def change(self, given: Mapping[str, Any]) -> dict[str, Any]:
        only_own(given, ("comment",))
        words = given.get("comment") or ""
        if not isinstance(words, str):
            raise InvalidAnswer(self.section.id, words)
        words = plain_text(words)
        return {COMMENT: words} if self.section.id == COMMENT else {"texts": {self.section.id: words or None}}

    def answered(self, sheet: AnswerSheet) -> int:
        return int(self.section.id in sheet.written)


def pages_of(
    section: TextSection, _questionnaire: Questionnaire, _points: Sequence[AskedPoint]
) -> Sequence[QuestionPage]:
    return [TextPage(section)]
