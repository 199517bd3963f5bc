"""A page of questions, and how the module of a section's kind is found."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from importlib import import_module
from typing import Any, ClassVar, Protocol

from assessment.domain.answers import AnswerSheet, InvalidAnswer
from assessment.domain.questionnaire import Questionnaire
from assessment.infra.languages import Localisation
from assessment.services.answering_time import SECONDS_A_SINGLE_QUESTION
from assessment.services.describe_round import AskedPoint


class QuestionPage(Protocol):
    """One page of questions. `fields`, `data` and `change` tie its form to the sheet."""

    template: ClassVar[str]
    is_typed: ClassVar[bool]
    """Whether words are typed, not only chosen."""
    goes_on: ClassVar[bool]
    """Whether its one answer, once chosen, leads to the next page."""

    @property
    def slug(self) -> str: ...

    @property
    def asks(self) -> int:
        """How many questions, for "3 of 4 answered"."""

    @property
    def seconds(self) -> int:
        """How long it takes to read and answer, about."""

    def title(self, reader: Localisation) -> str: ...

    def section_title(self, reader: Localisation) -> str:
        """What is above the title, where a section has several pages and a name of its own."""

    def fields(self, reader: Localisation) -> dict[str, Any]: ...

    def data(self, sheet: AnswerSheet) -> dict[str, Any]: ...

    def change(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """What these values of its fields change in the document of a draft. Raises `InvalidAnswer`."""

    def answered(self, sheet: AnswerSheet) -> int: ...


class SinglePage:
    """A page of one question, the only one of its section."""

    asks: ClassVar[int] = 1
    goes_on: ClassVar[bool] = False
    seconds: ClassVar[int] = SECONDS_A_SINGLE_QUESTION

    def section_title(self, reader: Localisation) -> str:
        return ""


def pages_of_sections(questionnaire: Questionnaire, points: Sequence[AskedPoint]) -> list[QuestionPage]:
    """The pages of one questionnaire in its order; `points` are those of the team, for the ladder."""
    pages: list[QuestionPage] = []
    for section in questionnaire.sections:
        module = import_module(f"assessment.web.respond.sections.{section.kind}")
        pages += module.pages_of(section, questionnaire, points)
    return pages


def one_of(offered: Collection[str], question: str, value: object) -> str | None:
    """The value of a field, if it was offered; `None` where nothing is chosen. Raises `InvalidAnswer`."""
    if value is None or value == "":
        return None
    if not isinstance(value, str) or value not in offered:
        raise InvalidAnswer(question, value)
    return value


def only_own(given: Mapping[str, Any], own: Collection[str]) -> None:
    """Raises `InvalidAnswer` for a field that a page does not have."""
    if unknown := sorted(given.keys() - set(own)):
        raise InvalidAnswer(unknown[0], given[unknown[0]])
