"""The page of what matters most now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from assessment.domain.answers import AnswerSheet, InvalidAnswer
from assessment.domain.questionnaire import Pillar, Questionnaire
from assessment.domain.sections.focus import FocusSection
from assessment.infra.languages import Localisation
from assessment.services.describe_round import AskedPoint
from assessment.web.respond.forms import focus_field
from assessment.web.respond.sections.page import QuestionPage, SinglePage, only_own


@dataclass(frozen=True)
class FocusPage(SinglePage):
    """The pillars that matter most now."""

    template: ClassVar[str] = "respond/steps/focus.html"
    is_typed: ClassVar[bool] = False
    section: FocusSection
    pillars: tuple[Pillar, ...]

    @property
    def slug(self) -> str:
        return self.section.id

    def title(self, reader: Localisation) -> str:
        return reader.text(self.section.title) if self.section.title else reader.gettext("What matters most now")

    def fields(self, reader: Localisation) -> dict[str, Any]:
        return {"focus": focus_field(self.section, self.pillars, reader)}

    def data(self, sheet: AnswerSheet) -> dict[str, Any]:
        return {"focus": list(sheet.focus)}

    def change(self, given: Mapping[str, Any]) -> dict[str, Any]:
        only_own(given, ("focus",))
        chosen = given.get("focus") or ()
        if not isinstance(chosen, list | tuple) or not all(isinstance(pillar, str) for pillar in chosen):
            raise InvalidAnswer(self.section.id, chosen)
        return {"focus": sorted(set(chosen))}

    def answered(self, sheet: AnswerSheet) -> int:
        return int(bool(sheet.focus))


def pages_of(
    section: FocusSection, questionnaire: Questionnaire, _points: Sequence[AskedPoint]
) -> Sequence[QuestionPage]:
    return [FocusPage(section, questionnaire.pillars)]
