"""One column of a responses file that belongs to a section, and how the module of a section's kind is found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import import_module
from typing import Any, Literal

from assessment.domain.questionnaire import Questionnaire
from assessment.domain.texts import Text
from assessment.infra.languages import Localisation

Part = Literal["items", "choices", "focus", "texts"]
"""The part of an answer sheet that a column fills."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What a column takes, in the reader's language; `choices` fill a drop-down list."""

    explained: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SectionColumn:
    """A column with the header `id`, or the question's full text in either language.

    `cells` maps the text of a cell to an answer, an `InvalidCell`, or `None` where it is empty; text columns need none.
    """

    id: str
    question: Text
    part: Part
    answers: Callable[[Localisation], Answers]
    cells: Mapping[str, Any] = field(default_factory=dict)
    is_required: bool = False


@lru_cache(maxsize=32)
def columns_of(questionnaire: Questionnaire) -> tuple[SectionColumn, ...]:
    """The columns of everything that is asked, except the ladder's: those depend on the team's points."""
    return tuple(
        column
        for section in questionnaire.all_sections
        for column in import_module(f"assessment.intake.sections.{section.kind}").columns_of(section, questionnaire)
    )
