"""The column of a choice: an option's id, name or full text."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from assessment.domain.questionnaire import LANGUAGES, Questionnaire
from assessment.domain.sections.choice import ChoiceSection
from assessment.infra.languages import Localisation
from assessment.intake.cells import InvalidCell
from assessment.intake.codes import ProblemCode
from assessment.intake.sections.column import Answers, SectionColumn
from assessment.intake.text import fold, trim


class ChoiceCells(dict[str, "str | InvalidCell | None"]):
    """Maps a cell's text to the option that it names; `None` for an empty cell."""

    def __init__(self, section: ChoiceSection) -> None:
        super().__init__({"": None})
        self._ids = ", ".join(option.id for option in section.options)
        self._names = {
            fold(text): option.id
            for option in section.options
            for text in (option.id, *(t.in_language(la) for t in (option.name, option.text) for la in LANGUAGES))
        }

    def __missing__(self, cell: str) -> str | InvalidCell | None:
        text = trim(cell)
        answer: str | InvalidCell | None = self._names.get(fold(text)) if text else None
        if text and answer is None:
            answer = InvalidCell(ProblemCode.NOT_AN_OPTION, {"value": text, "options": self._ids})
        self[cell] = answer
        return answer


def columns_of(section: ChoiceSection, _questionnaire: Questionnaire) -> Sequence[SectionColumn]:
    return [SectionColumn(section.id, section.question, "choices", _answers(section), ChoiceCells(section))]


def _answers(section: ChoiceSection) -> Callable[[Localisation], Answers]:
    def answers(reader: Localisation) -> Answers:
        options = section.options
        explained = "\n".join(
            f"{option.id} = {reader.text(option.name)}: {reader.text(option.text)}" for option in options
        )
        return Answers(explained, tuple(option.id for option in options))

    return answers
