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

_SEPARATORS = re.compile(r"[;|\r\n]")
_NUMBER = re.compile(r"[0-9]{1,3}")
"""What a form exports instead of an option's text."""


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
    """Maps a cell's text to the chosen pillars, in the order written: ids or names.

    `;`, `|` or a line break stands between them. Commas and spaces do only if every part is a pillar: some form
    programs write them.
    """

    def __init__(self, section: FocusSection, questionnaire: Questionnaire) -> None:
        super().__init__()
        self.at_most = section.at_most
        self._example = questionnaire.pillars[0].id
        self._pillars: dict[str, str | None] = {}
        for pillar in questionnaire.pillars:
            texts = (pillar.id, *(t.in_language(la) for t in (pillar.name, pillar.short_name) for la in LANGUAGES))
            for name in {words(text) for text in texts}:
                self._pillars[name] = pillar.id if self._pillars.get(name, pillar.id) == pillar.id else None
        self._longest = max((name.count(" ") + 1 for name in self._pillars), default=0)

    def __missing__(self, cell: str) -> tuple[str, ...] | InvalidCell:
        answer = self._parse(trim(cell))
        self[cell] = answer
        return answer

    def _parse(self, text: str) -> tuple[str, ...] | InvalidCell:
        chosen: list[str] = []
        parts = [part for part in map(trim, _SEPARATORS.split(text)) if part]
        for part in parts:
            pillars = self._pillars_in(part, alone=len(parts) == 1)
            if pillars is None:
                return self._unknown(part)
            for pillar in pillars:
                if pillar in chosen:
                    return InvalidCell(ProblemCode.FOCUS_REPEATED, {"value": pillar})
                chosen.append(pillar)
        if len(chosen) > self.at_most:
            return self.too_many(len(chosen))
        return tuple(chosen)

    def too_many(self, found: int) -> InvalidCell:
        return InvalidCell(ProblemCode.FOCUS_TOO_MANY, {"found": str(found), "limit": str(self.at_most)})

    def _unknown(self, part: str) -> InvalidCell:
        """Names the part that is no pillar, not those that are beside it."""
        by_comma = [trim(one) for one in part.split(",")]
        if any(map(self.pillar, by_comma)):
            part = next((one for one in by_comma if one and not self.pillar(one)), part)
        code = ProblemCode.FOCUS_IS_NUMBER if _NUMBER.fullmatch(part) else ProblemCode.FOCUS_UNKNOWN
        return InvalidCell(code, {"value": part, "example": self._example})

    def _pillars_in(self, part: str, *, alone: bool) -> list[str] | None:
        """The pillar of this name; or those whose names, one after the other, are all the words of a whole cell."""
        own = self.pillar(part)
        if own is not None:
            return [own]
        named = words(part).split() if alone else []
        if not named or len(named) > self._longest * len(self._pillars):
            return None
        # From the end: what can follow each word, the longest name first.
        following: list[list[str] | None] = [None] * len(named) + [[]]
        for start in range(len(named) - 1, -1, -1):
            for end in range(min(len(named), start + self._longest), start, -1):
                pillar = self._pillars.get(" ".join(named[start:end]))
                rest = following[end]
                if pillar is not None and rest is not None:
                    following[start] = [pillar, *rest]
                    break
        return following[0]

    def pillar(self, name: str) -> str | None:
        """The pillar with this id or name."""
        return self._pillars.get(words(name))
