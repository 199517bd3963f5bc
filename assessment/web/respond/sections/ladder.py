"""A page for each perception point of the team, judged on the ladder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from assessment.domain.answers import AnswerSheet
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.sections.ladder import LadderSection
from assessment.infra.languages import Localisation
from assessment.services.answer_documents import read_answer, write_answer
from assessment.services.answering_time import SECONDS_A_POINT
from assessment.services.describe_round import AskedPoint
from assessment.web.respond.forms import answers_offered, form_value, ladder_field
from assessment.web.respond.sections.page import QuestionPage, one_of, only_own


@dataclass(frozen=True)
class PointPage:
    """One perception point on the ladder."""

    template: ClassVar[str] = "respond/steps/point.html"
    is_typed: ClassVar[bool] = False
    goes_on: ClassVar[bool] = True
    asks: ClassVar[int] = 1
    seconds: ClassVar[int] = SECONDS_A_POINT
    point: AskedPoint
    ladder: LadderSection
    number: int

    @property
    def slug(self) -> str:
        return f"moment-{self.point.id}"

    def title(self, reader: Localisation) -> str:
        return reader.text(self.point.name)

    def section_title(self, reader: Localisation) -> str:
        return ""

    def fields(self, reader: Localisation) -> dict[str, Any]:
        return {"step": ladder_field(self.ladder, reader)}

    def data(self, sheet: AnswerSheet) -> dict[str, Any]:
        return {"step": form_value(sheet.ladder.get(self.point.id))}

    def change(self, given: Mapping[str, Any]) -> dict[str, Any]:
        only_own(given, ("step",))
        chosen = one_of(answers_offered(len(self.ladder.steps)), self.point.id, given.get("step"))
        return {"ladder": {self.point.id: None if chosen is None else write_answer(read_answer(chosen))}}

    def answered(self, sheet: AnswerSheet) -> int:
        return int(self.point.id in sheet.ladder)


def pages_of(
    section: LadderSection, _questionnaire: Questionnaire, points: Sequence[AskedPoint]
) -> Sequence[QuestionPage]:
    return [PointPage(point, section, at) for at, point in enumerate(points, start=1)]
