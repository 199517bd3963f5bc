"""The column `focus`: the pillars that matter most now."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from assessment.domain.questionnaire import LANGUAGES, Questionnaire
from assessment.domain.sections.focus import FocusSection
from assessment.infra.languages import Localisation
from assessment.intake.cells import InvalidCell
from assessment.intake.codes import ProblemCode
from assessment.intake.sections.column import Answers, SectionColumn
from assessment.intake.text import trim, words


def columns_of(section: FocusSection, questionnaire: Questionnaire) -> Sequence[SectionColumn]:
    cells = FocusCells(section, questionnaire)
    return [SectionColumn(section.id, section.question, "focus", _answers(section, questionnaire), cells)]


def _answers(section: FocusSection, questionnaire: Questionnaire) -> Callable[[Localisation], Answers]:
    def answers(reader: Localisation) -> Answers:
        pillars = ", ".join(f"{pillar.id} = {reader.text(pillar.name)}" for pillar in questionnaire.pillars)
        return Answers(
            reader.gettext(
                "At most %(limit)s codes, with “;” between them: %(pillars)s",
                limit=reader.number(section.at_most),
                pillars=pillars,
            )
        )

    return answers


class FocusCells(dict[str, tuple[str, ...] | InvalidCell]):
    """Maps a cell's text to the chosen pillars, in the order written: ids or names, separated by `;` or `|`.

    Commas separate only if every part is a pillar: some form programs write them.
    """

    def __init__(self, section: FocusSection, questionnaire: Questionnaire) -> None:
        super().__init__()
        self._at_most = section.at_most
        self._example = questionnaire.pillars[0].id
        self._pillars: dict[str, str | None] = {}
        for pillar in questionnaire.pillars:
            texts = (pillar.id, *(t.in_language(la) for t in (pillar.name, pillar.short_name) for la in LANGUAGES))
            for name in {words(text) for text in texts}:
                self._pillars[name] = pillar.id if self._pillars.get(name, pillar.id) == pillar.id else None

    def __missing__(self, cell: str) -> tuple[str, ...] | InvalidCell:
        answer = self._parse(trim(cell))
        self[cell] = answer
        return answer

    def _parse(self, text: str) -> tuple[str, ...] | InvalidCell:
        parts = [part for part in (trim(part) for part in re.split(r"[;|]", text)) if part]
        if len(parts) == 1 and self._pillar(parts[0]) is None:
            by_comma = [trim(part) for part in parts[0].split(",")]
            if all(self._pillar(part) for part in by_comma):
                parts = by_comma
        chosen: list[str] = []
        for part in parts:
            pillar = self._pillar(part)
            if pillar is None:
                return InvalidCell(ProblemCode.FOCUS_UNKNOWN, {"value": part, "example": self._example})
            if pillar in chosen:
                return InvalidCell(ProblemCode.FOCUS_REPEATED, {"value": pillar})
            chosen.append(pillar)
        if len(chosen) > self._at_most:
            values = {"found": str(len(chosen)), "limit": str(self._at_most)}
            return InvalidCell(ProblemCode.FOCUS_TOO_MANY, values)
        return tuple(chosen)

    def _pillar(self, name: str) -> str | None:
        return self._pillars.get(words(name))
