"""The page of a choice: its vignettes, of which one is chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from assessment.domain.answers import AnswerSheet
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.sections.choice import ChoiceSection
from assessment.infra.languages import Localisation
from assessment.services.describe_round import AskedPoint
from assessment.web.respond.forms import choice_field
from assessment.web.respond.sections.page import QuestionPage, SinglePage, one_of, only_own


@dataclass(frozen=True)
class ChoicePage(SinglePage):
    template: ClassVar[str] = "respond/steps/choice.html"
    is_typed: ClassVar[bool] = False
    goes_on: ClassVar[bool] = True
    section: ChoiceSection

    @property
    def slug(self) -> str:
        return self.section.id

    def title(self, reader: Localisation) -> str:
        return reader.text(self.section.title or self.section.question)

    def fields(self, reader: Localisation) -> dict[str, Any]:
        options = {option.id: reader.text(option.text) for option in self.section.options}
        return {"chosen": choice_field(reader.text(self.section.question), options, reader)}

    def data(self, sheet: AnswerSheet) -> dict[str, Any]:
        return {"chosen": sheet.choices.get(self.section.id)}

    def change(self, given: Mapping[str, Any]) -> dict[str, Any]:
        only_own(given, ("chosen",))
        options = {option.id for option in self.section.options}
        return {"choices": {self.section.id: one_of(options, self.section.id, given.get("chosen"))}}

    def answered(self, sheet: AnswerSheet) -> int:
        return int(self.section.id in sheet.choices)


def pages_of(
    section: ChoiceSection, _questionnaire: Questionnaire, _points: Sequence[AskedPoint]
) -> Sequence[QuestionPage]:
    return [ChoicePage(section)]
