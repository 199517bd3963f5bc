"""A page for each group of items: its statements or rubrics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from assessment.domain.answers import AnswerSheet
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.sections.groups import Group, GroupedSection
from assessment.infra.languages import Localisation
from assessment.services.answer_documents import read_answer, write_answer
from assessment.services.answering_time import SECONDS_A_DESCRIPTION, SECONDS_A_STATEMENT
from assessment.services.describe_round import AskedPoint
from assessment.web.respond.forms import answers_offered, form_value, item_field
from assessment.web.respond.sections.page import QuestionPage, one_of, only_own


@dataclass(frozen=True)
class GroupPage:
    """A pillar's statements, or those of a group of another section."""

    template: ClassVar[str] = "respond/steps/group.html"
    is_typed: ClassVar[bool] = False
    goes_on: ClassVar[bool] = False
    section: GroupedSection
    group: Group

    @property
    def slug(self) -> str:
        return self.group.id

    @property
    def asks(self) -> int:
        return len(self.group.items)

    @property
    def seconds(self) -> int:
        return sum(SECONDS_A_DESCRIPTION if item.levels else SECONDS_A_STATEMENT for item in self.group.items)

    def title(self, reader: Localisation) -> str:
        return reader.text(self.group.name)

    def section_title(self, reader: Localisation) -> str:
        return reader.text(self.section.title) if self.section.title and not self.section.are_pillars else ""

    def fields(self, reader: Localisation) -> dict[str, Any]:
        return {item.id: item_field(item, self.section.scale, reader) for item in self.group.items}

    def data(self, sheet: AnswerSheet) -> dict[str, Any]:
        return {item.id: form_value(sheet.items.get(item.id)) for item in self.group.items}

    def change(self, given: Mapping[str, Any]) -> dict[str, Any]:
        only_own(given, [item.id for item in self.group.items])
        return {"items": {item: self._answer(item, value) for item, value in given.items()}}

    def _answer(self, item: str, value: object) -> int | str | None:
        chosen = one_of(answers_offered(len(self.section.scale.points)), item, value)
        return None if chosen is None else write_answer(read_answer(chosen))

    def answered(self, sheet: AnswerSheet) -> int:
        return sum(item.id in sheet.items for item in self.group.items)


def pages_of(
    section: GroupedSection, _questionnaire: Questionnaire, _points: Sequence[AskedPoint]
) -> Sequence[QuestionPage]:
    return [GroupPage(section, group) for group in section.groups]
