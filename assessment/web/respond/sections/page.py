"""A page of questions, and how the module of a section's kind is found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any, ClassVar, Protocol

from assessment.domain.answers import AnswerSheet
from assessment.domain.questionnaire import Questionnaire
from assessment.infra.languages import Localisation
from assessment.services.describe_round import AskedPoint


class QuestionPage(Protocol):
    """One page of questions. `fields`, `data` and `apply` tie its form to the sheet."""

    template: ClassVar[str]
    is_typed: ClassVar[bool]
    """Whether words are typed, not only chosen."""

    @property
    def slug(self) -> str: ...

    @property
    def asks(self) -> int:
        """How many questions, for "3 of 4 answered"."""

    def title(self, reader: Localisation) -> str: ...

    def counter(self, reader: Localisation) -> str: ...

    def fields(self, reader: Localisation) -> dict[str, Any]: ...

    def data(self, sheet: AnswerSheet) -> dict[str, Any]: ...

    def apply(self, sheet: AnswerSheet, given: Mapping[str, Any]) -> AnswerSheet: ...

    def answered(self, sheet: AnswerSheet) -> int: ...


class SinglePage:
    """A page of one question without a counter: there is only one such page."""

    asks: ClassVar[int] = 1

    def counter(self, reader: Localisation) -> str:
        return ""


def pages_of_sections(questionnaire: Questionnaire, points: Sequence[AskedPoint]) -> list[QuestionPage]:
    """The pages of one questionnaire in its order; `points` are those of the team, for the ladder."""
    pages: list[QuestionPage] = []
    for section in questionnaire.sections:
        module = import_module(f"assessment.web.respond.sections.{section.kind}")
        pages += module.pages_of(section, questionnaire, points)
    return pages
